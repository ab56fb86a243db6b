import ArgumentParser
import Foundation
import RLWE
import SpectralSearch
import Spectra
import Storage

/// How query spectra are encrypted for a library; nothing of them is written anywhere else.
struct EncryptionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How the library will be searched: batch, or interactive (an answer at once, for single queries).",
            discussion: "Left out, it is the one that takes the host less time."))
    var mode: SearchMode?

    @Option(
        help: ArgumentHelp(
            "In interactive mode, tell the host a window this wide around each precursor, which makes its search faster.",
            discussion: "An even number of daltons from 10 to 1000.", valueName: "daltons"))
    var discloseWindow: Int?

    func validate() throws {
        if discloseWindow != nil, mode != .interactive {
            throw ValidationError("--disclose-window goes with --mode interactive")
        }
    }

    /// What was encrypted.
    struct Run {
        var mode: SearchMode
        var queryCount: Int
        /// Bytes of the upload.
        var byteCount: Int
        /// The rotation keys that the queries go with; nil in batch mode, which has none.
        var rotationKeys: RotationKeys?
    }

    /// Checks that the library of `card`, which the user calls `name`, can be searched as the options say.
    func requireMode(of card: LibraryCard, named name: String) throws {
        if let mode { try card.require(mode, path: name) }
    }

    /// Encrypts the spectra of the file at `queries` for the library of `card`: the upload goes to `out`, its record
    /// beside it. Says why which mode was chosen, what was left out, and what the host is told.
    ///
    /// - Parameter rotationKeys: called in interactive mode, once the queries are known.
    func encrypt(
        _ queries: String, for card: LibraryCard, under key: SecretKey, to out: String, threads: Int,
        rotationKeys: () throws -> RotationKeys
    ) throws -> Run {
        let progress = ProgressLine()
        let disclosure = try discloseWindow.map(PrecursorDisclosure.init(width:))
        var intake = QueryIntake(card: card, threads: threads)
        // More queries than one batch has are encrypted while the rest is read.
        let leastStreamed = self.leastStreamed(card)
        var stream: StreamedEncryption?
        let name = URL(fileURLWithPath: queries).lastPathComponent
        let file = try SpectrumFile.read(path: queries, progress: { progress.show("encrypting \(name)", $0) }) {
            intake.add($0)
            guard intake.vectors.count > leastStreamed else { return }
            let open = try stream ?? StreamedEncryption(path: out, key: key, card: card, threads: threads)
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
        let choice = ModeChoice(queryCount: intake.queries.count, card: card)
        var run = Run(mode: mode ?? choice.mode, queryCount: intake.queries.count, byteCount: 0)
        switch run.mode {
        case .batch:
            let stream = try stream ?? StreamedEncryption(path: out, key: key, card: card, threads: threads)
            while !intake.vectors.isEmpty { try stream.add(intake.takeVectors(stream.batchSize)) }
            run.byteCount = try stream.finish(queries: intake.queries, source: source)
        case .interactive:
            let keys = try rotationKeys()
            let encrypted = try InteractiveQueries(
                QueryVectors(intake, source: source), key: key, keys: keys, card: card, disclosure: disclosure,
                threads: threads)
            try encrypted.write(to: out)
            (run.byteCount, run.rotationKeys) = (encrypted.upload.byteCount, keys)
        }
        progress.clear()
        if let disclosure { log.info("disclosed to the host: \(disclosure.name)") }
        if mode == nil { log.info("\(choice.explanation)") }
        warn(intake.otherMode, "of the other ion mode left out")
        warn(intake.withoutPeaks, "without usable peaks left out")
        warn(intake.withoutPrecursor, "without a precursor, searched by fragments alone")
        return run
    }

    /// With more queries than this the mode is surely batch, and there is a whole batch to encrypt.
    private func leastStreamed(_ card: LibraryCard) -> Int {
        switch mode {
        case .batch: card.parameters.degree
        case .interactive: .max
        case nil: max(card.parameters.degree, ModeChoice.interactiveQueryLimit(card: card))
        }
    }
}
