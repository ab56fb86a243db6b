import Foundation
import RLWE
import Storage

/// Encrypts a run batch by batch while its spectra are read, and writes each batch to the upload at once: memory holds
/// one batch, whatever the size of the run.
///
/// Neither the upload nor the record appears before ``finish(queries:source:)``. What it makes is what
/// ``EncryptedQueries`` would.
public final class StreamedEncryption {
    /// How many queries a full batch has.
    public let batchSize: Int
    private let key: SecretKey
    private let card: LibraryCard
    private let threads: Int
    private let recordFile: OutputFile
    private let upload: UploadWriter
    private var run: EncryptionRun

    /// Starts an upload at `path`, encrypted under `key` for the library of `card`: a fresh seed for the run, a fresh
    /// secret for each batch.
    ///
    /// - Throws: ``InputError`` when the library is not laid out for batch search, or when the upload or its record
    ///   exists or cannot be written.
    public init(path: String, key: SecretKey, card: LibraryCard, threads: Int) throws {
        try card.require(.batch, path: "card")
        guard path != "-" else { throw InputError("-", "an upload is a file with its record beside it; name one") }
        self.key = key
        self.card = card
        self.threads = threads
        batchSize = card.parameters.degree
        run = EncryptionRun(key: key, card: card)
        recordFile = try RunRecord.newFile(beside: path)
        upload = try UploadWriter(
            path: path, cardDigest: card.digest, seed: run.seed, dimension: run.dimension, degree: batchSize)
    }

    /// Encrypts the next batch: ``batchSize`` vectors of the card's recipe, of the last batch 1 or more.
    public func add(_ vectors: [[Float]]) throws {
        try upload.append(
            run.encrypt(vectors[...], scaling: card.content.scaling, threads: threads), queryCount: vectors.count)
    }

    /// Completes the upload and the record beside it, and makes both appear, or neither.
    ///
    /// - Parameters:
    ///   - queries: what the record keeps of each query, in the order of the vectors.
    ///   - source: the file that they come from.
    /// - Returns: the bytes of the upload.
    /// - Throws: ``InputError`` when there is no query.
    public func finish(queries: [RunRecord.Query], source: RunRecord.Source?) throws -> Int {
        guard !queries.isEmpty else { throw InputError("queries", "hold no spectrum to search for") }
        precondition(queries.count == upload.queryCount, "one vector for each of the queries")
        let record = RunRecord(
            card: card, queries: queries, source: source, uploadDigest: try upload.seal(), seed: run.seed,
            nonce: run.nonce, keyCheck: key.check(nonce: run.nonce, seed: run.seed))
        try record.write(to: recordFile) { try upload.commit() }
        return upload.byteCount
    }
}
