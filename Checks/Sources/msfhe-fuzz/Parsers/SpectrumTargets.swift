import Foundation
import SpectralSearch
import Spectra

/// Spectrum files, read and made into vectors and integers as `library build` and `encrypt` do. One target for each
/// format, though the content decides which reader gets it, so that each has its time and its words.
enum SpectrumTargets {
    static let all = [
        target("msp", words: mspWords) { [utf8(msp)] },
        target("mgf", words: mgfWords) { [utf8(mgf)] },
        target("massbank", words: massBankWords) { [utf8(massBank)] },
        target("mzml", words: mzMLWords) { [utf8(mzML(isCompressed: false)), utf8(mzML(isCompressed: true))] },
        target("gzip") {
            let stream = StoredDeflate.gzip(utf8(mgf))
            return [stream, stream + stream]
        },
    ]

    private static func target(
        _ name: String, words: [String] = [], seeds: @escaping @Sendable () -> [[UInt8]]
    ) -> Target {
        Target(name: name, words: words + numbers, seeds: seeds) { input in
            let spectra = try withFile(input) { try SpectrumFile.spectra(path: $0) }
            let card = Fixture.shared.card
            let vectorizer = SpectrumVectorizer(recipe: card.content.vector)
            for spectrum in spectra {
                require(
                    spectrum.peaks.allSatisfy {
                        $0.mz.isFinite && $0.mz > 0 && $0.intensity.isFinite && $0.intensity > 0
                    },
                    "peaks are finite and positive")
                require(zip(spectrum.peaks, spectrum.peaks.dropFirst()).allSatisfy { $0.mz <= $1.mz }, "peaks ascend")
                let (row, scale) = card.content.scaling.quantisedRow(vectorizer.vector(of: spectrum))
                require(row.count == card.content.vector.dimension && scale > 0, "rows have the card's shape")
            }
            for vector in QueryVectors(spectra, card: card, threads: 1).vectors {
                _ = card.content.scaling.quantisedQuery(vector)
            }
            // What is written is read again.
            let written = spectra.map(MGFWriter.block).joined()
            if !written.isEmpty { _ = try withFile(utf8(written)) { try SpectrumFile.spectra(path: $0) } }
        }
    }

    private static func utf8(_ text: String) -> [UInt8] { Array(text.utf8) }

    /// Numbers that are hard on whoever converts them.
    private static let numbers = [
        "1e308", "1e-320", "-0", "inf", "nan", "9223372036854775807", "-9223372036854775808", "1e400", "0x1p3",
    ]

    // MARK: Seeds

    private static let msp = """
        Name: Something
        PrecursorMZ: 315.1485
        Precursor_type: [M+H]+
        Ion_mode: P
        Formula: C13H22N4O3S
        InChIKey: VMXUWOKSQNHOCA-UHFFFAOYSA-N
        Retention_time: 3.5 min
        Comments: "SMILES=CCO" "accession=X1"
        Num Peaks: 3
        55.0408 3936.5 "C3H5N+"
        176.0494 1e3; 200.1 0

        Name: Nothing
        Num Peaks: 0

        """
    private static let mspWords = [
        "Name: ", "Num Peaks: ", "PrecursorMZ: ", "Precursor_type: ", "Ion_mode: ", "Comments: ", "InChIKey: ",
        "Charge: ", "RETENTIONTIME: ", "DB#: ", "\r\n", ";", "\"", "SMILES=", "[M-2H]2-",
    ]

    private static let mgf = """
        # written by hand
        COM=one spectrum
        \(MGFWriter.block(
            Spectrum(
                name: "Something", accession: "X1", precursorMZ: 315.1485, precursorCharge: 2, adduct: "[M+2H]2+",
                ionMode: .positive, formula: "C13H22N4O3S", inchiKey: "VMXUWOKSQNHOCA-UHFFFAOYSA-N", smiles: "CCO",
                retentionTime: 210, peaks: [Peak(mz: 55.0408, intensity: 3936.5), Peak(mz: 176, intensity: 1000)])))
        """
    private static let mgfWords = [
        "BEGIN IONS", "END IONS", "TITLE=", "PEPMASS=", "CHARGE=", "2+ and 3+", "IONMODE=", "RTINSECONDS=", "SCANS=",
        "INCHIKEY=", "ADDUCT=", "FILENAME=", "\r\n",
    ]

