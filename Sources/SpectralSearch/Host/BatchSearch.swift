import Foundation
import RLWE
import Ring

/// The host's work: library rows times encrypted queries. Holds ciphertexts and public values only.
///
/// For library row L the answer is the mask sum_j L_j a_j, computed once for all batches, and for each batch the
/// body sum_j L_j b_j: plaintext matrix products modulo 2^24 (`PackedMatrix`), rounded to the bits that the card
/// keeps.
public final class BatchSearch: Sendable {
    /// Bytes of the answer to one library row.
    public let recordByteCount: Int
    /// Queries of the upload.
    public let queryCount: Int

    private let precision: AnswerPrecision
    private let dimension: Int
    private let masks: PackedMatrix
    private let bodies: [PackedMatrix]
    private let backend: Backend

    /// Rows that one thread multiplies at a time: few enough that their residues stay in the second-level cache.
    static let blockRows = 96

    /// Prepares the search of `upload`: expands its masks and packs its ciphertexts.
    public init(card: LibraryCard, upload: Upload, threads: Int, backend: Backend = .selected) {
        self.backend = backend
        let degree = card.parameters.degree
        let dimension = upload.dimension
        self.dimension = dimension
        precision = card.content.answer
        queryCount = upload.queryCount
        recordByteCount = AnswerLayout(card: card, queryCount: upload.queryCount).recordByteCount
        masks = upload.seed.masks(dimension: dimension, degree: degree, threads: threads)
            .withUnsafeBufferPointer {
                PackedMatrix(
                    residues: UnsafeRawBufferPointer($0), dimension: dimension, columns: degree,
                    backend: backend)
            }
        bodies = parallelMap(upload.bodies, threads: threads) { body in
            body.withUnsafeBytes {
                PackedMatrix(
                    residues: $0, dimension: dimension, columns: $0.count / (3 * dimension), backend: backend)
            }
        }
    }

    /// Answers library rows.
    ///
    /// - Parameters:
    ///   - rows: `dimension` entries a row, each row within the card's norm limit.
    ///   - answer: ``recordByteCount`` bytes for each row.
    ///   - threads: number of cores to use.
    ///
    /// Costs D (n + queries) multiply-adds of an integer and a residue a row, of which the AVX-512 kernels do up to 42
    /// a cycle.
    public func answer(
        rows: UnsafeBufferPointer<Int8>, into answer: UnsafeMutableRawBufferPointer, threads: Int
    ) {
        let rowCount = rows.count / dimension
        precondition(answer.count == rowCount * recordByteCount, "an answer of \(recordByteCount) bytes a row")
        nonisolated(unsafe) let rows = rows
        nonisolated(unsafe) let answer = answer
        let blockRows = min(Self.blockRows, max(rowCount, 1))
        parallelFor((rowCount + blockRows - 1) / blockRows, threads: threads) {
            AlignedBuffer<UInt32>(count: blockRows * max(self.masks.stride, self.bodies[0].stride))
        } body: { block, residues in
            let range = block * blockRows..<min((block + 1) * blockRows, rowCount)
            self.answer(
                rows: UnsafeBufferPointer(rebasing: rows[range.lowerBound * dimension..<range.upperBound * dimension]),
                rowCount: range.count, residues: residues,
                into: answer.baseAddress! + range.lowerBound * recordByteCount)
        }
    }

    /// Answers one block; `residues` holds the products of one matrix at a time.
    private func answer(
        rows: UnsafeBufferPointer<Int8>, rowCount: Int, residues: AlignedBuffer<UInt32>,
        into answer: UnsafeMutableRawPointer
    ) {
        var offset = 0
        func multiply(_ matrix: PackedMatrix, bits: Int) {
            matrix.multiply(rows: rows.baseAddress!, rowCount: rowCount, into: residues.unsafeBase)
            for row in 0..<rowCount {
                PackedResidues.roundAndPack(
                    residues.unsafeBase + row * matrix.stride, count: matrix.columns, bits: bits,
                    into: (answer + row * recordByteCount + offset).assumingMemoryBound(to: UInt8.self),
                    backend: backend)
            }
            offset += PackedResidues.byteCount(matrix.columns, bits: bits)
        }
        multiply(masks, bits: precision.maskBits)
        for body in bodies { multiply(body, bits: precision.bodyBits) }
    }
}
