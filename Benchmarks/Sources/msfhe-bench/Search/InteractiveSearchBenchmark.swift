import CKKS
import Foundation
import Harness
import RLWE
import Ring
import SpectralSearch
import Spectra

/// The host's interactive search: queries that wait share one pass over an index that memory holds, from uploads in
/// memory to answers in memory. Each query comes under a key of its own.
struct InteractiveSearchBenchmark: Benchmark {
    var rows = 18_388
    var dimension = 512
    var queries = 1
    /// Whether the scaling with threads is measured on this shape.
    var scalesThreads = false

    /// The sizes of MassBank's positive spectra and of a large library; single queries, and as many as share a pass.
    static let all = [
        InteractiveSearchBenchmark(scalesThreads: true), InteractiveSearchBenchmark(queries: 8),
        InteractiveSearchBenchmark(rows: 100_000, scalesThreads: true),
        InteractiveSearchBenchmark(rows: 100_000, queries: 8), InteractiveSearchBenchmark(dimension: 256),
        InteractiveSearchBenchmark(dimension: 1024),
    ]

    func threadCounts(upTo limit: Int) -> [Int] { scalesThreads && limit > 1 ? [1, limit] : [1] }

    func row() -> Row {
        var row = Row("search.interactive")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["queries"] = .integer(queries)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        var row = conditions.row(of: self)
        let search = try InteractiveCase(self, conditions)
        var answer = try search.answer(conditions.threads)
        let timing = conditions.loop.measure(
            Work {
                // What was answered just before cannot be refused now.
                answer = try! search.answer(conditions.threads)
            })
        try search.check(answer, row)
        row["readBoundNanoseconds"] = .number(Double(search.indexByteCount) / conditions.machine.memoryReadGBs)
        row["scoresPerSecond"] = .number(Double(rows * queries) / timing.nanoseconds * 1e9)
        row["bytesUp"] = .integer(search.uploadByteCount)
        row["bytesDown"] = .integer(answer.reduce(0) { $0 + $1.reduce(0) { $0 + $1.bytes.count } })
        row["bytesKeys"] = .integer(search.keyByteCount)
        row.set(timing)
        return row
    }
}

/// An interactive index, and queries of several researchers, through the same files as theirs and a host's.
private final class InteractiveCase {
    let indexByteCount: Int
    private(set) var uploadByteCount = 0
    private(set) var keyByteCount = 0
    private let search: InteractiveSearch
    private let folder: URL
    private let spectra: [Spectrum]
    private let queries: [Spectrum]
    private var researchers: [Researcher] = []
    private let threads: Int

    private struct Researcher {
        let key: SecretKey
        let record: RunRecord
        let query: InteractiveSearch.Query
    }

    init(_ benchmark: InteractiveSearchBenchmark, _ conditions: Conditions) throws {
        threads = conditions.threads
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("msfhe-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: benchmark.dimension))
        options.layout = .interactive
        options.threads = threads
        let libraryFolder = folder.appendingPathComponent("library")
        let builder = try LibraryBuilder(options, folder: libraryFolder.path)
        // The simulated library again and again, until there are as many rows as wanted.
        let library = SimulatedPeptides.library
        spectra = try (0..<benchmark.rows).lazy.map { library[$0 % library.count] }.filter { try builder.add($0) }
        let card = try builder.finish()
        let index = try InteractiveIndex(
            path: libraryFolder.appendingPathComponent(SpectralLibrary.FileName.diagonals).path, card: card,
            backend: conditions.backend)
        search = InteractiveSearch(index: index)
        indexByteCount = index.byteCount
        queries = SimulatedPeptides.queries(count: benchmark.queries, seed: 2026).map(\.spectrum)
        for (number, query) in queries.enumerated() {
            let key = SecretKey.generate()
            let (uploadPath, keysPath) = (path(number, "msq"), path(number, "keys"))
            try RotationKeys.create(path: keysPath, key: key, scheme: index.scheme, threads: threads)
            let keys = try RotationKeys(path: keysPath, scheme: index.scheme)
            let encrypted = try InteractiveQueries(
                QueryVectors([query], card: card, threads: 1), key: key, keys: keys, card: card, threads: 1)
            try encrypted.write(to: uploadPath)
            researchers.append(
                Researcher(
                    key: key, record: encrypted.record, query: try search.query(0, of: encrypted.upload, keys: keys)))
            uploadByteCount += encrypted.upload.byteCount
            keyByteCount += keys.byteCount
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ number: Int, _ kind: String) -> String {
        folder.appendingPathComponent("\(number).\(kind)").path
    }

    func answer(_ threads: Int) throws -> [[RoundedCiphertext]] {
        try search.answer(researchers.map(\.query), threads: threads)
    }

    /// Checks that each researcher's answer is the one that the host writes for them alone, and that the hit they read
    /// from it has the score of its row, and no row has a higher one: within a thousandth, and the release's rounding.
    func check(_ answers: [[RoundedCiphertext]], _ row: Row) throws {
        let libraryFolder = folder.appendingPathComponent("library")
        for (number, researcher) in researchers.enumerated() {
            let answerPath = path(number, "mss")
            try InteractiveSearchJob(
                library: libraryFolder.path, queries: path(number, "msq"), keys: path(number, "keys")
            ).run(output: answerPath, threads: threads) { _ in }
            let written = try Data(contentsOf: URL(fileURLWithPath: answerPath)).dropLast(32)
            let answer = Data(answers[number].flatMap(\.bytes))
            guard written.suffix(answer.count) == answer else {
                throw WrongResult(row, "query \(number) does not have the answer that the host writes")
            }
            let entries = try LibraryEntries(
                path: libraryFolder.appendingPathComponent(SpectralLibrary.FileName.entries).path,
                card: researcher.record.card)
            let hits = try Identification(
                answer: InteractiveAnswerFile(path: answerPath, run: researcher.record), record: researcher.record,
                key: researcher.key, entries: entries.rows, top: 1, threads: threads
            ).hits
            try check(hits, query: queries[number], card: researcher.record.card, row)
        }
    }

    private func check(_ hits: [Hit], query: Spectrum, card: LibraryCard, _ row: Row) throws {
        let vectorizer = SpectrumVectorizer(recipe: card.content.vector)
        let vector = vectorizer.vector(of: query)
        let products = parallelMap(spectra, threads: threads) {
            zip(vectorizer.vector(of: $0), vector).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
        let tolerance = 0.0015
        guard let hit = hits.first, hits.count == 1, abs(hit.score - products[hit.row]) <= tolerance,
            hit.score >= products.reduce(-1, max) - tolerance
        else { throw WrongResult(row, "query \(query.name) has the hits \(hits)") }
    }
}
