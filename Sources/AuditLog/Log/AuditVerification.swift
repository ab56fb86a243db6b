import Foundation
import Storage

/// Checks a whole log in its folder, with nothing but the public key: that every entry is what was signed, and that the
/// log continues what earlier checkpoints signed.
package struct AuditVerification: Sendable {
    /// What the log's own checkpoint says.
    package let checkpoint: Checkpoint
    /// The sizes of the checkpoints that were kept elsewhere; the log continues each.
    package let keptSizes: [Int]
    /// When the first entry was written, by the host's clock; nil in an empty log.
    package let firstTime: String?
    /// When the last entry was written.
    package let lastTime: String?

    /// Checks the log in `folder`. Takes memory for one bundle of entries, and for the sizes and roots of the history.
    ///
    /// - Parameters:
    ///   - key: the log's key, from its operator, not from the folder.
    ///   - kept: files with checkpoints of this log that were kept elsewhere.
    /// - Throws: ``AuditFinding`` when the log is not what was signed: it names the first entry that was altered, removed or
    ///   reordered. ``InputError`` when there is no log of this key.
    package init(folder path: String, key: NoteVerifierKey, kept: [String] = []) throws {
        let folder = LogFolder(path: path)
        // The log may be written to meanwhile: what signs its end is read after what signs its beginnings.
        _ = try Checkpoint(path: folder.checkpointPath, key: key)
        let earlier = try Self.history(folder, key: key)
        let checkpoint = try Checkpoint(path: folder.checkpointPath, key: key)
        let keptCheckpoints = try kept.map { (path: $0, checkpoint: try Checkpoint(path: $0, key: key)) }
        let sizes =
            keptCheckpoints.map { ($0.path, $0.checkpoint.size) } + earlier.map { (folder.historyPath, $0.size) }
        for (path, size) in sizes where size > checkpoint.size {
            throw AuditFinding(
                "entry \(checkpoint.size) was removed: the log has \(checkpoint.size) entries, and \(path) signs \(size)",
                entries: checkpoint.size...checkpoint.size)
        }
        let signed = earlier + (keptCheckpoints.map(\.checkpoint) + [checkpoint]).map { ($0.size, $0.root) }
        var scan = LogScan(folder: folder, size: checkpoint.size, signed: signed)
        try scan.run()
        self.checkpoint = checkpoint
        keptSizes = keptCheckpoints.map(\.checkpoint.size)
        (firstTime, lastTime) = (scan.firstTime, scan.lastTime)
    }

    /// The sizes and roots of the history.
    private static func history(
        _ folder: LogFolder, key: NoteVerifierKey
    ) throws -> [(size: Int, root: MerkleHash)] {
        var signed: [(size: Int, root: MerkleHash)] = []
        do {
            _ = try CheckpointHistory.read(path: folder.historyPath) { note in
                let checkpoint = try Checkpoint(note, key: key, source: folder.historyPath)
                signed.append((checkpoint.size, checkpoint.root))
            }
        } catch let error as InputError {
            // The log is one of this key, so its history was.
            throw AuditFinding("\(error): the log's own checkpoints were altered")
        }
        return signed
    }
}

/// One reading of a log, from its first entry to its last.
private struct LogScan {
    let folder: LogFolder
    let size: Int
    /// Sizes and roots that were signed, from the smallest size.
    let signed: [(size: Int, root: MerkleHash)]

    private var edge = TreeEdge()
    private(set) var firstTime: String?
    private(set) var lastTime: String?
    /// The largest size whose root is as it was signed.
    private var intactSize = 0
    /// The smallest size whose root is not.
    private var brokenSize: Int?
    /// Whether both this root and another were signed for that size.
    private var wereTwoSigned = false
    /// The first entry that contradicts its number, or what its successor says of it.
    private var suspect: (entry: Int, what: String)?
    /// The first entry of which the tree has another hash.
    private var unlikeItsHash: Int?
    /// The first tile that is not the tree of the entries.
    private var wrongTile: String?
    private var position = 0
    /// The number of the last event.
    private var sequence: Int64?
    private var previous: MerkleHash?

    init(folder: LogFolder, size: Int, signed: [(size: Int, root: MerkleHash)]) {
        (self.folder, self.size) = (folder, size)
        self.signed = signed.sorted { $0.size < $1.size }
    }

