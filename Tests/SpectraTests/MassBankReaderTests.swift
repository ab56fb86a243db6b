import Spectra
import Testing

@Suite("MassBank records")
struct MassBankReaderTests {
    static let record = """
        ACCESSION: MSBNK-Test-T1
        RECORD_TITLE: Something; LC-ESI-QTOF; MS2
        CH$NAME: Something
        CH$NAME: Something else
        CH$FORMULA: C13H22N4O3S
        CH$SMILES: CNC(=C[N+](=O)[O-])NCCSCC1=CC=C(O1)CN(C)C
        CH$LINK: CAS 66357-35-5
        CH$LINK: INCHIKEY VMXUWOKSQNHOCA-UHFFFAOYSA-N
        AC$INSTRUMENT_TYPE: LC-ESI-QTOF
        AC$MASS_SPECTROMETRY: MS_TYPE MS2
        AC$MASS_SPECTROMETRY: COLLISION_ENERGY 40 eV
        AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
        AC$CHROMATOGRAPHY: RETENTION_TIME 3.5 min
        MS$FOCUSED_ION: PRECURSOR_M/Z 315.1485
        MS$FOCUSED_ION: PRECURSOR_TYPE [M+H]+
        PK$ANNOTATION: m/z tentative_formula
          55.0408 C3H5N+
        PK$NUM_PEAK: 3
        PK$PEAK: m/z int. rel.int.
          55.0408 3936.50 6
          176.0494 1.0e3 999
          200.1 0 1
        //

        """

    static let expected = Spectrum(
        name: "Something", accession: "MSBNK-Test-T1", precursorMZ: 315.1485, precursorCharge: 1,
        adduct: "[M+H]+",
        ionMode: .positive, formula: "C13H22N4O3S", inchiKey: "VMXUWOKSQNHOCA-UHFFFAOYSA-N",
        smiles: "CNC(=C[N+](=O)[O-])NCCSCC1=CC=C(O1)CN(C)C", retentionTime: 210,
        instrumentType: "LC-ESI-QTOF", collisionEnergy: "40 eV",
        peaks: [Peak(mz: 55.0408, intensity: 3936.5), Peak(mz: 176.0494, intensity: 1000)])

    @Test("A record is its spectrum; a file may hold several")
    func spectrum() throws {
        let seconds = Self.record.replacing("3.5 min", with: "210 sec")
        #expect(try spectra(Self.record + "\n" + seconds) == [Self.expected, Self.expected])
    }

    @Test("A withdrawn record is no spectrum, whatever it holds")
    func deprecated() throws {
        let withdrawn = "ACCESSION: MSBNK-Test-T0\nDEPRECATED: 2020.01.01 wrong\nanything\n  at all\n//\n"
        #expect(try spectra(withdrawn + Self.record) == [Self.expected])
        #expect(try refusal(withdrawn) == "the file holds no spectrum")
    }

    @Test("Texts and numbers are kept as they are written, in order")
    func raw() throws {
        let record = try withFile(Self.record.utf8) { try #require(MassBankRecord.records(path: $0).first) }
        #expect(record.peaks.map(\.intensity) == ["3936.50", "1.0e3", "0"])
        #expect(record.peaks.map(\.relativeIntensity) == ["6", "999", "1"])
        #expect(record.annotations == ["55.0408 C3H5N+"])
        #expect(record.values("CH$NAME") == ["Something", "Something else"])
        #expect(record.value("CH$LINK", "CAS") == "66357-35-5" && record.value("CH$LINK", "CA") == nil)
        // All lines but the table rows and the end.
        let lines = Self.record.split(separator: "\n").filter { !$0.hasPrefix(" ") && $0 != "//" }
        #expect(record.fields.map { "\($0.tag): \($0.value)" } == lines.map(String.init))
    }

    @Test("Reading stops when asked to")
    func stop() throws {
        try withFile((Self.record + "ACCESSION: broken").utf8) { path in
            var count = 0
            try MassBankRecord.read(path: path) { _ in
                count += 1
                return false
            }
            #expect(count == 1)
        }
    }

    @Test(
        "Errors name the line and the value",
        arguments: [
            (
                "PK$NUM_PEAK: 3", "PK$NUM_PEAK: 4",
                "line 23: record MSBNK-Test-T1: PK$NUM_PEAK is '4', but there are 3"
            ),
            ("PK$NUM_PEAK: 3\n", "", "line 22: record MSBNK-Test-T1: PK$NUM_PEAK is '', but"),
            (
                "  176.0494 1.0e3 999", "  176.0494 1,3 999",
                "line 21: peak '176.0494 1,3 999' is not 'm/z intensity"
            ),
            ("  176.0494 1.0e3 999", "  176.0494", "line 21: peak '176.0494' is not"),
            ("  176.0494 1.0e3", "  -176.0494 1.0e3", "line 21: m/z -176.0494 is not"),
            ("  176.0494 1.0e3", "  176.0494 1.0e333", "line 21: intensity inf is not"),
            ("//", "", "line 23: the file ends inside record MSBNK-Test-T1: no '//'"),
            ("//", "//\n//", "line 24: '//' ends a record, but none has begun"),
            ("ACCESSION: MSBNK-Test-T1\n", "", "line 1: the record begins with 'RECORD_TITLE'"),
            ("CH$NAME: Something\n", "ACCESSION: x\n", "line 3: a second ACCESSION"),
            ("CH$NAME: Something\n", "CH$NAME\n", "line 3: 'CH$NAME' is not 'TAG: value'"),
            ("CH$NAME: Something\n", "  1 2\n", "line 3: '1 2' is indented, but no table precedes it"),
        ])
    func errors(original: String, replacement: String, message: String) throws {
        let text = Self.record.replacing(original, with: replacement, maxReplacements: 1)
        #expect(try refusal(text).hasPrefix(message))
    }
}
