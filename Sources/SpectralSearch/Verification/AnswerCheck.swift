import Foundation
import RLWE
import Ring
import Storage

/// Freivalds' check of a host's answer: that it is the library's rows times the ciphertexts of the upload.
///
/// For a block of library rows L, its answer Y to an encrypted matrix X and a vector u of the fingerprint, u^T Y is
/// compared with w X, w = u^T L being known beforehand. Masks are whole, and compared for all blocks at once, exactly:
/// a wrong one passes with probability 2^-40. Bodies are rounded, so each block's sums may differ by what roundings add
/// up to (``AnswerRounding``); a body off by more than twice that passes with probability 2^-40. `docs/verification.md`
/// derives both. Ciphertexts are compared, and nothing is decrypted: the outcome does not depend on the key.
///
/// Source: R. Freivalds, "Probabilistic machines can use less running time", IFIP Congress 1977.
public struct AnswerCheck: Sendable {
    private let layout: AnswerLayout
    private let stripes: [Stripe]
    private let threads: Int
    private let backend: Backend

    /// Columns of a stripe: their residues fill whole bytes, whatever their bits.
    static let stripeColumns = 256
    /// Rows that are unpacked at a time, so that they stay in the second-level cache.
    static let slabRows = 128

    /// Prepares the check of the answer to `upload`, the upload of the run of `record`: expands its masks and packs its
    /// ciphertexts.
    ///
    /// - Throws: ``InputError`` when the upload is that of another run.
    public init(record: RunRecord, upload: Upload, threads: Int, backend: Backend = .selected) throws {
        guard upload.digest == record.uploadDigest else {
            throw InputError("queries", "are not the upload of the run whose record was given")
        }
        layout = AnswerLayout(card: record.card, queryCount: upload.queryCount)
        self.threads = threads
        self.backend = backend
        let (degree, precision) = (layout.degree, layout.precision)
        let masks = upload.seed.masks(dimension: upload.dimension, degree: degree, threads: threads)
        var stripes = masks.withUnsafeBufferPointer {
            Stripe.all(
                of: UnsafeRawBufferPointer($0), bits: 24, dimension: upload.dimension,
                rounding: AnswerRounding(from: 24, to: precision.maskBits), answerBits: precision.maskBits, offset: 0,
                threads: threads, backend: backend)
        }
        var offset = layout.maskByteCount
        for batch in 0..<upload.batchCount {
            let body = try upload.body(batch)
            stripes += body.withUnsafeBytes {
                Stripe.all(
                    of: $0, bits: upload.residueBits, dimension: upload.dimension, rounding: precision.bodyRounding,
                    answerBits: precision.bodyBits, offset: offset, threads: threads, backend: backend)
            }
            let columns = body.count * 8 / (upload.residueBits * upload.dimension)
            offset += PackedResidues.byteCount(columns, bits: precision.bodyBits)
        }
        self.stripes = stripes
    }

    /// Checks the whole answer, which is read once, a piece at a time. Costs 51 additions for each four rows and a
    /// column, and 40 D multiply-adds for each column and block of 1,024 rows.
    ///
    /// - Parameters:
    ///   - path: the answer's file, for the message.
    ///   - progress: called now and then with the number of library rows done.
    /// - Throws: ``InputError`` when the answer is not what the library gives: the fingerprint is spent then.
    ///   ``FileSystemError`` when it cannot be spent.
    public func require(
        _ answer: AnswerFile, path: String, fingerprint: Fingerprint, progress: (Int) -> Void = { _ in }
    ) throws {
        guard try !accepts(answer, fingerprint: fingerprint, progress: progress) else { return }
        try fingerprint.spend()
        throw InputError(
            path,
            "is not what the library gives for these queries, and was not decrypted: the host's answer is wrong. The fingerprint \(fingerprint.path) is spent; ask for a new one"
        )
    }

