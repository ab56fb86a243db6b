import ArgumentParser
import Foundation
import SpectralSearch

struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search a library with encrypted queries, without decrypting (the host's part).",
        discussion: """
            Reads the library's folder and the upload, for interactive queries also the public rotation keys that came \
            with them, and nothing else: no secret key is asked for or accepted.
            """)

    @Option(help: "The library's folder.")
    var library: String

    @Option(help: "The upload, RUN.msq.")
    var queries: String

    @Option(help: "The encrypted scores, RUN.mss.")
    var out: String

    @Option(
        help: ArgumentHelp(
            "Memory to use at most, in MiB. Without it: what the upload takes, and 64 MiB of answers at a time.",
            discussion: "Interactive queries are searched for in an index that memory holds as a whole.",
            valueName: "MiB"))
    var memory: Int?

    @Option(help: "For interactive queries, the rotation keys; RUN.keys beside the upload when left out.")
    var rotationKeys: String?

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        if let memory, !(1...1 << 24).contains(memory) {
            throw ValidationError("--memory is \(memory), but must be from 1 to 2^24 MiB")
        }
    }

    func run() throws {
        switch try FileKind.modeOfUpload(path: queries) {
        case .batch: try searchBatch()
        case .interactive: try searchInteractively()
        }
    }

    private func searchBatch() throws {
        if rotationKeys != nil { throw ValidationError("--rotation-keys goes with interactive queries") }
        let progress = ProgressLine()
        let job = try SearchJob(library: library, queries: queries)
        let rowCount = job.index.rowCount
        let start = ContinuousClock.now
        try job.run(output: out, threads: cores.threads, memoryLimit: memory.map { $0 << 20 }) {
            progress.show("searching", Double($0) / Double(rowCount))
        }
        progress.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let scores = Double(rowCount) * Double(job.upload.queryCount)
        log.info(
            "\(out): \(job.upload.queryCount) queries x \(rowCount) library spectra in \(ProgressLine.duration(seconds)), \(Int(scores / seconds / 1e6)) million encrypted scores a second, \(ProgressLine.bytes(job.answerByteCount))"
        )
    }
    private func searchInteractively() throws {
        let progress = ProgressLine()
        let job = try InteractiveSearchJob(
            library: library, queries: queries, keys: rotationKeys ?? InteractiveQueries.keysPath(queries),
            memoryLimit: memory.map { $0 << 20 })
        let queryCount = job.upload.queryCount
        let start = ContinuousClock.now
        try job.run(output: out, threads: cores.threads) {
            progress.show("searching", Double($0) / Double(queryCount))
        }
        progress.clear()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        log.info(
            "\(out): \(queryCount) queries x \(job.rowCount) library spectra, \(String(format: "%.1f", seconds / Double(queryCount) * 1e3)) ms each with the index in memory, \(ProgressLine.bytes(job.answerByteCount))"
        )
        log.info("disclosed by \(queries): \(job.upload.disclosure?.name ?? "nothing of the precursors")")
    }
}
