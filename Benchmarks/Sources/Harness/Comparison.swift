import Foundation
import PlaintextReference

/// Two results side by side: for each row that both have, how much longer the new one takes.
package struct Comparison {
    /// What the ratio of a row says.
    package enum Verdict: String, Sendable {
        case faster, same, slower
    }

    /// One row of both results.
    package struct Line: Sendable {
        package let identity: String
        package let old: Double
        package let new: Double
        /// How far from 1 the ratio may be by chance.
        package let band: Double

        /// New time over old time.
        package var ratio: Double { new / old }
        package var verdict: Verdict {
            ratio > 1 + band ? .slower : ratio < 1 / (1 + band) ? .faster : .same
        }
    }

    /// Rows of both results, in the order of the new one.
    package let lines: [Line]
    /// Rows of one result alone.
    package let onlyOld: [String]
    package let onlyNew: [String]
    /// What differs between the machines: reasons to distrust the ratios.
    package let machineDifferences: [String]

    package var hasRegression: Bool { lines.contains { $0.verdict == .slower } }

    /// - Parameter tolerance: Least half-width of the noise band. The spreads of both fastest times widen it.
    /// - Throws: ``UsageError`` when the results have no row in common.
    package init(old: ResultFile, new: ResultFile, tolerance: Double) throws(UsageError) {
        func timed(_ file: ResultFile) -> [(identity: String, row: Row, nanoseconds: Double)] {
            file.rows.compactMap { row in row.number("nanoseconds").map { (row.identity, row, $0) } }
        }
        let before = Dictionary(timed(old).map { ($0.identity, $0) }) { first, _ in first }
        let after = timed(new)
        lines = after.compactMap { after in
            guard let before = before[after.identity], before.nanoseconds > 0 else { return nil }
            // A row without a spread had fewer than three samples: nothing is known of its noise.
            let spreads = [before.row, after.row].map { $0.number("spread") ?? 0.1 }
            return Line(
                identity: after.identity, old: before.nanoseconds, new: after.nanoseconds,
                band: tolerance + spreads[0] + spreads[1])
        }
        let identities = Set(after.map(\.identity))
        onlyOld = timed(old).map(\.identity).filter { !identities.contains($0) }
        onlyNew = after.map(\.identity).filter { before[$0] == nil }
        machineDifferences = Self.differences(old.machine, new.machine)
        guard !lines.isEmpty else {
            throw UsageError(
                "the two files have no row in common; compare measurements of the same benchmarks")
        }
    }

    private static func differences(_ old: Row, _ new: Row) -> [String] {
        let texts = ["cpu", "compiler", "openblasCore"].compactMap { name -> String? in
            let (before, after) = (old.text(name) ?? "unknown", new.text(name) ?? "unknown")
            return before == after ? nil : "\(name): \(before), now \(after)"
        }
        let numbers = [("clockGHz", 0.02), ("memoryReadGBs", 0.1)].compactMap { name, tolerance -> String? in
            guard let before = old.number(name), let after = new.number(name),
                abs(after / before - 1) > tolerance
            else { return nil }
            return "\(name): \(Numerals.significant(before)), now \(Numerals.significant(after))"
        }
        return texts + numbers
    }

    /// The comparison as a table in Markdown, regressions first.
    package var text: String {
        let order: [Verdict] = [.slower, .faster, .same]
        let sorted = order.flatMap { verdict in lines.filter { $0.verdict == verdict } }
        var parts = machineDifferences.map { "The machines differ in \($0)." }
        parts += ["", "| row | old | new | new / old | band | |", "| --- | --- | --- | --- | --- | --- |"]
        parts += sorted.map { line in
            let cells = [
                line.identity, Numerals.duration(seconds: line.old * 1e-9),
                Numerals.duration(seconds: line.new * 1e-9), Numerals.decimal(line.ratio, places: 3),
                Numerals.percent(line.band, places: 1), line.verdict == .same ? "" : line.verdict.rawValue,
            ]
            return "| \(cells.joined(separator: " | ")) |"
        }
        parts +=
            onlyOld.map { "Only in the old results: \($0)" }
            + onlyNew.map { "Only in the new results: \($0)" }
        let counts = order.map { verdict in "\(lines.count { $0.verdict == verdict }) \(verdict.rawValue)" }
        return (parts + ["", "\(lines.count) rows compared: \(counts.joined(separator: ", "))"])
            .joined(separator: "\n")
    }
}
