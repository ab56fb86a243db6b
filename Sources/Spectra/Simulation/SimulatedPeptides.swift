/// A simulated library of peptide spectra, and simulated queries to search it with: data for demonstrations and
/// tests that needs no files. Nothing in it was measured.
///
/// The library holds the theoretical b and y fragments of the tryptic peptides of well-known proteins. Its masses
/// are exact; its intensities, and everything that tells a query from its library spectrum, are invented. Figures
/// obtained with it say that software works, not how well it would do on measured spectra.
public enum SimulatedPeptides {
    /// The simulated library: some three thousand spectra, of base peak 1000.
    ///
    /// Every peptide of 6 to 40 residues with up to two missed cleavages is there with two protons, and, where it
    /// has at least two basic residues beside its amino end, with three. Cysteines are carbamidomethylated. A
    /// peptide that occurs more than once is taken from the first protein that has it, and so is one that
    /// differs from an earlier one only in leucine for isoleucine, because their spectra are the same.
    ///
    /// The spectrum's name is the sequence, so that the charge states of a peptide are one
    /// ``Spectrum/compound``. The accession is `SIM`, the protein's UniProt accession, the number of the peptide
    /// within it, and the charge: `SIM-P00698-0012-2`. Computed once, when first used.
    public static let library: [Spectrum] = distinctPeptides().flatMap { peptide, identifier in
        charges(of: peptide).map { spectrum(of: peptide, charge: $0, accession: "SIM-\(identifier)-\($0)") }
    }

    /// `count` simulated queries, each a disturbed copy of a library spectrum drawn at random, and the answers.
    ///
    /// A query loses each peak with probability 0.35. The m/z of what remains is off by 3 ppm (one standard
    /// deviation), that of the precursor by 2 ppm; intensities are multiplied by factors whose natural logarithm
    /// has standard deviation 0.4; and contaminant peaks are added, 10 to 25 % of the number of true peaks.
    ///
    /// Library spectra are drawn with replacement. A seed gives the same queries on every platform, and fewer of
    /// them are the first of more. A negative `count` gives none.
    public static func queries(count: Int, seed: UInt64) -> [SimulatedQuery] {
        queries(count: count, seed: seed, measurement: SimulatedMeasurement())
    }

    package static func queries(
        count: Int, seed: UInt64, measurement: SimulatedMeasurement
    ) -> [SimulatedQuery] {
        var random = SplitMix64(seed: seed)
        return (0..<max(count, 0)).map { number in
            let truth = library[random.index(below: library.count)]
            let name = "query \(padded(number + 1))"
            return SimulatedQuery(
                spectrum: measurement.measure(truth, name: name, random: &random), truth: truth)
        }
    }

    /// The peptides of the library, each with its protein's accession and its number within the protein.
    private static func distinctPeptides() -> [(peptide: Peptide, identifier: String)] {
        var seen: Set<[AminoAcid]> = []
        return Protein.wellKnown.flatMap { protein in
            Trypsin.digest(protein.residues, missedCleavages: 2)
                .filter { (6...40).contains($0.residues.count) && seen.insert(massClass($0)).inserted }
                .enumerated().map { ($1, "\(protein.accession)-\(padded($0 + 1))") }
        }
    }

    /// The sequence with leucine for isoleucine: what peptides of equal spectra have in common.
    private static func massClass(_ peptide: Peptide) -> [AminoAcid] {
        peptide.residues.map { $0 == .isoleucine ? .leucine : $0 }
    }

    private static func charges(of peptide: Peptide) -> [Int] {
        peptide.residues.count(where: \.isBasic) >= 2 ? [2, 3] : [2]
    }

    private static func spectrum(of peptide: Peptide, charge: Int, accession: String) -> Spectrum {
        let fragments = peptide.simulatedFragments(precursorCharge: charge)
        let scale = 1000 / (fragments.map(\.intensity).max() ?? 1)
        return Spectrum(
            name: peptide.sequence,
            accession: accession,
            precursorMZ: peptide.massToCharge(charge: charge),
            precursorCharge: charge,
            adduct: "[M+\(charge)H]\(charge)+",
            ionMode: .positive,
            formula: peptide.composition.hillFormula,
            peaks: fragments.map { Peak(mz: $0.massToCharge, intensity: $0.intensity * scale) })
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(4 - digits.count, 0)) + digits
    }
}

/// A simulated query and its answer.
public struct SimulatedQuery: Sendable, Hashable {
    /// What to search with. It is named by number, `query 0001`, and has no accession, adduct or formula.
    public let spectrum: Spectrum
    /// The library spectrum that it is a disturbed copy of; its ``Spectrum/compound`` is the right answer.
    public let truth: Spectrum
}
