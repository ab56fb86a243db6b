import Foundation
import Spectra

/// A number that says how much a hit is to be believed.
enum ConfidenceMeasure: CaseIterable {
    case score, probability, qValue

    /// What the hits have, the score first.
    static func measures(of hits: [Hit]) -> [ConfidenceMeasure] {
        allCases.filter { measure in measure == .score || hits.contains { measure.value($0) != nil } }
    }

    var parameter: MzTabParameter {
        switch self {
        case .score: MzTabParameter(user: "similarity of spectra and precursors (higher is better)")
        case .probability: MzTabParameter(user: "probability that the compound is right (higher is better)")
        case .qValue: MzTabParameter(user: "q-value (lower is better)")
        }
    }

    func value(_ hit: Hit) -> Double? {
        switch self {
        case .score: hit.score
        case .probability: hit.probability
        case .qValue: hit.qValue
        }
    }

    func cell(_ hit: Hit) -> String {
        guard let value = value(hit) else { return MzTabCell.null }
        return self == .score ? DecimalText.score(value) : DecimalText.fraction(value)
    }
}

/// The evidence of mzTab-M: a line for each hit, feature after feature.
struct EvidenceTable {
    /// The table with its heading.
    private(set) var text: String
    private var count = 0
    private let results: SearchResults
    private let measures: [ConfidenceMeasure]
    /// The library spectra that were hit, by row.
    private var entries: [Int: MzTabEntry] = [:]

    /// What a feature says of its evidence.
    struct References {
        var identifiers: [Int]
        /// 1: one spectrum, several compounds; 2: several spectra, one compound; 3: several of both; nil where there is at
        /// most one line.
        var ambiguityCode: Int?
    }

    init(_ results: SearchResults, _ measures: [ConfidenceMeasure]) {
        (self.results, self.measures) = (results, measures)
        text = MzTabM.row(
            [
                "SEH", "SME_ID", "evidence_input_id", "database_identifier", "chemical_formula", "smiles", "inchi",
                "chemical_name", "uri", "derivatized_form", "adduct_ion", "exp_mass_to_charge", "charge",
                "theoretical_mass_to_charge", "spectra_ref", "identification_method", "ms_level",
            ] + measures.indices.map { "id_confidence_measure[\($0 + 1)]" } + [
                "rank", "opt_global_inchikey", "opt_global_precursor_error", "opt_global_usi", "opt_global_library_usi",
            ])
    }

    /// Adds the hits of all spectra of `feature`.
    mutating func add(_ feature: Feature) -> References {
        let first = count + 1
        var spectra = 0
        var compounds: Set<String> = []
        for query in feature.queries {
            let hits = results.hits(of: query)
            if !hits.isEmpty { spectra += 1 }
            for hit in hits {
                add(hit, better: hits.count { $0.score > hit.score })
                compounds.insert(results.entries[hit.row].compound)
            }
        }
        let identifiers = Array(first..<count + 1)
        let code = compounds.count == 1 ? 2 : spectra == 1 ? 1 : 3
        return References(identifiers: identifiers, ambiguityCode: identifiers.count > 1 ? code : nil)
    }

    /// Adds `hit`, before which there are `better` hits of higher score: equal scores have equal ranks here.
    private mutating func add(_ hit: Hit, better: Int) {
        count += 1
        let query = results.record.queries[hit.query]
        let entry = entries[hit.row] ?? MzTabEntry(results.entries[hit.row])
        entries[hit.row] = entry
        let spectrum = MzTabMetadata.reference(query, results.record)
        text += MzTabM.row(
            [
                "SME", "\(count)", spectrum, entry.identifier, entry.formula, MzTabCell.null, MzTabCell.null,
                entry.name,
                entry.uri, MzTabCell.null,
                results.adductFits(hit) ? entry.adduct : MzTabCell.null, MzTabCell.number(query.precursorMZ),
                "\(abs(results.charge(hit) ?? MzTabM.assumedCharge))",
                MzTabCell.number(results.entries[hit.row].precursorMZ), spectrum, Self.method, Self.level,
            ] + measures.map { $0.cell(hit) } + [
                "\(better + 1)", entry.inchiKey,
                hit.precursorErrorPPM.map { String(format: "%.2f", $0) } ?? MzTabCell.null,
                MzTabCell.text(results.usi(query: hit.query)), MzTabCell.text(results.usi(row: hit.row)),
            ])
    }

    private static let method = MzTabParameter(user: "encrypted search of a spectral library").text
    private static let level = MzTabParameter(VocabularyTerm("MS:1000511", "ms level"), value: "2").text
}
