import CKKS
import Crypto
import Foundation
import RLWE
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

/// A small interactive search through files: library, key, rotation keys, upload, answer.
final class InteractiveFiles: Sendable {
    let folder: TemporaryFolder
    let card: LibraryCard
    let truths: [Spectrum]
    let spectra: [Spectrum]
    private let disclosure: PrecursorDisclosure?

    init(
        librarySize: Int = 150, queryCount: Int = 3, dimension: Int = 256, layout: LibraryLayout = .interactive,
        disclosure: PrecursorDisclosure? = nil
    ) throws {
        self.disclosure = disclosure
        folder = try TemporaryFolder()
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
        options.layout = layout
        options.threads = 2
        let builder = try LibraryBuilder(options, folder: folder("library"))
        spectra = (0..<librarySize).map { SimulatedPeptides.library[$0 % SimulatedPeptides.library.count] }
        for spectrum in spectra { try builder.add(spectrum) }
        card = try builder.finish()
        truths = (0..<queryCount).map { SimulatedPeptides.library[$0 * 7 % librarySize] }
        try KeyFile.create(path: folder("key"))
        try encrypt(name: "run")
        try search()
    }

    var key: SecretKey {
        get throws { try KeyFile.read(path: folder("key")) }
    }

    func encrypt(name: String, key: String = "key") throws {
        let key = try KeyFile.read(path: folder(key))
        let scheme = InteractiveScheme(card: card)
        try RotationKeys.create(path: folder("\(name).keys"), key: key, scheme: scheme, threads: 2)
        try InteractiveQueries(
            QueryVectors(truths, card: card, threads: 2), key: key,
            keys: RotationKeys(path: folder("\(name).keys"), scheme: scheme), card: card, disclosure: disclosure,
            threads: 2
        ).write(to: folder("\(name).msq"))
    }

    func search(output: String = "run.mss", threads: Int = 2) throws {
        try InteractiveSearchJob(library: folder("library"), queries: folder("run.msq"), keys: folder("run.keys"))
            .run(output: folder(output), threads: threads) { _ in }
    }

    func identify(top: Int = 3) throws -> [Hit] {
        let record = try RunRecord(path: folder("run.local"))
        let key = try key
        try record.requireKey(key, path: "key")
        return try Identification(
            answer: InteractiveAnswerFile(path: folder("run.mss"), run: record), record: record, key: key,
            entries: LibraryEntries(path: folder("library/entries.tsv"), card: record.card).rows, top: top, threads: 2
        ).hits
    }

    func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder(name))) }
}

struct InteractiveTests {
    /// Queries that are library spectra are found, with score 2, through the files of both layouts and all widths: also
    /// where vectors are padded to the next power of two, where there are two blocks of rows, and more queries than a
    /// pass takes.
    @Test(arguments: [
        (150, 3, 256, LibraryLayout.interactive), (150, 10, 512, .both), (40, 1, 260, .interactive),
        (4200, 2, 512, .interactive), (30, 1, 2048, .interactive),
    ])
    func libraryMembersAreFound(librarySize: Int, queryCount: Int, dimension: Int, layout: LibraryLayout) throws {
        let files = try InteractiveFiles(
            librarySize: librarySize, queryCount: queryCount, dimension: dimension, layout: layout)
        let hits = try files.identify()
        let entries = try LibraryEntries(path: files.folder("library/entries.tsv"), card: files.card).rows
        #expect(hits.count == 3 * queryCount)
        let deviation = InteractiveScheme(card: files.card).scoreDeviation(rowCount: librarySize)
        for hit in hits where hit.rank == 1 {
            #expect(entries[hit.row].compound == files.truths[hit.query].compound)
            #expect(abs(hit.score - 2) < 12 * deviation + 0.0005)
            #expect((hit.score * 1000).rounded() / 1000 == hit.score)
            #expect(abs(hit.precursorErrorPPM ?? 1) < 1e-9)
        }
    }

