import Foundation
import Storage

/// The files of a log, as C2SP tlog-tiles names them: `checkpoint`, `tile/<level>/…`, `tile/entries/…`; and beside them
/// `checkpoints`, every checkpoint that the log signed, one after the other.
///
/// Of partial tiles there is the last one; earlier ones are its beginning.
struct LogFolder: Sendable {
    let path: String

    var checkpointPath: String { "\(path)/checkpoint" }
    var historyPath: String { "\(path)/checkpoints" }

    /// The bytes of the tile `name`, for which a longer one will do, whose beginning it is. `cut` takes from the bytes of
    /// a file what the tile has.
    private func read<Part>(_ name: TileName, limit: Int, cut: ([UInt8], _ source: String) throws -> [Part]) throws
        -> [Part]
    {
        let path = try location(name)
        let parts = try cut(Array(readWhole(path: path, limit: limit)), path)
        return Array(parts.prefix(name.width))
    }

    /// The entries of the bundle `name`: fewer when the file has fewer.
    func entries(_ name: TileName) throws -> [[UInt8]] {
        try read(name, limit: EntryBundle.byteLimit) { try EntryBundle.decode($0, source: $1) }
    }

    /// The entries that the bundle `name` begins with, whatever follows them; none where it cannot be read.
    func wholeEntries(_ name: TileName) -> [[UInt8]] {
        (try? read(name, limit: EntryBundle.byteLimit) { bytes, _ in EntryBundle.wholeEntries(bytes).entries }) ?? []
    }

    /// The hashes of the tile `name`: fewer when the file has fewer.
    func hashes(_ name: TileName) throws -> [MerkleHash] {
        try read(name, limit: TileName.fullWidth * MerkleHash.byteCount) { bytes, source in
            guard bytes.count % MerkleHash.byteCount == 0 else {
                throw InputError(source, "has \(bytes.count) bytes, which are not hashes of \(MerkleHash.byteCount)")
            }
            return stride(from: 0, to: bytes.count, by: MerkleHash.byteCount).map {
                MerkleHash(bytes: bytes[$0..<$0 + MerkleHash.byteCount])!
            }
        }
    }

    /// The file that has the tile: its own, that of the full one, or a longer partial one.
    private func location(_ name: TileName) throws(InputError) -> String {
        let longer = widths(in: name.partialFolder).filter { $0 > name.width }.sorted()
        let candidates = [name.path, name.fullPath] + longer.map { "\(name.partialFolder)/\($0)" }
        guard let found = candidates.first(where: { FileManager.default.fileExists(atPath: "\(path)/\($0)") }) else {
            throw InputError("\(path)/\(name.path)", "is not there, and the checkpoint's tree has it")
        }
        return "\(path)/\(found)"
    }

    /// The widths of the partial tiles in a folder.
    private func widths(in folder: String) -> [Int] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? []).compactMap { Int($0) }
    }

    /// The complete subtrees of the tree of `treeSize` leaves that is on the disk, as ``MerkleTree`` asks for them.
    func subtrees(treeSize: Int) -> (_ height: Int, _ number: Int) throws -> MerkleHash {
        { height, number in
            let first = number << (height % 8)
            let content = TileName.Content.hashes(level: height / 8)
            guard let name = TileName.inTree(content, index: first / TileName.fullWidth, treeSize: treeSize) else {
                throw InputError(path, "has no tree with the subtree \(number) of height \(height)")
            }
            let run = try hashes(name).dropFirst(first % TileName.fullWidth).prefix(1 << (height % 8))
            guard run.count == 1 << (height % 8) else { throw InputError("\(path)/\(name.path)", "is cut short") }
            return TreeEdge.root(of: run)
        }
    }

    // MARK: Writing

    /// Puts the tile `name` in place, on the disk when this returns.
    func write(_ bytes: [UInt8], to name: TileName) throws {
        let target = "\(path)/\(name.path)"
        try makeFolder(URL(fileURLWithPath: target).deletingLastPathComponent().path)
        let file = try OutputFile(path: target)
        try file.write(bytes)
        try file.commit()
    }

    private func makeFolder(_ folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        let parent = URL(fileURLWithPath: folder).deletingLastPathComponent().path
        try makeFolder(parent)
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw FileSystemError(path: folder, doing: "cannot be made")
        }
        try synchroniseFolder(parent)
    }

    /// Removes what precedes the tile `name`, and what a commit that did not come to its end left of it and behind it.
    func removeAllBut(_ name: TileName) {
        for width in widths(in: name.partialFolder) where width != name.width {
            unlink("\(path)/\(name.partialFolder)/\(width)")
        }
        if name.isFull {
            try? FileManager.default.removeItem(atPath: "\(path)/\(name.partialFolder)")
        } else {
            unlink("\(path)/\(name.fullPath)")
        }
    }

    /// Removes what writers that were killed left beside the log's own files and the tile `name`.
    func removeUnfinishedFiles(beside name: TileName) {
        let full = URL(fileURLWithPath: "\(path)/\(name.fullPath)")
        for folder in [path, full.deletingLastPathComponent().path, "\(path)/\(name.partialFolder)"] {
            for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            where file.hasPrefix(".") && file.hasSuffix(".part") {
                unlink("\(folder)/\(file)")
            }
        }
    }

    /// Removes the tiles of `content` from number `index` on, which no checkpoint names.
    func removeTiles(of content: TileName.Content, from index: Int) {
        for index in index... {
            let name = TileName(content, index: index)
            let isPartial = FileManager.default.fileExists(atPath: "\(path)/\(name.partialFolder)")
            guard isPartial || FileManager.default.fileExists(atPath: "\(path)/\(name.fullPath)") else { return }
            unlink("\(path)/\(name.fullPath)")
            try? FileManager.default.removeItem(atPath: "\(path)/\(name.partialFolder)")
        }
    }
}
