import Harness
import Testing

@Suite("Comparing two results")
struct ComparisonTests {
    private func results(_ times: [Int: Double], spread: Double = 0, cpu: String = "one") -> ResultFile {
        var machine = Row("machine")
        machine["cpu"] = .text(cpu)
        let rows = times.sorted { $0.key < $1.key }.map { n, nanoseconds in
            var row = Row("ntt.forward")
            row["n"] = .integer(n)
            row.set(
                Timing(nanoseconds: nanoseconds, medianNanoseconds: nanoseconds, samples: 9, spread: spread))
            return row
        }
        return ResultFile(machine: machine, rows: rows)
    }

    private func verdict(_ old: Double, _ new: Double, spread: Double = 0) throws -> Comparison.Verdict {
        let comparison = try Comparison(
            old: results([1024: old], spread: spread), new: results([1024: new], spread: spread),
            tolerance: 0.03)
        #expect(comparison.hasRegression == (comparison.lines[0].verdict == .slower))
        return comparison.lines[0].verdict
    }

    @Test("a ratio counts beyond the band, in both directions")
    func band() throws {
        #expect(try verdict(100, 102.9) == .same)
        #expect(try verdict(100, 103.1) == .slower)
        #expect(try verdict(102.9, 100) == .same)
        #expect(try verdict(103.1, 100) == .faster)
    }

    @Test("the spreads of both measurements widen the band")
    func spreads() throws {
        #expect(try verdict(100, 106.9, spread: 0.02) == .same)
        #expect(try verdict(100, 107.1, spread: 0.02) == .slower)
    }

    @Test("exchanging old and new exchanges slower and faster")
    func symmetry() throws {
        for new in stride(from: 80.0, through: 125, by: 1) {
            let (there, back) = (try verdict(100, new), try verdict(new, 100))
            #expect((there == .slower) == (back == .faster))
            #expect((there == .same) == (back == .same))
        }
    }

    @Test("rows of one result alone are named, and results without a common row refused")
    func disjoint() throws {
        let comparison = try Comparison(
            old: results([1024: 1, 2048: 1]), new: results([2048: 1, 4096: 1]), tolerance: 0.03)
        #expect(comparison.lines.map(\.identity) == ["ntt.forward n=2048"])
        #expect(comparison.onlyOld == ["ntt.forward n=1024"])
        #expect(comparison.onlyNew == ["ntt.forward n=4096"])
        #expect(throws: UsageError.self) {
            try Comparison(old: results([1024: 1]), new: results([2048: 1]), tolerance: 0.03)
        }
    }

    @Test("a comparison of two machines says so")
    func machines() throws {
        let comparison = try Comparison(
            old: results([1024: 1]), new: results([1024: 1], cpu: "two"), tolerance: 0.03)
        #expect(comparison.machineDifferences == ["cpu: one, now two"])
    }
}
