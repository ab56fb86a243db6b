import CKKS
import Foundation
import RLWE
import Ring

/// Measures what searches of a library cost, on its own index, one core and in memory: short searches of each kind, the
/// fastest of a few, in seconds of that core, so that what else the machine does counts little. Takes a fraction of a
/// second.
///
/// What is measured is a part of the library, all of a small one; a batch search costs in proportion to the rows, an
/// interactive one, whose rotations are made once, a sum of such a part and a constant one. The time of either does not
/// depend on what is encrypted.
struct CostMeasurement {
    /// The library's card, which does not have its costs yet.
    let card: LibraryCard
    /// The library's files.
    let (indexPath, diagonalsPath): (String, String)

    /// Rows that the batch searches are measured on, at most: a block of one thread, with which it begins.
    private static let batchRows = 2 * BatchSearch.blockRows
    /// Queries of the batch searches that are compared.
    private static let batchQueries = (few: 16, many: 256)

    /// The costs.
    func costs() throws -> SearchCosts {
        let batch = try batchSeconds()
        let interactive = try interactiveSeconds()
        return SearchCosts(
            batchRunSeconds: batch.run, batchQuerySeconds: batch.query, interactiveQuerySeconds: interactive.single,
            interactivePassSeconds: max(interactive.pass, interactive.single))
    }

    // MARK: Batch

    /// Seconds of a run and of each of its queries: the straight line through searches for a few and for many queries.
    private func batchSeconds() throws -> (run: Double, query: Double) {
        let index = try LibraryIndex(path: indexPath, card: card)
        let rowCount = min(index.rowCount, Self.batchRows)
        let (few, many) = Self.batchQueries
        let seconds = try [few, many].map { try batchSeconds(queryCount: $0, index, rowCount) }
        let query = max(0, (seconds[1] - seconds[0]) / Double(many - few))
        let run = card.sharedSeed == nil ? max(0, seconds[0] - Double(few) * query) : 0
        let whole = Double(index.rowCount) / Double(rowCount)
        return (run * whole, query * whole)
    }

    private func batchSeconds(queryCount: Int, _ index: LibraryIndex, _ rowCount: Int) throws -> Double {
        let dimension = card.content.vector.dimension
        let bits = card.content.precision.uploadBits
        // Ciphertexts are uniform to everyone without the key, and these zeros take as long.
        guard let seed = card.sharedSeed ?? MaskSeed(received: Data(count: MaskSeed.byteCount)) else {
            preconditionFailure("a seed has \(MaskSeed.byteCount) bytes")
        }
        let upload = Upload(
            cardDigest: card.digest, seed: seed, dimension: dimension, queryCount: queryCount,
            residueBits: bits, bodies: [Data(count: bits / 8 * dimension * queryCount)])
        let search = try BatchSearch(card: card, upload: upload, threads: 1)
        let answer = AlignedBuffer<UInt8>(count: rowCount * search.recordByteCount)
        return try index.withRows(0..<rowCount) { rows in
            answer.withUnsafeMutableBufferPointer { answer in
                let bytes = UnsafeMutableRawBufferPointer(answer)
                return Self.fastest { search.answer(rows: rows, into: bytes, threads: 1) }
            }
        }
    }

    // MARK: Interactive

    /// Seconds of a query alone, and of a full pass.
    private func interactiveSeconds() throws -> (single: Double, pass: Double) {
        let scheme = InteractiveScheme(card: card)
        // A key of nobody's, under which nothing but this is encrypted.
        let generator = KeyGenerator(parameters: scheme.parameters, key: .generate())
        let layout = scheme.layout(rowCount: card.content.library.spectra)
        let keys = try TallMatrixKeys(
            generator.evaluationKeys(relinearization: false, rotations: layout.rotations), layout: layout)
        let zeros = [Double](repeating: 0, count: scheme.parameters.slotCapacity)
        let query = Encryptor(parameters: scheme.parameters, secret: generator.secret)
            .encrypt(try scheme.parameters.encoder.encode(zeros, scale: InteractiveScheme.queryScale))
        func seconds(blockCount: Int) throws -> (single: Double, pass: Double) {
            let product = TallMatrixProduct(
                matrix: try InteractiveIndex.beginning(of: diagonalsPath, scheme: scheme, blockCount: blockCount),
                parameters: scheme.parameters, matrixScale: InteractiveScheme.rowScale,
                bits: InteractiveScheme.answerBits)
            func seconds(queryCount: Int) throws -> Double {
                let vectors = [TallMatrixProduct.Vector](repeating: (query, keys), count: queryCount)
                return try Self.fastest { _ = try product.multiply(vectors, threads: 1) }
            }
            return (try seconds(queryCount: 1), try seconds(queryCount: InteractiveSearch.queriesPerPass))
        }
        let measured = min(layout.blockCount, TallMatrixLayout.blocksPerSegment)
        let whole = try seconds(blockCount: measured)
        guard layout.blockCount > measured else { return whole }
        let one = try seconds(blockCount: 1)
        func extrapolated(_ whole: Double, _ one: Double) -> Double {
            whole + Double(layout.blockCount - measured) * max(0, whole - one) / Double(measured - 1)
        }
        return (extrapolated(whole.single, one.single), extrapolated(whole.pass, one.pass))
    }

    // MARK: Time

    /// The shortest time, in seconds of this thread, of three runs of `work`, or of as many more as take a tenth of a
    /// second.
    private static func fastest(_ work: () throws -> Void) rethrows -> Double {
        var (shortest, total, count) = (Double.infinity, 0.0, 0)
        while count < 3 || total < 0.1 {
            let start = threadSeconds
            try work()
            let seconds = threadSeconds - start
            (shortest, total, count) = (min(shortest, seconds), total + seconds, count + 1)
        }
        return shortest
    }

    private static var threadSeconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
