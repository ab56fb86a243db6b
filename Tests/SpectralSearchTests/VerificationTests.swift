import Crypto
import Foundation
import RLWE
import Ring
import Spectra
import Storage
import TestSupport
import Testing

@testable import SpectralSearch

/// What a fingerprint accepts and what it rejects.
struct VerificationTests {
    /// 1,100 rows: a whole block and a part of one, whose last four rows are not all there.
    private static let files = try! VerifiedSearch(librarySize: 1101, queryCount: 300)

    /// Checks an answer, whose content before the digest is `content`, with a fresh fingerprint.
    private func accepts(_ content: Data, of search: VerifiedSearch = Self.files) throws -> Bool {
        let folder = try TemporaryFolder()
        _ = try LibraryFingerprint(library: search.folder("library"), output: folder("fingerprint"), threads: 2)
        try folder.write(content + Data(SHA256.hash(data: content)), to: "run.mss")
        do {
            try search.check(folder("run.mss"), fingerprint: folder("fingerprint"))
            return true
        } catch let error as InputError {
            #expect(error.subject == folder("run.mss"))
            return false
        }
    }

    // MARK: - Honest answers

    @Test(arguments: [1, 40, 1030], [false, true])
    func honestAnswersPass(queryCount: Int, publishesSeed: Bool) throws {
        let search = try VerifiedSearch(
            librarySize: 75, queryCount: queryCount, publishesSeed: publishesSeed)
        #expect(try accepts(search.answer, of: search))
    }

    /// Libraries of other precision, as long as masks are whole: also those whose bodies are not rounded at all.
    @Test(arguments: [(24, 16), (24, 12), (24, 23), (24, 24), (16, 16), (16, 12)])
    func honestAnswersPass(uploadBits: Int, bodyBits: Int) throws {
        let search = try VerifiedSearch(
            librarySize: 120, queryCount: 50,
            precision: WirePrecision(uploadBits: uploadBits, maskBits: 24, bodyBits: bodyBits))
        #expect(try accepts(search.answer, of: search))
    }

    /// Equal rows are rounded equally, so that their errors add up: the weights know of it.
    @Test func librariesOfEqualRowsPass() throws {
        let search = try VerifiedSearch(librarySize: 400, queryCount: 64) { _ in SimulatedPeptides.library[0] }
        #expect(try accepts(search.answer, of: search))
    }

    /// More than a million sums of honest roundings: 40 vectors, 26 batches of 1,024 columns, on uploads of random
    /// residues, as those of the encrypted are to the host. That seven deviations are exceeded has, by the normal
    /// distribution, a probability of 3e-6.
    @Test func aMillionHonestSumsPass() throws {
        let search = try VerifiedSearch(librarySize: 1024, queryCount: 26 * 1024, dimension: 256, isRandom: true)
        #expect(try accepts(search.answer, of: search))
    }

