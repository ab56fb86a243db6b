import CKKS
import Crypto
import Foundation
import Ring
import Storage

/// A library's interactive index: its vectors as the diagonals of a matrix, encoded, in the order in which a search
/// reads them.
///
/// File `diagonals`: a header of 64 bytes (`MSFHE-D1`, number of rows, of columns and of baby steps, zeros), then
/// residues of 8 bytes in the order of `TallMatrixLayout`, then the SHA-256 of all that. 8 D bytes for each row, which
/// memory holds while the library is searched.
public final class InteractiveIndex: Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// What it computes with.
    public let scheme: InteractiveScheme
    package let matrix: TallMatrix
    /// Size in memory.
    public var byteCount: Int { matrix.byteCount }

    static let headerCount = 64

    /// Reads the index of a library folder and checks it against the folder's card: digest, shape, and every residue.
    ///
    /// - Throws: ``InputError`` when the library has none, or it is damaged or of another library.
    public init(path: String, card: LibraryCard, backend: Backend = .selected) throws {
        try card.require(.interactive, path: path)
        scheme = InteractiveScheme(card: card, backend: backend)
        rowCount = card.content.library.spectra
        let layout = scheme.layout(rowCount: rowCount)
        let modulus = scheme.parameters.chain.basis.moduli[0].value
        let matrix = Memory(layout)
        var position = -Self.headerCount
        var areCanonical = true
        let file = try InputFile(path: path, kind: .diagonals, headerCount: Self.headerCount) { header in
            var header = header
            guard header.integer(UInt32.self) == layout.rowCount, header.integer(UInt32.self) == layout.columnCount,
                header.integer(UInt32.self) == layout.babySteps
            else {
                throw InputError(
                    path,
                    "does not hold the \(layout.rowCount) rows of \(layout.columnCount) columns that the card beside it announces"
                )
            }
            return Self.headerCount + 8 * layout.residueCount
        } visit: { piece in
            areCanonical = matrix.append(piece, at: position, below: modulus) && areCanonical
            position += piece.count
        }
        guard file.digest.description == card.content.interactive?.indexSHA256 else {
            throw InputError(path, "belongs to another library than the card beside it")
        }
        guard areCanonical else { throw InputError(path, "has residues that are not below their prime") }
        self.matrix = try matrix.matrix(path)
    }

    /// The header of an index.
    static func header(_ layout: TallMatrixLayout) -> [UInt8] {
        var header = FileKind.diagonals.opening
        for number in [layout.rowCount, layout.columnCount, layout.babySteps] {
            header.append(littleEndian: UInt32(number))
        }
        return header + [UInt8](repeating: 0, count: headerCount - header.count)
    }

    /// The matrix, whose memory is taken when the first bytes of a file of the right size arrive.
    private final class Memory {
        private let layout: TallMatrixLayout
        private var made: TallMatrix?

        init(_ layout: TallMatrixLayout) { self.layout = layout }

        func matrix(_ path: String) throws(InputError) -> TallMatrix {
            guard let made else { throw InputError(path, "is empty") }
            return made
        }

        /// Copies a piece of the file to its place among the residues.
        ///
        /// - Returns: whether they are below `modulus`.
        func append(_ piece: UnsafeRawBufferPointer, at position: Int, below modulus: UInt64) -> Bool {
            let matrix = made ?? TallMatrix(uninitialized: layout)
            made = matrix
            // The file is read in pieces of whole words.
            let content = UnsafeRawBufferPointer(rebasing: piece.dropFirst(max(0, -position)))
            let first = max(0, position) / 8
            let target = matrix.residues.unsafeBase + first
            UnsafeMutableRawPointer(target).copyMemory(from: content.baseAddress!, byteCount: content.count)
            var largest: UInt64 = 0
            for index in 0..<content.count / 8 { largest = max(largest, target[index]) }
            return largest < modulus
        }
    }
}

/// Writes a library's interactive index, vector by vector; the header, which holds their number, comes last. Holds a
/// segment of it: 32,768 rows of 8 D bytes.
final class InteractiveIndexWriter {
    private let scheme: InteractiveScheme
    private let encoder: TallMatrixEncoder
    private let file: OutputFile
    private let threads: Int
    private var rowCount = 0
    /// The rows of the segment that are not written yet.
    private var waiting: [[Float]] = []

    private var degree: Int { scheme.parameters.degree }
    private var rowsPerSegment: Int { TallMatrixLayout.blocksPerSegment * degree }

    /// Starts an index of vectors of up to `columnCount` entries at `path`.
    init(path: String, columnCount: Int, threads: Int) throws {
        scheme = InteractiveScheme(columnCount: columnCount)
        encoder = scheme.encoder
        self.threads = threads
        file = try OutputFile(path: path)
        try file.write([UInt8](repeating: 0, count: InteractiveIndex.headerCount))
    }

    /// Appends a vector.
    func append(_ vector: [Float]) throws {
        waiting.append(vector)
        rowCount += 1
        if waiting.count == rowsPerSegment { try flush() }
    }

    /// Completes the file and makes it appear. The digest covers the header, so all is read once more.
    func finish() throws -> Digest {
        try flush()
        try file.overwrite(InteractiveIndex.header(scheme.layout(rowCount: rowCount)), at: 0)
        var hasher = SHA256()
        try file.readBack { hasher.update(bufferPointer: $0) }
        let digest = Digest(hasher.finalize())
        try file.write(digest.bytes)
        try file.commit()
        return digest
    }

    private func flush() throws {
        guard !waiting.isEmpty else { return }
        let segment = try TallMatrix(encoder: encoder, rowCount: waiting.count, threads: threads) { waiting[$0] }
        try segment.residues.withUnsafeBufferPointer { try file.write(UnsafeRawBufferPointer($0)) }
        waiting.removeAll(keepingCapacity: true)
    }
}
