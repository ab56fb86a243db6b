import ArgumentParser
import Foundation
import PlaintextReference
import SpectralSearch
import Spectra
import Storage

extension DecoyMethod: ExpressibleByArgument {}

struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure what encryption costs: the whole path on given files, beside its plaintext twin.",
        discussion: """
            Searches the library with every query, encrypted and through OpenBLAS, and reports the accuracy of \
            both, their agreement, encryption noise and quantisation apart, seconds, and bytes. Queries and library \
            are split by ion mode; the figures cover both together unless --ion-mode is given.

            Intervals say where the accuracy would lie for other compounds, and tables what it is by instrument, \
            collision energy, number of peaks, and number of candidate compounds.

            --mode, --score and --precursor take several names with commas between them, or 'all': every combination \
            is validated, and one joint report compares them.
            """)

    @Option(name: .long, parsing: .upToNextOption, help: "Files of library spectra.")
    var library: [String]

    @Option(name: .long, parsing: .upToNextOption, help: "Files of query spectra whose compounds are known.")
    var queries: [String]

    @Option(help: "Only this ion mode: positive or negative.")
    var ionMode: IonMode?

    @Option(help: "The ways of searching: batch, interactive, or both.")
    var mode = Choices<SearchMode>(.batch)

    @Option(help: "The similarities: \(Choices<SpectralScore>.names), or all; docs/scores.md says what each is.")
    var score = Choices<SpectralScore>(.cosine)

    @Flag(help: "Search by the peaks themselves, too: the similarity that the vectors approximate.")
    var exact = false

    @Option(help: "Numbers in a spectrum vector, a multiple of 4 from 256 to 4096.")
    var dimension = 512

    @Option(help: "How many bits travel: default, economy (less download), or rounded (less upload and work).")
    var preset = PrecisionPreset.default

    @Option(
        help: ArgumentHelp(
            "Precursors: hidden (encrypted with the fragments), none, window (±0.01 Da at the client), or all.",
            discussion: "With window in interactive mode, the host is told a coarse window, --disclose-window."))
    var precursor = Choices<Validation.Precursor>(.hidden)

    @Option(
        help: ArgumentHelp(
            "The width of the windows that the host is told, with --precursor window --mode interactive; 50 when left out.",
            valueName: "daltons"))
    var discloseWindow: Int?

    @Option(help: "Add a normal error of this many ppm to the queries' precursors.")
    var queryPpm = 0.0

    @Flag(
        help: ArgumentHelp(
            "Add decoys, and compare estimated with actual false discovery rates.",
            discussion: "Also done with half of the library's compounds taken away."))
    var decoys = false

    @Option(help: "How decoys are made: spectrum-based (as library build does), or naive.")
    var decoyMethod = DecoyMethod.spectrumBased

    @Option(help: "Write a calibration: from scores to the probability that the best hit is right, for identify.")
    var calibration: String?

    @Option(help: "Processor cores for the search and for its plaintext twin alike.")
    var threads = 1

    @Option(help: "Use only the first queries of each file, this many.")
    var limitQueries: Int?

    @Option(help: "The report as JSON; - is standard output.")
    var json: String?

    @Option(help: "The report as Markdown; - is standard output.")
    var markdown: String?

    @Option(help: "The report as a page to look at.")
    var html: String?

    func validate() throws {
        try validateThreads(threads)
        try validateDimension(dimension)
        if calibration != nil, score.values.count * mode.values.count * precursor.values.count > 1 {
            throw ValidationError("--calibration is made of one configuration: give one mode, score and precursor")
        }
        if calibration != nil, precursor.values == [.window] {
            throw ValidationError(
                "--calibration is for encrypted or absent precursors: identify knows no --precursor window")
        }
        guard (0...1000).contains(queryPpm) else {
            throw ValidationError("--query-ppm is \(queryPpm), but must be from 0 to 1000")
        }
        if discloseWindow != nil, !mode.values.contains(.interactive) || !precursor.values.contains(.window) {
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
        let outcomes = try ValidationSuite(configurations()) { progress.show($0, $1) }
            .run(library: librarySpectra, queries: querySpectra)
        progress.clear()
        if let leftOut = outcomes[0].report.queriesLeftOut, leftOut > 0 {
            log.warning("\(leftOut) queries were not searched: no usable peaks, or an ion mode that the library lacks")
        }
        if let path = calibration {
            guard let calibration = outcomes[0].calibration else {
                throw InputError("queries", "are of too few compounds for a calibration")
            }
            try calibration.write(to: path)
        }
        let files = library.map(Self.fileName).joined(separator: ", ")
        try Publication(
            outcomes, title: "Validation of \(files)",
            command: command(mode: mode.text, score: score.text, precursor: precursor.text)
        ).write(json: json, markdown: markdown, html: html)
    }

    /// Every combination of the choices, in their order.
    private func configurations() throws -> [ValidationSuite.Configuration] {
        let options = try options()
        return score.values.flatMap { score in
            mode.values.flatMap { mode in
                precursor.values.map { precursor in
                    var options = options
                    options.score = score
                    options.mode = mode
                    options.precursor = precursor
                    return .init(
                        options: options,
                        command: command(mode: mode.rawValue, score: score.rawValue, precursor: precursor.rawValue))
                }
            }
        }
    }

    private func options() throws -> Validation.Options {
        var options = Validation.Options()
        options.dimension = dimension
        options.exact = exact
        options.preset = preset
        options.ionMode = ionMode
        options.queryPPM = queryPpm
        options.decoys = decoys ? decoyMethod : nil
        if let discloseWindow { options.disclosedWindows = try PrecursorDisclosure(width: discloseWindow) }
        options.threads = threads
        return options
    }

    /// The command that makes the report of these choices: everything that figures depend on, defaults included.
    private func command(mode: String, score: String, precursor: String) -> ReportCommand {
        var words = ["msfhe", "validate", "--library"] + library.map(Self.fileName)
        words += ["--queries"] + queries.map(Self.fileName)
        if let ionMode { words += ["--ion-mode", ionMode.rawValue] }
        words += ["--mode", mode, "--score", score, "--precursor", precursor]
        words += ["--dimension", "\(dimension)", "--preset", preset.rawValue]
        if queryPpm > 0 { words += ["--query-ppm", "\(queryPpm)"] }
        if let discloseWindow { words += ["--disclose-window", "\(discloseWindow)"] }
        if let limitQueries { words += ["--limit-queries", "\(limitQueries)"] }
        if exact { words.append("--exact") }
        if decoys { words += ["--decoys", "--decoy-method", decoyMethod.rawValue] }
        return ReportCommand(words + ["--threads", "\(threads)"])
    }

    private static func fileName(_ path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }
}

/// Runs in a child process of `validate`: times OpenBLAS with the core type that the environment names.
struct ProbeSgemm: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probe-sgemm", shouldDisplay: false)

    func run() { print(BLASCoreType.probe()) }
}
