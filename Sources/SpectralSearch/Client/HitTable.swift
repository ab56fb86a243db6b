import Foundation

/// Hits as a tab-separated table with a heading.
public struct HitTable: Sendable {
    /// The table, ending with a line feed.
    public let text: String

    static let columns = [
        "query", "rank", "score", "name", "formula", "inchikey", "adduct", "precursor_error_ppm", "accession",
        "q_value", "probability",
    ]

    /// The table of `hits` of `queries` in the library of `entries`.
    public init(hits: [Hit], queries: [RunRecord.Query], entries: [LibraryEntry]) {
        var lines = [Self.columns.joined(separator: "\t")]
        for hit in hits {
            let entry = entries[hit.row]
            lines.append(
                [
                    queries[hit.query].name.onOneLine, "\(hit.rank)", String(format: "%.3f", hit.score), entry.name,
                    entry.formula, entry.inchiKey, entry.adduct,
                    hit.precursorErrorPPM.map { String(format: "%.2f", $0) } ?? "", entry.accession,
                    hit.qValue.map { String(format: "%.4f", $0) } ?? "",
                    hit.probability.map { String(format: "%.3f", $0) } ?? "",
                ].joined(separator: "\t"))
        }
        text = lines.joined(separator: "\n") + "\n"
    }
}
