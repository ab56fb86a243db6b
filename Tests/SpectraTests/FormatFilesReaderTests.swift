import Foundation
import Spectra
import TestSupport
import Testing

/// Files that people have, against counts made without these readers: `grep -ci '^num peaks'` or `BEGIN IONS`
/// for spectra; for peaks the rows of numbers, of mzML the MS2 arrays decoded with Python's base64, zlib and
/// struct.
@Suite("Readers on real files", .enabled(if: SharedDatasets.arePresent))
struct FormatFilesReaderTests {
    struct Expectation: CustomTestStringConvertible {
        var file: String
        var spectra: Int
        var peaks: Int
        var testDescription: String { file }
    }

    static let expectations = [
        Expectation(file: "formats/MoNA-export-GC-MS-first10.msp", spectra: 10, peaks: 494),
        Expectation(file: "formats/comments_with_quotes.msp", spectra: 1, peaks: 248),
        Expectation(file: "formats/edge_golm.msp", spectra: 1, peaks: 26),
        // 287 peaks, 124 of them of zero intensity.
        Expectation(file: "formats/golm.msp", spectra: 3, peaks: 163),
        Expectation(file: "formats/massbank_five_spectra.msp", spectra: 5, peaks: 41),
        // 25 peaks, 3 of them of zero intensity.
        Expectation(file: "formats/multiline_semicolon.msp", spectra: 2, peaks: 22),
        Expectation(file: "formats/rcx_gc-ei_ms_20201028_perylene.msp", spectra: 1, peaks: 19),
        Expectation(file: "formats/riken_style_five_spectra.msp", spectra: 5, peaks: 41),
        Expectation(file: "formats/pesticides.mgf", spectra: 76, peaks: 4721),
        Expectation(file: "formats/testdata.mgf", spectra: 30, peaks: 902),
        // 12 spectra, 2 of them MS1.
        Expectation(file: "formats/testdata.mzml", spectra: 10, peaks: 282),
        Expectation(file: "formats/Ecoli_MS2_small.mzML", spectra: 139, peaks: 36050),
        Expectation(file: "massbank-small/library.msp.gz", spectra: 2000, peaks: 72418),
        Expectation(file: "massbank-small/queries.msp.gz", spectra: 200, peaks: 5407),
    ]

    @Test("Spectra and peaks are as many as were counted otherwise", arguments: expectations)
    func counts(_ expected: Expectation) throws {
        let spectra = try SpectrumFile.spectra(path: SharedDatasets.path(expected.file))
        #expect(spectra.count == expected.spectra)
        #expect(spectra.reduce(0) { $0 + $1.peaks.count } == expected.peaks)
        #expect(spectra.allSatisfy { isSound($0) })
    }

    @Test(
        "A gzip-compressed copy reads the same", arguments: expectations.filter { !$0.file.hasSuffix(".gz") })
    func compressed(_ expected: Expectation) throws {
        let path = SharedDatasets.path(expected.file)
        let plain = try SpectrumFile.spectra(path: path)
        let bytes = try Data(contentsOf: URL(filePath: path))
        #expect(try withFile(bytes, gzip: true) { try SpectrumFile.spectra(path: $0) } == plain)
    }

    @Test("The MS2 arrays of an mzML file are its numbers")
    func mzMLValues() throws {
        let spectra = try SpectrumFile.spectra(path: SharedDatasets.path("formats/Ecoli_MS2_small.mzML"))
        let sum = spectra.reduce(0) { $1.peaks.reduce($0) { $0 + $1.mz } }
        #expect(abs(sum - 20_144_566.831627) < 1e-5)
        let first = try #require(spectra.first)
        #expect(first.accession == "controllerType=0 controllerNumber=1 scan=11461")
        #expect(first.precursorMZ == 617.318542480469)
        #expect(first.precursorCharge == 2 && first.ionMode == .positive)
        // 5000.0916 s, as the file says.
        #expect(first.retentionTime == 5000.0916)
        #expect(first.scanNumber == 11461 && first.dissociation.map(\.accession) == ["MS:1000133"])
    }

