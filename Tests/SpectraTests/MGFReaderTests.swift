import Spectra
import Testing

@Suite("MGF")
struct MGFReaderTests {
    @Test("A block with everything, after comments and global parameters")
    func block() throws {
        let text = """
            # written by hand
            COM=an example
            CHARGE=2-
            IONMODE=Negative

            BEGIN IONS
            TITLE=scan 7
            PEPMASS=183.057 1000.5 2-
            RTINSECONDS=61.5
            SPECTRUMID=CCMSLIB1
            SCANS=7
            ADDUCT=[M-2H]2-
            FORMULA=C11H8N2O
            SMILES=C1=CC=C2C(=C1)NC(=N2)C3=CC=CO3
            INCHI="InChI=1S/C11H8N2O"
            INCHI_KEY=ALRLPDGCPYIVHP-UHFFFAOYSA-N
            200.5 3 1+
            ; a comment among the peaks
            100\t2.5\t1
            150 0
            END IONS
            begin ions
            NAME=other
            CHARGE=0
            end ions
            """
        let first = Spectrum(
            name: "scan 7", accession: "CCMSLIB1", scanNumber: 7, precursorMZ: 183.057, precursorCharge: -2,
            adduct: "[M-2H]2-", ionMode: .negative, formula: "C11H8N2O",
            inchiKey: "ALRLPDGCPYIVHP-UHFFFAOYSA-N", smiles: "C1=CC=C2C(=C1)NC(=N2)C3=CC=CO3",
            retentionTime: 61.5,
            peaks: [Peak(mz: 100, intensity: 2.5), Peak(mz: 200.5, intensity: 3)])
        #expect(try spectra(text) == [first, Spectrum(name: "other", ionMode: .negative)])
    }

    @Test("NAME goes before TITLE, a spectrum identifier before a scan number")
    func precedence() throws {
        let read = try spectra(
            "BEGIN IONS\nTITLE=t\nNAME=n\nSCANS=3\nEND IONS\nBEGIN IONS\nSCANS=4\nEND IONS")
        #expect(read.map(\.name) == ["n", ""])
        #expect(read.map(\.accession) == ["3", "4"])
    }

    @Test(
        "Absent values and GNPS's own InChIKey field",
        arguments: ["N/A", "n/a", "", " "])
    func absent(_ value: String) throws {
        let text = "BEGIN IONS\nPEPMASS=0.0\nSMILES=\(value)\nINCHIAUX=\(value)\nIONMODE=\(value)\nEND IONS"
        #expect(try spectra(text) == [Spectrum()])
        let key = "ALRLPDGCPYIVHP-UHFFFAOYSA-N"
        #expect(try spectra("BEGIN IONS\nINCHIAUX=\(key)\nEND IONS").first?.inchiKey == key)
    }

    @Test(
        "Errors name the line and the value",
        arguments: [
            ("BEGIN IONS\n1 2", "line 2: the file ends without END IONS"),
            ("BEGIN IONS\nBEGIN IONS", "line 2: BEGIN IONS before the END IONS"),
            ("BEGIN IONS\nEND IONS\nEND IONS", "line 3: END IONS without BEGIN IONS"),
            ("BEGIN IONS\nEND IONS\n1 2", "line 3: '1 2' is neither 'KEY=value' nor 'BEGIN IONS'"),
            ("BEGIN IONS\n1\nEND IONS", "line 2: '1' is neither 'm/z intensity' nor 'KEY=value'"),
            ("BEGIN IONS\n1 2 3 4\nEND IONS", "line 2: '1 2 3 4' is neither"),
            ("BEGIN IONS\n12,x 3\nEND IONS", "line 2: '12,x 3' is neither"),
            ("BEGIN IONS\n1 -3\nEND IONS", "line 2: intensity -3.0"),
            ("BEGIN IONS\nPEPMASS=1;2\nEND IONS", "line 2: precursor m/z '1;2' is not a number"),
        ])
    func errors(text: String, message: String) throws {
        #expect(try refusal(text).hasPrefix(message))
    }
}
