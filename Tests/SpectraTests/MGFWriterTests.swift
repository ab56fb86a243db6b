import Foundation
import Spectra
import TestSupport
import Testing

struct MGFWriterTests {
    /// Reading undoes writing, for everything that a spectrum holds.
    @Test func whatIsWrittenIsReadBack() throws {
        let full = Spectrum(
            name: "a = b; c", accession: "X-1", precursorMZ: 345.678901234, precursorCharge: -2, adduct: "[M-2H]2-",
            ionMode: .negative, formula: "C10H12O2", inchiKey: "AAAAAAAAAAAAAA-BBBBBBBBBB-N", smiles: "CC=O",
            retentionTime: 61.25, peaks: [Peak(mz: 100.1, intensity: 1e-7), Peak(mz: 1234.56789, intensity: 1e9)])
        let spectra =
            [full, Spectrum(name: "bare", peaks: [Peak(mz: 50, intensity: 1)])]
            + SimulatedPeptides.library.prefix(20)
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(spectra.map(MGFWriter.block).joined().utf8), to: "spectra.mgf")
        #expect(try SpectrumFile.spectra(path: path) == spectra)
    }
}
