import Foundation
import RLWE
import SpectralSearch
import Spectra

/// One small search, for what the parsers compare their input with: a card, a run's record, a key. Everything that an
/// input must agree with is the same in every process, so that an input reproduces what it did.
struct Fixture: Sendable {
    static let shared: Fixture = {
        do { return try Fixture() } catch { fatalError("the fixture cannot be made: \(error)") }
    }()

    /// Entries of a vector: as few as there may be.
    static let dimension = 64
    static let rowCount = 3
    static let queryCount = 2

    /// The library's card, and what its files hold before their digests.
    let card: LibraryCard
    let cardContent: [UInt8]
    /// The card of the same library where its answers can be verified.
    let verifiedCard: LibraryCard
    let index: [UInt8]
    let entries: [UInt8]
    let readyEntries: [LibraryEntry]
    /// What an upload for the card holds before its digest.
    let upload: [UInt8]
    /// The record of a run that was never encrypted: its seed, nonce and digests are constants.
    let recordContent: [UInt8]
    let record: RunRecord
    /// What an answer to that run holds before its digest.
    let answer: [UInt8]
    /// What a key's file holds before its digest, and the key.
    let keyContent: [UInt8]
    let key: SecretKey

    private init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("msfhe-fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        func content(_ name: String, _ sealing: Sealing) throws -> [UInt8] {
            sealing.content(Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))))
        }

        let spectra = Array(SimulatedPeptides.library.prefix(Self.rowCount))
        var recipe = try VectorRecipe(dimension: Self.dimension, precursorDimension: 16)
        recipe.precursorWidth = 0.05
        let builder = try LibraryBuilder(LibraryBuilder.Options(recipe: recipe), folder: path("library"))
        for spectrum in spectra { _ = try builder.add(spectrum) }
        card = try builder.finish()
        var verified = LibraryBuilder.Options(recipe: recipe)
        verified.preset = .verified
        let verifiedBuilder = try LibraryBuilder(verified, folder: path("verified"))
        for spectrum in spectra { _ = try verifiedBuilder.add(spectrum) }
        verifiedCard = try verifiedBuilder.finish()
        cardContent = try content("library/card.json", .json)
        index = try content("library/index", .binary)
        entries = try content("library/entries.tsv", .table)
        readyEntries = try LibraryEntries(path: path("library/entries.tsv"), card: card).rows

        keyContent = Array(
            "MSFHE-K1 secret: keep it on your own machine\n\(String(repeating: "5a", count: SecretKey.byteCount))\n"
                .utf8)
        key = try withFile(Sealing.lines.seal(keyContent)) { try KeyFile.read(path: $0) }
        let queries = QueryVectors(Array(spectra.prefix(Self.queryCount)), card: card, threads: 1)
        try EncryptedQueries(queries, key: key, card: card, threads: 1).write(to: path("run.msq"))
        upload = try content("run.msq", .binary)

        recordContent = Self.record(of: Sealing.json.seal(cardContent))
        record = try withFile(Sealing.json.seal(recordContent)) { try RunRecord(path: $0) }
        try SearchJob(library: path("library"), queries: path("run.msq")).run(output: path("run.mss"), threads: 1) {
            _ in
        }
        var answer = try content("run.mss", .binary)
        answer.replaceSubrange(40..<72, with: Self.uploadDigest)
        self.answer = answer
    }

    private static let uploadDigest = [UInt8](repeating: 7, count: 32)

    /// What the record of a run for the library of the file `card` holds before its digest.
    static func record(of card: [UInt8]) -> [UInt8] {
        func quoted(_ text: String) -> String {
            let data = try? JSONEncoder().encode(text)
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
        func base64(_ byte: UInt8, _ count: Int) -> String { Data(repeating: byte, count: count).base64EncodedString() }
        let text = """
            {
              "format" : "massspecfhe-run",
              "card" : \(quoted(String(decoding: card, as: UTF8.self))),
              "keyCheck" : "\(base64(1, 16))",
              "nonce" : "\(base64(2, 32))",
              "queries" : [ {
                "adduct" : "[M+2H]2+", "charge" : 2, "ionMode" : "positive", "isolationWindow" : [ 499.75, 500.75 ],
                "name" : "one", "nativeID" : "scan=17", "position" : 0, "precursorMZ" : 500.25,
                "retentionTime" : 61.5, "scanNumber" : 17
              }, { "name" : "two" } ],
              "seed" : "\(base64(3, 32))",
              "source" : {
                "dissociation" : [ { "accession" : "MS:1000422", "name" : "HCD" } ],
                "file" : {
                  "format" : "mzML", "instrument" : { "accession" : "MS:1000031", "name" : "simulated" },
                  "name" : "run.mzML",
                  "rawFile" : {
                    "checksum" : { "method" : { "accession" : "MS:1000569", "name" : "SHA-1" }, "value" : "00" },
                    "name" : "run.raw"
                  }, "runID" : "run"
                }, "sha256" : "00"
              },
              "uploadSHA256" : "\(Sealing.hexadecimal(uploadDigest))",
              "version" : 2
            """
        return Array(text.utf8)
    }

    /// The card with other values: of a library of `spectra` rows, whose files end with these digests.
    func card(spectra: Int = rowCount, index: [UInt8]? = nil, entries: [UInt8]? = nil) throws -> LibraryCard {
        let library = card.content.library
        let indexDigest = library.indexSHA256 ?? ""
        var text = String(decoding: cardContent, as: UTF8.self)
        for (old, new) in [
            ("\"spectra\" : \(library.spectra)", "\"spectra\" : \(spectra)"),
            ("\"compounds\" : \(library.compounds)", "\"compounds\" : \(min(library.compounds, spectra))"),
            (indexDigest, index.map(Sealing.digest) ?? indexDigest),
            (library.entriesSHA256, entries.map(Sealing.digest) ?? library.entriesSHA256),
        ] { text = text.replacingOccurrences(of: old, with: new) }
        return try withFile(Sealing.json.seal(Array(text.utf8))) { try LibraryCard(path: $0) }
    }

    /// What a calibration for the card holds before its digest.
    var calibrationContent: [UInt8] {
        let card = String(decoding: cardContent, as: UTF8.self)
        let vector = card.range(of: "  \"vector\" : ").map { card[$0.lowerBound...].prefix { $0 != "}" } } ?? ""
        let text = """
            {
              "format" : "massspecfhe-calibration",
              "crossValidation" : { "absentShare" : 0.5, "brierScore" : 0.1, "expectedCalibrationError" : 0.01,
                "folds" : 5, "logLoss" : 0.3, "searches" : 100 },
              "model" : { "intercept" : -7.5, "weights" : [ 4.25, 2.5 ] },
              "score" : "cosine",
            \(vector)},
              "version" : 1
            """
        return Array(text.utf8)
    }

    /// What the card's file holds before its digest when the library publishes a mask seed.
    var publishingCardContent: [UInt8] {
        let seed = Data(repeating: 9, count: 32).base64EncodedString()
        let text = String(decoding: cardContent, as: UTF8.self)
            .replacingOccurrences(of: "\"scaling\" :", with: "\"publishedSeed\" : \"\(seed)\",\n  \"scaling\" :")
        return Array(text.utf8)
    }
}
