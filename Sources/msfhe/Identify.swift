import ArgumentParser
import Foundation
import RLWE
import SpectralSearch

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

    @Option(help: "Compounds to list for each query.")
    var top = 10

    @Option(help: "The table of hits; - is standard output.")
    var out: String

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
    }

    func run() throws {
        let progress = ProgressLine()
        let run = try RunRecord(path: record)
        let secret = try KeyFile.read(path: key)
        try run.requireKey(secret, path: key)
        let entries = try LibraryEntries(path: entries, card: run.card).rows
        let identification = try identify(run, secret, entries) {
            progress.show("decrypting", Double($0) / Double(entries.count))
        }
        let table = HitTable(hits: identification.hits, queries: run.queries, entries: entries)
        try write(Data(table.text.utf8), to: out, isPrivate: true)
        progress.clear()
        if let disclosure = run.disclosure { log.info("disclosed to the host: \(disclosure.name)") }
        log.info(
            "\(out == "-" ? "standard output" : out): the best \(top) compounds of \(run.queries.count) queries; \(identification.releasedCount) rounded scores released"
        )
    }
    private func identify(
        _ run: RunRecord, _ secret: SecretKey, _ entries: [LibraryEntry], progress: (Int) -> Void
    ) throws -> Identification {
        switch run.mode {
        case .batch:
            try Identification(
                answer: AnswerFile(path: answer, run: run, masksPath: masks), record: run, key: secret,
                entries: entries, top: top, threads: cores.threads, progress: progress)
        case .interactive:
            try Identification(
                answer: InteractiveAnswerFile(path: answer, run: run), record: run, key: secret, entries: entries,
                top: top, threads: cores.threads, progress: progress)
        }
    }
}
