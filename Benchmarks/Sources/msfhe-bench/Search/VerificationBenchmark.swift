import Foundation
import Harness
import Ring
import SpectralSearch
import Spectra

/// The researcher's check of an answer, in turn with the host's search that it checks.
struct VerificationBenchmark: Benchmark {
    var rows = 8192
    var dimension = 512
    var queries = 1024

    /// One batch, and a run of ten.
    static let all = [VerificationBenchmark(), VerificationBenchmark(rows: 16384, queries: 10240)]

    func threadCounts(upTo limit: Int) -> [Int] { [limit] }

    func row() -> Row {
        var row = Row("search.verify")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["queries"] = .integer(queries)
        row["preset"] = .text(PrecisionPreset.verified.rawValue)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        var row = conditions.row(of: self)
        let library = SimulatedPeptides.library
        let search = try SearchCase(
            library: (0..<rows).lazy.map { library[$0 % library.count] },
            queries: SimulatedPeptides.queries(count: queries, seed: 2026).map(\.spectrum),
            dimension: dimension, preset: .verified, threads: conditions.threads)
        let check = try search.answerCheck(conditions)
        let rows = try search.rows()
        let answer = AlignedBuffer<UInt8>(
            count: search.index.rowCount * (try search.batchSearch(conditions)).recordByteCount)
        var failure: (any Error)?
        let timings = conditions.loop.measure([
            Work { do { try check() } catch { failure = error } },
            Work {
                rows.withUnsafeBufferPointer { rows in
                    answer.withUnsafeMutableBufferPointer { answer in
                        // An upload in memory has no file that could fail to be read.
                        try! search.batchSearch(conditions).answer(
                            rows: rows, into: UnsafeMutableRawBufferPointer(answer), threads: conditions.threads)
                    }
                }
            },
        ])
        if let failure { throw WrongResult(row, "an honest answer was refused: \(failure)") }
        row["searchNanoseconds"] = .number(timings[1].nanoseconds)
        row["ratioToSearch"] = .number(timings[0].nanoseconds / timings[1].nanoseconds)
        row.set(timings[0])
        return row
    }
}
