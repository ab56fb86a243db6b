import Foundation
import Spectra

/// Results as mzTab-M 2.0: metadata, small molecules, features, evidence.
///
/// Each hit is a line of evidence, each feature a line that refers to the evidence of all its spectra, each compound
/// that is the best of a feature a line that refers to its features. Nothing is quantified, so abundances are null.
///
/// Source: HUPO-PSI, mzTab-M 2.0.0 format specification; Hoffmann et al., "mzTab-M: A Data Standard for Sharing
/// Quantitative Results in Mass Spectrometry Metabolomics", Anal. Chem. 91, 3302-3310 (2019).
public struct MzTabM: Sendable {
    /// The file's content, ending with a line feed.
    public let text: String

    /// The file of `results`, written by version `version` of the program.
    public init(_ results: SearchResults, version: String) {
        let measures = ConfidenceMeasure.measures(of: results.hits)
        var evidence = EvidenceTable(results, measures)
        let features = results.features.map { feature in (feature, evidence.add(feature)) }
        text = [
            MzTabMetadata(results, measures, version: version).text,
            Self.smallMolecules(results, measures), Self.features(features, results), evidence.text,
        ].joined(separator: "\n")
    }

    // MARK: Small molecules

    private static let smallMoleculeColumns = [
        "SMH", "SML_ID", "SMF_ID_REFS", "database_identifier", "chemical_formula", "smiles", "inchi", "chemical_name",
        "uri", "theoretical_neutral_mass", "adduct_ions", "reliability", "best_id_confidence_measure",
        "best_id_confidence_value", "abundance_assay[1]", "abundance_study_variable[1]",
        "abundance_variation_study_variable[1]", "opt_global_inchikey",
    ]

    /// One line for each compound, with all features whose best compound it is.
    private static func smallMolecules(_ results: SearchResults, _ measures: [ConfidenceMeasure]) -> String {
        var text = row(smallMoleculeColumns)
        var order: [String] = []
        var members: [String: [(number: Int, best: Hit)]] = [:]
        for (index, feature) in results.features.enumerated() {
            guard let best = feature.identification?.best else { continue }
            let compound = results.entries[best.row].compound
            if members[compound] == nil { order.append(compound) }
            members[compound, default: []].append((index + 1, best))
        }
        for (index, compound) in order.enumerated() {
            guard let features = members[compound], let best = features.map(\.best).max(by: { $0.score < $1.score })
            else { continue }
            let entry = MzTabEntry(results.entries[best.row])
            let mass = MolecularFormula(results.entries[best.row].formula)?.monoisotopicMass
            var adducts: [String] = []
            for adduct in features.map({ Self.adduct($0.best, results) })
            where adduct != MzTabCell.null && !adducts.contains(adduct) { adducts.append(adduct) }
            text += row([
                "SML", "\(index + 1)", MzTabCell.list(features.map(\.number)), entry.identifier,
                entry.formula, MzTabCell.null, MzTabCell.null, entry.name, entry.uri,
                mass.map(DecimalText.mz) ?? MzTabCell.null,
                adducts.isEmpty ? MzTabCell.null : adducts.joined(separator: "|"),
                // Putatively annotated: by the likeness of its spectrum, without a reference standard.
                "2",
                measures[0].parameter.text, DecimalText.score(best.score), MzTabCell.null, MzTabCell.null,
                MzTabCell.null, entry.inchiKey,
            ])
        }
        return text
    }

    // MARK: Features

    private static let featureColumns = [
        "SFH", "SMF_ID", "SME_ID_REFS", "SME_ID_REF_ambiguity_code", "adduct_ion", "isotopomer", "exp_mass_to_charge",
        "charge", "retention_time_in_seconds", "retention_time_in_seconds_start", "retention_time_in_seconds_end",
        "abundance_assay[1]", "opt_global_score",
    ]

    private static func features(
        _ features: [(feature: Feature, evidence: EvidenceTable.References)], _ results: SearchResults
    ) -> String {
        var text = row(featureColumns)
        for (index, (feature, evidence)) in features.enumerated() {
            let best = feature.identification?.best
            text += row([
                "SMF", "\(index + 1)", MzTabCell.list(evidence.identifiers),
                evidence.ambiguityCode.map(String.init) ?? MzTabCell.null,
                best.map { adduct($0, results) } ?? MzTabCell.null, MzTabCell.null,
                MzTabCell.number(feature.mz), "\(charge(best, feature, results))",
                feature.retentionTime.map(DecimalText.time) ?? MzTabCell.null,
                feature.retentionTimes.map { DecimalText.time($0.lowerBound) } ?? MzTabCell.null,
                feature.retentionTimes.map { DecimalText.time($0.upperBound) } ?? MzTabCell.null, MzTabCell.null,
                feature.identification.map { DecimalText.score($0.score) } ?? MzTabCell.null,
            ])
        }
        return text
    }

    /// The adduct of the library spectrum, where it can be that of the query.
    private static func adduct(_ hit: Hit, _ results: SearchResults) -> String {
        results.adductFits(hit) ? MzTabCell.adduct(results.entries[hit.row].adduct) : MzTabCell.null
    }

    private static func charge(_ best: Hit?, _ feature: Feature, _ results: SearchResults) -> Int {
        let known = best.map(results.charge) ?? results.record.queries[feature.queries[0]].charge
        return abs(known ?? assumedCharge)
    }

    /// The charge where neither the run's file nor the library tells it, since the specification has no null for
    /// charges: that of nearly all small molecules.
    static let assumedCharge = 1

    /// A line of cells.
    static func row(_ cells: [String]) -> String { cells.joined(separator: "\t") + "\n" }
}