    /// An accepted answer leaves the fingerprint as it was, for the next.
    @Test func acceptingKeepsTheFingerprint() throws {
        let folder = try TemporaryFolder()
        _ = try LibraryFingerprint(library: Self.files.folder("library"), output: folder("f"), threads: 2)
        let before = try Data(contentsOf: URL(fileURLWithPath: folder("f")))
        for _ in 0..<2 { try Self.files.check(Self.files.folder("run.mss"), fingerprint: folder("f")) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("f"))) == before)
        #expect(folder.names == ["f"])
    }

    // MARK: - Wrong answers

    /// Any bit of any mask.
    @Test(arguments: [0, 517, 1023, 1024, 1100])
    func flippedMaskBitsAreRejected(row: Int) throws {
        for bit in [0, 23, 24 * 1023 + 23, Int.random(in: 0..<24 * 1024)] {
            var answer = Self.files.answer
            answer[Self.files.record(row) + bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try !accepts(answer), "bit \(bit) of row \(row)")
        }
    }

    /// A body that is off by more than twice the tolerance, upwards or downwards; one that is off by a step, which
    /// rounding could have done, passes.
    @Test(arguments: [0, 517, 1023, 1024, 1100])
    func wrongBodiesAreRejected(row: Int) throws {
        let rounding = Self.files.library.card.content.precision.bodyRounding
        let rows = row < 1024 ? 1024 : 77
        let least = Int((2 * rounding.tolerance(weight: rows) / Double(rounding.step)).rounded(.up)) + 1
        for (steps, isAccepted) in [(least, false), (-least, false), (1 << 19, false), (1, true), (-1, true)] {
            let column = Int.random(in: 0..<300)
            #expect(
                try accepts(Self.files.answer(adding: steps, row: row, column: column)) == isAccepted,
                "\(steps) steps in column \(column) of row \(row)")
        }
    }

    /// A host that leaves out a row and answers with its neighbour's instead, exchanges two, or repeats a query's.
    @Test func movedRowsAreRejected() throws {
        let search = Self.files
        let size = search.layout.recordByteCount
        func record(_ row: Int) -> Range<Int> { search.record(row)..<search.record(row) + size }
        var skipped = search.answer
        skipped.replaceSubrange(record(1024), with: search.answer[record(1023)])
        #expect(try !accepts(skipped))
        var empty = search.answer
        empty.replaceSubrange(record(3), with: Data(count: size))
        #expect(try !accepts(empty))
        var exchanged = search.answer
        exchanged.replaceSubrange(record(7), with: search.answer[record(1050)])
        exchanged.replaceSubrange(record(1050), with: search.answer[record(7)])
        #expect(try !accepts(exchanged))
    }

    /// A host that searches another library, or answers another run, and writes the digests that are expected.
    @Test func foreignAnswersAreRejected() throws {
        let other = try VerifiedSearch(librarySize: 1101, queryCount: 300) {
            SimulatedPeptides.library[$0 == 600 ? 1200 : $0]
        }
        let job = try BatchSearch(card: Self.files.library.card, upload: Self.files.upload, threads: 2)
        #expect(job.recordByteCount == Self.files.layout.recordByteCount)
        var swapped = Self.files.answer.prefix(Self.files.record(0))
        swapped.append(try other.records(of: job))
        #expect(try !accepts(swapped))

        let rerun = try VerifiedSearch(librarySize: 1101, queryCount: 300)
        #expect(rerun.library.card.digest == Self.files.library.card.digest)
        let replayed = Self.files.answer.prefix(Self.files.record(0)) + rerun.answer.dropFirst(rerun.record(0))
        #expect(try !accepts(replayed))
    }

    // MARK: - Fingerprints

    /// The products are those of the library's rows, and the vectors of two fingerprints differ.
    @Test func productsAreThoseOfTheLibrary() throws {
        let folder = try TemporaryFolder()
        let library = Self.files.library
        var bits: [[Int]] = []
        for name in ["one", "two"] {
            _ = try LibraryFingerprint(library: Self.files.folder("library"), output: folder(name), threads: 2)
            let fingerprint = try Fingerprint(path: folder(name), card: library.card)
            let (choices, content) = try fingerprint.file.block(1)
            let rows = try library.index.withRows(1024..<1101) { Array($0) }
            for (vector, column) in [(0, 0), (17, 100), (39, 255)] {
                let product = (0..<77).reduce(0) {
                    $0 + choices.membership($1, of: vector) * Int(rows[$1 * 256 + column])
                }
                #expect(Int(content.products.unsafeBase[vector * 256 + column]) == product)
            }
            let chosen = (0..<77).map { choices.membership($0, of: 5) }
            // All rows are different.
            #expect(content.weights[5] == chosen.reduce(0, +))
            bits.append(chosen)
        }
        #expect(bits[0] != bits[1])
    }

    /// A fingerprint that has rejected rejects everything, before it could be asked again.
    @Test func rejectingSpendsTheFingerprint() throws {
        let folder = try TemporaryFolder()
        _ = try LibraryFingerprint(library: Self.files.folder("library"), output: folder("f"), threads: 2)
        let wrong = try Self.files.answer(adding: 1 << 18, row: 5, column: 5)
        try folder.write(wrong + Data(SHA256.hash(data: wrong)), to: "wrong.mss")
        #expect(throws: InputError.self) { try Self.files.check(folder("wrong.mss"), fingerprint: folder("f")) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("f"))).starts(with: Data("MSFHE-F0".utf8)))
        let error = #expect(throws: InputError.self) {
            try Self.files.check(Self.files.folder("run.mss"), fingerprint: folder("f"))
        }
        #expect(error?.problem.contains("discarded") == true)
        #expect(folder.names == ["f", "wrong.mss"])
        let mode = try FileManager.default.attributesOfItem(atPath: folder("f"))[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    /// Of many checks at a time one rejects, and the others find the fingerprint spent.
    @Test func onlyOneCheckRejects() throws {
        let folder = try TemporaryFolder()
        _ = try LibraryFingerprint(library: Self.files.folder("library"), output: folder("f"), threads: 2)
        let wrong = try Self.files.answer(adding: 1 << 18, row: 5, column: 5)
        try folder.write(wrong + Data(SHA256.hash(data: wrong)), to: "wrong.mss")
        let subjects = parallelMap(Array(0..<4), threads: 4) { _ -> String? in
            do {
                try Self.files.check(folder("wrong.mss"), fingerprint: folder("f"))
                return nil
            } catch { return (error as? InputError)?.subject }
        }
        #expect(subjects.count { $0 == folder("wrong.mss") } == 1)
        #expect(subjects.count { $0 == folder("f") } == 3)
    }

    @Test func fingerprintsThatDoNotBelongAreRefused() throws {
        let folder = try TemporaryFolder()
        let other = try VerifiedSearch(librarySize: 30, queryCount: 2)
        _ = try LibraryFingerprint(library: other.folder("library"), output: folder("other"), threads: 1)
        #expect(throws: InputError.self) { try Fingerprint(path: folder("other"), card: Self.files.library.card) }
        #expect(throws: InputError.self) {
            try LibraryFingerprint(library: other.folder("library"), output: folder("other"), threads: 1)
        }
        chmod(folder("other"), 0o644)
        #expect(throws: InputError.self) { try Fingerprint(path: folder("other"), card: other.library.card) }
        chmod(folder("other"), 0o600)
        let whole = try Data(contentsOf: URL(fileURLWithPath: folder("other")))
        for position in [9, 50, 79, 100, whole.count - 40, whole.count - 1] {
            var damaged = whole
            damaged[position] ^= 1
            try folder.write(damaged, to: "other")
            #expect(throws: InputError.self) { try Fingerprint(path: folder("other"), card: other.library.card) }
        }

        let cut = try SearchFiles(librarySize: 20, queryCount: 2)
        let error = #expect(throws: InputError.self) {
            try LibraryFingerprint(library: cut.folder("library"), output: folder("cut"), threads: 1)
        }
        #expect(error?.problem.contains("--preset verified") == true)
        #expect(folder.names == ["other"])
    }
}

