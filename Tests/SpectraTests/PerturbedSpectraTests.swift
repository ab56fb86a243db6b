import Foundation
import Spectra
import Testing

@Suite struct PerturbedSpectraTests {
    private let originals = Array(SimulatedPeptides.library.prefix(50))

    @Test func aCopyDependsOnSeedAndPositionAlone() {
        let copies = PerturbedSpectra(of: originals, count: 120, seed: 3)
        #expect(copies.count == 120)
        #expect(Array(copies.prefix(7)) == Array(PerturbedSpectra(of: originals, count: 7, seed: 3)))
        #expect(copies[119] == PerturbedSpectra(of: originals, count: 1_000_000, seed: 3)[119])
        #expect(copies[119] != PerturbedSpectra(of: originals, count: 120, seed: 4)[119])
        #expect(copies.query(for: 5) == copies.query(for: 5))
        #expect(PerturbedSpectra(of: [], count: 10, seed: 3).isEmpty)
        #expect(PerturbedSpectra(of: originals, count: -1, seed: 3).isEmpty)
    }

    /// Copies say what they are, and claim no structure.
    @Test func copiesAreLabelled() throws {
        var named = originals
        for number in named.indices {
            named[number].inchiKey = "AAAAAAAAAAAAAA-BBBBBBBBBB-\(number)"
            named[number].smiles = "C"
        }
        for (position, copy) in PerturbedSpectra(of: named, count: 150, seed: 1).enumerated() {
            let original = named[position % 50]
            #expect(copy.name == "perturbed copy \(position / 50 + 1) of \(original.name)")
            #expect(copy.accession?.hasPrefix("perturbed-") == true)
            #expect(copy.inchiKey == nil && copy.smiles == nil && copy.formula == nil)
            let shift = try #require(copy.precursorMZ) - #require(original.precursorMZ)
            #expect(abs(shift - 0.05 * Double(position / 50 + 1)) < 1e-9)
            #expect(copy.peaks != original.peaks)
        }
    }

    /// A spectrum of few peaks, or whose peaks lie at the precursor, keeps one to search by.
    @Test func everyCopyCanBeSearchedBy() throws {
        let poor = [
            Spectrum(name: "one", precursorMZ: 300, peaks: [Peak(mz: 100, intensity: 1)]),
            Spectrum(name: "at the precursor", precursorMZ: 300, peaks: [Peak(mz: 301, intensity: 1)]),
            Spectrum(name: "without precursor", peaks: [Peak(mz: 100, intensity: 1)]),
        ]
        let recipe = try VectorRecipe()
        for copy in PerturbedSpectra(of: poor, count: 600, seed: 1) {
            #expect(!copy.cleanedPeaks(recipe).isEmpty, "\(copy.name)")
        }
    }

    /// By its vector, a query is nearest to the copy that it is a measurement of, among all copies of all compounds.
    @Test func queriesAreNearestToTheirCopies() throws {
        let copies = PerturbedSpectra(of: originals, count: 500, seed: 1)
        let vectorizer = SpectrumVectorizer(recipe: try VectorRecipe())
        let vectors = copies.map { vectorizer.vector(of: $0) }
        for position in stride(from: 0, to: 500, by: 17) {
            let query = copies.query(for: position)
            #expect(query.truth == copies[position] && query.spectrum.name == "query \(position)")
            let vector = vectorizer.vector(of: query.spectrum)
            let scores = vectors.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
            #expect(scores.indices.max { scores[$0] < scores[$1] } == position)
        }
    }
}
