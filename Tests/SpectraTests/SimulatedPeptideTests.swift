import Spectra
import Testing

/// Masses, digestion and fragments behind the simulated library.
@Suite struct SimulatedPeptideTests {
    /// Calibrants and well-known peptides of bovine serum albumin, myoglobin and cytochrome c.
    @Test(arguments: [
        ("YLYEIAR", 2, 464.2504), ("LVNELTEFAK", 2, 582.3190), ("HLVDEPQNLIK", 2, 653.3617),
        ("LGEYGFQNALIVR", 2, 740.4014), ("DAFLGSFLYEYSR", 2, 784.3750), ("VATVSLPR", 1, 842.5094),
        ("EGVNDNEEGFFSAR", 2, 785.8421), ("DRVYIHPF", 1, 1046.5418), ("DRVYIHPFHL", 3, 432.8998),
        ("RPPGFSPFR", 1, 1060.5687), ("LFTGHPETLEK", 1, 1271.6630), ("TGPNLHGLFGR", 1, 1168.6222),
        ("CCTESLVNR", 2, 569.7526), ("SLHTLFGDELCK", 1, 1419.6937),  // carbamidomethylated
    ]) func precursorIsWhereTheLiteratureHasIt(sequence: String, charge: Int, massToCharge: Double) throws {
        let peptide = try #require(Peptide(sequence: sequence))
        #expect(abs(peptide.massToCharge(charge: charge) - massToCharge) < 0.0003)
    }

    @Test func residueMassesAreTheTabulated() {
        let tabulated: [AminoAcid: Double] = [
            .glycine: 57.02146, .alanine: 71.03711, .serine: 87.03203, .proline: 97.05276, .valine: 99.06841,
            .threonine: 101.04768, .cysteine: 103.00919, .leucine: 113.08406, .isoleucine: 113.08406,
            .asparagine: 114.04293, .asparticAcid: 115.02694, .glutamine: 128.05858, .lysine: 128.09496,
            .glutamicAcid: 129.04259, .methionine: 131.04049, .histidine: 137.05891,
            .phenylalanine: 147.06841,
            .arginine: 156.10111, .tyrosine: 163.06333, .tryptophan: 186.07931,
        ]
        for residue in AminoAcid.allCases {
            #expect(abs(residue.residue.monoisotopicMass - tabulated[residue]!) < 1e-5, "\(residue)")
        }
    }

    @Test func formulaIsInHillOrder() throws {
        // Angiotensin II, and glutathione's linear isomer with its carbamidomethyl group.
        #expect(try #require(Peptide(sequence: "DRVYIHPF")).composition.hillFormula == "C50H71N13O12")
        #expect(try #require(Peptide(sequence: "ECG")).composition.hillFormula == "C12H20N4O7S")
    }

    @Test func unknownLettersMakeNoPeptide() {
        #expect(Peptide(sequence: "PEPTIDE") != nil)
        #expect(Peptide(sequence: "PEPTJDE") == nil)
        #expect(Peptide(sequence: "peptide") == nil)
    }

    /// The y ions of [Glu1]-fibrinopeptide B, with which instruments are calibrated.
    @Test func fragmentsOfTheCalibrant() throws {
        let peptide = try #require(Peptide(sequence: "EGVNDNEEGFFSAR"))
        let fragments = peptide.simulatedFragments(precursorCharge: 2).filter { $0.series == .y }
        let literature = [
            175.1190, 246.1561, 333.1881, 480.2566, 627.3250, 684.3464, 813.3890, 942.4316, 1056.4745,
            1171.5015, 1285.5444,
        ]
        for (index, massToCharge) in literature.enumerated() {
            let fragment = try #require(fragments.first { $0.length == index + 1 })
            #expect(abs(fragment.massToCharge - massToCharge) < 0.0002)
        }
    }

