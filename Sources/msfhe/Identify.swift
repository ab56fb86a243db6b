import ArgumentParser
import Foundation
import RLWE
import SpectralSearch
import Storage

struct Identify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decrypt the scores and list the best hits.",
        discussion: """
            One line for each of the best compounds of each query: its best library spectrum. Scores are the cosine \
            of the fragments (-1 to 1) plus a kernel of the precursor difference (0 to 1), rounded to 0.001. \
            Where the library has decoys, the best hit of each query has a q-value: the least false discovery rate of a \
            list that holds it. With a calibration it has a probability of being right. Spectra of one ion that elutes \
            at one time make up a feature: --features lists the best compound of each, and so does mzTab-M.
            """)

    @Argument(help: "The encrypted scores, RUN.mss.")
    var answer: String

    @Option(help: "The researcher's key.")
    var key: String

    @Option(name: .customLong("run"), help: "The run's record, RUN.local.")
    var record: String

    @Option(help: "The library's entries.tsv.")
    var entries: String

    @Option(help: "The library's masks, where it publishes them.")
    var masks: String?

    @Option(help: "A calibration from validate; calibration.json beside the entries where it is there.")
    var calibration: String?
    @Option(
        help: ArgumentHelp(
            "The library's fingerprint: the answer is checked before anything is decrypted.",
            discussion: "A wrong answer is refused, and spends the fingerprint. See docs/verification.md."))
    var fingerprint: String?

    @Option(help: "The upload, RUN.msq, which the check needs; without this option, the one beside the record.")
    var queries: String?

    @Option(help: "Compounds to list for each query.")
    var top = 10

    @Option(help: "The table of hits; - is standard output.")
    var out: String

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

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
        guard (0...1000).contains(featurePpm) else {
            throw ValidationError("--feature-ppm is \(featurePpm), but must be from 0 to 1000")
        }
        guard (0...86_400).contains(featureGap) else {
            throw ValidationError("--feature-gap is \(featureGap), but must be from 0 to 86400 seconds")
        }
        guard queries == nil || fingerprint != nil else {
            throw ValidationError("--queries is for the check of the answer, which --fingerprint asks for")
        }
    }

    func run() throws {
        let progress = ProgressLine()
        let collection = try collection.map { text throws(InputError) in try RunCollection(text) }
        let run = try RunRecord(path: record)
        let secret = try KeyFile.read(path: key)
        try run.requireKey(secret, path: key)
        let calibration = try calibration(for: run.card)
        let entries = try LibraryEntries(path: entries, card: run.card).rows
        let identification = try identify(run, secret, entries, calibration) {
            progress.show($0, Double($1) / Double(entries.count))
        }
        var grouping = FeatureGrouping()
        (grouping.tolerancePPM, grouping.maximumGap) = (featurePpm, featureGap)
        let results = SearchResults(
            record: run, entries: entries, hits: identification.hits, grouping: grouping, collection: collection)
        try write((format ?? HitFormat(path: out)).data(results), to: out, isPrivate: true)
        if let features { try write(Data(FeatureTable(results).text.utf8), to: features, isPrivate: true) }
        progress.clear()
        if let disclosure = run.disclosure { log.info("disclosed to the host: \(disclosure.name)") }
        log.info(
            "\(out == "-" ? "standard output" : out): the best \(top) compounds of \(run.queries.count) queries, \(results.features.count) features; \(identification.releasedCount) rounded scores released"
        )
    }

    /// The calibration that was named, or else lies beside the entries.
    private func calibration(for card: LibraryCard) throws -> Calibration? {
        let beside = URL(fileURLWithPath: entries).deletingLastPathComponent()
            .appendingPathComponent(SpectralLibrary.FileName.calibration).path
        let path = calibration ?? (FileManager.default.fileExists(atPath: beside) ? beside : nil)
        return try path.map { try Calibration(path: $0, card: card) }
    }

    private func identify(
        _ run: RunRecord, _ secret: SecretKey, _ entries: [LibraryEntry], _ calibration: Calibration?,
        progress: (String, Int) -> Void
    ) throws -> Identification {
        switch run.mode {
        case .batch:
            let answerFile = try AnswerFile(path: answer, run: run, masksPath: masks)
            try verify(answerFile, of: run) { progress("checking", $0) }
            return try Identification(
                answer: answerFile, record: run, key: secret, entries: entries, top: top, calibration: calibration,
                threads: cores.threads
            ) { progress("decrypting", $0) }
        case .interactive:
            if fingerprint != nil {
                throw InputError(answer, "answers interactive queries, which no fingerprint can verify")
            }
            return try Identification(
                answer: InteractiveAnswerFile(path: answer, run: run), record: run, key: secret, entries: entries,
                top: top, calibration: calibration, threads: cores.threads
            ) { progress("decrypting", $0) }
        }
    }

    /// Checks the answer, where a fingerprint is given, before anything is decrypted.
    private func verify(_ answerFile: AnswerFile, of run: RunRecord, progress: (Int) -> Void) throws {
        guard let fingerprint else { return }
        let secret = try Fingerprint(path: fingerprint, card: run.card)
        let upload = try Upload(path: queries ?? EncryptedQueries.uploadPath(record), card: run.card)
        try AnswerCheck(record: run, upload: upload, threads: cores.threads)
            .require(answerFile, path: answer, fingerprint: secret, progress: progress)
        log.info("\(answer): verified to be the library's answer")
    }
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
