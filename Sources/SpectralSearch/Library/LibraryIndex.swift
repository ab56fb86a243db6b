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
        let rowCount = card.content.library.spectra
        var check = RowCheck(
            dimension: dimension, scaling: card.content.scaling, skipping: Self.headerCount)
        file = try InputFile(path: path, kind: .index, headerCount: Self.headerCount) { header in
            var header = header
            guard header.integer(UInt32.self) == rowCount, header.integer(UInt32.self) == dimension else {
                throw InputError(
                    path, "does not hold the \(rowCount) rows of \(dimension) entries that the card beside it announces"
                )
            }
            return Self.headerCount + rowCount * dimension
        } visit: {
            check.visit($0)
        }
        guard file.digest.description == card.content.library.indexSHA256 else {
            throw InputError(path, "belongs to another library than the card beside it")
        }
        self.rowCount = rowCount
        self.dimension = dimension
        if let problem = check.problem { throw InputError(path, problem) }
    }

    /// Copies the rows of `range`, `dimension` entries each, one after the other, to `buffer`.
    ///
    /// - Precondition: the rows exist, and the buffer has room for them and no more.
    /// - Throws: ``InputError`` or ``FileSystemError`` when the file cannot be read any more.
    public func copyRows(_ range: Range<Int>, to buffer: UnsafeMutableBufferPointer<Int8>) throws {
        precondition(
            range.upperBound <= rowCount && buffer.count == range.count * dimension, "rows of the index")
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

/// Checks the entries and norms of rows that arrive in pieces of any length.
private struct RowCheck {
    let dimension: Int
    let scaling: ScoreScaling
    /// Bytes of the header that are still to come.
    var skipping: Int
    /// What is wrong with the first row that cannot be used.
    var problem: String?
    private var row = 0
    private var entries = 0
    private var normSquared = 0
    private var largest = 0

    init(dimension: Int, scaling: ScoreScaling, skipping: Int) {
        self.dimension = dimension
        self.scaling = scaling
        self.skipping = skipping
    }

    mutating func visit(_ piece: UnsafeRawBufferPointer) {
        var rest = piece.dropFirst(skipping)
        skipping = max(0, skipping - piece.count)
        while !rest.isEmpty {
            let part = rest.prefix(dimension - entries)
            for byte in part {
                let entry = Int(Int8(bitPattern: byte))
                normSquared += entry * entry
                largest = max(largest, abs(entry))
            }
            entries += part.count
            rest = rest.dropFirst(part.count)
            if entries == dimension { finishRow() }
        }
    }

    private mutating func finishRow() {
        if problem == nil, largest > scaling.rowEntryCap {
            problem = "row \(row) has an entry beyond \(scaling.rowEntryCap)"
        } else if problem == nil, normSquared > scaling.rowNormSquaredLimit {
            problem = "row \(row) has a squared norm above \(scaling.rowNormSquaredLimit), so a score could wrap around"
        }
        (row, entries, normSquared, largest) = (row + 1, 0, 0, 0)
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
