/// A peptide whose cysteines are carbamidomethylated and which is not modified otherwise.
package struct Peptide: Sendable, Hashable {
    package let residues: [AminoAcid]

    package init(_ residues: some Sequence<AminoAcid>) {
        self.residues = Array(residues)
    }

    /// The peptide with this one-letter sequence, or nil where a letter names none of the twenty amino acids.
    package init?(sequence: String) {
        let residues = sequence.compactMap(AminoAcid.init(rawValue:))
        guard residues.count == sequence.count else { return nil }
        self.init(residues)
    }

    /// The sequence in one-letter codes, from the amino to the carboxyl end.
    package var sequence: String {
        String(residues.map(\.rawValue))
    }

    /// The composition of the neutral peptide, with its carbamidomethyl groups.
    package var composition: ElementalComposition {
        residues.reduce(.water) { $0 + $1.alkylatedResidue }
    }

    /// The mass-to-charge ratio of the peptide with `charge` extra protons; `charge` is at least 1.
    package func massToCharge(charge: Int) -> Double {
        Self.massToCharge(neutralMass: composition.monoisotopicMass, charge: charge)
    }

    static func massToCharge(neutralMass: Double, charge: Int) -> Double {
        (neutralMass + Double(charge) * IsotopeMass.proton) / Double(charge)
    }
}
