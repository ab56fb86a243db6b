import ArgumentParser
import Foundation
import RLWE
import SpectralSearch
import Storage

/// Which hits are wanted of an answer, and how they are written.
struct HitOptions: ParsableArguments {
    @Option(help: "A calibration from validate; calibration.json beside the entries where it is there.")
    var calibration: String?

    @Option(
        help: ArgumentHelp(
            "The library's fingerprint: the answer is checked before anything is decrypted.",
            discussion: "A wrong answer is refused, and spends the fingerprint. See docs/verification.md."))
    var fingerprint: String?

    @Option(help: "Compounds to list for each query.")
    var top = 10

    @Option(help: "How hits are written: tsv, json, or mztab (mzTab-M 2.0). By the ending of --out when left out.")
    var format: HitFormat?

    @Option(help: "A table of the features and their best compounds; - is standard output.")
    var features: String?

    @Option(
        help: ArgumentHelp(
            "The largest difference of the precursors of two spectra of a feature, in ppm.", valueName: "ppm"))
    var featurePpm = FeatureGrouping().tolerancePPM

    @Option(help: ArgumentHelp("The longest time between two spectra of a feature, in seconds.", valueName: "seconds"))
    var featureGap = FeatureGrouping().maximumGap

    @Option(
        help: ArgumentHelp(
            "The public collection that holds the run, for Universal Spectrum Identifiers.",
            valueName: "PXD…|MSV…|MTBLS…"))
    var collection: String?

    func validate() throws {
        guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
        guard (0...1000).contains(featurePpm) else {
            throw ValidationError("--feature-ppm is \(featurePpm), but must be from 0 to 1000")
        }
        guard (0...86_400).contains(featureGap) else {
            throw ValidationError("--feature-gap is \(featureGap), but must be from 0 to 86400 seconds")
        }
        do { _ = try runCollection } catch { throw ValidationError("\(error)") }
    }

    /// Checks what can be checked of the options before there is an answer to a run in `mode` against the library of
    /// `card`.
    ///
    /// - Throws: ``InputError`` when a file is damaged, spent or of another library, or the mode cannot be verified.
    func require(for card: LibraryCard, mode: SearchMode) throws {
        if let calibration { _ = try Calibration(path: calibration, card: card) }
        try requireVerifiable(mode)
        if let fingerprint { _ = try Fingerprint(path: fingerprint, card: card) }
    }

    private func requireVerifiable(_ mode: SearchMode) throws {
        guard let fingerprint, mode != .batch else { return }
        throw InputError(fingerprint, "cannot verify the answers to interactive queries; search in batch mode")
    }

    /// Decrypts an answer and writes its hits to `out`, and the features where they are asked for.
    func write(_ files: AnswerFiles, key: SecretKey, to out: String, threads: Int) throws {
        let run = files.run
        let progress = ProgressLine()
        try requireVerifiable(run.mode)
        let calibration = try calibration(beside: files.entries, for: run.card)
        let entries = try LibraryEntries(path: files.entries, card: run.card).rows
        func show(_ activity: String, _ row: Int) { progress.show(activity, Double(row) / Double(entries.count)) }
        let identification: Identification
        switch run.mode {
        case .batch:
            let answer = try AnswerFile(path: files.answer, run: run, masksPath: files.masks)
            try verify(answer, files, threads: threads) { show("checking", $0) }
            identification = try Identification(
                answer: answer, record: run, key: key, entries: entries, top: top, calibration: calibration,
                threads: threads
            ) { show("decrypting", $0) }
        case .interactive:
            identification = try Identification(
                answer: InteractiveAnswerFile(path: files.answer, run: run), record: run, key: key, entries: entries,
                top: top, calibration: calibration, threads: threads
            ) { show("decrypting", $0) }
        }
        let results = SearchResults(
            record: run, entries: entries, hits: identification.hits, grouping: grouping,
            collection: try runCollection)
        try msfhe.write((format ?? HitFormat(path: out)).data(results), to: out, isPrivate: true)
        if let features { try msfhe.write(Data(FeatureTable(results).text.utf8), to: features, isPrivate: true) }
        progress.clear()
        if let disclosure = run.disclosure { log.info("disclosed to the host: \(disclosure.name)") }
        log.info(
            "\(out == "-" ? "standard output" : out): the best \(top) compounds of \(run.queries.count) queries, \(results.features.count) features; \(identification.releasedCount) rounded scores released"
        )
    }

    private var runCollection: RunCollection? {
        get throws { try collection.map { text throws(InputError) in try RunCollection(text) } }
    }

    private var grouping: FeatureGrouping {
        var grouping = FeatureGrouping()
        (grouping.tolerancePPM, grouping.maximumGap) = (featurePpm, featureGap)
        return grouping
    }

    /// The calibration that was named, or else lies beside the entries.
    private func calibration(beside entries: String, for card: LibraryCard) throws -> Calibration? {
        let beside = URL(fileURLWithPath: entries).deletingLastPathComponent()
            .appendingPathComponent(SpectralLibrary.FileName.calibration).path
        let path = calibration ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil)
        return try path.map { try Calibration(path: $0, card: card) }
    }

    /// Checks the answer, where a fingerprint is given, before anything is decrypted.
    private func verify(
        _ answer: AnswerFile, _ files: AnswerFiles, threads: Int, progress: (Int) -> Void
    ) throws {
        guard let fingerprint else { return }
        let secret = try Fingerprint(path: fingerprint, card: files.run.card)
        let upload = try Upload(path: files.upload, card: files.run.card)
        try AnswerCheck(record: files.run, upload: upload, threads: threads)
            .require(answer, path: files.answer, fingerprint: secret, progress: progress)
        log.info("\(files.answer): verified to be the library's answer")
    }
}

/// An answer, and what it is read with.
struct AnswerFiles {
    var run: RunRecord
    /// The encrypted scores.
    var answer: String
    var entries: String
    /// The masks of the library, where it publishes them.
    var masks: String?
    /// The upload, which only the check against a fingerprint needs.
    var upload: String
}

/// How hits are written.
enum HitFormat: String, CaseIterable, ExpressibleByArgument {
    case tsv, json, mztab

    /// The format that the ending of `path` names; a table when it names none.
    init(path: String) { self = Self(rawValue: URL(fileURLWithPath: path).pathExtension.lowercased()) ?? .tsv }

    func data(_ results: SearchResults) throws -> Data {
        switch self {
        case .tsv: Data(HitTable(results).text.utf8)
        case .json: try HitDocument(results, software: "msfhe \(ProgramVersion.current)").text
        case .mztab: Data(MzTabM(results, version: ProgramVersion.current).text.utf8)
        }
    }
}
