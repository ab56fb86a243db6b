import Crypto
import Storage

/// Writes a library's index, row by row; the header, which holds their number, comes last.
final class IndexWriter {
    /// Rows appended so far.
    private(set) var rowCount = 0
    private let dimension: Int
    private let file: OutputFile
    private var waiting = [UInt8](repeating: 0, count: LibraryIndex.headerCount)

    /// Starts an index of rows of `dimension` entries at `path`.
    init(path: String, dimension: Int) throws {
        self.dimension = dimension
        file = try OutputFile(path: path)
    }

    /// Appends a row.
    func append(_ row: [Int8]) throws {
        precondition(row.count == dimension, "a row of \(dimension) entries")
        row.withUnsafeBytes { waiting += $0 }
        rowCount += 1
        if waiting.count >= 1 << 20 { try flush() }
    }

    /// Completes the file and makes it appear. The digest covers the header, so all is read once more.
    func finish() throws -> Digest {
        try flush()
        try file.overwrite(LibraryIndex.header(rowCount: rowCount, dimension: dimension), at: 0)
        var hasher = SHA256()
        try file.readBack { hasher.update(bufferPointer: $0) }
        let digest = Digest(hasher.finalize())
        try file.write(digest.bytes)
        try file.commit()
        return digest
    }

    private func flush() throws {
        try file.write(waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}
