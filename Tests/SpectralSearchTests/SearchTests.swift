import Crypto
import Foundation
import RLWE
import Ring
import Spectra
import TestSupport
import Testing
import Storage

@testable import SpectralSearch

/// A small search through files: library, key, upload, answer.
final class SearchFiles: Sendable {
    let folder: TemporaryFolder
    let library: SpectralLibrary
    let truths: [Spectrum]
    var queryCount: Int { truths.count }

    init(
        librarySize: Int = 150, queryCount: Int = 40, dimension: Int = 256, preset: PrecisionPreset = .default,
        publishesSeed: Bool = false, decoys: DecoyMethod? = nil, threads: Int = 2
    ) throws {
        folder = try TemporaryFolder()
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
        options.preset = preset
        options.publishesSeed = publishesSeed
        options.decoys = decoys
        options.threads = threads
        let builder = try LibraryBuilder(options, folder: folder("library"))
        for spectrum in SimulatedPeptides.library.prefix(librarySize) { try builder.add(spectrum) }
        _ = try builder.finish()
        library = try SpectralLibrary(folder: folder("library"))
        try KeyFile.create(path: folder("key"))
        truths = (0..<queryCount).map { SimulatedPeptides.library[$0 * 7 % librarySize] }
        let queries = truths.enumerated().map { number, truth in
            var query = truth
            query.name = "query \(number)"
            return query
        }
        let card = library.card
        let vectors = QueryVectors(queries, card: card, threads: threads)
        try EncryptedQueries(
            vectors: vectors.vectors, queries: vectors.queries, key: KeyFile.read(path: folder("key")), card: card,
            threads: threads
        ).write(to: folder("run.msq"))
        try search()
    }

    func search(output: String = "run.mss", threads: Int = 2) throws {
        try SearchJob(library: folder("library"), queries: folder("run.msq"))
            .run(output: folder(output), threads: threads) { _ in }
    }

    func identify(answer: String = "run.mss", top: Int = 3, calibration: Calibration? = nil) throws -> [Hit] {
        let record = try RunRecord(path: folder("run.local"))
        let entries = try LibraryEntries(path: folder("library/entries.tsv"), card: record.card)
        let masks = record.card.sharedSeed.map { _ in folder("library/masks") }
        return try Identification(
            answer: AnswerFile(path: folder(answer), run: record, masksPath: masks), record: record,
            key: KeyFile.read(path: folder("key")), entries: entries.rows, top: top,
            calibration: calibration, threads: 2
        ).hits
    }
}

struct SearchTests {
    /// Queries that are library spectra are found, with score 2: cosine 1, same precursor.
    @Test(
        arguments: [1, 40, 1030],
        [(PrecisionPreset.default, false), (.economy, false), (.rounded, false), (.default, true), (.rounded, true)])
    func libraryMembersAreFound(queryCount: Int, library: (preset: PrecisionPreset, publishesSeed: Bool)) throws {
        let (preset, publishesSeed) = library
        let files = try SearchFiles(queryCount: queryCount, preset: preset, publishesSeed: publishesSeed)
        let hits = try files.identify()
        #expect(hits.count == 3 * queryCount)
        // Six deviations of noise and of rounding to integers, and half a step of the release.
        let deviation = preset == .rounded ? 4.5e-3 : preset == .economy ? 1.3e-3 : 1e-3
        for hit in hits where hit.rank == 1 {
            #expect(files.library.entries[hit.row].compound == files.truths[hit.query].compound)
            #expect(abs(hit.score - 2) < 6 * deviation + 0.0005)
            #expect((hit.score * 1000).rounded() / 1000 == hit.score)
            #expect(abs(hit.precursorErrorPPM ?? 1) < 1e-9)
        }
    }