    private func accepts(_ answer: AnswerFile, fingerprint: Fingerprint, progress: (Int) -> Void) throws -> Bool {
        let recordByteCount = layout.recordByteCount
        let pieceRows = min(
            FingerprintLayout.blockRows, max(1, (64 << 20) / recordByteCount / Self.slabRows) * Self.slabRows)
        let piece = AlignedBuffer<UInt8>(count: pieceRows * recordByteCount)
        let sums = stripes.map(\.zeros)
        let failures = AlignedBuffer<Int32>(count: stripes.count)
        var total = ProductTotal(count: FingerprintLayout.vectorCount * fingerprint.file.layout.dimension)
        for block in 0..<fingerprint.file.layout.blockCount {
            let (choices, content) = try fingerprint.file.block(block)
            let rows = fingerprint.file.layout.rows(block)
            for first in stride(from: 0, to: rows.count, by: pieceRows) {
                let range = rows.lowerBound + first..<min(rows.lowerBound + first + pieceRows, rows.upperBound)
                try piece.withUnsafeMutableBufferPointer {
                    try answer.copyRecords(
                        range,
                        to: UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer($0)[..<(range.count * recordByteCount)]))
                }
                add(piece, rowCount: range.count, first: first, choices: choices, to: sums)
                progress(range.upperBound)
            }
            total.add(content.products)
            compare(
                sums, choices, content, total: rows.upperBound == answer.rowCount ? total : nil, failures)
        }
        return failures.withUnsafeBufferPointer { $0.reduce(0, |) == 0 }
    }

    /// Adds the records of `rowCount` rows, the first of which is row `first` of its block, to the stripes' sums.
    private func add(
        _ records: AlignedBuffer<UInt8>, rowCount: Int, first: Int, choices: RowChoices, to sums: [Sums]
    ) {
        let (stride, recordByteCount) = (Self.slabStride, layout.recordByteCount)
        parallelFor(stripes.count, threads: threads) {
            AlignedBuffer<UInt32>(count: Self.slabRows * stride)
        } body: { index, slab in
            let stripe = stripes[index]
            for row in Swift.stride(from: 0, to: rowCount, by: Self.slabRows) {
                stripe.add(
                    records.unsafeBase + row * recordByteCount, stride: recordByteCount,
                    rowCount: min(Self.slabRows, rowCount - row), first: first + row, choices: choices, slab: slab,
                    slabStride: stride, to: sums[index], backend: backend)
            }
        }
    }

    /// Words from one row of a slab to the next: rows that began a power of two apart would meet in few lines of a
    /// cache.
    private static let slabStride = stripeColumns + 16

    /// Compares the sums of a block with its products, or of all blocks, after the last one, with the `total`, notes
    /// which stripes are wrong, and clears the sums.
    private func compare(
        _ sums: [Sums], _ choices: RowChoices, _ block: FingerprintBlock, total: ProductTotal?,
        _ failures: AlignedBuffer<Int32>
    ) {
        let ofBlock = ProductWords(block.products)
        let ofAll = total.map { ProductWords($0.products) }
        parallelFor(stripes.count, threads: threads) {
            (Self.workspace(), Self.workspace())
        } body: { index, workspace in
            let stripe = stripes[index]
            guard let words = stripe.rounding.isExact ? ofAll : ofBlock else { return }
            failures.unsafeBase[index] |= stripe.compareAndClear(
                sums[index], words, weights: block.weights, choices: choices, workspace: workspace)
        }
    }

    /// Room for a stripe's products.
    private static func workspace() -> AlignedBuffer<UInt32> {
        AlignedBuffer(count: FingerprintLayout.vectorCount * stripeColumns, lifetime: .wiped)
    }
}

/// The sums of the rows that each vector chooses, of the columns of a stripe.
private typealias Sums = AlignedBuffer<UInt32>

/// The products of all blocks so far, modulo 2^24: what the vectors, one behind the other, make of the whole library.
private struct ProductTotal: Sendable {
    let products: FingerprintBlock.SecretIntegers

    init(count: Int) { products = AlignedBuffer(count: count, lifetime: .wiped) }

    mutating func add(_ block: FingerprintBlock.SecretIntegers) {
        for index in 0..<products.count {
            let sum = products.unsafeBase[index] &+ block.unsafeBase[index]
            products.unsafeBase[index] = (sum << 8) >> 8
        }
    }
}

/// Integers as the words that products of matrices take: low + 2^16 high. The high words of a block's products are
/// mostly zero, and are left out then.
private struct ProductWords: Sendable {
    let low: AlignedBuffer<Int16>
    let high: AlignedBuffer<Int16>?

    init(_ integers: FingerprintBlock.SecretIntegers) {
        let (low, high) = (
            AlignedBuffer<Int16>(count: integers.count, lifetime: .wiped),
            AlignedBuffer<Int16>(count: integers.count, lifetime: .wiped)
        )
        var highBits: Int16 = 0
        for index in 0..<integers.count {
            let integer = integers.unsafeBase[index]
            low.unsafeBase[index] = Int16(truncatingIfNeeded: integer)
            high.unsafeBase[index] = Int16(truncatingIfNeeded: (integer &- Int32(low.unsafeBase[index])) >> 16)
            highBits |= high.unsafeBase[index]
        }
        self.low = low
        self.high = highBits == 0 ? nil : high
    }
}

