import ArgumentParser
import Foundation
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

    @Option(help: "The upload, RUN.msq, which the check needs; without this option, the one beside the record.")
    var queries: String?

    @Option(help: "The table of hits; - is standard output.")
    var out: String

    @OptionGroup var hits: HitOptions

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        guard queries == nil || hits.fingerprint != nil else {
            throw ValidationError("--queries is for the check of the answer, which --fingerprint asks for")
        }
    }

    func run() throws {
        let run = try RunRecord(path: record)
        let secret = try KeyFile.read(path: key)
        try run.requireKey(secret, path: key)
        try hits.write(
            AnswerFiles(
                run: run, answer: answer, entries: entries, masks: masks,
                upload: queries ?? EncryptedQueries.uploadPath(record)),
            key: secret, to: out, threads: cores.threads)
    }
}
