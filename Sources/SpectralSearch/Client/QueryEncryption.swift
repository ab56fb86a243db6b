import Foundation
import RLWE
import Ring
import Spectra
import Storage

/// An encrypted run: what goes to the host, and what stays.
public struct EncryptedQueries: Sendable {
    /// What goes to the host.
    public let upload: Upload
    /// What stays with the researcher.
    public let record: RunRecord

    /// Encrypts prepared queries under `key` for the library of `card`: a fresh seed for the run, a fresh secret for
    /// each batch of n queries.
    ///
    /// - Parameter progress: called after each batch with the number of queries done.
    /// - Throws: ``InputError`` when there is no query, when the vectors follow another recipe than the card's, or when the
    ///   library is not laid out for batch search.
    public init(
        _ prepared: QueryVectors, key: SecretKey, card: LibraryCard, threads: Int,
        progress: (Int) -> Void = { _ in }
    ) throws(InputError) {
        guard !prepared.vectors.isEmpty else { throw InputError("queries", "hold no spectrum to search for") }
        guard prepared.recipe == card.content.vector else {
            throw InputError(
                "queries", "were made into vectors for another card; make them anew for this one")
        }
        try card.require(.batch, path: "card")
        self.init(
            vectors: prepared.vectors, queries: prepared.queries, source: prepared.source, key: key, card: card,
            threads: threads, progress: progress)
    }

    /// Encrypts `vectors` under `key` for the library of `card`: a fresh seed for the run, a fresh secret for each
    /// batch of n queries.
    ///
    /// - Parameters:
    ///   - vectors: one vector of the card's recipe for each query, at least one.
    ///   - queries: their names and precursors, in the same order.
    ///   - progress: called after each batch with the number of queries done.
    package init(
        vectors: [[Float]], queries: [RunRecord.Query], source: RunRecord.Source? = nil, key: SecretKey,
        card: LibraryCard, threads: Int, progress: (Int) -> Void = { _ in }
    ) {
        precondition(!vectors.isEmpty && vectors.count == queries.count, "one vector for each of the queries")
        var run = EncryptionRun(key: key, card: card)
        var bodies: [Data] = []
        var first = 0
        for columns in Upload.batchSizes(vectors.count, degree: card.parameters.degree) {
            bodies.append(
                run.encrypt(vectors[first..<first + columns], scaling: card.content.scaling, threads: threads))
            first += columns
            progress(first)
        }
        upload = Upload(
            cardDigest: card.digest, seed: run.seed, dimension: run.dimension, queryCount: vectors.count,
            residueBits: run.bodyBits, bodies: bodies)
        record = RunRecord(
            card: card, queries: queries, source: source, uploadDigest: upload.digest, seed: run.seed,
            nonce: run.nonce, keyCheck: key.check(nonce: run.nonce, seed: run.seed))
    }

    /// Writes the upload to `path` and the record beside it, or neither.
    ///
    /// - Throws: ``InputError`` when one of the files exists: an earlier run's record is the only way to read its
    ///   answers.
    public func write(to path: String) throws {
        try record.write(beside: path) { try upload.write(to: $0) }
    }

    /// Where the record of the upload at `path` stands: `RUN.local` beside `RUN.msq`.
    public static func recordPath(_ path: String) -> String {
        (path.hasSuffix(".msq") ? String(path.dropLast(4)) : path) + ".local"
    }

    /// Where the upload beside the record at `path` stands: `RUN.msq` beside `RUN.local`.
    public static func uploadPath(_ path: String) -> String {
        (path.hasSuffix(".local") ? String(path.dropLast(6)) : path) + ".msq"
    }
}

extension EncryptionRun {
    /// A run under `key` for the library of `card`.
    init(key: SecretKey, card: LibraryCard) {
        self.init(
            key: key, parameters: card.parameters, bodyBits: card.content.precision.uploadBits,
            dimension: card.content.vector.dimension, sharedSeed: card.sharedSeed)
    }

    /// Encrypts up to n vectors as the run's next batch.
    mutating func encrypt(_ vectors: ArraySlice<[Float]>, scaling: ScoreScaling, threads: Int) -> Data {
        let columns = parallelMap(Array(vectors), threads: threads) { scaling.quantisedQuery($0) }
        return encrypt(Self.transposed(columns, dimension), columns: columns.count, threads: threads)
    }

    /// The vectors as a matrix with one row a feature and one column a query.
    private static func transposed(_ vectors: [[Int32]], _ dimension: Int) -> [Int32] {
        [Int32](unsafeUninitializedCapacity: dimension * vectors.count) { matrix, count in
            for (column, vector) in vectors.enumerated() {
                for row in 0..<dimension { matrix[row * vectors.count + column] = vector[row] }
            }
            count = dimension * vectors.count
        }
    }
}
