import Foundation
import Testing

@testable import Spectra

struct ExactSimilarityTests {
    private func spectrum(_ peaks: [(Double, Double)], precursor: Double? = nil) -> Spectrum {
        Spectrum(precursorMZ: precursor, peaks: peaks.map { Peak(mz: $0.0, intensity: $0.1) })
    }

    private func similarity(_ score: SpectralScore, _ x: Spectrum, _ y: Spectrum) throws -> Double {
        let similarity = ExactSimilarity(recipe: try VectorRecipe(score: score))
        var matching = GreedyMatching()
        return similarity.similarity(similarity.subject(x), similarity.subject(y), &matching)
    }

    /// All candidates sorted by product, each taken if both of its peaks are free.
    private func greedy(_ x: [Peak], _ y: [Peak], tolerance: Double) -> Double {
        var pairs: [(Double, Int, Int)] = []
        for i in x.indices {
            for j in y.indices where abs(x[i].mz - y[j].mz) <= tolerance {
                pairs.append((x[i].intensity * y[j].intensity, i, j))
            }
        }
        var (takenX, takenY): (Set<Int>, Set<Int>) = ([], [])
        var sum = 0.0
        for (product, i, j) in pairs.sorted(by: { $0.0 > $1.0 }) where !takenX.contains(i) && !takenY.contains(j) {
            takenX.insert(i)
            takenY.insert(j)
            sum += product
        }
        return sum
    }

    @Test("Matching is greedy by product, crowded peaks included")
    func matching() {
        var generator = SplitMix64(seed: 6)
        var matching = GreedyMatching()
        for width in [0.3, 3, 300] {
            for _ in 0..<200 {
                func peaks() -> [Peak] {
                    (0..<Int(generator.next() % 20)).map { _ in
                        Peak(mz: 100 + width * generator.unit(), intensity: generator.unit())
                    }.sorted { $0.mz < $1.mz }
                }
                let (x, y) = (peaks(), peaks())
                let sum = matching.sum(x, y, tolerance: 0.02, of: *)
                #expect(abs(sum - greedy(x, y, tolerance: 0.02)) < 1e-12)
            }
        }
    }

    @Test("Values worked out by hand")
    func byHand() throws {
        let x = spectrum([(100, 100), (150, 50)], precursor: 200)
        let y = spectrum([(100.01, 100), (170, 100)], precursor: 200)
        // Heights 10 and sqrt(50), 10 and 10; one match.
        #expect(abs(try similarity(.mzmineCosine, x, y) - 100 / (150.0 * 200).squareRoot()) < 1e-9)
        let heights = [(100, 100), (150, 50), (100.01, 100), (170, 100)].map { (mz: Double, intensity: Double) in
            mz * mz * intensity.squareRoot()
        }
        let norms =
            (heights[0] * heights[0] + heights[1] * heights[1])
            * (heights[2] * heights[2] + heights[3] * heights[3])
        #expect(abs(try similarity(.massBankCosine, x, y) - heights[0] * heights[2] / norms.squareRoot()) < 1e-9)
        for score in SpectralScore.allCases {
            #expect(abs(try similarity(score, x, x) - 1) < 1e-9)
            #expect(try similarity(score, x, y) == similarity(score, y, x))
            #expect(try similarity(score, x, spectrum([(120, 5)], precursor: 200)) == 0)
        }
    }

    @Test("Entropy similarity by its definition, with weights, for spectra without close peaks")
    func entropy() throws {
        var generator = SplitMix64(seed: 7)
        for _ in 0..<100 {
            let places = (0..<30).map { 100 + 5 * Double($0) }
            func some() -> Spectrum {
                spectrum(
                    places.filter { _ in generator.unit() < 0.6 }.map { ($0, generator.unit() + 0.02) } + [(500, 1)])
            }
            let (x, y) = (some(), some())
            func weights(_ spectrum: Spectrum) -> [Double: Double] {
                let peaks = spectrum.peaks.entropyWeighted(cutoff: 3)
                return Dictionary(uniqueKeysWithValues: peaks.map { ($0.mz, $0.intensity) })
            }
            let (a, b) = (weights(x), weights(y))
            func entropy(_ weights: some Sequence<Double>) -> Double {
                weights.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
            }
            let mixed = Set(a.keys).union(b.keys).map { ((a[$0] ?? 0) + (b[$0] ?? 0)) / 2 }
            let expected = 1 - (2 * entropy(mixed) - entropy(a.values) - entropy(b.values)) / log(4)
            #expect(abs(try similarity(.entropy, x, y) - expected) < 1e-12)
        }
    }

    @Test("Merging keeps the sum and leaves no two peaks close")
    func merging() {
        var generator = SplitMix64(seed: 8)
        for _ in 0..<100 {
            let peaks = (0..<40).map { _ in Peak(mz: 100 + 2 * generator.unit(), intensity: generator.unit()) }
                .sorted { $0.mz < $1.mz }
            let merged = peaks.merged(within: 0.05)
            #expect(zip(merged, merged.dropFirst()).allSatisfy { $1.mz - $0.mz >= 0.05 })
            let (before, after) = (peaks.reduce(0) { $0 + $1.intensity }, merged.reduce(0) { $0 + $1.intensity })
            #expect(abs(before - after) < 1e-9)
            #expect(merged.count < peaks.count)
        }
    }
}
