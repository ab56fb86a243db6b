import Foundation
import Storage

/// A copy of a log as one of its checkpoints signs it, made of files that may come from anywhere, also of a log that is
/// being written to: what was appended meanwhile is left out.
package struct LogCopy {
    /// The checkpoint that is copied.
    package let checkpoint: Checkpoint
    /// The tiles that belong to it.
    package let tiles: [TileName]
    private let note: SignedNote
    private let folder: LogFolder

    /// Begins a copy, in a folder of its own at `path`.
    package init(of note: SignedNote, key: NoteVerifierKey, source: String, path: String) throws {
        checkpoint = try Checkpoint(note, key: key, source: source)
        let size = checkpoint.size
        var tiles: [TileName] = []
        func add(_ content: TileName.Content) {
            let count = size >> (8 * content.level)
            for index in 0..<(count + TileName.fullWidth - 1) / TileName.fullWidth {
                tiles.append(TileName.inTree(content, index: index, treeSize: size)!)
            }
        }
        add(.entries)
        for level in 0..<7 where size >> (8 * level) > 0 { add(.hashes(level: level)) }
        self.tiles = tiles
        self.note = note
        folder = LogFolder(path: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Adds the tile `name`.
    package func add(_ bytes: [UInt8], as name: TileName) throws { try folder.write(bytes, to: name) }

    /// Adds the checkpoint, when the tiles are there.
    ///
    /// - Returns: the event of the last entry.
    @discardableResult
    package func finish() throws -> AuditEvent? {
        try AuditLog.write(note, to: folder.checkpointPath)
        guard checkpoint.size > 0 else { return nil }
        let last = try folder.entries(.last(.entries, treeSize: checkpoint.size)).last
        return try last.map { try AuditEntry(bytes: $0, source: folder.path).event }
    }

    /// Copies the log in the folder at `source`, with the checkpoints that it signed before.
    ///
    /// - Returns: the copy, and the event of its last entry.
    @discardableResult
    package static func copy(
        _ source: String, to path: String, key: NoteVerifierKey
    ) throws -> (copy: LogCopy, last: AuditEvent?) {
        let from = LogFolder(path: source)
        let note = try SignedNote(
            bytes: readWhole(path: from.checkpointPath, limit: SignedNote.byteLimit), source: from.checkpointPath)
        let copy = try LogCopy(of: note, key: key, source: from.checkpointPath, path: path)
        for name in copy.tiles { try copy.add(from.bytes(of: name), as: name) }
        let history = try OutputFile(path: copy.folder.historyPath)
        _ = try CheckpointHistory.read(path: from.historyPath) { earlier in
            let signed = try Checkpoint(earlier, key: key, source: from.historyPath)
            if signed.size <= copy.checkpoint.size { try history.write(Data(earlier.description.utf8)) }
        }
        try history.commit()
        return (copy, try copy.finish())
    }
}

extension LogFolder {
    /// A tile that grows is replaced by a longer one, perhaps between being found and being opened: then it is found
    /// again.
    private static let attemptLimit = 10

    /// The bytes of the tile `name` of a log that may be written to.
    fileprivate func bytes(of name: TileName) throws -> [UInt8] {
        for attempt in 1... {
            do {
                switch name.content {
                case .entries: return try EntryBundle.encode(entries(name))
                case .hashes: return try hashes(name).flatMap(\.bytes)
                }
            } catch {
                guard attempt < Self.attemptLimit else { throw error }
            }
        }
        preconditionFailure("attempts end")
    }
}
