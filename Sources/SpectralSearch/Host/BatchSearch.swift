import Foundation
import RLWE
import Ring

/// The host's work: library rows times encrypted queries. Holds ciphertexts and public values only.
///
/// For library row L the answer is the mask sum_j L_j a_j, computed once for all batches (and not at all where the
/// library publishes its masks), and for each batch the body sum_j L_j b_j: plaintext matrix products modulo 2^24, or 2^16 where
/// the upload is rounded to that (`PackedMatrix`), cut to the bits that the card
/// keeps.
public final class BatchSearch: Sendable {
    /// Bytes of the answer to one library row.
    public let recordByteCount: Int
    private let dimension: Int
    private let products: [Product]

    /// A matrix that library rows are multiplied with, and the bits of the results that the answer keeps.
    private struct Product: Sendable {
        let matrix: PackedMatrix
        let bits: Int
        var byteCount: Int { matrix.rowByteCount(bits: bits) }
    }

    /// Rows that one thread multiplies at a time: few enough that they stay in the second-level cache while the
    /// ciphertexts go by.
    static let blockRows = 480

    /// Prepares the search of `upload`: expands its masks, unless the library publishes them, and packs its ciphertexts.
    ///
    /// - Throws: ``InputError`` when the upload's file was changed since it was opened. An upload that was made in this
    ///   process has none.
    public convenience init(card: LibraryCard, upload: Upload, threads: Int, backend: Backend = .selected) throws {
        let dimension = upload.dimension
        var products = card.sharedSeed == nil ? [Self.masks(card, upload.seed, threads: threads, backend: backend)] : []
        // Only as many batches are held twice, as they came and packed, as are packed at a time.
        for first in stride(from: 0, to: upload.batchCount, by: threads) {
            let bodies = try (first..<min(first + threads, upload.batchCount)).map(upload.body)
            products += parallelMap(bodies, threads: threads) { body in
                Product(
                    matrix: body.withUnsafeBytes {
                        PackedMatrix(
                            residues: $0, logModulus: upload.residueBits, dimension: dimension,
                            columns: $0.count * 8 / (upload.residueBits * dimension), backend: backend)
                    }, bits: card.content.precision.bodyBits)
            }
        }
        self.init(products: products, dimension: dimension)
    }

    /// Bytes that a thread holds: the products' buffers on its stack, and what the system keeps for it.
    private static let threadByteCount = 1 << 20

    /// Bytes that the search of `upload` holds at most, besides library rows and answers: matrices, as they came and
    /// packed, and each thread's stack.
    static func byteCount(card: LibraryCard, upload: Upload, threads: Int, backend: Backend = .selected) -> Int {
        let (dimension, degree) = (upload.dimension, card.parameters.degree)
        func packed(_ columns: Int, _ logModulus: Int) -> Int {
            PackedMatrix.byteCount(logModulus: logModulus, dimension: dimension, columns: columns, backend: backend)
        }
        let batches = Upload.batchSizes(upload.queryCount, degree: degree)
        let masks = card.sharedSeed == nil ? packed(degree, card.parameters.logModulus) : 0
        let bodies = batches.reduce(0) { $0 + packed($1, upload.residueBits) }
        let asTheyCame = max(
            card.parameters.logModulus / 8 * degree, threads * upload.residueBits / 8 * min(degree, upload.queryCount))
        return masks + bodies + asTheyCame * dimension + threads * threadByteCount
    }

    /// Prepares the mask part of all answers of a library that publishes its mask seed.
    convenience init(sharedSeed: MaskSeed, card: LibraryCard, threads: Int, backend: Backend = .selected) {
        self.init(
            products: [Self.masks(card, sharedSeed, threads: threads, backend: backend)],
            dimension: card.content.vector.dimension)
    }

    private init(products: [Product], dimension: Int) {
        self.products = products
        self.dimension = dimension
        recordByteCount = products.reduce(0) { $0 + $1.byteCount }
    }

    private static func masks(_ card: LibraryCard, _ seed: MaskSeed, threads: Int, backend: Backend) -> Product {
        let (dimension, degree) = (card.content.vector.dimension, card.parameters.degree)
        let residues = seed.masks(dimension: dimension, degree: degree, threads: threads)
        return Product(
            matrix: residues.withUnsafeBufferPointer {
                PackedMatrix(
                    residues: UnsafeRawBufferPointer($0), logModulus: card.parameters.logModulus,
                    dimension: dimension, columns: degree, backend: backend)
            }, bits: card.content.precision.maskBits)
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
        parallelFor((rowCount + blockRows - 1) / blockRows, threads: threads) { block in
            let range = block * blockRows..<min((block + 1) * blockRows, rowCount)
            var place = answer.baseAddress! + range.lowerBound * self.recordByteCount
            for product in self.products {
                product.matrix.multiply(
                    rows: rows.baseAddress! + range.lowerBound * self.dimension, rowCount: range.count,
                    keeping: product.bits, into: place, stride: self.recordByteCount)
                place += product.byteCount
            }
        }
    }
}
