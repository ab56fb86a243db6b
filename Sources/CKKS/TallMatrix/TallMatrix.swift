import RLWE
import Ring

/// A tall plaintext matrix, encoded: its diagonals modulo the one prime of the ciphertexts, in Montgomery form and in
/// the order of its ``TallMatrixLayout``. 8 D bytes for each row, on huge pages.
///
/// Immutable once it is filled, and shared freely.
public final class TallMatrix: Sendable {
    /// The order of the residues.
    public let layout: TallMatrixLayout
    /// The residues, segment after segment.
    package let residues: AlignedBuffer<UInt64>

    /// Size in memory.
    public var byteCount: Int { 8 * residues.count }

    /// A matrix whose residues, below the prime, are all written by the caller before it is used.
    package init(uninitialized layout: TallMatrixLayout) {
        self.layout = layout
        residues = AlignedBuffer(uninitialized: layout.residueCount)
    }

    /// Encodes a matrix whose rows `row` gives: D numbers or fewer, the others being zero.
    ///
    /// - Throws: ``EncodingError`` where entries cannot be encoded.
    public convenience init(
        encoder: TallMatrixEncoder, rowCount: Int, threads: Int, row: (Int) -> [Float]
    ) throws(EncodingError) {
        let layout = encoder.layout(rowCount: rowCount)
        self.init(uninitialized: layout)
        let segmentSize = TallMatrixLayout.blocksPerSegment * layout.residuesPerBlock
        for (index, blocks) in layout.segments.enumerated() {
            for block in blocks {
                try encoder.encode(
                    rows: layout.rows(ofBlock: block).map(row), block: block - blocks.lowerBound, of: blocks.count,
                    into: residues.unsafeBase + index * segmentSize, threads: threads)
            }
        }
    }

    /// The residues of a segment.
    func segment(_ index: Int) -> UnsafePointer<UInt64> {
        UnsafePointer(residues.unsafeBase + index * TallMatrixLayout.blocksPerSegment * layout.residuesPerBlock)
    }
}

/// Encodes tall matrices, block by block.
///
/// Immutable and shared freely.
public final class TallMatrixEncoder: Sendable {
    /// The parameters of the ciphertexts: one prime, and one special prime.
    public let parameters: CKKSParameters
    /// The number D of columns.
    public let columnCount: Int
    /// Rotations of the vector.
    public let babySteps: Int
    /// What the entries are multiplied by.
    public let scale: Double

    /// An encoder of matrices of `columnCount` columns.
    public init(parameters: CKKSParameters, columnCount: Int, babySteps: Int? = nil, scale: Double) {
        parameters.requireOnePrime()
        self.parameters = parameters
        self.columnCount = columnCount
        self.babySteps = babySteps ?? TallMatrixLayout.babySteps(columnCount: columnCount)
        self.scale = scale
    }

    /// The layout of a matrix of `rowCount` rows.
    public func layout(rowCount: Int) -> TallMatrixLayout {
        TallMatrixLayout(
            degree: parameters.degree, rowCount: rowCount, columnCount: columnCount, babySteps: babySteps)
    }

    /// Encodes a block of up to N rows to its places in a segment of `blocks` blocks. An encoding for each of D
    /// diagonals.
    ///
    /// - Throws: ``EncodingError`` where entries cannot be encoded.
    package func encode(
        rows: [[Float]], block: Int, of blocks: Int, into segment: UnsafeMutablePointer<UInt64>, threads: Int
    ) throws(EncodingError) {
        let layout = layout(rowCount: max(rows.count, 1))
        precondition(rows.count <= layout.degree, "a block has at most as many rows as the ring's degree")
        precondition(rows.allSatisfy { $0.count <= columnCount }, "a row has at most \(columnCount) entries")
        nonisolated(unsafe) let segment = segment
        let problems = parallelMap(Array(0..<layout.giantSteps), threads: threads) { giant -> EncodingError? in
            let workspace = EncoderWorkspace(for: self.parameters.encoder)
            do throws(EncodingError) {
                for baby in 0..<layout.babySteps {
                    try self.encode(rows, giant: giant, baby: baby, layout, block, blocks, segment, workspace)
                }
                return nil
            } catch {
                return error
            }
        }
        if let problem = problems.compactMap(\.self).first { throw problem }
    }

    private func encode(
        _ rows: [[Float]], giant: Int, baby: Int, _ layout: TallMatrixLayout, _ block: Int, _ blocks: Int,
        _ segment: UnsafeMutablePointer<UInt64>, _ workspace: EncoderWorkspace
    ) throws(EncodingError) {
        let slots = layout.degree / 2
        func entry(_ row: Int, _ column: Int) -> Double {
            row < rows.count && column < rows[row].count ? Double(rows[row][column]) : 0
        }
        // The giant rotation comes after the product, so the diagonal is turned back by it.
        let turned = (0..<slots).map { slot in
            let source = (slot - giant * layout.babySteps + slots) & (slots - 1)
            let column = (slot + baby) & (columnCount - 1)
            return Complex(entry(2 * source, column), entry(2 * source + 1, column))
        }
        let plaintext = try parameters.encoder.encode(turned, scale: scale, workspace: workspace)
        let basis = parameters.chain.basis
        let values = plaintext.polynomial.limbs
        basis.multiply(values, by: basis.montgomeryFactors, into: values)
        let width = layout.tileWidth
        for tile in 0..<layout.tileCount {
            let place = layout.place(
                tile: tile, block: block, of: blocks, diagonal: giant * layout.babySteps + baby)
            (segment + place).update(from: values.base + tile * width, count: width)
        }
    }
}

extension CKKSParameters {
    /// Products with tall matrices work modulo one prime, so that the matrix has one residue for each entry.
    func requireOnePrime() {
        precondition(
            chain.primeCount == 1 && chain.specialCount == 1, "tall matrices go with one prime and one special prime")
    }
}
