import ArgumentParser
import Foundation
import PlaintextReference
import SpectralSearch
import Spectra
import Storage

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See it work: identify simulated peptide spectra by encrypted search.",
        discussion: """
            The library is computed by the program: theoretical fragment spectra of the tryptic peptides of \
            well-known proteins. The queries are such spectra with peaks lost, shifted and added. Everything here \
            is simulated, so the accuracy says that the machinery works, not how it fares on measured spectra.
            """)

    @Option(help: "The report as JSON; - is standard output.")
    var json: String?

    @Option(help: "The report as a page to look at.")
    var html: String?

    @Option(help: "Keep the demonstration's files in this folder, which must not exist yet.")
    var keep: String?

    @OptionGroup var cores: ThreadOptions

    private static let queryCount = 500
    private static let seed: UInt64 = 2026

    func run() throws {
        try BLASCoreType.selectFastest(probeArguments: [ProbeSgemm._commandName])
        let library = SimulatedPeptides.library
        let queries = SimulatedPeptides.queries(count: Self.queryCount, seed: Self.seed)
        log.info("A simulated library: \(library.count) theoretical spectra of tryptic peptides.")
        log.info("Simulated queries: \(queries.count) of them with peaks lost, shifted and added.\n")
        let walk = try withFolder { try Walk(library: library, queries: queries, folder: $0, threads: cores.threads) }
        let command = ReportCommand(["msfhe", "demo", "--threads", "\(cores.threads)"])
        var outcome = try compareWithPlaintext(library, queries)
        outcome.report.command = command.text
        try Publication(
            [outcome], title: "Encrypted search of a simulated peptide library", note: "simulated spectra",
            command: command
        ).write(json: json, html: html, closing: [walk.table, "", walk.closingLine(outcome.report)])
    }

    /// Calls `body` with the folder to keep, or with a temporary one.
    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        guard let keep else { return try withScratchFolder(label: "msfhe-demo", body) }
        guard !FileManager.default.fileExists(atPath: keep) else {
            throw InputError(keep, "exists already; choose another folder, or remove it first")
        }
        do {
            try FileManager.default.createDirectory(atPath: keep, withIntermediateDirectories: true)
        } catch {
            throw InputError(keep, "cannot be made: \(error.localizedDescription)")
        }
        return try body(URL(fileURLWithPath: keep))
    }

    /// The plaintext twin. A query's own name hides its compound, so the truth lends it one here.
    private func compareWithPlaintext(_ library: [Spectrum], _ queries: [SimulatedQuery]) throws -> Validation.Outcome {
        var options = Validation.Options()
        options.threads = cores.threads
        let named = queries.map { query in
            var spectrum = query.spectrum
            spectrum.name = query.truth.name
            return spectrum
        }
        return try Validation(options).run(library: library, queries: named)
    }
}

/// The researcher's and the host's way through files.
private struct Walk {
    let table: String
    private let upload: Int
    private let download: Int

    init(library: [Spectrum], queries: [SimulatedQuery], folder: URL, threads: Int) throws {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        try write(Data(library.map(MGFWriter.block).joined().utf8), to: path("library.mgf"))
        try write(Data(queries.map(\.spectrum).map(MGFWriter.block).joined().utf8), to: path("queries.mgf"))
        try Self.writeRun(to: path("run.mzML"))
        try Self.step("keygen", "the researcher makes a key") { try KeyFile.create(path: path("key")) }
        try Self.step("library build", "the host makes its library searchable") {
            var options = LibraryBuilder.Options(recipe: try VectorRecipe())
            options.threads = threads
            let builder = try LibraryBuilder(options, folder: path("library"))
            for spectrum in library { try builder.add(spectrum) }
            _ = try builder.finish()
        }
        try Self.step("encrypt", "the researcher encrypts the queries") {
            let card = try LibraryCard(path: path("library/card.json"))
            let prepared = QueryVectors(queries.map(\.spectrum), card: card, threads: threads)
            try EncryptedQueries(
                vectors: prepared.vectors, queries: prepared.queries, key: KeyFile.read(path: path("key")), card: card,
                threads: threads
            ).write(to: path("run.msq"))
        }
        try Self.step("search", "the host searches, without decrypting") {
            try SearchJob(library: path("library"), queries: path("run.msq"))
                .run(output: path("run.mss"), threads: threads) { _ in }
        }
        var hits: [Hit] = []
        var entries: [LibraryEntry] = []
        try Self.step("identify", "the researcher decrypts the scores") {
            let record = try RunRecord(path: path("run.local"))
            entries = try LibraryEntries(path: path("library/entries.tsv"), card: record.card).rows
            hits = try Identification(
                answer: AnswerFile(path: path("run.mss"), run: record), record: record,
                key: KeyFile.read(path: path("key")), entries: entries, top: 1, threads: threads
            ).hits
        }
        table = Self.table(hits, queries, entries)
        upload = Self.size(path("run.msq"))
        download = Self.size(path("run.mss"))
    }

    /// A simulated LC-MS/MS run, for the walk from there to a table of identifications.
    private static func writeRun(to path: String) throws {
        let run = SimulatedPeptides.run(compoundCount: 200, seed: 2026).map(\.spectrum)
        let writer = MzMLWriter(runID: "simulated_run", instrument: "simulated", spectrumCount: run.count)
        let spectra = run.enumerated().map { writer.spectrum($1, index: $0) }.joined()
        try write(Data((writer.opening + spectra + MzMLWriter.closing).utf8), to: path)
    }

    /// Runs one step and says what it was and how long it took.
    private static func step(_ command: String, _ meaning: String, _ body: () throws -> Void) throws {
        let start = ContinuousClock.now
        try body()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let label = command.padding(toLength: 14, withPad: " ", startingAt: 0)
        log.info("\(label) \(ProgressLine.duration(seconds))  \(meaning)")
    }

    private static func size(_ path: String) -> Int {
        ((try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int) ?? 0
    }

    /// The first identified peptides, and how many of all were right.
    private static func table(_ hits: [Hit], _ queries: [SimulatedQuery], _ entries: [LibraryEntry]) -> String {
        let right = hits.count { entries[$0.row].compound == queries[$0.query].truth.compound }
        var lines = ["", "query        score  identified peptide (simulated)", ""]
        lines += hits.prefix(12).map { hit in
            let entry = entries[hit.row]
            let verdict = entry.compound == queries[hit.query].truth.compound ? "right" : "wrong"
            return
                "\(queries[hit.query].spectrum.name)   \(String(format: "%.3f", hit.score))  \(entry.name) \(entry.adduct)  \(verdict)"
        }
        lines.append("… \(right) of \(hits.count) simulated queries identified rightly")
        return lines.joined(separator: "\n")
    }

    /// What the host saw, and what it cost.
    func closingLine(_ report: AccuracyReport) -> String {
        let scores = Double(report.queries) * Double(report.library.spectra)
        let each = report.seconds.search / scores * Double(report.threads) * 1e9
        return
            "The host saw \(ProgressLine.bytes(upload)) of ciphertext and nothing else of the spectra, sent back \(ProgressLine.bytes(download)) of encrypted scores, and computed for \(ProgressLine.duration(report.seconds.search)): \(String(format: "%.0f", each)) core nanoseconds a score."
    }
}
