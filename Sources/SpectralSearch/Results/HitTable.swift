import Foundation

/// Hits as a tab-separated table with a heading: docs/results.md says what the columns are.
public struct HitTable: Sendable {
    /// The table, ending with a line feed.
    public let text: String

    static let columns = [
        "query", "rank", "score", "name", "formula", "inchikey", "adduct", "precursor_error_ppm", "accession",
        "retention_time_s", "scan", "native_id", "charge", "usi", "library_usi", "q_value", "probability",
    ]

    /// The table of `results`: a line for each hit.
    public init(_ results: SearchResults) {
        var text = Self.columns.joined(separator: "\t") + "\n"
        for query in results.record.queries.indices {
            let spectrum = results.record.queries[query]
            let usi = results.usi(query: query)
            for hit in results.hits(of: query) {
                let entry = results.entries[hit.row]
                text += Table.line([
                    spectrum.name, "\(hit.rank)", DecimalText.score(hit.score), entry.name, entry.formula,
                    entry.inchiKey,
                    entry.adduct, hit.precursorErrorPPM.map { String(format: "%.2f", $0) }, entry.accession,
                    spectrum.retentionTime.map(DecimalText.time), spectrum.scanNumber.map { "\($0)" },
                    spectrum.nativeID,
                    results.charge(hit).map { "\($0)" }, usi, results.usi(row: hit.row),
                    hit.qValue.map(DecimalText.fraction), hit.probability.map(DecimalText.fraction),
                ])
            }
        }
        self.text = text
    }
}

/// Features as a tab-separated table with a heading: docs/results.md says what the columns are.
public struct FeatureTable: Sendable {
    /// The table, ending with a line feed.
    public let text: String

    static let columns = [
        "feature", "mz", "charge", "ion_mode", "retention_time_s", "start_s", "end_s", "spectra", "name", "formula",
        "inchikey", "adduct", "score", "supporting_spectra", "best_score", "best_query", "precursor_error_ppm",
        "accession", "usi", "library_usi", "q_value", "probability",
    ]

    /// The table of the features of `results`: a line for each.
    public init(_ results: SearchResults) {
        var text = Self.columns.joined(separator: "\t") + "\n"
        for (number, feature) in results.features.enumerated() {
            let first = results.record.queries[feature.queries[0]]
            let best = feature.identification?.best
            let entry = best.map { results.entries[$0.row] }
            text += Table.line([
                "\(number + 1)", feature.mz.map(DecimalText.mz),
                (best.map(results.charge) ?? first.charge).map { "\($0)" },
                first.ionMode?.rawValue, feature.retentionTime.map(DecimalText.time),
                feature.retentionTimes.map { DecimalText.time($0.lowerBound) },
                feature.retentionTimes.map { DecimalText.time($0.upperBound) }, "\(feature.queries.count)", entry?.name,
                entry?.formula, entry?.inchiKey, entry?.adduct,
                feature.identification.map { DecimalText.score($0.score) },
                feature.identification.map { "\($0.supportingCount)" }, best.map { DecimalText.score($0.score) },
                best.map { results.record.queries[$0.query].name },
                best?.precursorErrorPPM.map { String(format: "%.2f", $0) }, entry?.accession,
                best.flatMap { results.usi(query: $0.query) }, best.flatMap { results.usi(row: $0.row) },
                best?.qValue.map(DecimalText.fraction), best?.probability.map(DecimalText.fraction),
            ])
        }
        self.text = text
    }
}

/// Lines of tab-separated tables.
private enum Table {
    /// The fields, of which those that are unknown are empty.
    static func line(_ fields: [String?]) -> String {
        fields.map { ($0 ?? "").onOneLine }.joined(separator: "\t") + "\n"
    }
}

/// Numbers as decimal fractions, never with an exponent.
enum DecimalText {
    /// A mass-to-charge ratio in daltons.
    static func mz(_ value: Double) -> String { String(format: "%.6f", value) }
    /// A time in seconds.
    static func time(_ value: Double) -> String { String(format: "%.3f", value) }
    /// A score, which is released in thousandths.
    static func score(_ value: Double) -> String { String(format: "%.3f", value) }
    /// A q-value or probability.
    static func fraction(_ value: Double) -> String { String(format: "%.6f", value) }
}
