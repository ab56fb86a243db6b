import ArgumentParser
import Foundation
import Harness

/// Where reports go, and what they are told.
struct ReportOptions: ParsableArguments {
    @Option(help: "A page to look at: bars against the machine's bounds, curves of scaling, bytes and cost.")
    var html: String?

    @Option(help: "The tables in Markdown; - is standard output.")
    var markdown: String?

    @Option(
        help:
            "The price of an hour of as many cores as threads are used: adds the price of a million comparisons."
    )
    var pricePerHour: Double?

    func validate() throws {
        if let pricePerHour, !(pricePerHour > 0 && pricePerHour.isFinite) {
            throw ValidationError("--price-per-hour is \(pricePerHour), but must be a positive number")
        }
    }

    /// Writes the reports that were asked for.
    func write(_ results: ResultFile) throws {
        var results = results
        if let pricePerHour { Cost.add(to: &results, pricePerHour: pricePerHour) }
        if let html { try LineOutput(path: html).write(PerformancePage(results).html) }
        if let markdown { try LineOutput(path: markdown).write(MarkdownReport(results).text) }
    }
}

struct Report: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the reports of a measurement anew from its file.")

    @Argument(help: "Results, one JSON object a line.")
    var results: String

    @OptionGroup var reports: ReportOptions

    func run() throws {
        var reports = reports
        if reports.html == nil, reports.markdown == nil { reports.markdown = "-" }
        try reports.write(ResultFile(path: results))
    }
}
