import ArgumentParser
import SpectralSearch

struct Search: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Search a library with encrypted queries, without decrypting (the host's part).",
        discussion: "Reads the library's folder and the upload, and nothing else: no key is asked for or accepted.")

    @Option(help: "The library's folder.")
    var library: String

    @Option(help: "The upload, RUN.msq.")
    var queries: String

    @Option(help: "The encrypted scores, RUN.mss.")
    var out: String

    @Option(
        help: ArgumentHelp(
            "Memory to use at most, in MiB. Without it: what the upload takes, and 64 MiB of answers at a time.",
            valueName: "MiB"))
    var memory: Int?

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        if let memory, !(1...1 << 24).contains(memory) {
            throw ValidationError("--memory is \(memory), but must be from 1 to 2^24 MiB")
        }
    }

    func run() throws {
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
}
