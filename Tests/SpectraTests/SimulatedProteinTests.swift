import Spectra
import Testing

/// The sequences of the simulated library against what others published of them.
@Suite struct SimulatedProteinTests {
    /// What a published mass says beyond the bare chain with reduced cysteines.
    enum State {
        case reduced
        case disulfides(Int)
        case initiatorMethionine
        case phosphates(Int)
    }

    /// An average mass published for a protein. Masses with a decimal are of ProtParam or from the literature of
    /// mass spectrometry; whole ones beside `initiatorMethionine` are those of UniProtKB for the entry.
    struct Published: CustomTestStringConvertible, Sendable {
        let accession: String
        let mass: Double
        let state: State
        /// In daltons: twice what rounding leaves open, and the tables of atomic weights differ by a few ppm.
        let tolerance: Double

        init(_ accession: String, _ mass: Double, _ state: State, tolerance: Double = 0.5) {
            (self.accession, self.mass, self.state, self.tolerance) = (accession, mass, state, tolerance)
        }
        var testDescription: String { accession }
    }

    static let published = [
        Published("P02769", 66432.96, .reduced),
        Published("P02768", 66472.2, .reduced),
        Published("P00698", 14305.1, .disulfides(4)),
        Published("P68082", 16951.5, .reduced),
        Published("P00004", 11833, .initiatorMethionine, tolerance: 1),
        Published("P61823", 13682.3, .disulfides(4)),
        Published("P69905", 15126.4, .reduced),
        Published("P68871", 15867.2, .reduced),
        Published("P62979", 8564.8, .reduced),
        Published("P42212", 26886.32, .reduced),
        Published("P0DP23", 16838, .initiatorMethionine, tolerance: 1),
        Published("P00974", 6511.5, .disulfides(3)),
        Published("P02754", 18277, .disulfides(2), tolerance: 1),
        Published("P00711", 14178, .disulfides(4), tolerance: 1),
        Published("P02662", 23615, .phosphates(8), tolerance: 1),
        Published("P02666", 23983, .phosphates(5), tolerance: 1),
        Published("P01012", 42881, .initiatorMethionine, tolerance: 1),
        Published("P00921", 29114, .initiatorMethionine, tolerance: 1),
        Published("P00918", 29246, .initiatorMethionine, tolerance: 1),
        Published("P00441", 15936, .initiatorMethionine, tolerance: 1),
        Published("P10599", 11737, .initiatorMethionine, tolerance: 1),
        Published("P62937", 18012, .initiatorMethionine, tolerance: 1),
        Published("P62805", 11367, .initiatorMethionine, tolerance: 1),
        Published("P00883", 39343, .initiatorMethionine, tolerance: 1),
        Published("P00489", 97289, .initiatorMethionine, tolerance: 1),
        Published("P00722", 116483, .initiatorMethionine, tolerance: 1),
    ]

    @Test(arguments: published) func averageMassIsThePublishedOne(_ published: Published) throws {
        let protein = try #require(Protein.wellKnown.first { $0.accession == published.accession })
        var mass = averageMass(protein.residues.reduce(.water) { $0 + $1.residue })
        switch published.state {
        case .reduced: break
        case .disulfides(let count): mass -= 2 * 1.008 * Double(count)
        case .initiatorMethionine: mass += averageMass(AminoAcid.methionine.residue)
        case .phosphates(let count): mass += 79.980 * Double(count)  // HPO3
        }
        #expect(abs(mass - published.mass) <= published.tolerance)
    }

    @Test func everyProteinIsCheckedAndNoneIsThereTwice() {
        let accessions = Protein.wellKnown.map(\.accession)
        #expect(Set(accessions).count == accessions.count)
        #expect(Set(accessions) == Set(Self.published.map(\.accession)))
    }

    @Test func lengthIsThatOfTheChainInUniProtKB() {
        for protein in Protein.wellKnown {
            #expect(protein.residues.count == protein.chain.count, "\(protein.name)")
        }
    }

    /// UniProtKB publishes a CRC-64 of every entry's sequence, which a mass cannot replace: it sees the order.
    @Test(arguments: [
        ("P69905", 0x15E1_3666_573B_BBAE as UInt64), ("P68871", 0xA31F_6D62_1C65_56A1),
        ("P00722", 0x9D29_5EF4_CEF9_0B08),
    ]) func checksumIsTheOneOfUniProtKB(accession: String, checksum: UInt64) throws {
        let protein = try #require(Protein.wellKnown.first { $0.accession == accession })
        #expect(crc64("M" + String(protein.residues.map(\.rawValue))) == checksum)
    }

    /// Average mass in daltons by the abridged standard atomic weights of IUPAC (2021).
    private func averageMass(_ composition: ElementalComposition) -> Double {
        Double(composition.carbon) * 12.011 + Double(composition.hydrogen) * 1.008
            + Double(composition.nitrogen) * 14.007 + Double(composition.oxygen) * 15.999
            + Double(composition.sulfur) * 32.06
    }

    /// The CRC of ISO 3309 with polynomial x^64 + x^4 + x^3 + x + 1, bits reflected.
    private func crc64(_ text: String) -> UInt64 {
        text.utf8.reduce(0) { crc, byte in
            (0..<8).reduce(crc ^ UInt64(byte)) { crc, _ in
                crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xD800_0000_0000_0000
            }
        }
    }
}