/// Some columns of the masks, or of a batch, of an answer.
private final class Stripe: Sendable {
    let rounding: AnswerRounding
    /// The encrypted matrix that the library's rows were multiplied with, times 2^8 where it is one modulo 2^16.
    private let matrix: PackedMatrix
    private let columns: Int
    private let answerBits: Int
    /// Bytes of a record before these columns.
    private let offset: Int
    /// Sums of no rows.
    var zeros: Sums { Sums(count: FingerprintLayout.vectorCount * paddedColumns, lifetime: .wiped) }

    private var paddedColumns: Int {
        (columns + RowChoices.panelColumns - 1) / RowChoices.panelColumns * RowChoices.panelColumns
    }

    /// The stripes of a matrix of `dimension` rows of little-endian residues of `bits` bits, whose answer begins at byte
    /// `offset` of each record.
    static func all(
        of residues: UnsafeRawBufferPointer, bits: Int, dimension: Int, rounding: AnswerRounding, answerBits: Int,
        offset: Int, threads: Int, backend: Backend
    ) -> [Stripe] {
        let columns = residues.count * 8 / (bits * dimension)
        nonisolated(unsafe) let residues = residues
        return parallelMap(
            Array(stride(from: 0, to: columns, by: AnswerCheck.stripeColumns)), threads: threads
        ) { first in
            Stripe(
                residues, bits: bits, dimension: dimension, columns: columns,
                range: first..<min(first + AnswerCheck.stripeColumns, columns), rounding: rounding,
                answerBits: answerBits, offset: offset + first * answerBits / 8, backend: backend)
        }
    }

    private init(
        _ residues: UnsafeRawBufferPointer, bits: Int, dimension: Int, columns: Int, range: Range<Int>,
        rounding: AnswerRounding, answerBits: Int, offset: Int, backend: Backend
    ) {
        self.rounding = rounding
        self.columns = range.count
        self.answerBits = answerBits
        self.offset = offset
        let words = AlignedBuffer<UInt32>(count: dimension * range.count)
        let bytes = residues.bindMemory(to: UInt8.self).baseAddress!
        for row in 0..<dimension {
            PackedResidues.unpack(
                bytes + (row * columns + range.lowerBound) * bits / 8, count: range.count, bits: bits, logModulus: 24,
                into: words.unsafeBase + row * range.count, backend: backend)
        }
        matrix = words.withUnsafeBufferPointer {
            PackedMatrix(
                residues: UnsafeRawBufferPointer($0), logModulus: 32, dimension: dimension, columns: range.count,
                backend: backend)
        }
    }

    /// Adds the answers to some rows to the sums.
    func add(
        _ records: UnsafePointer<UInt8>, stride: Int, rowCount: Int, first: Int, choices: RowChoices,
        slab: AlignedBuffer<UInt32>, slabStride: Int, to sums: Sums, backend: Backend
    ) {
        for row in 0..<rowCount {
            PackedResidues.unpack(
                records + row * stride + offset, count: columns, bits: answerBits, logModulus: 24,
                into: slab.unsafeBase + row * slabStride, backend: backend)
        }
        choices.add(
            slab.unsafeBase, stride: slabStride, first: first, count: rowCount, columns: paddedColumns,
            to: sums.unsafeBase, backend: backend)
    }

    /// Compares the sums with the products w X, whose w is in `words`, and clears them.
    ///
    /// - Returns: 0 if all agree, -1 if not; all are compared in any case.
    func compareAndClear(
        _ sums: Sums, _ words: ProductWords, weights: [Int], choices: RowChoices,
        workspace: (AlignedBuffer<UInt32>, AlignedBuffer<UInt32>)
    ) -> Int32 {
        let vectorCount = FingerprintLayout.vectorCount
        let stride = (columns + 15) / 16 * 16
        let (low, high) = (workspace.0.unsafeBase, workspace.1.unsafeBase)
        matrix.multiply(words: words.low.unsafeBase, rowCount: vectorCount, into: low)
        if let words = words.high {
            matrix.multiply(words: words.unsafeBase, rowCount: vectorCount, into: high)
            for index in 0..<vectorCount * stride { low[index] &+= high[index] << 16 }
        }
        var failure: Int32 = 0
        for vector in 0..<vectorCount {
            let doubledMean = Int32(rounding.doubledMean(chosen: choices.counts[vector]))
            let doubledTolerance = Int32(2 * rounding.tolerance(weight: weights[vector]))
            for column in 0..<columns {
                let sum = sums.unsafeBase[choices.place(set: vector, column: column)]
                // The shift up and back down is the centred remainder modulo 2^24.
                let difference = Int32(bitPattern: (sum &- low[vector * stride + column]) << 8) >> 8
                failure |= (doubledTolerance - abs(2 * difference - doubledMean)) >> 31
            }
        }
        sums.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        return failure
    }
}
