import CKKS
import Foundation
import RLWE
import Ring
import Storage

/// The host's work on single queries: the library's matrix times each encrypted query, with the rotation keys of
/// whoever sent it. Holds ciphertexts and public keys only.
///
/// Queries that wait share one pass over the index, which memory bounds: eight, each under a key of its own, take 5.7
/// times as long as one with 100,000 rows of 512, and 6.8 times with 18,000, where rotating the queries weighs more
/// (measured on Zen 5).
///
/// Immutable and shared freely.
public final class InteractiveSearch: Sendable {
    /// The most queries of one pass: each holds 8 MB of rotations and sums meanwhile.
    public static let queriesPerPass = 8
    /// The index.
    public let index: InteractiveIndex
    private let product: TallMatrixProduct

    /// The search of `index`.
    public init(index: InteractiveIndex) {
        self.index = index
        product = TallMatrixProduct(
            matrix: index.matrix, parameters: index.scheme.parameters, matrixScale: InteractiveScheme.rowScale,
            bits: InteractiveScheme.answerBits)
    }

    /// A query that waits, and the keys that came with it.
    public struct Query: Sendable {
        let ciphertext: Ciphertext
        let keys: RotationKeys
        /// The blocks of the index that its answer has: those of its window, where it came with one, else all.
        public let blocks: Range<Int>
    }

    /// Makes the query at `index` of an upload ready, with the keys that came with it.
    ///
    /// - Throws: ``InputError`` when it is no encrypted query, when the keys are not those that the upload names, or
    ///   when its file was changed since it was opened.
    public func query(_ index: Int, of upload: InteractiveUpload, keys: RotationKeys) throws -> Query {
        guard keys.digest == upload.keysDigest else {
            throw InputError("rotation keys", "are not the ones that the upload was encrypted for")
        }
        return Query(
            ciphertext: try upload.query(index, scheme: self.index.scheme), keys: keys,
            blocks: self.index.blocks(upload.window(index)))
    }

    /// How the answer to `upload` is laid out: the blocks that each of its queries asks for.
    func layout(of upload: InteractiveUpload) -> InteractiveAnswerLayout {
        InteractiveAnswerLayout(
            scheme: index.scheme, blocks: (0..<upload.queryCount).map { index.blocks(upload.window($0)) })
    }

    /// Answers queries in one pass: for each of them, the ciphertext of each of its blocks, 6.75 bytes a row. Each query
    /// may come under another key, and with another window.
    ///
    /// - Throws: `EvaluationError` when keys were read for another index.
    public func answer(_ queries: [Query], threads: Int) throws(EvaluationError) -> [[RoundedCiphertext]] {
        try product.multiply(
            queries.map { ($0.ciphertext, $0.keys.keys) }, blocks: queries.map(\.blocks), threads: threads)
    }
}

/// One interactive search on the host, from files to a file.
public struct InteractiveSearchJob: Sendable {
    /// The library's card.
    public let card: LibraryCard
    /// The encrypted queries.
    public let upload: InteractiveUpload
    private let search: InteractiveSearch
    private let keys: RotationKeys

    /// Opens and checks everything that the search reads, and loads the index.
    ///
    /// - Parameter memoryLimit: bytes that a process which does nothing else may hold,
    ///   ``SearchJob/programByteCount`` included.
    /// - Throws: ``InputError`` naming the file that is damaged or belongs to something else, or when the limit is too
    ///   small for this library.
    public init(
        library folder: String, queries queriesPath: String, keys keysPath: String, memoryLimit: Int? = nil
    ) throws {
        func path(_ name: String) -> String { URL(fileURLWithPath: folder).appendingPathComponent(name).path }
        let cardPath = path(SpectralLibrary.FileName.card)
        card = try LibraryCard(path: cardPath)
        try card.require(.interactive, path: cardPath)
        let needed = Self.byteCount(card)
        if let memoryLimit, memoryLimit < needed {
            throw InputError(
                "memory",
                "\(memoryLimit >> 20) MiB are too few: interactive search holds this library's index, and needs \((needed + 1 << 20 - 1) >> 20) at least"
            )
        }
        let index = try InteractiveIndex(path: path(SpectralLibrary.FileName.diagonals), card: card)
        upload = try InteractiveUpload(path: queriesPath, card: card, scheme: index.scheme)
        keys = try RotationKeys(path: keysPath, scheme: index.scheme)
        guard keys.digest == upload.keysDigest else {
            throw InputError(keysPath, "holds other rotation keys than \(queriesPath) was encrypted with")
        }
        search = InteractiveSearch(index: index)
    }

    /// Bytes that a search holds at most: the index, the keys, and the rotations and sums of the queries of a pass.
    private static func byteCount(_ card: LibraryCard) -> Int {
        let layout = InteractiveScheme(card: card).layout(rowCount: card.content.library.spectra)
        let blocks = min(layout.blockCount, TallMatrixLayout.blocksPerSegment)
        let polynomials =
            4 * layout.rotations.count
            + InteractiveSearch.queriesPerPass * 2 * (layout.babySteps + blocks * layout.giantSteps)
        return SearchJob.programByteCount + 8 * (layout.residueCount + polynomials * layout.degree)
    }

    /// Number of library rows.
    public var rowCount: Int { search.index.rowCount }

    /// Bytes of the answer that ``run(output:threads:progress:)`` writes.
    public var answerByteCount: Int { layout.contentCount + Digest.byteCount }

    private var layout: InteractiveAnswerLayout { search.layout(of: upload) }

    /// Searches, and writes the answer to `output`.
    ///
    /// - Parameters:
    ///   - output: path of the answer; it appears when it is whole.
    ///   - progress: called after each pass with the number of queries done; may throw, to give up.
    /// - Throws: ``InputError`` when a query is not one; ``FileSystemError`` when the answer cannot be written.
    public func run(output: String, threads: Int, progress: (Int) throws -> Void) throws {
        let passes = InteractivePasses(search: search, card: card)
        let ticket = try passes.add(upload, keys: keys, output: output)
        while passes.count > 0 {
            switch try passes.advance(threads: threads)[ticket] {
            case .answered(let count): try progress(count)
            case .failed(let error): throw error
            case .finished, nil: try progress(upload.queryCount)
            }
        }
    }
}
