import Foundation
import Storage

/// A library's index file: the quantised rows, in the order of the entries.
///
/// A header of 64 bytes (`MSFHE-I1`, number of rows, dimension, zeros), then `dimension` signed bytes a row, then
/// the SHA-256 of all that. Rows are mapped while they are used, so memory does not grow with the
/// library.
public final class LibraryIndex: Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// Entries of a row, D.
    public let dimension: Int
    private let file: InputFile
    private let isMapped: Bool

    static let headerCount = 64

    /// Opens the index of a library folder and checks it against the folder's card: digest, shape, and the norm
    /// of every row.
    public convenience init(path: String, card: LibraryCard) throws {
        try self.init(path: path, card: card, isMapped: true)
    }

    init(path: String, card: LibraryCard, isMapped: Bool) throws {
        try card.require(.batch, path: path)
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
        self.isMapped = isMapped
        if let problem = check.problem { throw InputError(path, problem) }
    }

    /// Calls `body` with the rows of `range`, `dimension` entries each, one after the other. The pointer must not
    /// outlive the call.
    ///
    /// - Precondition: the rows exist.
    /// - Throws: ``InputError`` when the file was changed since it was opened, and what `body` throws.
    public func withRows<Result>(
        _ range: Range<Int>, _ body: (UnsafeBufferPointer<Int8>) throws -> Result
    ) throws -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= rowCount, "rows of the index")
        let bytes =
            Self.headerCount + range.lowerBound * dimension..<Self.headerCount + range.upperBound * dimension
        return try file.withBytes(bytes, isMapped: isMapped) { try body($0.assumingMemoryBound(to: Int8.self)) }
    }

    /// The header of an index of `rowCount` rows.
    static func header(rowCount: Int, dimension: Int) -> [UInt8] {
        var header = FileKind.index.opening
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(dimension))
        return header + [UInt8](repeating: 0, count: headerCount - header.count)
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