    mutating func run() throws {
        compareRoots()
        for index in 0..<(size + TileName.fullWidth - 1) / TileName.fullWidth where brokenSize == nil {
            try read(index)
        }
        for (name, hashes) in edge.partialTiles where brokenSize == nil { try compare(name, hashes) }
        if let brokenSize { throw finding(before: brokenSize) }
        if let suspect {
            // The roots are right, so an entry was signed that no log of ours writes.
            throw AuditFinding(
                "entry \(suspect.entry) \(suspect.what), and was signed so", entries: suspect.entry...suspect.entry)
        }
        if let wrongTile {
            throw AuditFinding(
                "\(folder.path)/\(wrongTile): is not the tree of the entries, which are as they were signed")
        }
    }

    /// Reads a bundle of entries and compares it with the leaves of the tree.
    private mutating func read(_ index: Int) throws {
        let name = TileName.inTree(.entries, index: index, treeSize: size)!
        let entries = folder.wholeEntries(name)
        let leaves = (try? folder.hashes(TileName(.hashes(level: 0), index: index, width: name.width))) ?? []
        let parsed = entries.map { try? AuditEntry(bytes: $0, source: "entry") }
        for offset in 0..<name.width where brokenSize == nil {
            let number = index * TileName.fullWidth + offset
            guard offset < entries.count else {
                brokenSize = size
                suspect = suspect ?? (number, "was removed: \(folder.path)/\(name.path) does not have it")
                return
            }
            let hash = MerkleHash(leaf: entries[offset])
            if unlikeItsHash == nil, offset < leaves.count, leaves[offset] != hash { unlikeItsHash = number }
            if suspect == nil { suspect = contradiction(number, parsed[offset], others: parsed) }
            lastTime = parsed[offset]?.time
            if number == 0 { firstTime = lastTime }
            var completed: [(TileName, [MerkleHash])] = []
            edge.append(hash) { completed.append(($0, $1)) }
            for (name, hashes) in completed { try compare(name, hashes) }
            previous = hash
            sequence = parsed[offset]?.event.sequence ?? sequence
            compareRoots()
        }
    }

    /// What the entry that stands at `number` says against itself or its predecessor.
    private func contradiction(
        _ number: Int, _ entry: AuditEntry?, others: [AuditEntry?]
    ) -> (Int, String)? {
        guard let entry else { return (number, "was altered: it is not an entry any more") }
        if entry.index != number {
            let isElsewhere = others.contains { $0?.index == number }
            return (number, "was \(isElsewhere ? "reordered" : "removed"): in its place stands entry \(entry.index)")
        }
        if entry.previous != previous?.description ?? AuditEntry.start {
            // Where the predecessor is known to be right, it is this entry that is not.
            return number == intactSize
                ? (number, "was altered: it has another hash of the entry before it")
                : (number - 1, "was altered: entry \(number) has another hash of it")
        }
        if let now = entry.event.sequence, let before = sequence, now <= before {
            return (number, "was reordered or doubled: its event is number \(now), after number \(before)")
        }
        return nil
    }

    private mutating func compare(_ name: TileName, _ hashes: [MerkleHash]) throws {
        guard wrongTile == nil else { return }
        if (try? folder.hashes(name)) != hashes { wrongTile = name.path }
    }

    /// Compares the root with those that were signed at this size.
    private mutating func compareRoots() {
        var (areRight, areWrong) = (false, false)
        while position < signed.count, signed[position].size == edge.size {
            if signed[position].root == edge.root { areRight = true } else { areWrong = true }
            position += 1
        }
        if areWrong {
            brokenSize = edge.size
            wereTwoSigned = areRight
        } else if areRight {
            intactSize = edge.size
        }
    }

    /// What is to be said of a log whose root at `brokenSize` is not the one that was signed.
    private func finding(before brokenSize: Int) -> AuditFinding {
        guard brokenSize > intactSize else {
            return AuditFinding("\(folder.path): a tree of no entries was signed with another root than it has")
        }
        let range = intactSize...brokenSize - 1
        var named = suspect
        if let unlikeItsHash, unlikeItsHash < named?.entry ?? .max {
            named = (unlikeItsHash, "was altered: the tree has another hash of it")
        }
        if let named, range.contains(named.entry) {
            return AuditFinding("entry \(named.entry) \(named.what)", entries: named.entry...named.entry)
        }
        if wereTwoSigned {
            let place =
                range.count == 1
                ? "in entry \(range.lowerBound)" : "between the entries \(range.lowerBound) and \(range.upperBound)"
            return AuditFinding(
                "two different trees of \(brokenSize) entries were signed: by the same key, one to you and another to others; they part \(place)",
                entries: range)
        }
        let which =
            range.count == 1
            ? "entry \(range.lowerBound) was"
            : "one of the entries \(range.lowerBound) to \(range.upperBound) was the first that was"
        return AuditFinding(
            "\(which) altered, removed or reordered: with it, the root over \(brokenSize) entries is not the one that was signed",
            entries: range)
    }
}
