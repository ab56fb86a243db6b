import Spectra
import Testing

@Suite struct SimulatedLibraryTests {
    let library = SimulatedPeptides.library

    @Test func holdsAFewThousandSpectra() {
        #expect((2000...5000).contains(library.count))
        #expect(Set(library.map(\.accession)).count == library.count)
    }

    @Test func everyEntryIsItsPeptidesOwn() throws {
        for spectrum in library {
            let peptide = try #require(Peptide(sequence: spectrum.name))
            let charge = try #require(spectrum.precursorCharge)
            #expect((6...40).contains(peptide.residues.count))
            #expect(spectrum.compound == peptide.sequence)
            #expect(spectrum.precursorMZ == peptide.massToCharge(charge: charge))
            #expect(spectrum.adduct == "[M+\(charge)H]\(charge)+")
            #expect(spectrum.formula == peptide.composition.hillFormula)
            #expect(spectrum.ionMode == .positive)
            #expect(spectrum.accession?.wholeMatch(of: /SIM-[A-Z0-9]{6}-\d{4}-[23]/) != nil)
            let length = peptide.residues.count
            let doublyCharged = charge == 2 ? 0 : 2 * (length - 1 - length / 3)
            #expect(spectrum.peaks.count == 2 * length - 3 + doublyCharged)
            #expect(spectrum.peaks.allSatisfy { $0.mz > 70 && $0.intensity > 0 })
            #expect(abs(spectrum.peaks.map(\.intensity).max()! - 1000) < 1e-9)
        }
    }

    /// Leucine and isoleucine weigh the same, so no two compounds may differ in them alone.
    @Test func noTwoCompoundsHaveTheSameSpectrum() {
        let compounds = Set(library.map(\.compound))
        let withoutIsoleucine = Set(compounds.map { String($0.map { $0 == "I" ? "L" : $0 }) })
        #expect(withoutIsoleucine.count == compounds.count)
    }

    @Test func everyCompoundIsThereOnceDoublyAndAtMostOnceTriplyCharged() {
        for (compound, spectra) in Dictionary(grouping: library, by: \.compound) {
            let charges = spectra.compactMap(\.precursorCharge)
            let basic = compound.count { "KRH".contains($0) }
            #expect(charges == (basic >= 2 ? [2, 3] : [2]), "\(compound)")
        }
    }

    @Test func wellKnownPeptidesAreInIt() {
        let compounds = Set(library.map(\.compound))
        #expect(
            compounds.isSuperset(of: ["YLYEIAR", "LVNELTEFAK", "TGPNLHGLFGR", "LFTGHPETLEK", "TLSDYNIQK"]))
    }

    /// The model's qualitative claims, on average over the library.
    @Test func intensitiesFollowTheModel() {
        let fragments = Set(library.map(\.compound)).compactMap(Peptide.init(sequence:)).flatMap { peptide in
            peptide.simulatedFragments(precursorCharge: 2).map { (peptide: peptide, ion: $0) }
        }
        func mean(where condition: (Peptide, FragmentIon) -> Bool) -> Double {
            let chosen = fragments.filter { condition($0.peptide, $0.ion) }.map(\.ion.intensity)
            return chosen.reduce(0, +) / Double(chosen.count)
        }
        func bondBeforeProline(_ peptide: Peptide, _ ion: FragmentIon) -> Bool {
            ion.series == .y && peptide.residues[peptide.residues.count - ion.length] == .proline
        }
        let y = mean { $1.series == .y }
        #expect(y > 1.5 * mean { $1.series == .b })
        #expect(mean { $1.series == .y && abs(2 * $1.length - $0.residues.count) <= 2 } > 1.2 * y)
        #expect(mean(where: bondBeforeProline) > 2 * y)
    }
}
