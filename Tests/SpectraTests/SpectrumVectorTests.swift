import Foundation
import Testing

@testable import Spectra

struct SpectrumVectorTests {
    private let recipe = try! VectorRecipe()

    private func spectrum(_ peaks: [(Double, Double)], precursor: Double? = nil) -> Spectrum {
        Spectrum(precursorMZ: precursor, peaks: peaks.map { Peak(mz: $0.0, intensity: $0.1) })
    }

    private func randomSpectrum(_ generator: inout SplitMix64, peaks: Int = 40) -> Spectrum {
        spectrum(
            (0..<peaks).map { _ in (50 + 900 * generator.unit(), -log(generator.unit())) },
            precursor: 950 + 50 * generator.unit())
    }

    private func dot(_ x: some Sequence<Float>, _ y: some Sequence<Float>) -> Double {
        zip(x, y).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }

    @Test func cleaningDropsSmallPeaksAndPeaksAboveThePrecursor() {
        let cleaned = spectrum([(100, 1000), (150, 9.9), (160, 10.1), (301.4, 500), (301.6, 5000)], precursor: 300)
            .cleanedPeaks(recipe)
        #expect(cleaned.map(\.mz) == [100, 160, 301.4])
        // Without a precursor nothing is above it, and the base peak is another.
        let all = spectrum([(100, 1000), (150, 9.9), (301.6, 5000)]).cleanedPeaks(recipe)
        #expect(all.map(\.mz) == [100, 301.6])
    }

    @Test func weightsFollowTheEntropy() {
        // Two equal peaks have entropy ln 2, and stay equal; uneven ones are flattened by the power 0.25 + 0.25 S.
        let even = [Peak(mz: 1, intensity: 5), Peak(mz: 2, intensity: 5)]
        #expect(abs(even.entropy - log(2)) < 1e-12)
        let uneven = [Peak(mz: 1, intensity: 9), Peak(mz: 2, intensity: 1)]
        let entropy = -(0.9 * log(0.9) + 0.1 * log(0.1))
        #expect(abs(uneven.entropy - entropy) < 1e-12)
        let weighted = uneven.entropyWeighted(cutoff: 3)
        #expect(abs(weighted[0].intensity / weighted[1].intensity - pow(9, 0.25 + 0.25 * entropy)) < 1e-12)
        #expect(abs(weighted.reduce(0) { $0 + $1.intensity } - 1) < 1e-12)
        // From the cutoff on the weights are the intensities.
        let rich = (1...40).map { Peak(mz: Double($0), intensity: Double(20 + $0)) }
        #expect(rich.entropy > 3)
        let total = rich.reduce(0) { $0 + $1.intensity }
        for (peak, weighted) in zip(rich, rich.entropyWeighted(cutoff: 3)) {
            #expect(abs(weighted.intensity - peak.intensity / total) < 1e-12)
        }
    }

    @Test func halvesHaveUnitLength() {
        var generator = SplitMix64(seed: 1)
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        for _ in 0..<50 {
            let vector = vectorizer.vector(of: randomSpectrum(&generator))
            #expect(vector.count == 512)
            #expect(abs(dot(vector[..<448], vector[..<448]) - 1) < 1e-6)
            #expect(abs(dot(vector[448...], vector[448...]) - 1) < 1e-6)
        }
        let bare = vectorizer.vector(of: spectrum([(100, 1)]))
        #expect(bare[448...].allSatisfy { $0 == 0 })
        let empty = vectorizer.vector(of: spectrum([], precursor: 300))
        #expect(empty[..<448].allSatisfy { $0 == 0 } && empty[448...].contains { $0 != 0 })
    }

