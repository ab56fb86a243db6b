import Foundation
import Testing

@testable import Spectra

/// Vectors of every score against the similarity that they stand for.
struct SpectralScoreTests {
    /// Spectra that share half of their peaks, at the same m/z to within a tenth of a bin.
    private struct Pairs {
        var generator = SplitMix64(seed: 12)

        mutating func next() -> (Spectrum, Spectrum) {
            func peak(_ mz: Double) -> Peak { Peak(mz: mz, intensity: -log(generator.unit()) + 0.05) }
            // At least 0.1 Da apart, so that no peak has two to match with and none are merged.
            let places = (0..<60).map { 60 + 12 * Double($0) + 10 * generator.unit() }
            let precursor = 800 + 50 * generator.unit()
            let first = Spectrum(precursorMZ: precursor, peaks: places.prefix(40).map(peak))
            let second = Spectrum(
                precursorMZ: precursor,
                peaks: places.suffix(40).map { peak($0) })
            return (first, second)
        }
    }

    private func dot(_ x: [Float], _ y: [Float]) -> Double { zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

    /// Peaks at the same place fall into the same bins, so what is left is the expansion's error and that of the sketch,
    /// whose mean square over hash functions is at most (1 + c^2) / D: the seeds are averaged.
    @Test("Vectors of every score multiply to its similarity", arguments: SpectralScore.allCases)
    func vectorsMultiplyToSimilarities(score: SpectralScore) throws {
        var pairs = Pairs()
        let (seeds, dimension) = (24, 1024)
        let vectorizers = try (0..<seeds).map {
            SpectrumVectorizer(
                recipe: try VectorRecipe(
                    dimension: dimension, precursorDimension: 0, score: score, seed: UInt64($0)))
        }
        let similarity = ExactSimilarity(recipe: vectorizers[0].recipe)
        var matching = GreedyMatching()
        for _ in 0..<10 {
            let (x, y) = pairs.next()
            let exact = similarity.similarity(similarity.subject(x), similarity.subject(y), &matching)
            let errors = vectorizers.map { dot($0.vector(of: x), $0.vector(of: y)) - exact }
            let mean = errors.reduce(0, +) / Double(seeds)
            let deviation = (2.0 / Double(dimension)).squareRoot()
            // Soft bins change norms by the positions of peaks within bins: by a few per cent of the similarity.
            #expect(abs(mean) < 5 * deviation / Double(seeds).squareRoot() + 0.06 * exact + 0.01, "\(score): \(exact)")
            #expect(errors.allSatisfy { abs($0) < 6 * deviation + 0.06 })
        }
    }

    @Test("The default's vectors are what they were before there were other scores")
    func defaultIsUnchanged() throws {
        let spectrum = Spectrum(
            precursorMZ: 300.1234,
            peaks: [(100.05, 10.0), (150.07, 55.0), (299.9, 100.0)].map { Peak(mz: $0, intensity: $1) })
        let vector = SpectrumVectorizer(recipe: try VectorRecipe()).vector(of: spectrum)
        // Twelve slots of six bins in all, each with a height's share: recomputed here from the definition.
        let weights = spectrum.peaks.entropyWeighted(cutoff: 3)
        var sketch = [Double](repeating: 0, count: 448)
        for peak in weights {
            let position = peak.mz / 0.02
            for (bin, share) in [
                (position.rounded(.down), 1 - (position - position.rounded(.down))),
                (position.rounded(.down) + 1, position - position.rounded(.down)),
            ] {
                for slot in 0..<4 {
                    let hash = SplitMix64.mix(
                        SplitMix64.mix(UInt64(bin) * 4 + UInt64(slot) &+ 4) &+ 0x9e37_79b9_7f4a_7c15)
                    let entry = Int(hash.multipliedFullWidth(by: 448).high)
                    sketch[entry] += (hash & 1 == 0 ? 1 : -1) * peak.intensity.squareRoot() * share
                }
            }
        }
        let norm = sketch.reduce(0) { $0 + $1 * $1 }.squareRoot()
        for (entry, expected) in zip(vector, sketch) { #expect(abs(Double(entry) - expected / norm) < 1e-6) }
    }

    @Test("Weighted cosines follow their published exponents")
    func exponents() throws {
        let spectrum = Spectrum(peaks: [Peak(mz: 100, intensity: 25), Peak(mz: 200, intensity: 100)])
        for (score, mzPower, intensityPower) in [
            (SpectralScore.massBankCosine, 2.0, 0.5), (.nistCosine, 3, 0.6), (.nist11Cosine, 1.3, 0.53),
            (.mzmineCosine, 0, 0.5),
        ] {
            let heights = spectrum.peaks.heights(try VectorRecipe(score: score))
            let ratio = heights[1].intensity / heights[0].intensity
            #expect(abs(ratio - pow(2, mzPower) * pow(4, intensityPower)) < 1e-9 * ratio)
        }
    }

    @Test("Neutral losses come from the precursor, and need it")
    func neutralLosses() throws {
        let peaks = [Peak(mz: 100, intensity: 1), Peak(mz: 250, intensity: 2), Peak(mz: 299.8, intensity: 3)]
        let losses = Spectrum(precursorMZ: 300, peaks: peaks).neutralLosses(of: peaks)
        #expect(losses == [Peak(mz: 50, intensity: 2), Peak(mz: 200, intensity: 1)])
        let recipe = try VectorRecipe(score: .neutralLoss)
        let unknown = Spectrum(peaks: peaks)
        #expect(!unknown.isSearchable(recipe) && Spectrum(precursorMZ: 300, peaks: peaks).isSearchable(recipe))
        #expect(unknown.isSearchable(try VectorRecipe(score: .hybrid)))
        #expect(SpectrumVectorizer(recipe: recipe).vector(of: unknown).allSatisfy { $0 == 0 })
    }

    @Test("An analogue, whose fragments are shifted with its precursor, is found by losses")
    func analogues() throws {
        let fragments = [80.1, 120.2, 190.3, 230.4].map { Peak(mz: $0, intensity: 10) }
        let spectrum = Spectrum(precursorMZ: 300, peaks: fragments)
        let shifted = Spectrum(precursorMZ: 316, peaks: fragments.map { Peak(mz: $0.mz + 16, intensity: 10) })
        for (score, expected) in [(SpectralScore.cosine, 0.0), (.neutralLoss, 1), (.hybrid, 0.5)] {
            let recipe = try VectorRecipe(dimension: 4096, precursorDimension: 0, score: score)
            let vectorizer = SpectrumVectorizer(recipe: recipe)
            let similarity = ExactSimilarity(recipe: recipe)
            var matching = GreedyMatching()
            let exact = similarity.similarity(similarity.subject(spectrum), similarity.subject(shifted), &matching)
            #expect(abs(exact - expected) < 1e-9)
            #expect(abs(dot(vectorizer.vector(of: spectrum), vectorizer.vector(of: shifted)) - expected) < 0.1)
        }
    }

    @Test func ranksAndScoresThatDoNotGoTogetherAreRefused() throws {
        var recipe = try VectorRecipe()
        recipe.expansionRank = 2
        #expect(throws: RecipeError.self) { try recipe.validate() }
        for rank in [0, 17] {
            #expect(throws: RecipeError.self) { try VectorRecipe(score: .entropy, expansionRank: rank) }
        }
    }
}
