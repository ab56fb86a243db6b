import Foundation
import Harness
import PlaintextReference
import Ring
import SpectralSearch
import Spectra

/// The host's batch search, from an upload in memory to a packed answer in memory, in turn with OpenBLAS's product
/// of the float vectors.
struct BatchSearchBenchmark: Benchmark {
    var rows = 8192
    var dimension = 512
    var queries = 1024
    var preset = PrecisionPreset.default
    /// Whether the library publishes its mask seed, so that the a-part of the answer is kept and not computed.
    var aPartIsCached = false
    /// Whether the scaling with threads is measured on this shape.
    var scalesThreads = false

    /// One shape, and what changes when one of its sizes does.
    static let all =
        [BatchSearchBenchmark(scalesThreads: true), BatchSearchBenchmark(preset: .economy)]
        + [2048, 32768].map { BatchSearchBenchmark(rows: $0) }
        + [256, 384, 1024].map { BatchSearchBenchmark(dimension: $0) }
        + [64, 256, 2048, 4096].map { BatchSearchBenchmark(queries: $0) }
        + PrecisionPreset.allCases.filter { $0 != .economy }.flatMap { preset in
            [false, true].map {
                BatchSearchBenchmark(rows: 16384, queries: 10240, preset: preset, aPartIsCached: $0)
            }
        }

    func threadCounts(upTo limit: Int) -> [Int] {
        scalesThreads ? sequence(first: 1) { 2 * $0 }.prefix { $0 < limit } + [limit] : [limit]
    }

    func row() -> Row {
        var row = Row("search.batch")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["queries"] = .integer(queries)
        row["preset"] = .text(preset.rawValue)
        row["aPart"] = .text(aPartIsCached ? "cached" : "computed")
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        // The simulated library again and again, until there are as many rows as wanted.
        let library = SimulatedPeptides.library
        let search = try SearchCase(
            library: (0..<rows).lazy.map { library[$0 % library.count] },
            queries: SimulatedPeptides.queries(count: queries, seed: 2026).map(\.spectrum),
            dimension: dimension, preset: preset, publishesSeed: aPartIsCached, threads: conditions.threads)
        return try search.measure(conditions.row(of: self), conditions).row
    }
}

extension SearchCase {
    /// Times the search of this case and its plaintext twin, checks the answer, and completes `row`.
    ///
    /// - Returns: the row, and each query's best compound.
    func measure(_ row: Row, _ conditions: Conditions) throws -> (row: Row, hits: [Hit]) {
        let (rowCount, dimension, queryCount) = (index.rowCount, index.dimension, upload.queryCount)
        let rows = try rows()
        // An upload in memory has no file that could fail to be read.
        func search() -> BatchSearch { try! batchSearch(conditions) }
        let answer = AlignedBuffer<UInt8>(count: rowCount * search().recordByteCount)
        let twin = PlaintextTwin(
            rows: rowCount, dimension: dimension, columns: queryCount, threads: conditions.threads,
            left: { self.libraryVectors[$0 / dimension][$0 % dimension] },
            right: { self.queryVectors[$0 / dimension][$0 % dimension] })
        let timings = conditions.loop.measure([
            Work {
                rows.withUnsafeBufferPointer { rows in
                    answer.withUnsafeMutableBufferPointer { answer in
                        search().answer(
                            rows: rows, into: UnsafeMutableRawBufferPointer(answer),
                            threads: conditions.threads)
                    }
                }
            }, twin.work,
        ])
        let hits = try hits(of: answer, row)
        try check(hits, against: twin.product, row)

        var row = row
        let nanoseconds = timings[0].nanoseconds
        let degree = card.parameters.degree
        row["batches"] = .integer((queryCount + degree - 1) / degree)
        row["sgemmNanoseconds"] = .number(timings[1].nanoseconds)
        row["ratioToSgemm"] = .number(nanoseconds / timings[1].nanoseconds)
        row["scoresPerSecond"] = .number(Double(rowCount * queryCount) / nanoseconds * 1e9)
        row["bytesUp"] = .integer(upload.byteCount)
        row["bytesDown"] = .integer(answer.count)
        row["boundNanoseconds"] = bound(conditions).map { .number($0) }
        row.set(timings[0])
        return (row, hits)
    }

    /// The host's search of the upload.
    func batchSearch(_ conditions: Conditions) throws -> BatchSearch {
        try BatchSearch(card: card, upload: upload, threads: conditions.threads, backend: conditions.backend)
    }

    /// The least nanoseconds of the products: of the bodies, and of the masks unless they are kept.
    private func bound(_ conditions: Conditions) -> Double? {
        let bodies: MatrixProductBenchmark.Product =
            card.content.precision.uploadBits == 16 ? .bytesMod16 : .bytesMod24
        let multiplyAdds = Double(index.rowCount * index.dimension)
        guard let bodyBound = bodies.bound(multiplyAdds * Double(upload.queryCount), conditions),
            let maskBound = MatrixProductBenchmark.Product.bytesMod24.bound(
                card.sharedSeed == nil ? multiplyAdds * Double(card.parameters.degree) : 0, conditions)
        else { return nil }
        return bodyBound + maskBound
    }
}
