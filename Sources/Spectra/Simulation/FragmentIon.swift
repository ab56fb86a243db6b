/// A b or y fragment of a peptide, with the intensity that the simulation gives it.
package struct FragmentIon: Sendable, Hashable {
    /// Which end of the peptide the fragment keeps, in the nomenclature of Roepstorff and Fohlman (1984).
    package enum Series: Sendable {
        /// The amino end: the residues and one proton per charge.
        case b
        /// The carboxyl end: the residues, water and one proton per charge.
        case y
    }

    package let series: Series
    /// The number of residues.
    package let length: Int
    package let charge: Int
    /// Mass-to-charge ratio in daltons per elementary charge.
    package let massToCharge: Double
    /// Positive; in no unit.
    package let intensity: Double
}

extension Peptide {
    /// The simulated fragments of this peptide's ion: every b ion but b1, which is hardly ever seen, and every y
    /// ion; singly charged, and the longer ones from a precursor of three charges or more also doubly charged.
    ///
    /// The masses are exact. The intensities only have the flavour of measured ones: y ions are stronger than b
    /// ions, the middle of the sequence breaks most, the bond before proline breaks easily and the one after it
    /// hardly, and each fragment has a factor of its own that follows from the sequence.
    package func simulatedFragments(precursorCharge: Int) -> [FragmentIon] {
        let mass = composition.monoisotopicMass
        var aminoEndMass = 0.0
        var variation = SplitMix64(seed: sequenceHash)
        var fragments: [FragmentIon] = []
        for site in residues.indices.dropFirst() {
            aminoEndMass += residues[site - 1].alkylatedResidue.monoisotopicMass
            let strength = cleavageStrength(before: site)
            let b = 0.5 * strength * variation.uniform(in: 0.25..<1.75)
            let y = strength * variation.uniform(in: 0.25..<1.75)
            if site > 1 {
                fragments += chargeStates(.b, site, aminoEndMass, b, precursorCharge)
            }
            fragments += chargeStates(.y, residues.count - site, mass - aminoEndMass, y, precursorCharge)
        }
        return fragments
    }

    /// How readily the simulation breaks the bond before the residue at `site`: about 1.
    private func cleavageStrength(before site: Int) -> Double {
        let position = Double(site) / Double(residues.count)
        var strength = 0.2 + 3.2 * position * (1 - position)
        if residues[site] == .proline { strength *= 3 }
        if residues[site - 1] == .proline { strength *= 0.3 }
        return strength
    }

    /// One fragment in its charge states: of a precursor with three charges or more, the fragments longer than a
    /// third of it are doubly charged too, the longer the more.
    private func chargeStates(
        _ series: FragmentIon.Series, _ length: Int, _ neutralMass: Double, _ intensity: Double,
        _ precursorCharge: Int
    ) -> [FragmentIon] {
        let excess = precursorCharge < 3 ? 0 : max(0, 3 * length - residues.count)
        let doublyCharged = Double(excess) / Double(2 * residues.count)
        return [(1, 1 - doublyCharged), (2, doublyCharged)].filter { $0.1 > 0 }.map { charge, share in
            FragmentIon(
                series: series, length: length, charge: charge,
                massToCharge: Self.massToCharge(neutralMass: neutralMass, charge: charge),
                intensity: intensity * share)
        }
    }

    /// The 64-bit FNV-1a hash of the sequence: unlike `Hasher`, the same in every process.
    private var sequenceHash: UInt64 {
        sequence.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