    /// Every decrypted score is the product of the integer vectors, but for noise of the predicted size.
    @Test(arguments: PrecisionPreset.allCases)
    func scoresAreProductsPlusNoise(preset: PrecisionPreset) throws {
        var options = LibraryBuilder.Options(recipe: try VectorRecipe())
        options.preset = preset
        let folder = try TemporaryFolder()
        let builder = try LibraryBuilder(options, folder: folder("library"))
        let spectra = Array(SimulatedPeptides.library.prefix(200))
        for spectrum in spectra { try builder.add(spectrum) }
        _ = try builder.finish()
        let library = try SpectralLibrary(folder: folder("library"))
        let card = library.card
        let key = SecretKey.generate()
        let queries = QueryVectors(Array(spectra.suffix(150)), card: card, threads: 2)
        let encrypted = EncryptedQueries(
            vectors: queries.vectors, queries: queries.queries, key: key, card: card, threads: 2)
        let search = try BatchSearch(card: card, upload: encrypted.upload, threads: 2)
        let answer = AlignedBuffer<UInt8>(count: 200 * search.recordByteCount)
        let rows = try library.index.withRows(0..<200) { rows in
            answer.withUnsafeMutableBufferPointer {
                search.answer(rows: rows, into: UnsafeMutableRawBufferPointer($0), threads: 2)
            }
            return Array(rows)
        }
        let scores = AlignedBuffer<Float>(count: 200 * 150)
        let scales = library.entries.map(\.scale)
        ScoreDecryption(record: encrypted.record, key: key).decrypt(
            records: answer.unsafeBase, rowScales: scales[...], into: scores.unsafeBase, threads: 2)

        var squares = 0.0
        var predicted = 0.0
        let integers = queries.vectors.map(card.content.scaling.quantisedQuery)
        for row in 0..<200 {
            let entries = rows[row * 512..<(row + 1) * 512].map(Int.init)
            let norm = Double(entries.reduce(0) { $0 + $1 * $1 }).squareRoot()
            let unit = Double(card.content.scaling.queryScale) * scales[row]
            for query in 0..<150 {
                let exact = Double(zip(entries, integers[query]).reduce(0) { $0 + $1.0 * Int($1.1) }) / unit
                let noise = Double(scores.unsafeBase[row * 150 + query]) - exact
                squares += noise * noise
            }
            let deviation =
                card.parameters.phaseStandardDeviation(rowNorm: norm, precision: card.content.precision) / unit
            predicted += 150 * deviation * deviation
        }
        // Errors are shared by all rows, so 150 columns of 512 errors count; and the secret's weight varies by 2 %.
        let tolerance = 6 * (2.0 / Double(150 * 512)).squareRoot() + 3 * 0.022
        #expect(abs(squares / predicted - 1) < tolerance)
    }

    /// The number of threads and the size of blocks change nothing in the answer.
    @Test func answersDoNotDependOnThreads() throws {
        let files = try SearchFiles(queryCount: 30)
        try files.search(output: "one.mss", threads: 1)
        let both = try ["run.mss", "one.mss"].map { try Data(contentsOf: URL(fileURLWithPath: files.folder($0))) }
        #expect(both[0] == both[1])
    }

    @Test(arguments: [(PrecisionPreset.default, 3), (.economy, 3), (.rounded, 2)])
    func uploadsTakeTwoOrThreeBytesAFeatureAndQuery(preset: PrecisionPreset, bytes: Int) throws {
        let files = try SearchFiles(queryCount: 40, preset: preset)
        let size = try Data(contentsOf: URL(fileURLWithPath: files.folder("run.msq"))).count
        #expect(size == bytes * 256 * 40 + 80 + 32)
    }

    /// Where the library publishes its mask seed, all runs have the same masks, none the same ciphertext, and answers
    /// no masks.
    @Test func publishedSeedsAreShared() throws {
        let files = try SearchFiles(librarySize: 20, queryCount: 3, publishesSeed: true)
        let card = try LibraryCard(path: files.folder("library/card.json"))
        let vectors = QueryVectors(files.truths, card: card, threads: 1)
        let key = try KeyFile.read(path: files.folder("key"))
        let again = try EncryptedQueries(vectors, key: key, card: card, threads: 1)
        let first = try Upload(path: files.folder("run.msq"), card: card)
        #expect(first.seed == card.sharedSeed && again.upload.seed == first.seed)
        #expect(try again.upload.body(0) != first.body(0))
        let answered = try Data(contentsOf: URL(fileURLWithPath: files.folder("run.mss"))).count
        #expect(answered == 80 + 20 * 2 * 3 + 32)

        let record = try RunRecord(path: files.folder("run.local"))
        let error = #expect(throws: InputError.self) { try AnswerFile(path: files.folder("run.mss"), run: record) }
        #expect(error?.problem.contains("--masks") == true)

        // The same bytes under another card are another seed.
        let other = try SearchFiles(librarySize: 20, queryCount: 3, publishesSeed: true)
        #expect(other.library.card.sharedSeed != card.sharedSeed)
    }

