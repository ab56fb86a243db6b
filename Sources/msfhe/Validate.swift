import ArgumentParser
import Foundation
import PlaintextReference
import SpectralSearch
import Spectra

extension Validation.Precursor: ExpressibleByArgument {}

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure what encryption costs: the whole path on given files, beside its plaintext twin.",
        discussion: """
            Searches the library with every query, encrypted and through OpenBLAS, and reports the accuracy of \
            both, their agreement, encryption noise and quantisation apart, seconds, and bytes. Queries and library \
            are split by ion mode; the figures cover both together unless --ion-mode is given.
            """)

    @Option(name: .long, parsing: .upToNextOption, help: "Files of library spectra.")
    var library: [String]

    @Option(name: .long, parsing: .upToNextOption, help: "Files of query spectra whose compounds are known.")
    var queries: [String]

    @Option(help: "Only this ion mode: positive or negative.")
    var ionMode: IonMode?

    @Option(help: "The way of searching: batch or interactive.")
    var mode = SearchMode.batch

    @Option(help: "The similarity: cosine.")
    var score = ScoreName.cosine

    @Option(help: "Numbers in a spectrum vector, a multiple of 4 from 256 to 4096.")
    var dimension = 512

    @Option(help: "How many bits travel: default, economy (less download), or rounded (less upload and work).")
    var preset = PrecisionPreset.default

    @Option(
        help: ArgumentHelp(
            "Precursors: hidden (encrypted with the fragments), none, or window (±0.01 Da at the client).",
            discussion: "With window in interactive mode, the host is told a coarse window, --disclose-window."))
    var precursor = Validation.Precursor.hidden

    @Option(
        help: ArgumentHelp(
            "The width of the windows that the host is told, with --precursor window --mode interactive; 50 when left out.",
            valueName: "daltons"))
    var discloseWindow: Int?

    @Option(help: "Add a normal error of this many ppm to the queries' precursors.")
    var queryPpm = 0.0

    @Option(help: "Processor cores for the search and for its plaintext twin alike.")
    var threads = 1

    @Option(help: "Use only the first queries of each file, this many.")
    var limitQueries: Int?

    @Option(help: "The report as JSON; - is standard output.")
    var json: String?

    @Option(help: "The report as a page to look at.")
    var html: String?

    func validate() throws {
        try validateThreads(threads)
        try validateDimension(dimension)
        guard (0...1000).contains(queryPpm) else {
            throw ValidationError("--query-ppm is \(queryPpm), but must be from 0 to 1000")
        }
        if discloseWindow != nil, mode != .interactive || precursor != .window {
            throw ValidationError("--disclose-window goes with --mode interactive --precursor window")
        }
        if let limitQueries, limitQueries < 1 {
            throw ValidationError("--limit-queries is \(limitQueries), but must be at least 1")
        }
    }

    func run() throws {
        try BLASCoreType.selectFastest(probeArguments: [ProbeSgemm._commandName])
        let progress = ProgressLine()
        var librarySpectra: [Spectrum] = []
        try readSpectra(library, progress: progress) { librarySpectra.append($0) }
        var querySpectra: [Spectrum] = []
        for path in queries {
            var ofFile: [Spectrum] = []
            try readSpectra([path], progress: progress) { ofFile.append($0) }
            querySpectra += ofFile.prefix(limitQueries ?? .max)
        }
        let outcome = try Validation(try options()) { progress.show($0, $1) }
            .run(library: librarySpectra, queries: querySpectra)
        progress.clear()
        if let leftOut = outcome.report.queriesLeftOut, leftOut > 0 {
            log.warning("\(leftOut) queries were not searched: no usable peaks, or an ion mode that the library lacks")
        }
        try publish(
            outcome,
            title:
                "Validation of \(library.map { URL(fileURLWithPath: $0).lastPathComponent }.joined(separator: ", "))",
            json: json, html: html)
        if json != "-" && html != "-" { try printResult(ReportText(outcome.report).text) }
    }

    private func options() throws -> Validation.Options {
        var options = Validation.Options()
        options.dimension = dimension
        options.mode = mode
        options.preset = preset
        options.precursor = precursor
        options.ionMode = ionMode
        options.queryPPM = queryPpm
        if let discloseWindow { options.disclosedWindows = try PrecursorDisclosure(width: discloseWindow) }
        options.threads = threads
        return options
    }
}

/// Writes a report to the files that were asked for.
func publish(_ outcome: Validation.Outcome, title: String, note: String? = nil, json: String?, html: String?) throws {
    if let json { try write(outcome.report.json(), to: json) }
    if let html {
        let page = ReportPage(title: title, note: note, report: outcome.report, sections: outcome.sections)
        try write(Data(page.html().utf8), to: html)
    }
}

/// Runs in a child process of `validate`: times OpenBLAS with the core type that the environment names.
struct ProbeSgemm: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probe-sgemm", shouldDisplay: false)

    func run() { print(BLASCoreType.probe()) }
}
