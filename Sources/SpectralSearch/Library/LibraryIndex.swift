import Crypto
import Foundation
import Storage

/// Rows of small integers, read in blocks.
package protocol RowSource: Sendable {
    var rowCount: Int { get }
    var dimension: Int { get }
    /// Copies the rows of `range`, one after the other, to `buffer`.
    func copyRows(_ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<Int8>) throws
}

/// A library's index file: the quantised rows, in the order of the entries.
///
/// A header of 64 bytes (`MSFHE-I1`, number of rows, dimension, zeros), then `dimension` signed bytes a row, then
/// the SHA-256 of all that. Rows are read when they are needed, so memory does not grow with the library.
public final class LibraryIndex: RowSource {
    /// Number of rows.
    public let rowCount: Int
    /// Entries of a row, D.
    public let dimension: Int
    private let file: InputFile

    private static let headerCount = 64

    /// Opens the index of a library folder and checks it against the folder's card: digest, shape, and the norm
    /// of every row.
    public init(path: String, card: LibraryCard) throws {
        let dimension = card.content.vector.dimension
        let limit = card.content.scaling.rowNormSquaredLimit
        let rowCount = card.content.library.spectra
        var norms = RowNorms(dimension: dimension, limit: limit, skipping: Self.headerCount)
        file = try InputFile(path: path, kind: .index, headerCount: Self.headerCount) { header in
            var header = header
            guard header.integer(UInt32.self) == rowCount, header.integer(UInt32.self) == dimension else {
                throw InputError(
                    path, "does not hold the \(rowCount) rows of \(dimension) entries that the card beside it announces"
                )
            }
            return Self.headerCount + rowCount * dimension
        } visit: {
            norms.visit($0)
        }
        guard file.digest.description == card.content.library.indexSHA256 else {
            throw InputError(path, "belongs to another library than the card beside it")
        }
        self.rowCount = rowCount
        self.dimension = dimension
        if let row = norms.firstTooLong {
            throw InputError(path, "row \(row) has a squared norm above \(limit), with which a score could wrap around")
        }
    }

    package func copyRows(_ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<Int8>) throws {
        precondition(range.upperBound <= rowCount && buffer.count == range.count * dimension, "rows of the index")
        try file.read(
            at: Self.headerCount + range.lowerBound * dimension, into: UnsafeMutableRawBufferPointer(buffer))
    }

    /// The header of an index of `rows`.
    static func header(of rows: MemoryRows) -> [UInt8] {
        var header = FileKind.index.opening
        header.append(littleEndian: UInt32(rows.rowCount))
        header.append(littleEndian: UInt32(rows.dimension))
        return header + [UInt8](repeating: 0, count: headerCount - header.count)
    }

    /// The digest that ends the index of `rows`.
    static func digest(of rows: MemoryRows) -> Digest {
        var hasher = SHA256()
        hasher.update(data: header(of: rows))
        rows.values.withUnsafeBytes { hasher.update(bufferPointer: $0) }
        return Digest(hasher.finalize())
    }

    /// Writes the index of `rows` to `path`.
    static func write(_ rows: MemoryRows, to path: String) throws {
        let file = try SealedFile(path: path)
        try file.write(header(of: rows))
        try rows.values.withUnsafeBytes { try file.write($0) }
        try file.sealAndCommit()
    }
}

/// Checks the norms of rows that arrive in pieces of any length.
private struct RowNorms {
    let dimension: Int
    let limit: Int
    var skipping: Int
    var firstTooLong: Int?
    private var position = 0
    private var sum = 0

    init(dimension: Int, limit: Int, skipping: Int) {
        self.dimension = dimension
        self.limit = limit
        self.skipping = skipping
    }

    mutating func visit(_ piece: UnsafeRawBufferPointer) {
        for byte in piece.dropFirst(skipping) {
            let entry = Int(Int8(bitPattern: byte))
            sum += entry * entry
            position += 1
            if position % dimension == 0 {
                if sum > limit, firstTooLong == nil { firstTooLong = position / dimension - 1 }
                sum = 0
            }
        }
        skipping = max(0, skipping - piece.count)
    }
}

/// Quantised rows in memory.
package struct MemoryRows: RowSource {
    package let dimension: Int
    package let values: [Int8]
    package var rowCount: Int { values.count / dimension }

    package func copyRows(_ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<Int8>) throws {
        let source = values[range.lowerBound * dimension..<range.upperBound * dimension]
        _ = buffer.update(fromContentsOf: source)
    }
}
