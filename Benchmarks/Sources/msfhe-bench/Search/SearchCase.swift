import Foundation
import Harness
import RLWE
import Ring
import SpectralSearch
import Spectra

/// A library and encrypted queries, through the same files as a researcher's and a host's: what a search is
/// measured on, and how its answer is checked.
final class SearchCase {
    let card: LibraryCard
    let index: LibraryIndex
    let upload: Upload
    /// `dimension` floats for each library spectrum, and for each query.
    let libraryVectors: [[Float]]
    let queryVectors: [[Float]]
    private let folder: URL
    /// The spectra that were kept: those with peaks to search by.
    let librarySpectra: [Spectrum]
    let querySpectra: [Spectrum]
    private let record: RunRecord
    private let entries: [LibraryEntry]
    private let key: SecretKey
    private let threads: Int

    /// Largest distance of a released score from the inner product of the float vectors: the largest seen among the
    /// scores of MassBank was 0.0035 of encryption noise and 0.0074 of quantisation, releasing rounds by 0.0005, and
    /// the economy preset has half as much noise again; for uploads of 16 bits 0.021 and 0.018.
    static func scoreTolerance(_ card: LibraryCard) -> Double { card.content.precision.uploadBits == 16 ? 0.04 : 0.015 }

    /// Builds, encrypts and writes everything into a temporary folder.
    ///
    /// - Throws: `InputError` when the spectra cannot be made into a library, or none of the queries be searched for.
    init(
        library spectra: some Sequence<Spectrum>, queries: [Spectrum], dimension: Int, preset: PrecisionPreset,
        publishesSeed: Bool = false, threads: Int
    ) throws {
        self.threads = threads
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "msfhe-bench-\(UUID().uuidString)")
        var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
        options.preset = preset
        options.publishesSeed = publishesSeed
        options.threads = threads
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let libraryFolder = folder.appendingPathComponent("library").path
        let builder = try LibraryBuilder(options, folder: libraryFolder)
        librarySpectra = try spectra.filter { try builder.add($0) }
        _ = try builder.finish()
        let library = try SpectralLibrary(folder: libraryFolder)
        (card, index, entries) = (library.card, library.index, library.entries)
        let vectorizer = SpectrumVectorizer(recipe: card.content.vector)
        libraryVectors = parallelMap(librarySpectra, threads: threads) { vectorizer.vector(of: $0) }

        querySpectra = queries.filter { [card] in
            QueryVectors([$0], card: card, threads: 1).withoutPeaks.isEmpty
        }
        let prepared = QueryVectors(querySpectra, card: card, threads: threads)
        queryVectors = prepared.vectors
        key = .generate()
        let encrypted = try EncryptedQueries(prepared, key: key, card: card, threads: threads)
        upload = encrypted.upload
        record = encrypted.record
        try encrypted.write(to: folder.appendingPathComponent("run.msq").path)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The quantised rows.
    func rows() throws -> AlignedBuffer<Int8> {
        let rows = AlignedBuffer<Int8>(count: index.rowCount * index.dimension)
        try rows.withUnsafeMutableBufferPointer { copy in
            try index.withRows(0..<index.rowCount) { _ = copy.update(fromContentsOf: $0) }
        }
        return rows
    }

    /// What the researcher reads from the host's answer: for each query its best compound.
    ///
    /// - Parameter answer: the records that a search wrote; they must be those of the host's own way through files.
    func hits(of answer: AlignedBuffer<UInt8>, _ row: Row) throws -> [Hit] {
        let path = folder.appendingPathComponent("run.mss").path
        try SearchJob(
            library: folder.appendingPathComponent("library").path,
            queries: folder.appendingPathComponent("run.msq").path
        ).run(output: path, threads: threads) { _ in }
        guard try holds(answer, inFile: path) else {
            throw WrongResult(row, "not the answer that the host writes")
        }
        return try Identification(
            answer: AnswerFile(
                path: path, run: record,
                masksPath: card.sharedSeed.map { _ in
                    folder.appendingPathComponent("library/\(SpectralLibrary.FileName.masks)").path
                }),
            record: record, key: key, entries: entries, top: 1, threads: threads
        ).hits
    }

    /// The researcher's check of the host's answer by a fingerprint of the library: to be called again and again, each
    /// time from the files on.
    func answerCheck(_ conditions: Conditions) throws -> () throws -> Void {
        func path(_ name: String) -> String { folder.appendingPathComponent(name).path }
        let (library, answerPath, threads) = (path("library"), path("run.mss"), conditions.threads)
        try SearchJob(library: library, queries: path("run.msq")).run(output: answerPath, threads: threads) { _ in }
        _ = try LibraryFingerprint(library: library, output: path("fingerprint"), threads: threads)
        let fingerprint = try Fingerprint(path: path("fingerprint"), card: card)
        let answer = try AnswerFile(
            path: answerPath, run: record,
            masksPath: card.sharedSeed.map { _ in path("library/\(SpectralLibrary.FileName.masks)") })
        return { [record, upload] in
            try AnswerCheck(record: record, upload: upload, threads: threads, backend: conditions.backend)
                .require(answer, path: answerPath, fingerprint: fingerprint)
        }
    }

    /// Whether a file ends with the records of `answer` and a digest.
    private func holds(_ answer: AlignedBuffer<UInt8>, inFile path: String) throws -> Bool {
        let file = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
        let records = file.dropLast(32).suffix(answer.count)
        return answer.withUnsafeBufferPointer { answer in
            records.count == answer.count
                && records.withUnsafeBytes { memcmp($0.baseAddress!, answer.baseAddress!, $0.count) == 0 }
        }
    }

    /// Checks hits against the inner products of the float vectors, one row a library spectrum and one column a
    /// query: each has the score of its row, and no row of the query has a higher one.
    func check(_ hits: [Hit], against product: AlignedBuffer<Float>, _ row: Row) throws {
        let queryCount = queryVectors.count
        guard hits.count == queryCount else {
            throw WrongResult(row, "\(hits.count) hits for \(queryCount) queries")
        }
        let scoreTolerance = Self.scoreTolerance(card)
        try product.withUnsafeBufferPointer { product in
            for hit in hits {
                let exact = Double(product[hit.row * queryCount + hit.query])
                let best = stride(from: hit.query, to: product.count, by: queryCount).reduce(-1) {
                    max($0, product[$1])
                }
                guard abs(hit.score - exact) <= scoreTolerance,
                    hit.score >= Double(best) - scoreTolerance
                else {
                    throw WrongResult(
                        row,
                        "query \(hit.query) has score \(hit.score), its row \(exact) in plaintext, the best row \(best)"
                    )
                }
            }
        }
    }
}