    @Test(arguments: ["YLYEIAR", "CCTESLVNR", "HPGDFGADAQGAMTK", "MQIFVKTLTGK"], [2, 3])
    func complementaryFragmentsAddUpToThePrecursor(sequence: String, precursorCharge: Int) throws {
        let peptide = try #require(Peptide(sequence: sequence))
        let fragments = peptide.simulatedFragments(precursorCharge: precursorCharge)
        let whole = peptide.composition.monoisotopicMass + 2 * IsotopeMass.proton
        for b in fragments where b.series == .b && b.charge == 1 {
            let y = try #require(
                fragments.first {
                    $0.series == .y && $0.charge == 1 && $0.length == peptide.residues.count - b.length
                })
            #expect(abs(b.massToCharge + y.massToCharge - whole) < 1e-9)
        }
        for double in fragments where double.charge == 2 {
            let single = try #require(
                fragments.first {
                    $0.charge == 1 && $0.series == double.series && $0.length == double.length
                })
            #expect(abs(2 * double.massToCharge - IsotopeMass.proton - single.massToCharge) < 1e-9)
        }
    }

    @Test func everyBondBreaksOnceAndOnlyTriplyChargedIonsGiveDoublyChargedFragments() throws {
        let peptide = try #require(Peptide(sequence: "HPGDFGADAQGAMTK"))
        let singly = peptide.simulatedFragments(precursorCharge: 2)
        #expect(singly.filter { $0.series == .b }.map(\.length) == Array(2...14))
        #expect(singly.filter { $0.series == .y }.map(\.length).sorted() == Array(1...14))
        #expect(singly.allSatisfy { $0.charge == 1 && $0.intensity > 0 })
        let doubly = peptide.simulatedFragments(precursorCharge: 3).filter { $0.charge == 2 }
        #expect(doubly.filter { $0.series == .b }.map(\.length) == Array(6...14))
        #expect(doubly.filter { $0.series == .y }.map(\.length).sorted() == Array(6...14))
    }

    @Test func limitPeptidesAreTheProteinCutOnlyWhereTrypsinCuts() {
        for protein in Protein.wellKnown {
            let peptides = Trypsin.digest(protein.residues, missedCleavages: 0)
            #expect(peptides.flatMap(\.residues) == protein.residues)
            for (peptide, next) in zip(peptides, peptides.dropFirst()) {
                #expect(peptide.residues.last == .lysine || peptide.residues.last == .arginine)
                #expect(next.residues.first != .proline)
            }
            #expect(peptides.allSatisfy { missedSites($0) == 0 })
        }
    }

    @Test func missedCleavagesJoinNeighbours() {
        for protein in Protein.wellKnown {
            let limit = Trypsin.digest(protein.residues, missedCleavages: 0)
            var joined: [Peptide] = []
            for first in limit.indices {
                for last in first..<min(first + 3, limit.count) {
                    joined.append(Peptide(limit[first...last].flatMap(\.residues)))
                }
            }
            let digest = Trypsin.digest(protein.residues, missedCleavages: 2)
            #expect(digest == joined)
            #expect(digest.allSatisfy { missedSites($0) <= 2 })
        }
    }

    @Test func digestOfHardCases() throws {
        func digest(_ sequence: String, missed: Int) throws -> [String] {
            Trypsin.digest(try #require(Peptide(sequence: sequence)).residues, missedCleavages: missed)
                .map(\.sequence)
        }
        #expect(try digest("", missed: 2) == [])
        #expect(try digest("AG", missed: 2) == ["AG"])
        #expect(try digest("AKPGRK", missed: 0) == ["AKPGR", "K"])
        #expect(try digest("AKGR", missed: -1) == ["AK", "GR"])
        #expect(try digest("KKA", missed: 1) == ["K", "KK", "K", "KA", "A"])
    }

    /// The sites inside `peptide` at which trypsin could still cut, found on its string.
    private func missedSites(_ peptide: Peptide) -> Int {
        peptide.sequence.matches(of: /[KR](?=[^P])/).count
    }
}
