import Foundation
import Harness
import RLWE
import Ring
import SpectralSearch
import Spectra

/// How the host's search grows with the library: from files to a file, in a process of its own whose memory is
/// bounded, for a library of perturbed copies that was built in bounded memory too.
struct ScaleBenchmark: Benchmark {
    let rows: Int
    let perturbation: PerturbationOptions
    /// What the smallest library took: what the larger ones are compared with.
    private let smallest: Smallest
    private let dimension = 512
    private let queries = 1024

    /// The bound of the search's memory, in MiB, whatever the library.
    private static let memoryLimit = 64
    private static let sampleCount = 3

    private final class Smallest {
        var search: Step?
    }

    /// Three libraries, the smallest first.
    static func all(_ perturbation: PerturbationOptions) -> [ScaleBenchmark] {
        let smallest = Smallest()
        return [10_000, 100_000, 1_000_000].map {
            ScaleBenchmark(rows: $0, perturbation: perturbation, smallest: smallest)
        }
    }

    /// Minutes of work and gigabytes of disk are not for those who did not ask for them.
    var isMeasuredOnlyWhenNamed: Bool { true }

    func threadCounts(upTo limit: Int) -> [Int] { [limit] }

    func isMeasured(on backend: Backend) -> Bool { backend.name == Backend.selected.name }

    func row() -> Row {
        var row = Row("search.scale")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["queries"] = .integer(queries)
        row["preset"] = .text("default")
        row["library"] = .text(perturbation.name)
        row["memoryLimitMiB"] = .integer(Self.memoryLimit)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("msfhe-bench-\(UUID().uuidString)")
        try requireSpace(in: folder.deletingLastPathComponent().path)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

        let build = try Step.run(
            [ScaleBuild._commandName] + perturbation.arguments + [
                "--rows", "\(rows)", "--dimension", "\(dimension)", "--threads", "\(conditions.threads)", "--out",
                path("library"),
            ], backend: conditions.backend.name)
        let copies = try perturbation.copies(rows)
        let card = try LibraryCard(path: path("library/\(SpectralLibrary.FileName.card)"))
        let truths = try truths(copies, card, conditions)
        let prepared = QueryVectors(
            truths.map { copies.query(for: $0).spectrum }, card: card, threads: conditions.threads)
        let key = SecretKey.generate()
        let encrypted = try EncryptedQueries(prepared, key: key, card: card, threads: conditions.threads)
        try encrypted.write(to: path("run.msq"))

        var (written, discarded) = (Samples(), Samples())
        var peak = 0.0
        for _ in 0..<Self.sampleCount {
            for (output, isWritten) in [("/dev/null", false), (path("run.mss"), true)] {
                let step = try Step.run(
                    [
                        ScaleSearch._commandName, "--library", path("library"), "--queries", path("run.msq"), "--out",
                        output, "--threads", "\(conditions.threads)", "--memory", "\(Self.memoryLimit)",
                    ], backend: conditions.backend.name)
                if isWritten { written.add(step.nanoseconds) } else { discarded.add(step.nanoseconds) }
                peak = max(peak, step.peakMemoryMiB)
            }
        }
        var row = conditions.row(of: self)
        guard peak <= Double(Self.memoryLimit) else {
            throw WrongResult(row, "\(peak) MiB of memory, more than the bound")
        }
        try check(path, record: encrypted.record, key: key, vectors: prepared.vectors, copies, truths, conditions)

        let search = Step(nanoseconds: written.timing.nanoseconds, peakMemoryMiB: peak)
        let reference = smallest.search ?? search
        smallest.search = reference
        let scores = Double(rows) * Double(queries)
        row["peakMemoryMiB"] = .number(peak)
        row["timesSmallest"] = .number(search.nanoseconds / reference.nanoseconds)
        row["memoryTimesSmallest"] = .number(peak / reference.peakMemoryMiB)
        row["scoresPerSecond"] = .number(scores / search.nanoseconds * 1e9)
        row["withoutDiskNanoseconds"] = .number(discarded.timing.nanoseconds)
        row["bytesUp"] = .integer(encrypted.upload.byteCount)
        row["bytesDown"] = .integer(try size(path("run.mss")))
        row["bytesIndex"] = .integer(try size(path("library/\(SpectralLibrary.FileName.index)")))
        row["buildNanoseconds"] = .number(build.nanoseconds)
        row["buildMemoryMiB"] = .number(build.peakMemoryMiB)
        row.set(written.timing)
        return row
    }

    /// Rows from all over the library, of which the queries are simulated measurements.
    private func truths(_ copies: PerturbedSpectra, _ card: LibraryCard, _ conditions: Conditions) throws -> [Int] {
        let row = conditions.row(of: self)
        guard card.content.library.spectra == rows else {
            throw WrongResult(row, "a library of \(card.content.library.spectra) rows")
        }
        return try (0..<queries).map { number in
            let first = number * rows / queries
            // The measurement of a copy of few peaks can lose them all; one of those beside it will not.
            let found = (first..<min(first + 100, rows)).first {
                QueryVectors([copies.query(for: $0).spectrum], card: card, threads: 1).withoutPeaks.isEmpty
            }
            guard let found else { throw WrongResult(row, "no query with peaks near row \(first)") }
            return found
        }
    }

    /// Decrypts all scores as the researcher does, and compares each query's best hits with the inner products of the
    /// float vectors; nothing that is found first scores less than the row that the query is a measurement of.
    private func check(
        _ path: (String) -> String, record: RunRecord, key: SecretKey, vectors: [[Float]], _ copies: PerturbedSpectra,
        _ truths: [Int], _ conditions: Conditions
    ) throws {
        let entries = try LibraryEntries(path: path("library/\(SpectralLibrary.FileName.entries)"), card: record.card)
        let hits = try Identification(
            answer: AnswerFile(path: path("run.mss"), run: record), record: record, key: key, entries: entries.rows,
            top: 3, threads: conditions.threads
        ).hits
        let row = conditions.row(of: self)
        guard hits.count == 3 * queries else { throw WrongResult(row, "\(hits.count) hits for \(queries) queries") }
        let vectorizer = SpectrumVectorizer(recipe: record.card.content.vector)
        let tolerance = SearchCase.scoreTolerance(record.card)
        func exact(_ row: Int, _ query: Int) -> Double {
            Double(zip(vectorizer.vector(of: copies[row]), vectors[query]).reduce(0) { $0 + $1.0 * $1.1 })
        }
        for hit in hits {
            let (found, truth) = (exact(hit.row, hit.query), exact(truths[hit.query], hit.query))
            guard abs(hit.score - found) <= tolerance, hit.rank > 1 || hit.score >= truth - tolerance else {
                throw WrongResult(
                    row,
                    "query \(hit.query) has score \(hit.score) with row \(hit.row), in plaintext \(found), and \(truth) with the row that it measures"
                )
            }
        }
    }

    /// Checks that the disk has room for library, answer and upload.
    private func requireSpace(in folder: String) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: folder)
        // Index, entries, and masks of 18 bits and bodies of 16 for each row.
        let wanted = rows * (dimension + 256 + (1024 * 18 + queries * 16) / 8) + (64 << 20)
        if let free = attributes[.systemFreeSize] as? Int, free < wanted {
            throw UsageError(
                "\(folder): has \(free >> 20) MiB left, but \(rows) rows take \(wanted >> 20); set TMPDIR to a larger disk"
            )
        }
    }

    private func size(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }
}
