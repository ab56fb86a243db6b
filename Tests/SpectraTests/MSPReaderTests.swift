import Spectra
import Testing

@Suite("MSP")
struct MSPReaderTests {
    @Test("Keys differ in case and separators, not in meaning")
    func keys() throws {
        let keys = [
            ["Name", "NAME"],
            ["PrecursorMZ", "PRECURSORMZ", "PRECURSOR_M/Z", "Precursor m/z", "precursor_mz"],
            ["Precursor_type", "PRECURSORTYPE", "ADDUCT", "Ion type"],
            ["Ion_mode", "IONMODE", "ion mode", "Ionization mode"],
            ["InChIKey", "INCHIKEY", "inchi_key"],
            ["DB#", "ACCESSION", "SpectrumID", "spectrum_id"],
            ["Num Peaks", "NUM PEAKS", "Num peaks", "num_peaks"],
        ]
        let values = ["N", "123.5", "[M+H]+", "P", "ALRLPDGCPYIVHP-UHFFFAOYSA-N", "X1", "1\n100.5 7"]
        let expected = Spectrum(
            name: "N", accession: "X1", precursorMZ: 123.5, precursorCharge: 1, adduct: "[M+H]+",
            ionMode: .positive, inchiKey: "ALRLPDGCPYIVHP-UHFFFAOYSA-N",
            peaks: [Peak(mz: 100.5, intensity: 7)])
        for variant in 0..<5 {
            let record = zip(keys, values).map { "\($0[variant % $0.count]): \($1)" }
            #expect(try spectra(record.joined(separator: "\n")) == [expected])
        }
    }

    @Test(
        "Peaks may be laid out in many ways",
        arguments: [
            "100 1\n200.5 2\n300 3", "100\t1\n200.5\t2\n300\t3\n", "100 1; 200.5 2; 300 3;",
            "  100   1;  200.5 2\n 300 3;", "100:1 200.5:2\n300:3", "100 1 200.5 2 300 3",
            "100 1 \"C5H5+\"\n200.5 2 \"a b; 12 3\";\n300\t3\t\"x\"\r\n", "1e2 1e0\n2005e-1 2\n+300. 3.0",
            "300 3\n100 1\n200.5 2",
        ])
    func layouts(_ peaks: String) throws {
        let expected = [(100.0, 1.0), (200.5, 2.0), (300.0, 3.0)].map { Peak(mz: $0, intensity: $1) }
        #expect(try spectra("Name: x\nNum Peaks: 3\n\(peaks)").map(\.peaks) == [expected])
    }

    @Test("Records end at a blank line, at the next key or at the end of the file")
    func separation() throws {
        let first = "NAME: a\nNUM PEAKS: 1\n10 1\n"
        let second = "INCHIKEY: ALRLPDGCPYIVHP-UHFFFAOYSA-N\nNAME: b\nNUM PEAKS: 0\n"
        for separator in ["", "\n", "\n\n \t\n"] {
            let read = try spectra(first + separator + second + separator + first)
            #expect(read.map(\.name) == ["a", "b", "a"])
            #expect(read.map(\.peaks.count) == [1, 0, 1])
        }
    }

    @Test("Comments say what no line of its own says, in three notations")
    func comments() throws {
        let comments =
            "Comments: free text \"accession=AC1\" Parent=428.31 SMILES=\"C=C\" \"ionization mode=negative\" "
            + "\"ion type=[M-H]-\" Native_Metabolite_InChIKey=\"GBFLZEXEOZUWRN-VKHMYHEASA-N\" "
            + "\"retention time=2 min\" \"instrument type=LC-ESI-QFT\" \"collision energy=35 % (nominal)\""
        for record in ["Name: x\n\(comments)\n", "\(comments)\nName: x\n"] {
            let spectrum = try #require(spectra(record + "Num Peaks: 0").first)
            #expect(spectrum.accession == "AC1" && spectrum.precursorMZ == 428.31 && spectrum.smiles == "C=C")
            #expect(spectrum.ionMode == .negative && spectrum.adduct == "[M-H]-" && spectrum.inchiKey == nil)
            #expect(spectrum.instrumentType == "LC-ESI-QFT" && spectrum.collisionEnergy == "35 % (nominal)")
            #expect(spectrum.retentionTime == 120 && spectrum.precursorCharge == -1)
            let own = try #require(spectra("PrecursorMZ: 99.5\n" + record + "SMILES: N\nNum Peaks: 0").first)
            #expect(own.precursorMZ == 99.5 && own.smiles == "N")
            // A precursor of 0 is unknown, so that the comment's holds.
            #expect(try spectra(record + "PrecursorMZ: 0\nNum Peaks: 0").first?.precursorMZ == 428.31)
        }
    }

