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
    var preset = AnswerPreset.default
    /// Whether the scaling with threads is measured on this shape.
    var scalesThreads = false

    /// One shape, and what changes when one of its sizes does.
    static let all =
        [BatchSearchBenchmark(scalesThreads: true), BatchSearchBenchmark(preset: .economy)]
        + [2048, 32768].map { BatchSearchBenchmark(rows: $0) }
        + [256, 384, 1024].map { BatchSearchBenchmark(dimension: $0) }
        + [64, 256, 2048, 4096].map { BatchSearchBenchmark(queries: $0) }

    func threadCounts(upTo limit: Int) -> [Int] {
        scalesThreads ? sequence(first: 1) { 2 * $0 }.prefix { $0 < limit } + [limit] : [limit]
    }

    func row() -> Row {
        var row = Row("search.batch")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["queries"] = .integer(queries)
        row["preset"] = .text(preset.rawValue)
        row["aPart"] = .text("computed")
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        // The simulated library again and again, until there are as many rows as wanted.
        let library = SimulatedPeptides.library
        let search = try SearchCase(
            library: (0..<rows).lazy.map { library[$0 % library.count] },
            queries: SimulatedPeptides.queries(count: queries, seed: 2026).map(\.spectrum),
            dimension: dimension,
            preset: preset, threads: conditions.threads)
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
        func search() -> BatchSearch {
            BatchSearch(card: card, upload: upload, threads: conditions.threads, backend: conditions.backend)
        }
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
        row["boundNanoseconds"] = MatrixProductBenchmark.Product.bytesMod24.bound(
            Double(rowCount * dimension * (degree + queryCount)), conditions
        ).map { .number($0) }
        row.set(timings[0])
        return (row, hits)
    }
}
