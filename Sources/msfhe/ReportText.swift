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
            plaintext  \(Self.row(plaintext))\(report.accuracy.exact.map { "\nby peaks   \(Self.row($0))" } ?? "")\(Self.interval(report.estimates))

            same best compound  \(Self.percent(report.agreement.top1)); of the ten best in common \(Self.percent(report.agreement.top10Overlap))
            encryption noise    \(Self.small(noise.rms)) rms (\(Self.small(noise.predictedRms)) predicted), \(Self.small(noise.max)) at most
            quantisation        \(Self.small(quantisation.rms)) rms, \(Self.small(quantisation.max)) at most

            library \(ProgressLine.duration(seconds.libraryBuild)), encrypt \(ProgressLine.duration(seconds.encrypt)), search \(ProgressLine.duration(seconds.search)), decrypt \(ProgressLine.duration(seconds.decrypt))
            plaintext sgemm \(ProgressLine.duration(seconds.plaintextSgemm)) (OpenBLAS, \(report.openblasCore)): the encrypted search takes \(String(format: "%.2f", report.ratioToSgemm)) times as long
            upload \(ProgressLine.bytes(report.bytes.upload)), download \(ProgressLine.bytes(report.bytes.download)), library on the host \(ProgressLine.bytes(report.bytes.library))
            \(report.threads) thread\(report.threads == 1 ? "" : "s"), \(report.backend) kernels; \(report.parameters.securityBits) bits of security
            disclosed to the host: \(report.disclosed ?? "nothing of the spectra or precursors")
            """ + (report.statistics.map { "\n" + StatisticsText($0).text } ?? "")
    }

    /// A joint report: one line a configuration.
    init(_ joint: JointReport) {
        let width = joint.configurations.map(\.label.count).max() ?? 0
        let rows = joint.configurations.map { report in
            let name = report.label.padding(toLength: width, withPad: " ", startingAt: 0)
            let shares = [report.accuracy.encrypted.top1, report.accuracy.plaintext.top1, report.agreement.top1]
                .map { String(format: "%9.2f%%", $0 * 100) }.joined(separator: "  ")
            return "\(name)\(shares)   \(Self.small(report.agreement.noise.rms))"
        }
        let first = joint.configurations[0]
        let head = String(repeating: " ", count: width) + " encrypted   plaintext   same best   noise"
        text = """
            \(first.queries) queries against \(first.library.spectra) spectra of \(first.library.compounds) compounds, right compound first

            \(head)
            \(rows.joined(separator: "\n"))
            """
    }

    private static func interval(_ estimates: AccuracyReport.Estimates?) -> String {
        guard let interval = estimates?.top1.encrypted.interval else { return "" }
        let (lower, upper) = (percent(interval.lower), percent(interval.upper))
        return "\nencrypted top-1, 95 % interval over compounds: \(lower) to \(upper)"
    }

    private static func row(_ ranking: AccuracyReport.Ranking) -> String {
        [ranking.top1, ranking.top5, ranking.top10, ranking.mrr]
            .map { String(format: "%7.2f%%", $0 * 100) }.joined(separator: " ")
    }

    private static func percent(_ share: Double) -> String { String(format: "%.2f %%", share * 100) }
    private static func small(_ value: Double) -> String { String(format: "%.1e", value) }
}