/// A search of a library whose answers can be verified, and what a host could make of its answer.
private final class VerifiedSearch: Sendable {
    let folder: TemporaryFolder
    let library: SpectralLibrary
    let upload: Upload
    let layout: AnswerLayout
    /// The honest answer without its digest.
    let answer: Data
    private let runRecord: RunRecord

    /// - Parameters:
    ///   - isRandom: the upload holds random residues instead of encrypted queries.
    ///   - spectrum: the library's spectrum of a number.
    init(
        librarySize: Int, queryCount: Int, dimension: Int = 256, precision: WirePrecision? = nil,
        publishesSeed: Bool = false, isRandom: Bool = false,
        spectrum: (Int) -> Spectrum = { SimulatedPeptides.library[$0] }
    ) throws {
        folder = try TemporaryFolder()
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
        options.precision = precision ?? PrecisionPreset.verified.precision
        options.publishesSeed = publishesSeed
        options.threads = 2
        let builder = try LibraryBuilder(options, folder: folder("library"))
        for number in 0..<librarySize { try builder.add(spectrum(number)) }
        _ = try builder.finish()
        library = try SpectralLibrary(folder: folder("library"))
        let card = library.card
        layout = AnswerLayout(card: card, queryCount: queryCount)
        if isRandom {
            let batches = Upload.batchSizes(queryCount, degree: layout.degree)
            let stream = RandomStream(seed: SymmetricKey(data: Data(repeating: 1, count: 32)), label: "test")
            upload = Upload(
                cardDigest: card.digest, seed: try #require(MaskSeed(received: Data(repeating: 2, count: 32))),
                dimension: dimension, queryCount: queryCount, residueBits: 24,
                bodies: batches.enumerated().map { number, columns in
                    stream.withBytes(3 * dimension * columns, stream: UInt64(number)) { Data($0) }
                })
            runRecord = RunRecord(
                card: card, queries: (0..<queryCount).map { RunRecord.Query(name: "\($0)", precursorMZ: nil) },
                source: nil, uploadDigest: upload.digest, seed: upload.seed, nonce: .fresh(), keyCheck: Data(count: 16))
            try upload.write(to: SealedFile(path: folder("run.msq")))
        } else {
            let queries = (0..<queryCount).map { SimulatedPeptides.library[$0] }
            let encrypted = try EncryptedQueries(
                QueryVectors(queries, card: card, threads: 2), key: .generate(), card: card, threads: 2)
            (upload, runRecord) = (encrypted.upload, encrypted.record)
            try encrypted.write(to: folder("run.msq"))
        }
        try SearchJob(library: folder("library"), queries: folder("run.msq"))
            .run(output: folder("run.mss"), threads: 2) { _ in }
        answer = try Data(contentsOf: URL(fileURLWithPath: folder("run.mss"))).dropLast(32)
    }

