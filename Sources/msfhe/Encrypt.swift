import ArgumentParser
import SpectralSearch
import Spectra
import Storage

struct Encrypt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Encrypt query spectra for a library.",
        discussion: """
            Makes the upload (RUN.msq) and, beside it, RUN.local: the names of the queries and what decryption \
            needs. Send the upload to the host; keep RUN.local and the key.
            """)

    @Argument(help: "A file of query spectra (MSP, MGF, MassBank, mzML; also gzipped).")
    var queries: String

    @Option(help: "The researcher's key.")
    var key: String

    @Option(help: "The library's card.json.")
    var card: String

    @Option(help: "How the library will be searched: batch.")
    var mode = SearchMode.batch

    @Option(help: "The upload, RUN.msq.")
    var out: String

    @OptionGroup var cores: ThreadOptions

    func run() throws {
        let progress = ProgressLine()
        let card = try LibraryCard(path: card)
        let key = try KeyFile.read(path: key)
        var spectra: [Spectrum] = []
        try readSpectra([queries], progress: progress) { spectra.append($0) }
        let prepared = QueryVectors(spectra, card: card, threads: cores.threads)
        guard !prepared.vectors.isEmpty else {
            throw InputError(
                queries, "none of its \(spectra.count) spectra can be searched for: other ion mode, or no usable peaks")
        }
        let encrypted = try EncryptedQueries(prepared, key: key, card: card, threads: cores.threads) {
            progress.show("encrypting", Double($0) / Double(prepared.vectors.count))
        }
        try encrypted.write(to: out)
        progress.clear()
        warn(prepared.otherMode, "of the other ion mode left out")
        warn(prepared.withoutPeaks, "without usable peaks left out")
        warn(prepared.withoutPrecursor, "without a precursor, searched by fragments alone")
        log.info(
            "\(out): \(prepared.vectors.count) encrypted queries, \(ProgressLine.bytes(encrypted.upload.byteCount)); keep \(EncryptedQueries.recordPath(out)) here"
        )
    }
}