    /// The sketch keeps cosines: its error is about sqrt((1 + c^2) / D) for slots of one, and no more for four.
    @Test func sketchesKeepCosines() throws {
        var generator = SplitMix64(seed: 2)
        let wide = SpectrumVectorizer(recipe: try VectorRecipe(dimension: 4096, precursorDimension: 0))
        let narrow = SpectrumVectorizer(recipe: try VectorRecipe(dimension: 512, precursorDimension: 0))
        var squares = 0.0
        let count = 300
        for _ in 0..<count {
            let first = randomSpectrum(&generator)
            var second = randomSpectrum(&generator)
            second.peaks = (first.peaks.prefix(20) + second.peaks.suffix(20)).sorted { $0.mz < $1.mz }
            second.precursorMZ = first.precursorMZ
            let exact = binnedCosine(first, second)
            #expect(abs(dot(wide.vector(of: first), wide.vector(of: second)) - exact) < 6 * (2.0 / 4096).squareRoot())
            let error = dot(narrow.vector(of: first), narrow.vector(of: second)) - exact
            squares += error * error
        }
        #expect((squares / Double(count)).squareRoot() < (2.0 / 512).squareRoot())
    }

    /// The cosine of the soft bins, computed from its definition.
    private func binnedCosine(_ x: Spectrum, _ y: Spectrum) -> Double {
        func bins(_ spectrum: Spectrum) -> [Int: Double] {
            var bins: [Int: Double] = [:]
            for peak in spectrum.cleanedPeaks(recipe).entropyWeighted(cutoff: 3) {
                let position = peak.mz / 0.02
                let lower = Int(position.rounded(.down))
                bins[lower, default: 0] += peak.intensity.squareRoot() * (Double(lower) + 1 - position)
                bins[lower + 1, default: 0] += peak.intensity.squareRoot() * (position - Double(lower))
            }
            return bins
        }
        let (a, b) = (bins(x), bins(y))
        func product(_ x: [Int: Double], _ y: [Int: Double]) -> Double {
            x.reduce(0) { $0 + $1.value * (y[$1.key] ?? 0) }
        }
        return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
    }

    /// The precursor halves multiply to a Gaussian kernel of the difference, but for K = 32 random frequencies.
    @Test func precursorsMultiplyToAGaussianKernel() throws {
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        func half(_ precursor: Double) -> ArraySlice<Float> {
            vectorizer.vector(of: spectrum([(50, 1)], precursor: precursor))[448...]
        }
        for precursor in [150.0, 422.2, 1900.1] {
            let reference = half(precursor)
            #expect(abs(dot(reference, half(precursor)) - 1) < 1e-6)
            #expect(dot(reference, half(precursor + 0.001)) > 0.98)
            #expect(abs(dot(reference, half(precursor + 0.01)) - exp(-0.5)) < 0.25)
            let far = (1...200).map { dot(reference, half(precursor + 0.1 * Double($0))) }
            // The mean of K cosines of random phases has standard deviation sqrt(1 / 2K) = 1/8.
            let rms = (far.reduce(0) { $0 + $1 * $1 } / 200).squareRoot()
            #expect(rms < 0.18 && far.allSatisfy { abs($0) < 6.0 / 8 })
        }
    }

    @Test func recipesOutOfRangeAreRefused() throws {
        for dimension in [0, 63, 510, 5000] {
            #expect(throws: RecipeError.self) { try VectorRecipe(dimension: dimension) }
        }
        #expect(throws: RecipeError.self) { try VectorRecipe(dimension: 512, precursorDimension: 63) }
        #expect(throws: RecipeError.self) { try VectorRecipe(dimension: 512, precursorDimension: 256) }
        var recipe = try VectorRecipe()
        recipe.binWidth = .nan
        #expect(throws: RecipeError.self) { try recipe.validate() }
    }

    @Test func hostilePeaksDoNotTrap() {
        let vectorizer = SpectrumVectorizer(recipe: recipe)
        for peaks in [[(1e6, 1e300)], [(1e-9, 1e-300)], [(5, 1), (5, 1), (5, 1)], [(100, 0)]] {
            let vector = vectorizer.vector(of: spectrum(peaks, precursor: 1e6))
            #expect(vector.allSatisfy { $0.isFinite })
        }
    }
}
