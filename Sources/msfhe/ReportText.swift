import Foundation
import PlaintextReference

/// A report as a few lines for the terminal.
struct ReportText {
    let text: String

    init(_ report: AccuracyReport) {
        let encrypted = report.accuracy.encrypted
        let plaintext = report.accuracy.plaintext
        let noise = report.agreement.noise
        let quantisation = report.agreement.quantisation
        let seconds = report.seconds
        text = """
            \(report.queries) queries against \(report.library.spectra) spectra of \(report.library.compounds) compounds, \(report.dimension) dimensions

                         top-1    top-5   top-10     MRR
            encrypted  \(Self.row(encrypted))
            plaintext  \(Self.row(plaintext))

            same best compound  \(Self.percent(report.agreement.top1)); of the ten best in common \(Self.percent(report.agreement.top10Overlap))
            encryption noise    \(Self.small(noise.rms)) rms (\(Self.small(noise.predictedRms)) predicted), \(Self.small(noise.max)) at most
            quantisation        \(Self.small(quantisation.rms)) rms, \(Self.small(quantisation.max)) at most

            library \(ProgressLine.duration(seconds.libraryBuild)), encrypt \(ProgressLine.duration(seconds.encrypt)), search \(ProgressLine.duration(seconds.search)), decrypt \(ProgressLine.duration(seconds.decrypt))
            plaintext sgemm \(ProgressLine.duration(seconds.plaintextSgemm)) (OpenBLAS, \(report.openblasCore)): the encrypted search takes \(String(format: "%.2f", report.ratioToSgemm)) times as long
            upload \(ProgressLine.bytes(report.bytes.upload)), download \(ProgressLine.bytes(report.bytes.download)), library on the host \(ProgressLine.bytes(report.bytes.library))
            \(report.threads) thread\(report.threads == 1 ? "" : "s"), \(report.backend) kernels; \(report.parameters.securityBits) bits of security
            """ + (report.statistics.map(Self.statistics) ?? "")
    }

    private static func statistics(_ statistics: AccuracyReport.Statistics) -> String {
        let curve = statistics.probability.reliability
        let known = statistics.openSet.probability.map { String(format: "%.3f", $0) } ?? "-"
        let tables = statistics.falseDiscoveries.map { library in
            let lists = [("decoys", library.byDecoys), ("probability", library.byProbability)]
            return lists.compactMap { name, rates in
                rates.map { "\n\(library.library), by \(name): " + $0.map(Self.rate).joined(separator: ", ") }
            }.joined()
        }
        return """


            probability of a right hit: Brier score \(String(format: "%.3f", curve.brierScore)), \
            calibration error \(String(format: "%.3f", curve.expectedCalibrationError)); queries with and without their \
            compound in the library told apart: area under the curve \(known)
            wrong hits, estimated -> actual (hits accepted):\(tables.joined())
            """
    }

    private static func rate(_ rate: AccuracyReport.Statistics.Rate) -> String {
        let actual = Double(rate.wrong) / Double(max(rate.accepted, 1))
        return String(format: "%.0f -> %.1f %% (%d)", rate.estimated * 100, actual * 100, rate.accepted)
    }

    private static func row(_ ranking: AccuracyReport.Ranking) -> String {
        [ranking.top1, ranking.top5, ranking.top10, ranking.mrr]
            .map { String(format: "%7.2f%%", $0 * 100) }.joined(separator: " ")
    }

    private static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }
    private static func small(_ value: Double) -> String { String(format: "%.1e", value) }
}
