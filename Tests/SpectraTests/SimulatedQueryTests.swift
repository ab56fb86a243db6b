import Foundation
import Spectra
import Testing

@Suite struct SimulatedQueryTests {
    /// A measurement that changes nothing: tests switch on one effect at a time.
    static let ideal: SimulatedMeasurement = {
        var measurement = SimulatedMeasurement()
        measurement.peakLoss = 0
        measurement.fragmentDeviation = 0
        measurement.precursorDeviation = 0
        measurement.intensityDeviation = 0
        measurement.contaminantFraction = 0..<0
        return measurement
    }()

    private func queries(_ count: Int, _ change: (inout SimulatedMeasurement) -> Void) -> [SimulatedQuery] {
        var measurement = Self.ideal
        change(&measurement)
        return SimulatedPeptides.queries(count: count, seed: 2024, measurement: measurement)
    }

    @Test func theIdealMeasurementChangesNoPeak() {
        for query in queries(50, { _ in }) {
            #expect(query.spectrum.peaks == query.truth.peaks)
            #expect(query.spectrum.precursorMZ == query.truth.precursorMZ)
        }
    }

    @Test func nothingGivesTheAnswerAway() {
        let queries = SimulatedPeptides.queries(count: 200, seed: 1)
        #expect(queries.map(\.spectrum.name).prefix(2) == ["query 0001", "query 0002"])
        #expect(Set(queries.map(\.spectrum.name)).count == queries.count)
        for query in queries {
            let spectrum = query.spectrum
            #expect(spectrum.accession == nil && spectrum.adduct == nil && spectrum.formula == nil)
            #expect(spectrum.inchiKey == nil && spectrum.smiles == nil && spectrum.retentionTime == nil)
            #expect(spectrum.precursorCharge == query.truth.precursorCharge)
            #expect(spectrum.precursorMZ != query.truth.precursorMZ)
            #expect(SimulatedPeptides.library.contains(query.truth))
        }
    }

    @Test func aSeedGivesTheSameQueriesAndFewerAreTheFirstOfMore() {
        let queries = SimulatedPeptides.queries(count: 40, seed: 7)
        #expect(queries == SimulatedPeptides.queries(count: 40, seed: 7))
        #expect(Array(queries.prefix(15)) == SimulatedPeptides.queries(count: 15, seed: 7))
        #expect(queries != SimulatedPeptides.queries(count: 40, seed: 8))
        #expect(SimulatedPeptides.queries(count: -1, seed: 7).isEmpty)
    }

    /// The bits of a hundred queries, recorded once: they may change with the model, never with the platform.
    @Test func queriesAreTheSameOnEveryPlatform() {
        var digest: UInt64 = 0
        for query in SimulatedPeptides.queries(count: 100, seed: 42) {
            for peak in query.spectrum.peaks {
                for bits in [peak.mz.bitPattern, peak.intensity.bitPattern] {
                    digest = (digest ^ bits) &* 0x100_0000_01B3
                }
            }
        }
        #expect(digest == 16_128_225_800_360_498_924)
    }

    @Test func peaksAreLostAsOftenAsStated() {
        let queries = queries(500) { $0.peakLoss = 0.35 }
        let kept = queries.reduce(0) { $0 + $1.spectrum.peaks.count }
        let total = queries.reduce(0) { $0 + $1.truth.peaks.count }
        let deviation = (0.35 * 0.65 / Double(total)).squareRoot()
        #expect(abs(Double(kept) / Double(total) - 0.65) < 5 * deviation)
    }

    @Test func massesAndIntensitiesScatterAsStated() {
        let fragments = queries(300) { $0.fragmentDeviation = 3 }.flatMap { query in
            zip(query.spectrum.peaks, query.truth.peaks).map { ($0.mz / $1.mz - 1) * 1e6 }
        }
        expectNormal(fragments, deviation: 3)
        let precursors = queries(3000) { $0.precursorDeviation = 2 }.map { query in
            (query.spectrum.precursorMZ! / query.truth.precursorMZ! - 1) * 1e6
        }
        expectNormal(precursors, deviation: 2)
        let logarithms = queries(300) { $0.intensityDeviation = 0.4 }.flatMap { query in
            zip(query.spectrum.peaks, query.truth.peaks).map { log($0.intensity / $1.intensity) }
        }
        expectNormal(logarithms, deviation: 0.4)
    }

    /// Expects mean 0 and this standard deviation, each within five standard errors.
    private func expectNormal(
        _ sample: [Double], deviation: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let count = Double(sample.count)
        let mean = sample.reduce(0, +) / count
        let variance = sample.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        #expect(abs(mean) < 5 * deviation / count.squareRoot(), sourceLocation: sourceLocation)
        #expect(
            abs(variance.squareRoot() / deviation - 1) < 5 / (2 * count).squareRoot(),
            sourceLocation: sourceLocation)
    }

    @Test func contaminantsAreAsManyAndAsHighAsStated() {
        for query in queries(300, { $0.contaminantFraction = 0.10..<0.25 }) {
            let truth = Set(query.truth.peaks)
            let contaminants = query.spectrum.peaks.filter { !truth.contains($0) }
            let count = Double(query.truth.peaks.count)
            #expect(Double(contaminants.count) >= (0.10 * count).rounded())
            #expect(Double(contaminants.count) <= (0.25 * count).rounded())
            #expect(contaminants.allSatisfy { (100...query.truth.peaks.last!.mz).contains($0.mz) })
            #expect(contaminants.allSatisfy { (20...300).contains($0.intensity) })
        }
    }

    @Test func everyLibrarySpectrumIsDrawnEquallyOften() {
        let draws = queries(20_000) { $0.peakLoss = 1 }
        let doubly = Double(draws.count { $0.truth.precursorCharge == 2 }) / Double(draws.count)
        let expected =
            Double(SimulatedPeptides.library.count { $0.precursorCharge == 2 })
            / Double(SimulatedPeptides.library.count)
        #expect(abs(doubly - expected) < 5 * 0.5 / Double(draws.count).squareRoot())
    }

    /// The first outputs for seed 1234567 of the authors' reference implementation.
    @Test func generatorIsSplitMix64() {
        var random = SplitMix64(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
        #expect(random.next() == 9_817_491_932_198_370_423)
    }

    @Test func exponentialIsCloseToThatOfTheMathematicsLibrary() {
        for seed in UInt64(0)..<1000 {
            var (random, twin) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
            let exponent = 0.4 * random.normal()
            #expect(abs(twin.logNormal(deviation: 0.4) / exp(exponent) - 1) < 1e-5)
        }
    }
}
