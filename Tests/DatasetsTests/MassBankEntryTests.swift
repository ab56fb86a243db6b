import Datasets
import Foundation
import Spectra
import Testing

/// The rules by which a record becomes an entry, on an invented record.
struct MassBankEntryTests {
    private let record = """
        ACCESSION: MSBNK-Some_Lab-X1
        RECORD_TITLE: Nothing; LC-ESI-QFT; MS2
        DATE: 2020.01.01
        AUTHORS: Nobody
        LICENSE: CC0
        CH$NAME: Nothing
        CH$NAME: Nothing at all
        CH$COMPOUND_CLASS: N/A
        CH$FORMULA: C2H6O
        CH$EXACT_MASS: 46.0420
        CH$SMILES: CCO
        CH$LINK: INCHIKEY LFQSCWFLJHTTHZ-UHFFFAOYSA-N
        CH$LINK: PUBCHEM CID:702
        AC$INSTRUMENT: Some instrument
        AC$INSTRUMENT_TYPE: LC-ESI-QFT
        AC$MASS_SPECTROMETRY: MS_TYPE MS2
        AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
        AC$MASS_SPECTROMETRY: COLLISION_GAS N2
        AC$MASS_SPECTROMETRY: COLLISION_ENERGY 15 % (nominal)
        AC$MASS_SPECTROMETRY: COLLISION_ENERGY 30 % (nominal)
        MS$FOCUSED_ION: BASE_PEAK 45.0335
        MS$FOCUSED_ION: PRECURSOR_M/Z 47.04910
        MS$FOCUSED_ION: PRECURSOR_TYPE [M+H]+
        PK$NUM_PEAK: 9
        PK$PEAK: m/z int. rel.int.
          45.0335 10000 999
          19.01784459 117.55 12
          27.0229000001 284.95 28
          29.038600 1e3 100
          31 3333.3333 333
          43.0178 0.00999 1
          43.01784 0.01 1
          47.0491 1.23456 1
          15.0 0 0
        //
        """

    private func entry(of text: String, tier: String? = nil) throws -> String {
        try Folders.withTemporary { folder in
            let path = folder + "/record.txt"
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            let record = try #require(MassBankRecord.records(path: path).first)
            let role = RecordRole(
                accession: "MSBNK-Some_Lab-X1", laboratory: nil, tier: tier, isSmall: false,
                role: tier == nil ? .library : .query)
            return try MassBankEntry(record: record, role: role, laboratory: "LAB").msp()
        }
    }

    /// Ties of the fourth digit fall as they do in floating point: 117.55 / 10000 * 1000 is below 11.755.
    @Test func theFirstValuesAndScaledPeaksAreTaken() throws {
        let expected = """
            NAME: Nothing
            ACCESSION: MSBNK-Some_Lab-X1
            PRECURSORMZ: 47.04910
            PRECURSORTYPE: [M+H]+
            IONMODE: Positive
            FORMULA: C2H6O
            EXACTMASS: 46.0420
            INCHIKEY: LFQSCWFLJHTTHZ-UHFFFAOYSA-N
            SMILES: CCO
            INSTRUMENT: Some instrument
            INSTRUMENTTYPE: LC-ESI-QFT
            COLLISIONENERGY: 15 % (nominal)
            CONTRIBUTOR: Some_Lab
            LAB: LAB
            LICENSE: CC0
            NUM PEAKS: 7
            19.017845 11.75
            27.022900 28.5
            29.038600 100
            31 333.3
            43.01784 0.001
            45.0335 1000
            47.0491 0.1235


            """
        #expect(try entry(of: record) == expected)
    }

    @Test func aQueryHasItsTierBeforeThePeaks() throws {
        let entry = try entry(of: record, tier: "B")
        #expect(entry.contains("LICENSE: CC0\nTIER: B\nNUM PEAKS: 7\n"))
    }

    @Test func onlyAValueThatIsNothingElseIsNotAvailable() throws {
        let entry = try entry(
            of: record.replacingOccurrences(of: "CLASS: N/A", with: "CLASS: N/A; Environmental Standard"))
        #expect(entry.contains("LICENSE: CC0\nCOMPOUNDCLASS: N/A; Environmental Standard\nNUM PEAKS: 7\n"))
    }

    @Test func aWithdrawnRecordIsRefused() throws {
        let withdrawn = record.replacingOccurrences(
            of: "RECORD_TITLE", with: "DEPRECATED: 2021-01-01\nRECORD_TITLE")
        #expect(throws: MassBankEntry.Unusable.self) { try entry(of: withdrawn) }
    }
}
