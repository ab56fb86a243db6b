import Foundation
import Storage

/// An entry that was looked for.
package struct FoundEntry: Sendable {
    /// Its number.
    package let index: Int
    /// The leaf.
    package let bytes: [UInt8]
    /// What shows that it is in the tree.
    package let proof: [MerkleHash]
}

/// A log to which its host appends what was done, and which shows if anything of it is changed later: a Merkle tree whose
/// size and root are signed after each append.
///
/// An append is on the disk, signed, when it returns. First the entries are written, then the tree, then the checkpoint,
/// which names what belongs to the log: what a killed writer left beyond it is removed when the log is opened. Calls that
/// come while another is written are written together.
package actor AuditLog {
    /// The key by which anyone verifies the log.
    package nonisolated let verifier: NoteVerifierKey
    /// The event of the last entry, as the log was opened.
    package nonisolated let lastEventAtOpening: AuditEvent?
    /// The event of the last entry.
    package private(set) var lastEvent: AuditEvent?
    /// The checkpoint of what is on the disk.
    package private(set) var checkpoint: Checkpoint
    /// The checkpoint as it was signed.
    package private(set) var signedCheckpoint: SignedNote

    /// Writes wait for the disk, on a thread of the log's own.
    private nonisolated let executor = DiskExecutor()
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let folder: LogFolder
    private let key: NoteSigningKey
    private let now: @Sendable () -> Date
    /// Keeps other processes from writing to the log.
    private let lock: LogLock
    private var edge: TreeEdge
    /// The entries of the bundle that is not full.
    private var bundle: [[UInt8]]
    private var lastLeaf: MerkleHash?
    private let history: GrowingFile
    private var historyByteCount: Int

    private var waiting: [AuditEvent] = []
    private var nextCommit: Task<Int, any Error>?

    /// Opens the log in the folder at `path`, or begins one there.
    ///
    /// - Parameters:
    ///   - key: the log's key, by whose name it is called.
    ///   - now: the clock of its entries.
    /// - Throws: ``InputError`` when the folder holds something else or is in use; ``AuditFinding`` when the end of the
    ///   log is not what was signed: nothing is appended to such a log.
    package init(path: String, key: NoteSigningKey, now: @escaping @Sendable () -> Date = { Date() }) throws {
        let folder = LogFolder(path: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        lock = try LogLock(folder: path)
        if !FileManager.default.fileExists(atPath: folder.checkpointPath) { try Self.begin(folder, key: key) }
        let signed = try SignedNote(
            bytes: readWhole(path: folder.checkpointPath, limit: SignedNote.byteLimit), source: folder.checkpointPath)
        let checkpoint = try Checkpoint(signed, key: key.verifier, source: folder.checkpointPath)
        let entries: [[UInt8]]
        (edge, entries, lastLeaf) = try Self.end(of: folder, checkpoint: checkpoint)
        bundle = entries.count < TileName.fullWidth ? entries : []
        lastEventAtOpening = try entries.last.map { try AuditEntry(bytes: $0, source: path).event }
        lastEvent = lastEventAtOpening
        (history, historyByteCount) = try Self.openHistory(folder, last: signed)
        verifier = key.verifier
        signedCheckpoint = signed
        self.checkpoint = checkpoint
        self.folder = folder
        self.key = key
        self.now = now
    }

    /// Appends `event`.
    ///
    /// - Returns: the number of its entry, which is on the disk and signed.
    package func append(_ event: AuditEvent) async throws -> Int { try await append(contentsOf: [event]) }

    /// Appends `events` one after the other; all of them are written, or none.
    ///
    /// - Returns: the number of the first entry.
    package func append(contentsOf events: [AuditEvent]) async throws -> Int {
        let offset = waiting.count
        waiting += events
        // The task begins when the calls that are already waiting for this actor have added theirs.
        let commit = nextCommit ?? Task { try commitWaiting() }
        nextCommit = commit
        return try await commit.value + offset
    }

    /// Writes what waits; returns the number of its first entry.
    private func commitWaiting() throws -> Int {
        let events = waiting
        (waiting, nextCommit) = ([], nil)
        return try commit(events)
    }

    private func commit(_ events: [AuditEvent]) throws -> Int {
        var (edge, bundle, leaf) = (edge, bundle, lastLeaf)
        var bundles: [(TileName, [UInt8])] = []
        var tiles: [(TileName, [MerkleHash])] = []
        for event in events {
            let entry = try AuditEntry(index: edge.size, previous: leaf, time: now(), event: event).bytes
            guard entry.count <= EntryBundle.entryByteLimit else {
                throw InputError("audit entry", "has \(entry.count) bytes, but no entry has more than 65535")
            }
            let hash = MerkleHash(leaf: entry)
            edge.append(hash) { tiles.append(($0, $1)) }
            leaf = hash
            bundle.append(entry)
            if bundle.count == TileName.fullWidth {
                bundles.append((.last(.entries, treeSize: edge.size), EntryBundle.encode(bundle)))
                bundle = []
            }
        }
        if !bundle.isEmpty { bundles.append((.last(.entries, treeSize: edge.size), EntryBundle.encode(bundle))) }
        // Partial tiles that did not grow are there already.
        tiles += edge.partialTiles.filter { name, _ in
            let shift = 8 * name.content.level
            return edge.size >> shift != self.edge.size >> shift
        }

        for (name, bytes) in bundles { try folder.write(bytes, to: name) }
        for (name, hashes) in tiles { try folder.write(hashes.flatMap(\.bytes), to: name) }
        let checkpoint = Checkpoint(origin: verifier.name, size: edge.size, root: edge.root)
        let signed = try key.sign(checkpoint.text)
        try Self.write(signed, to: folder.checkpointPath)

        let first = self.edge.size
        (self.edge, self.bundle, lastLeaf) = (edge, bundle, leaf)
        lastEvent = events.last ?? lastEvent
        (self.checkpoint, signedCheckpoint) = (checkpoint, signed)
        for (name, _) in bundles { folder.removeAllBut(name) }
        for (name, _) in tiles { folder.removeAllBut(name) }
        addToHistory(signed)
        return first
    }

    /// The log does without a checkpoint in its history that finds no room there; the next one overwrites what came of it.
    private func addToHistory(_ signed: SignedNote) {
        let bytes = Array(signed.description.utf8)
        do {
            try bytes.withUnsafeBytes { try history.write($0, at: historyByteCount) }
            try history.synchronise()
            historyByteCount += bytes.count
        } catch {}
    }

    // MARK: Reading

    /// The file at `path` below the log's address, `checkpoint` or a tile of any size that the log had; nil when there
    /// is none.
    package func file(_ path: String) throws -> [UInt8]? {
        if path == "checkpoint" { return Array(signedCheckpoint.description.utf8) }
        guard let name = TileName(path: path),
            let here = TileName.inTree(name.content, index: name.index, treeSize: checkpoint.size),
            name.width <= here.width
        else { return nil }
        switch name.content {
        case .entries: return try EntryBundle.encode(folder.entries(here).prefix(name.width))
        case .hashes: return try folder.hashes(here).prefix(name.width).flatMap(\.bytes)
        }
    }

    /// The hash of the leaf `index`, and what shows that it is in the tree of `size` leaves.
    ///
    /// - Precondition: 0 <= index < size <= the checkpoint's size.
    package func inclusion(of index: Int, size: Int) throws -> (leaf: MerkleHash, proof: [MerkleHash]) {
        let subtree = folder.subtrees(treeSize: checkpoint.size)
        return (try subtree(0, index), try MerkleTree(size: size, subtree: subtree).inclusionProof(of: index))
    }

    /// What shows that the tree of `oldSize` leaves is the beginning of that of `size`.
    ///
    /// - Precondition: 0 <= oldSize <= size <= the checkpoint's size.
    package func consistency(from oldSize: Int, to size: Int) throws -> [MerkleHash] {
        try MerkleTree(size: size, subtree: folder.subtrees(treeSize: checkpoint.size)).consistencyProof(from: oldSize)
    }

    /// The signed checkpoint, and entries that have `text` in them, each with what shows that it is in the checkpoint's
    /// tree.
    ///
    /// The log has no index: at most ``searchedBundles`` bundles of 256 entries are read, from `first` on.
    ///
    /// - Returns: at most `limit` entries, and where the log was not read to its end, the last entry that was.
    package func search(
        _ text: String, from first: Int, limit: Int
    ) throws -> (checkpoint: SignedNote, found: [FoundEntry], last: Int?) {
        var found: [FoundEntry] = []
        let (size, width) = (checkpoint.size, TileName.fullWidth)
        let end = min(size, (first / width + Self.searchedBundles) * width)
        let wanted = Data(text.utf8)
        let tree = MerkleTree(size: size, subtree: folder.subtrees(treeSize: size))
        for index in first / width..<max(first / width, (end + width - 1) / width) {
            let entries = try folder.entries(TileName.inTree(.entries, index: index, treeSize: size)!)
            for (number, bytes) in zip((index * width)..., entries)
            where number >= first && Data(bytes).range(of: wanted) != nil {
                try found.append(FoundEntry(index: number, bytes: bytes, proof: tree.inclusionProof(of: number)))
                if found.count == limit {
                    return (signedCheckpoint, found, number + 1 < size ? number : nil)
                }
            }
        }
        return (signedCheckpoint, found, end < size ? end - 1 : nil)
    }

    /// Bundles that one search reads at most: some megabytes.
    private static let searchedBundles = 64

    // MARK: Opening

    private static func begin(_ folder: LogFolder, key: NoteSigningKey) throws {
        guard !FileManager.default.fileExists(atPath: "\(folder.path)/tile") else {
            throw InputError(folder.checkpointPath, "is missing, and the folder has a log; put it back from a copy")
        }
        let empty = Checkpoint(origin: key.verifier.name, size: 0, root: .emptyTree)
        try write(key.sign(empty.text), to: folder.checkpointPath)
    }

    static func write(_ signed: SignedNote, to path: String) throws {
        let file = try OutputFile(path: path)
        try file.write(Data(signed.description.utf8))
        try file.commit()
    }

    /// The edge of the tree that `checkpoint` names, checked against its root, and the entries of its last bundle.
    private static func end(
        of folder: LogFolder, checkpoint: Checkpoint
    ) throws -> (edge: TreeEdge, entries: [[UInt8]], lastLeaf: MerkleHash?) {
        let size = checkpoint.size
        let edge = try TreeEdge(size: size) { try folder.hashes($0) }
        guard edge.root == checkpoint.root else {
            throw AuditFinding("\(folder.path): the tree does not have the root that was signed; verify the log")
        }
        guard size > 0 else { return (edge, [], nil) }
        let name = TileName.last(.entries, treeSize: size)
        let entries = try folder.entries(name)
        let leaves = try folder.hashes(.last(.hashes(level: 0), treeSize: size))
        guard entries.map({ MerkleHash(leaf: $0) }) == leaves else {
            throw AuditFinding("\(folder.path)/\(name.path): the entries are not those of the tree; verify the log")
        }
        for level in edge.levels.indices {
            let tile = TileName.last(.hashes(level: level), treeSize: size)
            folder.removeUnfinishedFiles(beside: tile)
            folder.removeAllBut(tile)
            folder.removeTiles(of: .hashes(level: level), from: tile.index + 1)
        }
        folder.removeUnfinishedFiles(beside: name)
        folder.removeAllBut(name)
        folder.removeTiles(of: .entries, from: name.index + 1)
        return (edge, entries, leaves.last)
    }

    /// The history, without what a killed writer left at its end, and with `last`, if that writer did not get so far.
    private static func openHistory(_ folder: LogFolder, last: SignedNote) throws -> (GrowingFile, Int) {
        let (wholeByteCount, found) = try CheckpointHistory.read(path: folder.historyPath) { _ in }
        let file = try GrowingFile(path: folder.historyPath)
        let bytes = found == last ? [] : Array(last.description.utf8)
        try bytes.withUnsafeBytes { try file.write($0, at: wholeByteCount) }
        try file.synchronise()
        guard truncate(folder.historyPath, off_t(wholeByteCount + bytes.count)) == 0 else {
            throw FileSystemError(path: folder.historyPath, doing: "cannot be cut")
        }
        return (file, wholeByteCount + bytes.count)
    }
}

/// Runs what may wait for the disk.
private final class DiskExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "audit log")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}

/// Held by the process that writes to a log; the system lets go of it when the process ends, however it ends.
private final class LogLock: Sendable {
    private let descriptor: Int32

    init(folder: String) throws(InputError) {
        descriptor = open("\(folder)/lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw InputError("\(folder)/lock", "cannot be written: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw InputError(folder, "another process writes to this log")
        }
    }

    deinit { close(descriptor) }
}
