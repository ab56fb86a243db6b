import Foundation
import Spectra
import TestSupport
import Testing

struct MzMLWriterTests {
    private func written(_ spectra: [Spectrum]) -> String {
        let writer = MzMLWriter(runID: "a & b", instrument: "none", spectrumCount: spectra.count)
        return writer.opening + spectra.enumerated().map { writer.spectrum($1, index: $0) }.joined()
            + MzMLWriter.closing
    }

    /// Reading undoes writing, for everything that mzML has a place for.
    @Test func whatIsWrittenIsReadBack() throws {
        let full = Spectrum(
            name: "a <b> & \"c\"", accession: "controllerType=0 controllerNumber=1 scan=17", scanNumber: 17,
            precursorMZ: 345.5, precursorCharge: -2, ionMode: .negative, retentionTime: 61.25,
            isolationWindow: 345...346.5, collisionEnergy: "35.0 eV",
            dissociation: [
                VocabularyTerm("MS:1000133", "collision-induced dissociation"),
                VocabularyTerm("MS:1000598", "electron transfer dissociation"),
            ], peaks: [Peak(mz: 100.1, intensity: 1e-7), Peak(mz: 1234.56789, intensity: 1e9)])
        let bare = Spectrum(accession: "index=1", peaks: [Peak(mz: 50, intensity: 1)])
        let empty = Spectrum(name: "empty", accession: "x", peaks: [])
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(written([full, bare, empty]).utf8), to: "run.mzML")
        #expect(try SpectrumFile.spectra(path: path) == [full, bare, empty])
        let source = try SpectrumFile.read(path: path) { _ in }
        #expect(source.runID == "a & b" && source.instrument == VocabularyTerm("MS:1000031", "none"))
    }

    /// The fraction of the file that was read only grows, and ends with the file.
    @Test func progressGrows() throws {
        let run = SimulatedPeptides.run(compoundCount: 300, seed: 1).map(\.spectrum)
        let folder = try TemporaryFolder()
        let path = try folder.write(Data(written(run).utf8), to: "run.mzML")
        var fractions: [Double] = []
        try SpectrumFile.read(path: path, progress: { fractions.append($0) }) { _ in }
        #expect(fractions.count == run.count && fractions.allSatisfy { (0...1).contains($0) })
        #expect(zip(fractions, fractions.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(fractions[0] < 0.5 && fractions.last! > 0.9)
    }
}

struct SimulatedRunTests {
    /// Scans are numbered upwards in order of time; each compound has one to three of them, within eight seconds.
    @Test func scansAreThoseOfOneRun() throws {
        let run = SimulatedPeptides.run(compoundCount: 150, seed: 5)
        #expect(run == SimulatedPeptides.run(compoundCount: 150, seed: 5))
        for (a, b) in zip(run, run.dropFirst()) {
            #expect(a.spectrum.retentionTime! <= b.spectrum.retentionTime!)
            #expect(a.spectrum.scanNumber! < b.spectrum.scanNumber!)
        }
        let compounds = Dictionary(grouping: run, by: \.truth)
        #expect(compounds.count == 150)
        for scans in compounds.values {
            let times = scans.map { $0.spectrum.retentionTime! }
            #expect((1...3).contains(scans.count) && times.max()! - times.min()! <= 8.001)
        }
        #expect(SimulatedPeptides.run(compoundCount: 0, seed: 1).isEmpty)
        #expect(SimulatedPeptides.run(compoundCount: -1, seed: 1).isEmpty)
    }

    /// The mass of a formula is that of the composition which it was made of, and of well-known compounds.
    @Test func formulasHaveMasses() throws {
        for spectrum in SimulatedPeptides.library.prefix(100) {
            let mass = try #require(MolecularFormula(spectrum.formula ?? "")).monoisotopicMass
            let charge = Double(spectrum.precursorCharge!)
            #expect(abs((mass / charge + IsotopeMass.proton) - spectrum.precursorMZ!) < 1e-6)
        }
        // Caffeine, chloramphenicol and bromazepam (PubChem, monoisotopic masses).
        for (formula, mass) in [("C8H10N4O2", 194.08037), ("C11H12Cl2N2O5", 322.01233), ("C14H10BrN3O", 315.00072)] {
            #expect(abs(try #require(MolecularFormula(formula)).monoisotopicMass - mass) < 1e-5)
        }
        for text in ["", "c6", "C6H", "C6H12O6+", "Xx", "C6 H12", "(CH2)2", "C123456", "[M+H]+"] where text != "C6H" {
            #expect(MolecularFormula(text) == nil, "\(text)")
        }
    }
}