    /// A host does not multiply masks that are not the published ones: its kept part would not belong to them.
    @Test func uploadsWithAnotherSeedThanThePublishedAreRefused() throws {
        let files = try SearchFiles(librarySize: 20, queryCount: 3, publishesSeed: true)
        var upload = try Data(contentsOf: URL(fileURLWithPath: files.folder("run.msq"))).dropLast(32)
        upload[40] ^= 1
        upload.append(contentsOf: SHA256.hash(data: upload))
        try files.folder.write(upload, to: "run.msq")
        let error = #expect(throws: InputError.self) { try files.search(output: "out") }
        #expect(error?.problem.contains("seed") == true)
    }

    @Test func aRecordIsNeverOverwritten() throws {
        let files = try SearchFiles(queryCount: 2)
        let before = try Data(contentsOf: URL(fileURLWithPath: files.folder("run.local")))
        let card = try LibraryCard(path: files.folder("library/card.json"))
        let vectors = QueryVectors(files.truths, card: card, threads: 1)
        let again = EncryptedQueries(
            vectors: vectors.vectors, queries: vectors.queries, key: .generate(), card: card, threads: 1)
        #expect(throws: InputError.self) { try again.write(to: files.folder("run.msq")) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: files.folder("run.local"))) == before)
        #expect(throws: InputError.self) {
            try LibraryBuilder(LibraryBuilder.Options(recipe: try VectorRecipe()), folder: files.folder("library"))
        }
    }

    @Test func spectraThatCannotBeSearchedForAreCounted() throws {
        let files = try SearchFiles(queryCount: 2)
        var spectra = Array(files.truths)
        spectra.append(Spectrum(name: "empty", precursorMZ: 300, ionMode: .positive))
        spectra.append(Spectrum(name: "negative", ionMode: .negative, peaks: [Peak(mz: 100, intensity: 1)]))
        spectra.append(Spectrum(name: "bare", peaks: [Peak(mz: 100, intensity: 1)]))
        let vectors = QueryVectors(spectra, card: files.library.card, threads: 1)
        #expect(vectors.withoutPeaks == ["empty"])
        #expect(vectors.otherMode == ["negative"])
        #expect(vectors.withoutPrecursor == ["bare"])
        #expect(vectors.queries.map(\.name) == spectra.filter { !["empty", "negative"].contains($0.name) }.map(\.name))
    }

    @Test func aLibraryOfBothIonModesIsRefusedUnlessOneIsChosen() throws {
        let peaks = [Peak(mz: 100, intensity: 1)]
        let spectra = [IonMode.positive, .negative, nil].map { Spectrum(name: "x", ionMode: $0, peaks: peaks) }
        var options = LibraryBuilder.Options(recipe: try VectorRecipe())
        let folder = try TemporaryFolder()
        #expect(throws: InputError.self) {
            let mixed = try LibraryBuilder(options, folder: folder("mixed"))
            for spectrum in spectra { try mixed.add(spectrum) }
        }
        options.ionMode = .negative
        let negative = try LibraryBuilder(options, folder: folder("negative"))
        for spectrum in spectra { try negative.add(spectrum) }
        #expect(try negative.finish().content.library.spectra == 2)
        #expect(negative.otherModeCount == 1)
        #expect(throws: InputError.self) { try LibraryBuilder(options, folder: folder("empty")).finish() }
        // What was not finished has left nothing behind.
        #expect(folder.names == ["negative"])
    }
}
