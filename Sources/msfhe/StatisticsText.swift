import Foundation
import PlaintextReference

/// What a report says of the statistics of hits, as a few lines for the terminal.
struct StatisticsText {
    let text: String

    init(_ statistics: AccuracyReport.Statistics) {
        let curve = statistics.probability.reliability
        let area = statistics.openSet.probability.map { String(format: "%.3f", $0) } ?? "unknown"
        let lists = statistics.falseDiscoveries.flatMap { library in
            [("decoys", library.byDecoys), ("probability", library.byProbability)].compactMap { name, rates in
                rates.map { "\(library.library), by \(name): \($0.map(Self.rate).joined(separator: ", "))" }
            }
        }
        text = """

            probability that the best hit is right: Brier score \(Self.small(curve.brierScore)), calibration error \(Self.small(curve.expectedCalibrationError))
            compounds in the library told from others: area under the curve \(area)
            wrong hits, estimated -> actual (of so many):
            \(lists.joined(separator: "\n"))
            """
    }

    private static func small(_ value: Double) -> String { String(format: "%.3f", value) }

    private static func rate(_ rate: AccuracyReport.Statistics.Rate) -> String {
        let actual = Double(rate.wrong) / Double(max(rate.accepted, 1))
        return String(format: "%.0f -> %.1f %% (%d)", rate.estimated * 100, actual * 100, rate.accepted)
    }
}
