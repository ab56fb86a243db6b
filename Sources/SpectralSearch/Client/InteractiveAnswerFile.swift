import CKKS
import Foundation
import RLWE
import Ring
import Storage

/// Encrypted scores of single queries, as they travel back to the researcher.
public final class InteractiveAnswerFile: Sendable {
    /// Number of library rows.
    public let rowCount: Int
    /// Number of queries.
    public let queryCount: Int
    /// Library rows of a block.
    var blockRows: Int { scheme.parameters.degree }
    private let path: String
    private let scheme: InteractiveScheme
    private let layout: InteractiveAnswerLayout
    private let file: InputFile

    /// Opens the answer at `path` and checks that it belongs to `run`.
    ///
    /// - Throws: ``InputError`` when the file is damaged or the answer to something else.
    public init(path: String, run: RunRecord) throws {
        try run.require(.interactive, path: path)
        let rowCount = run.card.content.library.spectra
        let queryCount = run.queries.count
        let scheme = InteractiveScheme(card: run.card)
        let blockCount = scheme.layout(rowCount: rowCount).blockCount
        var layout = InteractiveAnswerLayout(scheme: scheme, blocks: [])
        file = try InputFile(
            path: path, kind: .interactiveAnswer,
            headerCount: InteractiveAnswerLayout.firstOffset(queryCount: queryCount)
        ) { header in
            var header = header
            try run.requireAnswer(&header, path: path)
            let blocks = try (0..<queryCount).map { query in
                guard let blocks = InteractiveAnswerLayout.blocks(&header, blockCount: blockCount),
                    run.disclosure != nil || blocks == 0..<blockCount
                else {
                    throw InputError(path, "does not answer query \(query) from the library's \(blockCount) blocks")
                }
                return blocks
            }
            layout = InteractiveAnswerLayout(scheme: scheme, blocks: blocks)
            return layout.contentCount
        }
        self.path = path
        self.rowCount = rowCount
        self.queryCount = queryCount
        self.scheme = scheme
        self.layout = layout
    }

    /// The answer of a block to a query; nil where the query was not searched for there.
    func ciphertext(query: Int, block: Int) throws -> RoundedCiphertext? {
        guard let place = layout.place(query: query, block: block) else { return nil }
        return RoundedCiphertext(
            parameters: scheme.parameters, bits: InteractiveScheme.answerBits, scale: scheme.answerScale,
            bytes: try file.read(at: place.offset, count: place.count))
    }

    /// Checks that each query was searched for in the blocks that its disclosed window asks for, in a library whose
    /// spectra have these precursors, in ``PrecursorOrder``.
    func requireBlocks(of run: RunRecord, precursors: [Double?]) throws(InputError) {
        guard let disclosure = run.disclosure else { return }
        let index = BlockPrecursors(precursors.map { $0 ?? .infinity }, scheme.layout(rowCount: rowCount))
        for (query, blocks) in zip(run.queries, layout.blocks) {
            let wanted = index.blocks(disclosure.window(centre: disclosure.centre(of: query.precursorMZ)))
            guard blocks == wanted else {
                throw InputError(
                    path,
                    "answers query '\(query.name)' from blocks \(blocks) of the library, but its window covers \(wanted)"
                )
            }
        }
    }
}

/// Decrypts the answers to single queries into scores.
package final class InteractiveDecryption: Sendable {
    private let decryptor: Decryptor
    private let degree: Int

    /// The decryption of answers from the library of `card`, under `key`.
    package init(card: LibraryCard, key: SecretKey) {
        let parameters = InteractiveScheme(card: card).parameters
        decryptor = Decryptor(
            parameters: parameters, secret: KeyGenerator(parameters: parameters, key: key).secret)
        degree = parameters.degree
    }

    /// Writes the scores of the first `count` rows of a block to `scores`, `stride` apart: raw, with their noise, for
    /// the key holder's eyes only. Minus infinity where there is no answer.
    package func decrypt(
        _ block: RoundedCiphertext?, count: Int, into scores: UnsafeMutablePointer<Float>, stride: Int
    ) {
        guard let block else {
            for row in 0..<count { scores[row * stride] = -.infinity }
            return
        }
        let slots = AlignedBuffer<Complex>(count: degree / 2, lifetime: .wiped)
        decryptor.decryptSlots(block, into: slots.unsafeBase)
        for row in 0..<count {
            let slot = slots.unsafeBase[row / 2]
            scores[row * stride] = Float(row % 2 == 0 ? slot.real : slot.imaginary)
        }
    }
}

extension Identification {
    /// Decrypts the answer to single queries and ranks the library spectra that it has scores of.
    ///
    /// - Parameters:
    ///   - top: compounds kept for each query, at least 1.
    ///   - calibration: what gives the best hits their probabilities; nil for none.
    ///   - progress: called after each block with the number of library rows done.
    /// - Throws: ``InputError`` when the answer cannot be read any more.
    public init(
        answer: InteractiveAnswerFile, record: RunRecord, key: SecretKey, entries: [LibraryEntry], top: Int,
        calibration: Calibration? = nil, threads: Int, progress: (Int) -> Void = { _ in }
    ) throws {
        let order = PrecursorOrder(entries.map(\.precursorMZ)).rows
        try answer.requireBlocks(of: record, precursors: order.map { entries[$0].precursorMZ })
        var ranking = Ranking(
            record: record, entries: order.map { entries[$0] }, top: top, calibration: calibration)
        let decryption = InteractiveDecryption(card: record.card, key: key)
        let queryCount = answer.queryCount
        let scores = AlignedBuffer<Float>(count: answer.blockRows * queryCount, lifetime: .wiped)
        for (block, first) in stride(from: 0, to: answer.rowCount, by: answer.blockRows).enumerated() {
            let range = first..<min(first + answer.blockRows, answer.rowCount)
            let ciphertexts = try (0..<queryCount).map { try answer.ciphertext(query: $0, block: block) }
            parallelFor(queryCount, threads: threads) { query in
                decryption.decrypt(
                    ciphertexts[query], count: range.count, into: scores.unsafeBase + query, stride: queryCount)
            }
            scores.withUnsafeBufferPointer { ranking.add($0, rows: range, threads: threads) }
            progress(range.upperBound)
        }
        var (hits, releasedCount) = ranking.finish()
        for place in hits.indices { hits[place].row = order[hits[place].row] }
        self.init(hits: hits, releasedCount: releasedCount)
    }
}