    @Test("Zero, negative and missing values are unknown")
    func unknown() throws {
        let text = """
            Name: x
            PrecursorMZ: 0
            RETENTIONTIME: -1
            FORMULA: N/A
            SMILES:
            InChIKey: n/a
            Ion_mode: n/a
            Num Peaks: 0
            """
        #expect(try spectra(text) == [Spectrum(name: "x")])
        #expect(try spectra("Name: x\nPrecursorMZ: 300.1/200.2\nNum Peaks: 0").first?.precursorMZ == nil)
        #expect(try spectra("Name: x\nRETENTIONTIME: 1.5\nNum Peaks: 0").first?.retentionTime == 90)
    }

    @Test(
        "Errors name the line and the value",
        arguments: [
            ("Name: x\nNum Peaks: 2\n1 2\n12,x", "line 4: '12,x' is not 'm/z intensity'"),
            ("Name: x\nNum Peaks: 3\n1 2\n\n", "line 4: 'Num Peaks' is 3, but there are 1 peaks"),
            ("Name: x\nNum Peaks: 3\n1 2", "line 3: 'Num Peaks' is 3, but there are 1 peaks"),
            ("Name: x\nNum Peaks: 1\n1 2 3 4", "line 3: 'Num Peaks' is 1, but there are 2 peaks"),
            ("Name: x\nNum Peaks: 1\n1 2\n3 4", "line 4: 'Num Peaks' is 1, but more peaks follow: '3 4'"),
            ("Name: x\nNum Peaks: 1\n1 2 3", "line 3: '1 2 3' is not 'm/z intensity'"),
            ("Name: x\nNum Peaks: 1\n1 2 \"open", "line 3: '1 2 \"open' is not"),
            ("Name: x\nNum Peaks: 1\n-1 2", "line 3: m/z -1.0 is not a number from 0 to 1000000"),
            ("Name: x\nNum Peaks: 1\n1e7 2", "line 3: m/z 10000000.0 is not"),
            ("Name: x\nNum Peaks: 1\n1 -2", "line 3: intensity -2.0 is not a finite"),
            ("Name: x\nNum Peaks: 1\n1 1e999", "line 3: intensity inf is not a finite"),
            ("Name: x\nNum Peaks: 1\n0 2", "line 3: m/z 0 with intensity 2.0"),
            ("Name: x\nNum Peaks: 99999999999999999999", "line 2: 'Num Peaks' is '99999999999999999999'"),
            ("Name: x\nNum Peaks: 1000001\n1 2", "line 2: 'Num Peaks' is '1000001'"),
            ("Name: x\nNum Peaks: -1", "line 2: 'Num Peaks' is '-1'"),
            ("Name: x\nPrecursorMZ: 12,5\nNum Peaks: 0", "line 2: precursor m/z '12,5' is not a number"),
            ("Name: x\nPrecursorMZ: 1e9\nNum Peaks: 0", "line 2: precursor m/z '1e9' is not a number"),
            ("Name: x\nName: y\nNum Peaks: 0", "line 2: a second name"),
            ("Name: x\n\nName: y\nNum Peaks: 0", "line 2: the record ends here without 'Num Peaks: n'"),
            ("Name: x\nhello\nNum Peaks: 0", "line 2: 'hello' is not 'KEY: value'"),
        ])
    func errors(text: String, message: String) throws {
        #expect(try refusal(text).hasPrefix(message))
    }
}