    /// Every decrypted score is the product of the float vectors, but for noise of the predicted size, which keeps the
    /// bound of a thousandth.
    @Test func scoresAreProductsPlusNoise() throws {
        let files = try InteractiveFiles(librarySize: 300, queryCount: 20, dimension: 512)
        let record = try RunRecord(path: files.folder("run.local"))
        let answer = try InteractiveAnswerFile(path: files.folder("run.mss"), run: record)
        let decryption = InteractiveDecryption(card: files.card, key: try files.key)
        let vectorizer = SpectrumVectorizer(recipe: files.card.content.vector)
        let rows = PrecursorOrder(files.spectra.map(\.precursorMZ)).rows.map {
            vectorizer.vector(of: files.spectra[$0])
        }
        var (squares, largest) = (0.0, 0.0)
        for (query, truth) in files.truths.enumerated() {
            let vector = vectorizer.vector(of: truth)
            var scores = [Float](repeating: 0, count: 300)
            let block = try #require(try answer.ciphertext(query: query, block: 0))
            decryption.decrypt(block, count: 300, into: &scores, stride: 1)
            for (row, score) in zip(rows, scores) {
                let exact = zip(row, vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                squares += (Double(score) - exact) * (Double(score) - exact)
                largest = max(largest, abs(Double(score) - exact))
            }
        }
        let expected = InteractiveScheme(card: files.card).scoreDeviation(rowCount: 300)
        // Queries of like spectra have like errors, so that a quarter of the 6000 count; and the secret's weight varies
        // by 1 %.
        #expect(abs(squares / 6000 / (expected * expected) - 1) < 6 * (2.0 / 1500).squareRoot() + 3 * 0.011)
        #expect(largest < 12 * expected && 6 * expected < 1e-3)
    }

    /// Researchers who share a pass get what each would get alone, bit for bit, on any number of threads.
    @Test func sharedPassesChangeNothing() throws {
        let files = try InteractiveFiles(librarySize: 5000, queryCount: 2)
        try KeyFile.create(path: files.folder("other"))
        try files.encrypt(name: "second", key: "other")
        let search = InteractiveSearch(
            index: try InteractiveIndex(path: files.folder("library/diagonals"), card: files.card))
        let scheme = search.index.scheme
        let queries = try ["run", "second"].flatMap { name in
            let upload = try InteractiveUpload(path: files.folder("\(name).msq"), card: files.card, scheme: scheme)
            let keys = try RotationKeys(path: files.folder("\(name).keys"), scheme: scheme)
            return try (0..<2).map { try search.query($0, of: upload, keys: keys) }
        }
        let together = try search.answer(queries, threads: 2).map { $0.map(\.bytes) }
        let apart = try queries.flatMap { try search.answer([$0], threads: 1) }.map { $0.map(\.bytes) }
        #expect(together == apart && together[0] != together[2])
        try files.search(output: "one.mss", threads: 1)
        #expect(try files.content("one.mss") == files.content("run.mss"))
    }

    /// Searches of several researchers share passes, in turn: who comes later does not wait for the others' end, who
    /// gives up leaves nothing, and each answer is that of the search alone.
    @Test func researchersSharePasses() throws {
        let files = try InteractiveFiles(librarySize: 40, queryCount: 2 * InteractiveSearch.queriesPerPass)
        try KeyFile.create(path: files.folder("other"))
        try files.encrypt(name: "other", key: "other")
        let index = try InteractiveIndex(path: files.folder("library/diagonals"), card: files.card)
        let passes = InteractivePasses(search: InteractiveSearch(index: index), card: files.card)
        func add(_ name: String, keys: String? = nil, output: String) throws -> InteractivePasses.Ticket {
            try passes.add(
                InteractiveUpload(path: files.folder("\(name).msq"), card: files.card, scheme: index.scheme),
                keys: RotationKeys(path: files.folder("\(keys ?? name).keys"), scheme: index.scheme),
                output: files.folder(output))
        }
        #expect(throws: InputError.self) { try add("run", keys: "other", output: "wrong.mss") }
        let first = try add("run", output: "first.mss")
        _ = try passes.advance(threads: 2)
        let second = try add("other", output: "second.mss")
        passes.remove(try add("other", output: "given-up.mss"))
        var answered: [InteractivePasses.Ticket: [Int]] = [:]
        while passes.count > 0 {
            for (ticket, progress) in try passes.advance(threads: 2) {
                if case .answered(let count) = progress { answered[ticket, default: []].append(count) }
            }
        }
        let half = InteractiveSearch.queriesPerPass / 2
        // The first had a pass alone and then two halves, the second two halves and then a pass alone.
        #expect(answered[first] == [12])
        #expect(answered[second] == [half, 2 * half])
        #expect(try files.content("first.mss") == files.content("run.mss"))
        try InteractiveSearchJob(
            library: files.folder("library"), queries: files.folder("other.msq"), keys: files.folder("other.keys")
        ).run(output: files.folder("alone.mss"), threads: 1) { _ in }
        #expect(try files.content("second.mss") == files.content("alone.mss"))
        #expect(!files.folder.names.contains { $0.contains("given-up") || $0.contains("wrong") })
    }

    /// What travels: an upload of at most 32 KB, answers of at most 8 bytes a padded row, keys of at most 10 MB.
    @Test(arguments: [512, 2048])
    func littleTravels(dimension: Int) throws {
        let files = try InteractiveFiles(librarySize: 30, queryCount: 1, dimension: dimension)
        #expect(try files.content("run.msq").count <= 32_000)
        #expect(try files.content("run.mss").count <= 8 * 4096)
        #expect(try files.content("run.keys").count <= 10_000_000)
    }

    /// Fresh randomness in every encryption: equal queries have different ciphertexts, seeds and bodies.
    @Test func encryptionsOfEqualQueriesDiffer() throws {
        let files = try InteractiveFiles(librarySize: 20, queryCount: 1)
        try files.encrypt(name: "again")
        let both = try ["run", "again"].map { name -> Ciphertext in
            let scheme = InteractiveScheme(card: files.card)
            return try InteractiveUpload(path: files.folder("\(name).msq"), card: files.card, scheme: scheme)
                .query(0, scheme: scheme)
        }
        for index in 0..<2 {
            let limbs = both.map { $0.polynomials.withLimb(polynomial: index, prime: 0) { Array($0) } }
            #expect(zip(limbs[0], limbs[1]).count { $0 == $1 } < 3)
        }
    }

    /// A library is searched in the modes that it was laid out for, and no other.
    @Test func layoutsAreKept() throws {
        let interactive = try InteractiveFiles(librarySize: 20, queryCount: 1)
        #expect(interactive.card.modes == [.interactive])
        let names = try FileManager.default.contentsOfDirectory(atPath: interactive.folder("library"))
        #expect(names.sorted() == ["card.json", "diagonals", "entries.tsv"])
        #expect(throws: InputError.self) { try interactive.card.require(.batch, path: "card") }
        let batch = try SearchFiles(librarySize: 20, queryCount: 1)
        #expect(batch.library.card.modes == [.batch])
        #expect(throws: InputError.self) {
            try InteractiveIndex(path: batch.folder("library/index"), card: batch.library.card)
        }
        #expect(throws: InputError.self) {
            try InteractiveSearchJob(
                library: batch.folder("library"), queries: interactive.folder("run.msq"),
                keys: interactive.folder("run.keys"))
        }
        // Records of one mode read no answers of the other.
        let records = try [interactive.folder, batch.folder].map { try RunRecord(path: $0("run.local")) }
        #expect(records.map(\.mode) == [.interactive, .batch])
        #expect(throws: InputError.self) { try AnswerFile(path: batch.folder("run.mss"), run: records[0]) }
        #expect(throws: InputError.self) {
            try InteractiveAnswerFile(path: interactive.folder("run.mss"), run: records[1])
        }
        #expect(throws: InputError.self) {
            let vectors = QueryVectors(interactive.truths, card: interactive.card, threads: 1)
            return try EncryptedQueries(vectors, key: interactive.key, card: interactive.card, threads: 1)
        }
        #expect(try FileKind.modeOfUpload(path: interactive.folder("run.msq")) == .interactive)
        #expect(try FileKind.modeOfUpload(path: batch.folder("run.msq")) == .batch)
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: 2052))
        options.layout = .both
        #expect(throws: InputError.self) { try LibraryBuilder(options, folder: interactive.folder("large")) }
        options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: 256))
        (options.layout, options.publishesSeed) = (.interactive, true)
        #expect(throws: InputError.self) { try LibraryBuilder(options, folder: interactive.folder("seed")) }
    }

    /// A bound of memory that the index does not keep is refused before it is loaded, and one that it keeps is not.
    @Test func memoryBoundsAreKept() throws {
        let files = try InteractiveFiles(librarySize: 20, queryCount: 1)
        func open(_ limit: Int) throws {
            _ = try InteractiveSearchJob(
                library: files.folder("library"), queries: files.folder("run.msq"), keys: files.folder("run.keys"),
                memoryLimit: limit)
        }
        let error = #expect(throws: InputError.self) { try open(1 << 20) }
        let words = try #require(error?.problem.split(separator: " "))
        let least = try #require(words.firstIndex(of: "needs").flatMap { Int(words[$0 + 1]) })
        #expect(throws: InputError.self) { try open((least - 1) << 20) }
        #expect(throws: Never.self) { try open(least << 20) }
    }
}

