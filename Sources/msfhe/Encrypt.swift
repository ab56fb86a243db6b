import ArgumentParser
import Foundation
import RLWE
import SpectralSearch
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

    @OptionGroup var encryption: EncryptionOptions

    @Option(help: "In interactive mode, the file of rotation keys to use, or to make; RUN.keys when left out.")
    var rotationKeys: String?

    @Option(help: "The upload, RUN.msq.")
    var out: String

    @OptionGroup var cores: ThreadOptions

    func validate() throws {
        if rotationKeys != nil, encryption.mode == .batch {
            throw ValidationError("--rotation-keys goes with --mode interactive")
        }
    }

    func run() throws {
        let library = try LibraryCard(path: card)
        try encryption.requireMode(of: library, named: card)
        let secret = try KeyFile.read(path: key)
        let run = try encryption.encrypt(queries, for: library, under: secret, to: out, threads: cores.threads) {
            try preparedRotationKeys(secret, library)
        }
        let keyNote = run.rotationKeys.map {
            "; its rotation keys are \(rotationKeysPath), \(ProgressLine.bytes($0.byteCount))"
        }
        log.info(
            "\(out): \(run.queryCount) encrypted queries, \(ProgressLine.bytes(run.byteCount))\(keyNote ?? ""); keep \(EncryptedQueries.recordPath(out)) here"
        )
    }

    private var rotationKeysPath: String { rotationKeys ?? InteractiveQueries.keysPath(out) }

    /// The rotation keys of `secret`: those of the file where it is there, else new ones in that file.
    private func preparedRotationKeys(_ secret: SecretKey, _ card: LibraryCard) throws -> RotationKeys {
        let path = rotationKeysPath
        let scheme = InteractiveScheme(card: card)
        if rotationKeys == nil || !FileManager.default.fileExists(atPath: path) {
            try RotationKeys.create(path: path, key: secret, scheme: scheme, threads: cores.threads)
        }
        let keys = try RotationKeys(path: path, scheme: scheme)
        guard keys.belong(to: secret) else {
            throw InputError(path, "holds rotation keys of another key than \(key)")
        }
        return keys
    }
}
