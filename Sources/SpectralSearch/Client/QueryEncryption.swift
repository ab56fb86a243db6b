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
            vectors: prepared.vectors, queries: prepared.queries, key: key, card: card, threads: threads,
            progress: progress)
    }

    /// Encrypts `vectors` under `key` for the library of `card`: a fresh seed for the run, a fresh secret for each
    /// batch of n queries.
    ///
    /// - Parameters:
    ///   - vectors: one vector of the card's recipe for each query, at least one.
    ///   - queries: their names and precursors, in the same order.
    ///   - progress: called after each batch with the number of queries done.
    package init(
        vectors: [[Float]], queries: [RunRecord.Query], key: SecretKey, card: LibraryCard, threads: Int,
        progress: (Int) -> Void = { _ in }
    ) {
        precondition(!vectors.isEmpty && vectors.count == queries.count, "one vector for each of the queries")
        let dimension = card.content.vector.dimension
        let residueBits = card.content.precision.uploadBits
        var run = EncryptionRun(
            key: key, parameters: card.parameters, bodyBits: residueBits, dimension: dimension,
            sharedSeed: card.sharedSeed)
        var bodies: [Data] = []
        var first = 0
        for columns in Upload.batchSizes(vectors.count, degree: card.parameters.degree) {
            let batch = parallelMap(Array(vectors[first..<first + columns]), threads: threads) {
                card.content.scaling.quantisedQuery($0)
            }
            bodies.append(run.encrypt(Self.transposed(batch, dimension), columns: columns, threads: threads))
            first += columns
            progress(first)
        }
        upload = Upload(
            cardDigest: card.digest, seed: run.seed, dimension: dimension, queryCount: vectors.count,
            residueBits: residueBits, bodies: bodies)
        record = RunRecord(
            card: card, queries: queries, uploadDigest: upload.digest, seed: run.seed, nonce: run.nonce,
            keyCheck: key.check(nonce: run.nonce, seed: run.seed))
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

/// Query spectra made ready for encryption: vectors of those that can be searched for, and a count of the rest.
public struct QueryVectors: Sendable {
    /// The vectors, one for each of ``queries``.
    public let vectors: [[Float]]
    /// The recipe by which the vectors were made.
    public let recipe: VectorRecipe
    /// Names and precursors of the spectra that can be searched for.
    public let queries: [RunRecord.Query]
    /// The spectra that can be searched for.
    package let spectra: [Spectrum]
    /// Names of the spectra left out because they are of the other ion mode.
    public private(set) var otherMode: [String] = []
    /// Names of the spectra left out because no peak survived cleaning.
    public private(set) var withoutPeaks: [String] = []
    /// Names of the spectra whose precursor is unknown: they are searched by their fragments alone.
    public private(set) var withoutPrecursor: [String] = []

    /// The vectors of `spectra` by the recipe of `card`.
    public init(_ spectra: [Spectrum], card: LibraryCard, threads: Int) {
        recipe = card.content.vector
        var kept: [Spectrum] = []
        for spectrum in spectra {
            if let wanted = card.content.ionMode, let mode = spectrum.ionMode, mode != wanted {
                otherMode.append(spectrum.name)
            } else if spectrum.cleanedPeaks(recipe).isEmpty {
                withoutPeaks.append(spectrum.name)
            } else {
                if spectrum.precursorMZ == nil { withoutPrecursor.append(spectrum.name) }
                kept.append(spectrum)
            }
        }
        self.spectra = kept
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        vectors = parallelMap(kept, threads: threads) { vectorizer.vector(of: $0) }
        queries = kept.map { RunRecord.Query(name: $0.name, precursorMZ: $0.precursorMZ) }
    }
}
