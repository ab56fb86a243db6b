import CKKS
import Foundation
import RLWE
import Spectra

@testable import SpectralSearch

/// What travels in interactive search: rotation keys, uploads, answers. Accepted input is searched, or decrypted and
/// ranked. (An index has 2 MB at least, more than libFuzzer gives: all but its end is left to
/// the tests.)
enum InteractiveTargets {
    static let all = [rotationKeys, upload, answer, windowAnswer, blockPrecursors]

    /// Rotation keys.
    private static let rotationKeys = Target(
        name: "rotation-keys", seeds: { [InteractiveFixture.shared.keys] },
        parse: { input in
            let fixture = InteractiveFixture.shared
            let scheme = fixture.search.index.scheme
            let keys = try withFile(Sealing.binary.seal(input)) { try RotationKeys(path: $0, scheme: scheme) }
            _ = keys.belong(to: Fixture.shared.key)
        })

    /// An upload, searched.
    private static let upload = Target(
        name: "interactive-upload",
        seeds: { [InteractiveFixture.shared.upload, InteractiveFixture.shared.windowUpload] },
        parse: { input in
            let fixture = InteractiveFixture.shared
            let scheme = fixture.search.index.scheme
            let upload = try withFile(Sealing.binary.seal(input)) {
                try InteractiveUpload(path: $0, card: fixture.card, scheme: scheme)
            }
            // The keys are other ones in every process, and so is the digest by which an upload names them.
            let queries = try (0..<upload.queryCount).map {
                InteractiveSearch.Query(
                    ciphertext: try upload.query($0, scheme: scheme), keys: fixture.readyKeys,
                    blocks: fixture.search.index.blocks(upload.window($0)))
            }
            let answers = try fixture.search.answer(Array(queries.prefix(1)), threads: 1)
            require(
                zip(answers, queries).allSatisfy { $0.count == $1.blocks.count && $0.count <= 1 },
                "a library of one block has answers of one ciphertext, or none")
        })

    /// An answer, decrypted and ranked.
    private static let answer = Target(
        name: "interactive-answer", seeds: { [InteractiveFixture.shared.answer] },
        parse: { try identify($0, InteractiveFixture.shared.record) })

    /// An answer to a run that disclosed windows.
    private static let windowAnswer = Target(
        name: "window-answer", seeds: { [InteractiveFixture.shared.answer] },
        parse: { try identify($0, InteractiveFixture.shared.windowRecord) })

    private static func identify(_ input: [UInt8], _ record: RunRecord) throws {
        let fixture = InteractiveFixture.shared
        let file = try withFile(Sealing.binary.seal(input)) { try InteractiveAnswerFile(path: $0, run: record) }
        let identification = try Identification(
            answer: file, record: record, key: Fixture.shared.key, entries: fixture.entries, top: 2, threads: 1)
        require(
            identification.hits.allSatisfy { $0.score.isFinite && fixture.entries.indices.contains($0.row) },
            "hits are library spectra with a score")
    }

    /// The end of an index: the precursors of its blocks.
    private static let blockPrecursors = Target(
        name: "block-precursors",
        seeds: {
            let layout = TallMatrixLayout(degree: 64, rowCount: 150, columnCount: 16)
            return [BlockPrecursors((0..<150).map { $0 < 140 ? Double($0 + 100) : .infinity }, layout).bytes]
        },
        parse: { input in
            let whole = Array(input.prefix(input.count / 16 * 16))
            let precursors = try BlockPrecursors(bytes: whole, path: "index")
            require(precursors.bytes == whole, "precursors are written as they were read")
            for lower in stride(from: 0.0, to: 1000, by: 90) {
                let blocks = precursors.blocks(lower..<lower + 50)
                require(blocks.upperBound <= whole.count / 16, "a window has blocks of the index")
            }
        })
}

/// A small interactive search, for what the parsers compare their input with.
struct InteractiveFixture: Sendable {
    static let shared: InteractiveFixture = {
        do { return try InteractiveFixture() } catch { fatalError("the fixture cannot be made: \(error)") }
    }()

    /// What the files hold before their digests.
    let keys: [UInt8]
    let upload: [UInt8]
    /// An upload that discloses windows.
    let windowUpload: [UInt8]
    let answer: [UInt8]
    let search: InteractiveSearch
    let readyKeys: RotationKeys
    let record: RunRecord
    let windowRecord: RunRecord
    let entries: [LibraryEntry]
    let card: LibraryCard

    private init() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("msfhe-fuzz-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        func content(_ name: String) throws -> [UInt8] {
            Sealing.binary.content(Array(try Data(contentsOf: URL(fileURLWithPath: path(name)))))
        }

        let spectra = Array(SimulatedPeptides.library.prefix(Fixture.rowCount))
        var recipe = try VectorRecipe(dimension: Fixture.dimension, precursorDimension: 16)
        recipe.precursorWidth = 0.05
        var options = LibraryBuilder.Options(recipe: recipe)
        options.layout = .interactive
        let builder = try LibraryBuilder(options, folder: path("library"))
        for spectrum in spectra { _ = try builder.add(spectrum) }
        card = try builder.finish()
        entries = try LibraryEntries(path: path("library/entries.tsv"), card: card).rows
        search = InteractiveSearch(index: try InteractiveIndex(path: path("library/diagonals"), card: card))

        let (key, scheme) = (Fixture.shared.key, search.index.scheme)
        try RotationKeys.create(path: path("run.keys"), key: key, scheme: scheme, threads: 1)
        readyKeys = try RotationKeys(path: path("run.keys"), scheme: scheme)
        keys = try content("run.keys")
        let queries = QueryVectors(Array(spectra.prefix(Fixture.queryCount)), card: card, threads: 1)
        try InteractiveQueries(queries, key: key, keys: readyKeys, card: card, threads: 1).write(to: path("run.msq"))
        upload = try content("run.msq")
        try InteractiveQueries(
            queries, key: key, keys: readyKeys, card: card, disclosure: PrecursorDisclosure(width: 1000), threads: 1
        ).write(to: path("window.msq"))
        windowUpload = try content("window.msq")
        try InteractiveSearchJob(library: path("library"), queries: path("run.msq"), keys: path("run.keys"))
            .run(output: path("run.mss"), threads: 1) { _ in }

        // A record whose seeds and digests are constants, as an answer that is to reproduce what it did must name them.
        let text = String(decoding: Fixture.record(of: Array(card.text)), as: UTF8.self)
        func record(_ text: String) throws -> RunRecord {
            let lines = text.split(separator: "\n").filter { !$0.contains("\"seed\"") }.joined(separator: "\n")
            return try withFile(Sealing.json.seal(Array(lines.utf8))) { try RunRecord(path: $0) }
        }
        self.record = try record(text)
        windowRecord = try record(
            text.replacingOccurrences(of: "\"keyCheck\" :", with: "\"disclosedWindow\" : 1000,\n  \"keyCheck\" :"))
        var answer = try content("run.mss")
        answer.replaceSubrange(40..<72, with: self.record.uploadDigest.bytes)
        self.answer = answer
    }
}
