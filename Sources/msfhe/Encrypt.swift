import ArgumentParser
import Foundation
import RLWE
import SpectralSearch
import Spectra
import Storage

struct Encrypt: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Encrypt query spectra for a library.",
        discussion: """
            Makes the upload (RUN.msq) and, beside it, RUN.local: names, scans, precursors and retention times of the \
            queries, and what decryption needs. Of mzML files the MS2 spectra are read, which must be centroided; a run \
            may be of any size. Send the upload to the host; keep RUN.local and the key. In interactive mode the host also needs \
            your rotation keys, once: they are made beside the upload (RUN.keys), or used again where --rotation-keys \
            names a file that is there.

            Without --mode, the number of queries and the host's measured times, which the card has, choose the mode. \
            Nothing of the queries is disclosed but their number; --disclose-window lets the host know each precursor \
            to a quarter of that width, and search only the part of a large library that it concerns.
            """)

    @Argument(help: "A file of query spectra (MSP, MGF, MassBank, mzML; also gzipped).")
    var queries: String

    @Option(help: "The researcher's key.")
    var key: String

    @Option(help: "The library's card.json.")
    var card: String

    @Option(
        help: ArgumentHelp(
            "How the library will be searched: batch, or interactive (an answer at once, for single queries).",
            discussion: "Left out, it is the one that takes the host less time."))
    var mode: SearchMode?

    @Option(help: "In interactive mode, the file of rotation keys to use, or to make; RUN.keys when left out.")
    var rotationKeys: String?

    @Option(
        help: ArgumentHelp(
            "In interactive mode, tell the host a window this wide around each precursor, which makes its search faster.",
            discussion: "An even number of daltons from 10 to 1000.", valueName: "daltons"))
    var discloseWindow: Int?

    @Option(help: "The upload, RUN.msq.")
    var out: String

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        if rotationKeys != nil, mode == .batch {
            throw ValidationError("--rotation-keys goes with --mode interactive")
        }
        if discloseWindow != nil, mode != .interactive {
            throw ValidationError("--disclose-window goes with --mode interactive")
        }
    }

    func run() throws {
        let progress = ProgressLine()
        let cardPath = card
        let card = try LibraryCard(path: cardPath)
        if let mode { try card.require(mode, path: cardPath) }
        let disclosure = try discloseWindow.map(PrecursorDisclosure.init(width:))
        let key = try KeyFile.read(path: key)
        var intake = QueryIntake(card: card, threads: cores.threads)
        // More queries than one batch has are encrypted while the rest is read.
        let leastStreamed = self.leastStreamed(card)
        var stream: StreamedEncryption?
        let name = URL(fileURLWithPath: queries).lastPathComponent
        let file = try SpectrumFile.read(path: queries, progress: { progress.show("encrypting \(name)", $0) }) {
            intake.add($0)
            guard intake.vectors.count > leastStreamed else { return }
            let open = try stream ?? StreamedEncryption(path: out, key: key, card: card, threads: cores.threads)
            stream = open
            try open.add(intake.takeVectors(open.batchSize))
        }
        intake.completeBlock()
        guard !intake.queries.isEmpty else {
            throw InputError(
                queries,
                "none of its \(intake.spectrumCount) spectra can be searched for: other ion mode, or no usable peaks")
        }
        let source = RunRecord.Source(file, path: queries, intake: intake)
        let byteCount: Int
        var rotationKeyNote = ""
        let choice = ModeChoice(queryCount: intake.queries.count, card: card)
        switch mode ?? choice.mode {
        case .batch:
            let stream = try stream ?? StreamedEncryption(path: out, key: key, card: card, threads: cores.threads)
            while !intake.vectors.isEmpty { try stream.add(intake.takeVectors(stream.batchSize)) }
            byteCount = try stream.finish(queries: intake.queries, source: source)
        case .interactive:
            let (path, keys) = try preparedRotationKeys(key, card)
            let encrypted = try InteractiveQueries(
                QueryVectors(intake, source: source), key: key, keys: keys, card: card, disclosure: disclosure,
                threads: cores.threads)
            try encrypted.write(to: out)
            byteCount = encrypted.upload.byteCount
            rotationKeyNote = "; its rotation keys are \(path), \(ProgressLine.bytes(keys.byteCount))"
            if let disclosure { log.info("disclosed to the host: \(disclosure.name)") }
        }
        progress.clear()
        if mode == nil { log.info("\(choice.explanation)") }
        warn(intake.otherMode, "of the other ion mode left out")
        warn(intake.withoutPeaks, "without usable peaks left out")
        warn(intake.withoutPrecursor, "without a precursor, searched by fragments alone")
        log.info(
            "\(out): \(intake.queries.count) encrypted queries, \(ProgressLine.bytes(byteCount))\(rotationKeyNote); keep \(EncryptedQueries.recordPath(out)) here"
        )
    }

    /// With more queries than this the mode is surely batch, and there is a whole batch to encrypt.
    private func leastStreamed(_ card: LibraryCard) -> Int {
        switch mode {
        case .batch: card.parameters.degree
        case .interactive: .max
        case nil: max(card.parameters.degree, ModeChoice.interactiveQueryLimit(card: card))
        }
    }

    /// The rotation keys of `key`: those of the file where it is there, else new ones in that file.
    private func preparedRotationKeys(
        _ key: SecretKey, _ card: LibraryCard
    ) throws -> (path: String, keys: RotationKeys) {
        let path = rotationKeys ?? InteractiveQueries.keysPath(out)
        let scheme = InteractiveScheme(card: card)
        if rotationKeys == nil || !FileManager.default.fileExists(atPath: path) {
            try RotationKeys.create(path: path, key: key, scheme: scheme, threads: cores.threads)
        }
        let keys = try RotationKeys(path: path, scheme: scheme)
        guard keys.belong(to: key) else {
            throw InputError(path, "holds rotation keys of another key than \(self.key)")
        }
        return (path, keys)
    }
}