    @Test("The MassBank and the RIKEN dialect of one library hold the same spectra")
    func dialectsAgree() throws {
        let massBank = try SpectrumFile.spectra(path: SharedDatasets.path("formats/massbank_five_spectra.msp"))
        let riken = try SpectrumFile.spectra(path: SharedDatasets.path("formats/riken_style_five_spectra.msp"))
        let withoutAccession = massBank.map { spectrum in
            var spectrum = spectrum
            spectrum.accession = nil
            return spectrum
        }
        #expect(withoutAccession == riken)
    }

    @Test("The 60 MassBank records read as their tables say")
    func massBankRecords() throws {
        let folder = SharedDatasets.path("massbank-records")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".txt")
        }
        #expect(files.count == 60)
        var peaks = 0
        for file in files {
            let records = try MassBankRecord.records(path: folder + "/" + file)
            let record = try #require(records.first)
            let spectrum = try #require(SpectrumFile.spectra(path: folder + "/" + file).first)
            #expect(records.count == 1)
            #expect(spectrum.accession.map { $0 + ".txt" } == file)
            #expect(
                spectrum.precursorMZ == record.value("MS$FOCUSED_ION", "PRECURSOR_M/Z").flatMap(Double.init))
            #expect(spectrum.inchiKey == record.value("CH$LINK", "INCHIKEY"))
            #expect(
                spectrum.ionMode?.rawValue.uppercased() == record.value("AC$MASS_SPECTROMETRY", "ION_MODE"))
            #expect(
                spectrum.peaks
                    == record.peaks.compactMap { peak in
                        guard let mz = Double(peak.mz), let intensity = Double(peak.intensity) else {
                            return nil
                        }
                        return Peak(mz: mz, intensity: intensity)
                    })
            peaks += spectrum.peaks.count
        }
        // The sum of PK$NUM_PEAK over the 60 files; none of the peaks has zero intensity.
        #expect(peaks == 2005)
    }

    @Test("GNPS files: absent values are absent, unsigned charges take the sign of the ion mode")
    func gnps() throws {
        let pesticides = try SpectrumFile.spectra(path: SharedDatasets.path("formats/pesticides.mgf"))
        #expect(pesticides.allSatisfy { $0.inchiKey == nil && $0.ionMode != nil })
        #expect(pesticides.allSatisfy { $0.precursorCharge.map { ($0 < 0) == ($0 == -1) } ?? true })
        let fuberidazole = try #require(pesticides.first)
        #expect(fuberidazole.accession == "CCMSLIB00001058235")
        #expect(fuberidazole.ionMode == .negative && fuberidazole.precursorCharge == -1)
        let unknownMode = try #require(
            SpectrumFile.spectra(path: SharedDatasets.path("formats/testdata.mgf")).first)
        #expect(unknownMode.ionMode == nil && unknownMode.precursorCharge == nil && unknownMode.smiles == nil)
    }

    @Test(
        "Formats that are not read are refused by name",
        arguments: [("formats/testdata.mzXML", "mzXML"), ("formats/gnps_spectra.json", "JSON")])
    func refused(file: String, format: String) throws {
        let error = try #require(throws: SpectrumFileError.self) {
            try SpectrumFile.spectra(path: SharedDatasets.path(file))
        }
        #expect(error.message.hasPrefix("\(format) is not read"))
        #expect(error.message.contains("MSP, MGF, MassBank records and mzML are read"))
    }
}

/// Whether the peaks are what a reader promises: finite, positive, sorted.
func isSound(_ spectrum: Spectrum) -> Bool {
    spectrum.peaks.allSatisfy { $0.mz > 0 && $0.mz <= 1e6 && $0.intensity > 0 && $0.intensity.isFinite }
        && zip(spectrum.peaks, spectrum.peaks.dropFirst()).allSatisfy { $0.mz <= $1.mz }
        && spectrum.peaks.count <= 1_000_000
}