    /// Checks the answer at `path`.
    func check(_ path: String, fingerprint: String) throws {
        let masks = library.card.sharedSeed.map { _ in folder("library/masks") }
        try AnswerCheck(record: runRecord, upload: upload, threads: 2).require(
            AnswerFile(path: path, run: runRecord, masksPath: masks), path: path,
            fingerprint: Fingerprint(path: fingerprint, card: library.card))
    }

    /// Where the record of a row begins.
    func record(_ row: Int) -> Int { AnswerLayout.headerCount + row * layout.answeredByteCount }

    /// What `job`, which may be of another library's upload, answers with this library's rows.
    func records(of job: BatchSearch) throws -> Data {
        var records = Data(count: library.index.rowCount * job.recordByteCount)
        try records.withUnsafeMutableBytes { records in
            try library.index.withRows(0..<library.index.rowCount) { job.answer(rows: $0, into: records, threads: 2) }
        }
        return records
    }

    /// The answer with `steps` added to a body, of 20 bits.
    func answer(adding steps: Int, row: Int, column: Int) throws -> Data {
        var answer = answer
        let start = record(row) + layout.maskByteCount
        let bits = layout.precision.bodyBits
        let size = PackedResidues.byteCount(layout.queryCount, bits: bits)
        try #require(layout.queryCount <= layout.degree)
        var residues = [UInt32](repeating: 0, count: layout.queryCount)
        var packed = [UInt8](answer[start..<start + size])
        PackedResidues.unpack(packed, count: residues.count, bits: bits, logModulus: bits, into: &residues)
        residues[column] = UInt32(truncatingIfNeeded: Int(residues[column]) + steps) & (1 << UInt32(bits) - 1)
        PackedResidues.roundAndPack(residues, count: residues.count, bits: bits, logModulus: bits, into: &packed)
        answer.replaceSubrange(start..<start + size, with: packed)
        return answer
    }
}
