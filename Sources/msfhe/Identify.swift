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
            of the fragments (-1 to 1) plus a kernel of the precursor difference (0 to 1), rounded to 0.001.
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

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
        guard queries == nil || fingerprint != nil else {
            throw ValidationError("--queries is for the check of the answer, which --fingerprint asks for")
        }
    }

    func run() throws {
        let progress = ProgressLine()
        let run = try RunRecord(path: record)
        let secret = try KeyFile.read(path: key)
        try run.requireKey(secret, path: key)
        let entries = try LibraryEntries(path: entries, card: run.card).rows
        let identification = try identify(run, secret, entries) {
            progress.show($0, Double($1) / Double(entries.count))
        }
        let table = HitTable(hits: identification.hits, queries: run.queries, entries: entries)
        try write(Data(table.text.utf8), to: out, isPrivate: true)
        progress.clear()
        log.info(
            "\(out == "-" ? "standard output" : out): the best \(top) compounds of \(run.queries.count) queries; \(identification.releasedCount) rounded scores released"
        )
    }

    private func identify(
        _ run: RunRecord, _ secret: SecretKey, _ entries: [LibraryEntry], progress: (String, Int) -> Void
    ) throws -> Identification {
        switch run.mode {
        case .batch:
            let answerFile = try AnswerFile(path: answer, run: run, masksPath: masks)
            try verify(answerFile, of: run) { progress("checking", $0) }
            return try Identification(
                answer: answerFile, record: run, key: secret, entries: entries, top: top, threads: cores.threads
            ) { progress("decrypting", $0) }
        case .interactive:
            if fingerprint != nil {
                throw InputError(answer, "answers interactive queries, which no fingerprint can verify")
            }
            return try Identification(
                answer: InteractiveAnswerFile(path: answer, run: run), record: run, key: secret, entries: entries,
                top: top, threads: cores.threads
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
