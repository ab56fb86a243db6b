import CKKS
import Crypto
import Foundation
import Ring
import Storage

/// A library's interactive index: its vectors in ``PrecursorOrder`` as the diagonals of a matrix, encoded, in the order in
/// which a search reads them.
///
/// File `diagonals`: a header of 64 bytes (`MSFHE-D2`, number of rows, of columns and of baby steps, zeros), then
/// residues of 8 bytes in the order of `TallMatrixLayout`, then the least and the greatest precursor of each block, then
/// the SHA-256 of all that. 8 D bytes for each row, which memory holds while the library is searched.
public final class InteractiveIndex: Sendable {
    /// Number of rows.
    public let rowCount: Int
    /// What it computes with.
    public let scheme: InteractiveScheme
    package let matrix: TallMatrix
    private let precursors: BlockPrecursors
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
        let precursorsPosition = Self.headerCount + 8 * layout.residueCount
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
            return precursorsPosition + BlockPrecursors.byteCount(layout)
        } visit: { piece in
            areCanonical = matrix.append(piece, at: position, below: modulus) && areCanonical
            position += piece.count
        }
        guard file.digest.description == card.content.interactive?.indexSHA256 else {
            throw InputError(path, "belongs to another library than the card beside it")
        }
        guard areCanonical else { throw InputError(path, "has residues that are not below their prime") }
        precursors = try BlockPrecursors(
            bytes: file.read(at: precursorsPosition, count: BlockPrecursors.byteCount(layout)), path: path)
        self.matrix = try matrix.matrix(path)
    }

    /// The blocks that a query with this window is searched for in.
    func blocks(_ window: Range<Double>) -> Range<Int> { precursors.blocks(window) }

    /// A matrix of `blockCount` blocks, up to a segment, that holds the first residues of the index at `path`.
    static func beginning(of path: String, scheme: InteractiveScheme, blockCount: Int) throws -> TallMatrix {
        let layout = scheme.layout(rowCount: blockCount * scheme.parameters.degree)
        let matrix = TallMatrix(uninitialized: layout)
        let (descriptor, _) = try openRegularFile(path)
        defer { close(descriptor) }
        let bytes = UnsafeMutableRawBufferPointer(start: matrix.residues.unsafeBase, count: 8 * layout.residueCount)
        try InputFile.read(descriptor, path, at: headerCount, into: bytes)
        return matrix
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
            let residues = 8 * layout.residueCount - position
            let content = UnsafeRawBufferPointer(rebasing: piece.prefix(max(0, residues)).dropFirst(max(0, -position)))
            guard let source = content.baseAddress, !content.isEmpty else { return true }
            let first = max(0, position) / 8
            let target = matrix.residues.unsafeBase + first
            UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: content.count)
            var largest: UInt64 = 0
            for index in 0..<content.count / 8 { largest = max(largest, target[index]) }
            return largest < modulus
        }
    }
}

/// Writes a library's interactive index from vectors that arrive in any order. They wait in a file beside it, 4 D bytes
/// each, until all are there; memory holds 24 bytes for each of them, and while the index is written a segment of it: 32,768
/// rows of 8 D bytes.
final class InteractiveIndexWriter {
    private let scheme: InteractiveScheme
    private let encoder: TallMatrixEncoder
    private let file: OutputFile
    /// Nil when the index is written.
    private var vectors: WaitingVectors?
    private let threads: Int
    private var precursors: [Double?] = []

    private var rowsPerSegment: Int { TallMatrixLayout.blocksPerSegment * scheme.parameters.degree }

    /// Starts an index of vectors of `dimension` entries at `path`.
    init(path: String, dimension: Int, columnCount: Int, threads: Int) throws {
        scheme = InteractiveScheme(columnCount: columnCount)
        encoder = scheme.encoder
        self.threads = threads
        vectors = try WaitingVectors(path: path + ".vectors", dimension: dimension)
        file = try OutputFile(path: path)
        try file.write([UInt8](repeating: 0, count: InteractiveIndex.headerCount))
    }

    /// Takes the vector of a spectrum, which goes where its precursor wants it.
    func append(_ vector: [Float], precursorMZ: Double?) throws {
        try vectors?.append(vector)
        precursors.append(precursorMZ)
    }

    /// Completes the file and makes it appear. The digest covers the header, so all is read once more.
    func finish() throws -> Digest {
        guard let vectors else { preconditionFailure("an index is finished once") }
        try vectors.flush()
        let order = PrecursorOrder(precursors).rows
        for first in stride(from: 0, to: order.count, by: rowsPerSegment) {
            let rows = try order[first..<min(first + rowsPerSegment, order.count)].map(vectors.read)
            let segment = try TallMatrix(encoder: encoder, rowCount: rows.count, threads: threads) { rows[$0] }
            try segment.residues.withUnsafeBufferPointer { try file.write(UnsafeRawBufferPointer($0)) }
        }
        self.vectors = nil
        let layout = scheme.layout(rowCount: order.count)
        try file.write(BlockPrecursors(order.map { precursors[$0] ?? .infinity }, layout).bytes)
        try file.overwrite(InteractiveIndex.header(layout), at: 0)
        var hasher = SHA256()
        try file.readBack { hasher.update(bufferPointer: $0) }
        let digest = Digest(hasher.finalize())
        try file.write(digest.bytes)
        try file.commit()
        return digest
    }
}

/// Vectors in a file that is gone when they are not needed any more.
private final class WaitingVectors {
    private let file: OutputFile
    private let dimension: Int
    private var waiting: [Float] = []

    init(path: String, dimension: Int) throws {
        self.dimension = dimension
        file = try OutputFile(path: path)
    }

    func append(_ vector: [Float]) throws {
        precondition(vector.count == dimension, "a vector of \(dimension) entries")
        waiting += vector
        if waiting.count >= 1 << 18 { try flush() }
    }

    /// Makes all vectors readable.
    func flush() throws {
        try waiting.withUnsafeBytes { try file.write($0) }
        waiting.removeAll(keepingCapacity: true)
    }

    /// The vector that came as number `index`.
    func read(_ index: Int) throws -> [Float] {
        var vector = [Float](repeating: 0, count: dimension)
        try vector.withUnsafeMutableBytes { try file.read(at: index * dimension * 4, into: $0) }
        return vector
    }
}