/// Damaged, swapped and foreign files of interactive search are refused by every step that reads them.
struct InteractiveTamperingTests {
    private static let files = try! InteractiveFiles(librarySize: 20, queryCount: 2, dimension: 192)
    private static let names = ["library/diagonals", "run.keys", "run.msq", "run.mss", "run.local"]

    /// Runs the step that reads `name`, at `path` instead of where it belongs.
    private func read(_ name: String, at path: String, files: InteractiveFiles = Self.files) throws {
        let card = files.card
        let scheme = InteractiveScheme(card: card)
        switch name {
        case "library/diagonals": _ = try InteractiveIndex(path: path, card: card)
        case "run.keys": _ = try RotationKeys(path: path, scheme: scheme)
        case "run.msq":
            let upload = try InteractiveUpload(path: path, card: card, scheme: scheme)
            for query in 0..<upload.queryCount { _ = try upload.query(query, scheme: scheme) }
        case "run.mss":
            _ = try InteractiveAnswerFile(path: path, run: RunRecord(path: files.folder("run.local")))
        default: _ = try RunRecord(path: path)
        }
    }

    private func read(_ name: String, holding content: Data) throws {
        let folder = try TemporaryFolder()
        try read(name, at: folder.write(content, to: "file"))
    }

    @Test(arguments: names)
    func flippedBitsAndCutsAreRefused(name: String) throws {
        let original = try Self.files.content(name)
        #expect(throws: Never.self) { try read(name, holding: original) }
        let positions = Set(0..<90).union(original.count - 33..<original.count)
            .union((0..<5).map { _ in Int.random(in: 0..<original.count) })
        for position in positions.sorted().filter({ original.count < 1 << 20 || $0 % 13 == 0 }) {
            var damaged = original
            damaged[position] ^= 1 << UInt8.random(in: 0..<8)
            #expect(throws: InputError.self, "byte \(position)") { try read(name, holding: damaged) }
        }
        for count in [0, 7, 79, original.count / 2, original.count - 1] {
            #expect(throws: InputError.self, "\(count) bytes") { try read(name, holding: original.prefix(count)) }
        }
        #expect(throws: InputError.self) { try read(name, holding: original + [0]) }
        for other in Self.names where other != name {
            #expect(throws: InputError.self) { try read(name, at: Self.files.folder(other)) }
        }
    }

