import CKKS
import Foundation
import RLWE
import Ring
import Storage

/// Single queries, encrypted: what goes to the host, and what stays.
public struct InteractiveQueries: Sendable {
    /// What goes to the host, beside the rotation keys.
    public let upload: InteractiveUpload
    /// What stays with the researcher.
    public let record: RunRecord

    /// Encrypts prepared queries under `key` for the library of `card`, for a host that has `keys`.
    ///
    /// - Parameter disclosure: what the host is told of precursors, to search only a part of the library; nil for nothing.
    /// - Throws: ``InputError`` when there is no query, when the vectors follow another recipe than the card's, when
    ///   the library has no interactive index, or when the rotation keys are another researcher's.
    public init(
        _ prepared: QueryVectors, key: SecretKey, keys: RotationKeys, card: LibraryCard,
        disclosure: PrecursorDisclosure? = nil, threads: Int
    ) throws(InputError) {
        guard !prepared.vectors.isEmpty else { throw InputError("queries", "hold no spectrum to search for") }
        guard prepared.recipe == card.content.vector else {
            throw InputError("queries", "were made into vectors for another card; make them anew for this one")
        }
        try card.require(.interactive, path: "card")
        guard prepared.vectors.count <= InteractiveUpload.maximumQueryCount else {
            throw InputError(
                "queries",
                "are \(prepared.vectors.count), more than \(InteractiveUpload.maximumQueryCount): search them in batch mode"
            )
        }
        guard keys.belong(to: key) else {
            throw InputError("rotation keys", "belong to another key than the one that the queries are encrypted with")
        }
        self.init(
            vectors: prepared.vectors, queries: prepared.queries, source: prepared.source, key: key,
            keysDigest: keys.digest, card: card, disclosure: disclosure, threads: threads)
    }

    package init(
        vectors: [[Float]], queries: [RunRecord.Query], source: RunRecord.Source? = nil, key: SecretKey,
        keysDigest: Digest, card: LibraryCard, disclosure: PrecursorDisclosure? = nil, threads: Int
    ) {
        let scheme = InteractiveScheme(card: card)
        let generator = KeyGenerator(parameters: scheme.parameters, key: key)
        let encryptor = Encryptor(parameters: scheme.parameters, secret: generator.secret)
        let ciphertexts = parallelMap(vectors, threads: threads) { Self.encrypt($0, scheme, encryptor) }
        upload = InteractiveUpload(
            cardDigest: card.digest, keysDigest: keysDigest, scheme: scheme, queries: ciphertexts,
            disclosure: disclosure, precursors: queries.map(\.precursorMZ))
        let nonce = RunNonce.fresh()
        record = RunRecord(
            card: card, queries: queries, source: source, uploadDigest: upload.digest, seed: nil, nonce: nonce,
            keyCheck: key.check(nonce: nonce, seed: nil), disclosure: disclosure)
    }

    /// - Precondition: the vector's norm is at most sqrt(2), as every `SpectrumVectorizer` guarantees.
    private static func encrypt(_ vector: [Float], _ scheme: InteractiveScheme, _ encryptor: Encryptor) -> Data {
        let normSquared = vector.reduce(0.0) { $0 + Double($1) * Double($1) }
        precondition(
            normSquared.squareRoot() <= InteractiveScheme.largestNorm, "a query of this norm could wrap a score around")
        let mask = scheme.columnCount - 1
        let slots = (0..<scheme.parameters.slotCapacity).map { slot in
            slot & mask < vector.count ? Double(vector[slot & mask]) : 0
        }
        do {
            let plaintext = try scheme.parameters.encoder.encode(slots, scale: InteractiveScheme.queryScale)
            // A bound of an entry that every query keeps: it travels, and says nothing of this one.
            return encryptor.encryptSeeded(plaintext, magnitude: 2.0.squareRoot()).serialized()
        } catch {
            preconditionFailure("vectors of bounded norm can be encoded: \(error)")
        }
    }

    /// Writes the upload to `path` and the record beside it, or neither.
    ///
    /// - Throws: ``InputError`` when one of the files exists.
    public func write(to path: String) throws {
        try record.write(beside: path) { try upload.write(to: $0) }
    }

    /// Where the rotation keys of the upload at `path` stand unless another place is named: `RUN.keys` beside
    /// `RUN.msq`.
    public static func keysPath(_ path: String) -> String {
        (path.hasSuffix(".msq") ? String(path.dropLast(4)) : path) + ".keys"
    }
}
