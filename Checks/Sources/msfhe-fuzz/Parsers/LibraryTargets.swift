import RLWE
import Spectra

@testable import SpectralSearch

/// The files of a library: card, index, entries.
enum LibraryTargets {
    static let all = [card, index, entries]

    /// A card, and vectors made by what it says.
    private static let card = Target(
        name: "card",
        words: [
            "\"publishedSeed\" : ", "\"decoys\" : ", "null", "1e308", "-1", "18446744073709551615", "\"negative\"",
            "uploadBits",
        ],
        seeds: { [Fixture.shared.cardContent, Fixture.shared.publishingCardContent, try cardWithCosts()] },
        parse: { input in
            let card = try withFile(Sealing.json.seal(input)) { try LibraryCard(path: $0) }
            _ = card.sharedSeed
            for count in [1, 50, 5000] {
                require(
                    card.modes.contains(ModeChoice(queryCount: count, card: card).mode), "a card's modes can be chosen")
            }
            let queries = QueryVectors(Array(SimulatedPeptides.library.prefix(2)), card: card, threads: 1)
            for vector in queries.vectors {
                require(vector.count == card.content.vector.dimension, "vectors have the card's dimension")
                _ = card.content.scaling.quantisedQuery(vector)
                let (row, scale) = card.content.scaling.quantisedRow(vector)
                let normSquared = row.reduce(0) { $0 + Int($1) * Int($1) }
                require(
                    scale > 0 && normSquared <= card.content.scaling.rowNormSquaredLimit, "rows keep the card's limit")
            }
        })

    /// What the card of a library of both layouts holds before its digest.
    private static func cardWithCosts() throws -> [UInt8] {
        var content = InteractiveFixture.shared.card.content
        content.library.indexSHA256 = String(repeating: "0", count: 64)
        content.costs = SearchCosts(
            batchRunSeconds: 0.06, batchQuerySeconds: 5e-5, interactiveQuerySeconds: 5e-3, interactivePassSeconds: 0.034
        )
        return Sealing.json.content(Array(try LibraryCard(content).text))
    }

    /// An index, beside a card that names its digest and as many rows as it has bytes for, searched.
    private static let index = Target(
        name: "index", seeds: { [Fixture.shared.index] },
        parse: { input in
            let rowCount = max((input.count - 64) / Fixture.dimension, 1)
            let card = try Fixture.shared.card(spectra: rowCount, index: input)
            let index = try withFile(Sealing.binary.seal(input)) { try LibraryIndex(path: $0, card: card) }
            try index.withRows(0..<index.rowCount) { HostSearch.shared.answer($0) }
        })

    /// Entries, beside a card that names their digest and as many rows as they have lines, listed as hits.
    private static let entries = Target(
        name: "entries", words: ["\t", "\n", "\r\n", "\u{85}", "\u{2028}", "1e308", "nan", "-0", "0x1p3"],
        seeds: { [Fixture.shared.entries] },
        parse: { input in
            let rowCount = max(input.count { $0 == UInt8(ascii: "\n") } - 2, 1)
            let card = try Fixture.shared.card(spectra: rowCount, entries: input)
            let entries = try withFile(Sealing.table.seal(input)) { try LibraryEntries(path: $0, card: card) }.rows
            let hits = entries.indices.map { Hit(query: 0, rank: 1, score: 1, row: $0, precursorErrorPPM: nil) }
            ResultTables.require(hits, of: Fixture.shared.record, entries: entries)
        })
}