    /// Files of another library, run or researcher are told apart.
    @Test func foreignFilesAreRefused() throws {
        let (own, foreign) = (Self.files, try InteractiveFiles(librarySize: 21, queryCount: 2, dimension: 192))
        for name in ["library/diagonals", "run.msq", "run.mss"] {
            #expect(throws: InputError.self, "\(name)") { try read(name, at: foreign.folder(name)) }
        }
        // Keys serve any library of the shape, but not another researcher's queries.
        #expect(throws: Never.self) { try read("run.keys", at: foreign.folder("run.keys")) }
        #expect(throws: InputError.self) {
            try InteractiveSearchJob(
                library: own.folder("library"), queries: own.folder("run.msq"), keys: foreign.folder("run.keys"))
        }
        let scheme = InteractiveScheme(card: own.card)
        let keys = try RotationKeys(path: foreign.folder("run.keys"), scheme: scheme)
        #expect(try keys.belong(to: foreign.key) && !keys.belong(to: own.key))
        #expect(throws: InputError.self) {
            try InteractiveQueries(
                QueryVectors(own.truths, card: own.card, threads: 1), key: own.key, keys: keys, card: own.card,
                threads: 1)
        }
        #expect(throws: InputError.self) {
            try RunRecord(path: own.folder("run.local")).requireKey(foreign.key, path: "key")
        }
        let other = InteractiveScheme(columnCount: 512)
        #expect(throws: InputError.self) { try RotationKeys(path: own.folder("run.keys"), scheme: other) }
    }

    /// Files whose digests are right although their content is not: residues that are none, other scales.
    @Test func wellSealedNonsenseIsRefused() throws {
        func resealed(_ name: String, _ change: (inout Data) -> Void) throws -> Data {
            var content = try Self.files.content(name).dropLast(32)
            change(&content)
            return content + Data(SHA256.hash(data: content))
        }
        // A residue above its prime, in an index whose card names the new digest.
        let index = try resealed("library/diagonals") { $0[64 + 8 * 1000 + 7] = 0x80 }
        var content = Self.files.card.content
        content.interactive?.indexSHA256 = index.suffix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
            .joined()
        let folder = try TemporaryFolder()
        let card = try LibraryCard(content)
        let error = #expect(throws: InputError.self) {
            try InteractiveIndex(path: folder.write(index, to: "diagonals"), card: card)
        }
        #expect(error?.problem.contains("below their prime") == true)
        // A query whose own object was changed, its scale or a residue: the object has a digest, too.
        for position in [80 + 60, 80 + 5000] {
            let upload = try resealed("run.msq") { $0[position] ^= 1 }
            #expect(throws: InputError.self) { try read("run.msq", holding: upload) }
        }
        let keys = try resealed("run.keys") { $0[64 + 400] ^= 1 }
        #expect(throws: InputError.self) { try read("run.keys", holding: keys) }
        // A number of queries that the file does not have, and one that no upload may have.
        for count: UInt8 in [1, 3] {
            let upload = try resealed("run.msq") { $0[72] = count }
            #expect(throws: InputError.self) { try read("run.msq", holding: upload) }
        }
    }

    /// A card with other parameters of interactive search than this program's is refused.
    @Test func weakenedCardsAreRefused() throws {
        let changes: [(inout LibraryCard.Interactive) -> Void] = [
            { $0.parameters = "ckks-n2048-q49-p49-128" }, { $0.columns = 128 }, { $0.columns = 512 },
            { $0.babySteps = 1 }, { $0.logQueryScale = 40 }, { $0.logRowScale = 40 }, { $0.answerBits = 64 },
        ]
        for change in changes {
            var content = Self.files.card.content
            change(&content.interactive!)
            #expect(throws: InputError.self) { try LibraryCard(content) }
        }
        var content = Self.files.card.content
        content.interactive = nil
        #expect(throws: InputError.self) { try LibraryCard(content) }
    }

    /// Files of enormous size are refused at once, without being read.
    @Test(.timeLimit(.minutes(20)))
    func whatIsTooLongIsRefusedUnread() throws {
        let files = try InteractiveFiles(librarySize: 20, queryCount: 1, dimension: 192)
        for name in ["library/diagonals", "run.keys", "run.msq", "run.mss"] {
            let handle = try #require(FileHandle(forWritingAtPath: files.folder(name)))
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
            #expect(throws: InputError.self) { try read(name, at: files.folder(name), files: files) }
        }
    }
}