    private static let massBank = """
        ACCESSION: MSBNK-Test-T1
        RECORD_TITLE: Something; LC-ESI-QTOF; MS2
        CH$NAME: Something
        CH$FORMULA: C13H22N4O3S
        CH$SMILES: CCO
        CH$LINK: INCHIKEY VMXUWOKSQNHOCA-UHFFFAOYSA-N
        AC$MASS_SPECTROMETRY: MS_TYPE MS2
        AC$MASS_SPECTROMETRY: ION_MODE POSITIVE
        AC$CHROMATOGRAPHY: RETENTION_TIME 3.5 min
        MS$FOCUSED_ION: PRECURSOR_M/Z 315.1485
        MS$FOCUSED_ION: PRECURSOR_TYPE [M+H]+
        PK$ANNOTATION: m/z tentative_formula
          55.0408 C3H5N+
        PK$NUM_PEAK: 2
        PK$PEAK: m/z int. rel.int.
          55.0408 3936.50 6
          176.0494 1.0e3 999
        //

        """
    private static let massBankWords = [
        "ACCESSION: ", "DEPRECATED: ", "CH$NAME: ", "CH$LINK: ", "AC$", "MS$FOCUSED_ION: ", "PK$NUM_PEAK: ",
        "PK$PEAK: ",
        "PK$ANNOTATION: ", "\n//\n", "\n  ", "sec", "min",
    ]

    private static func mzML(isCompressed: Bool) -> String {
        func array(_ kind: String, _ values: [Double]) -> String {
            let bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) } }
            let text = Data(isCompressed ? StoredDeflate.zlib(bytes) : bytes).base64EncodedString()
            return """
                <binaryDataArray encodedLength="\(text.count)">
                  <cvParam accession="MS:1000523" name="64-bit float" value=""/>
                  <cvParam accession="\(isCompressed ? "MS:1000574" : "MS:1000576")" name="compression" value=""/>
                  <cvParam accession="\(kind)" name="kind" value=""/>
                  <binary>\(text)</binary>
                </binaryDataArray>
                """
        }
        return """
            <?xml version="1.0" encoding="utf-8"?>
            <mzML xmlns="http://psi.hupo.org/ms/mzml" version="1.1.0">
              <referenceableParamGroupList count="1"><referenceableParamGroup id="g">
                <cvParam accession="MS:1000127" name="centroid spectrum" value=""/>
              </referenceableParamGroup></referenceableParamGroupList>
              <run id="r"><spectrumList count="1">
                <spectrum index="0" id="scan=7" defaultArrayLength="2">
                  <referenceableParamGroupRef ref="g"/>
                  <cvParam accession="MS:1000511" name="ms level" value="2"/>
                  <cvParam accession="MS:1000129" name="negative scan" value=""/>
                  <scanList count="1"><scan>
                    <cvParam accession="MS:1000016" name="scan start time" value="1.5" unitAccession="UO:0000031"/>
                  </scan></scanList>
                  <precursorList count="1"><precursor><selectedIonList count="1"><selectedIon>
                    <cvParam accession="MS:1000744" name="selected ion m/z" value="207.5"/>
                    <cvParam accession="MS:1000041" name="charge state" value="2"/>
                  </selectedIon></selectedIonList></precursor></precursorList>
                  <binaryDataArrayList count="2">
                    \(array("MS:1000514", [100.5, 200]))
                    \(array("MS:1000515", [3, 1.5]))
                  </binaryDataArrayList>
                </spectrum>
              </spectrumList></run>
            </mzML>
            """
    }
    private static let mzMLWords = [
        "<![CDATA[", "]]>", "<!--", "-->", "<?x ?>", "<!DOCTYPE", "&#x41;", "&amp;", "/>", "</", "iso-8859-1",
        "MS:1000521", "MS:1000519", "MS:1002312", "MS:1000128", "MS:1000796", "arrayLength=\"2\"",
        "<indexedmzML>", "<mzXML>", "<spectrum ", "<cvParam ", "<binary>",
    ]
}
