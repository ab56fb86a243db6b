import Foundation
import PlaintextReference
import Testing

@Suite struct WilsonIntervalTests {
    /// The interval holds exactly the probabilities p with |share - p| <= z sqrt(p (1 - p) / n).
    @Test(arguments: [(0, 10), (1, 10), (5, 10), (10, 10), (3, 1000), (1, 1)])
    func endsSolveTheScoreEquation(count: Int, trials: Int) {
        let interval = Interval(wilson: count, of: trials)
        let (share, n, z) = (Double(count) / Double(trials), Double(trials), 1.959963984540054)
        for end in [interval.lower, interval.upper] where end > 0 && end < 1 {
            #expect(abs(abs(share - end) - z * (end * (1 - end) / n).squareRoot()) < 1e-9)
        }
        #expect(interval.lower <= share && share <= interval.upper && interval.lower >= 0 && interval.upper <= 1)
        let mirrored = Interval(wilson: trials - count, of: trials)
        #expect(abs(mirrored.lower + interval.upper - 1) < 1e-12)
    }

    @Test func nothingIsKnownBeforeATrial() {
        #expect(Interval(wilson: 0, of: 0).lower == 0 && Interval(wilson: 0, of: 0).upper == 1)
    }

    /// 95 % of intervals hold the probability: of 4,000, within five binomial deviations, and for the discreteness of
    /// counts two points more.
    @Test(arguments: [0.05, 0.3, 0.5])
    func coverageIsThatOfTheName(probability: Double) {
        var generator = TestGenerator(seed: 11)
        let covered = (0..<4000).count { _ in
            let count = (0..<80).count { _ in Double.random(in: 0..<1, using: &generator) < probability }
            let interval = Interval(wilson: count, of: 80)
            return interval.lower <= probability && probability <= interval.upper
        }
        #expect(abs(Double(covered) / 4000 - 0.95) < 5 * (0.95 * 0.05 / 4000).squareRoot() + 0.02)
    }
}

@Suite struct ReceiverOperatingCurveTests {
    /// The area is P(X > Y) + P(X = Y) / 2, over all pairs.
    @Test func theAreaCountsPairs() throws {
        var generator = TestGenerator(seed: 12)
        for _ in 0..<20 {
            let positives = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                Double(Int.random(in: 2...12, using: &generator))
            }
            let negatives = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
                Double(Int.random(in: 0...10, using: &generator))
            }
            let pairs = positives.flatMap { x in negatives.map { x > $0 ? 1 : x == $0 ? 0.5 : 0 } }
            let area = try #require(ReceiverOperatingCurve.area(positives: positives, negatives: negatives))
            #expect(abs(area - pairs.reduce(0, +) / Double(pairs.count)) < 1e-12)
            let reversed = try #require(ReceiverOperatingCurve.area(positives: negatives, negatives: positives))
            #expect(abs(area + reversed - 1) < 1e-12)
        }
    }

    @Test func extremes() {
        #expect(ReceiverOperatingCurve.area(positives: [2, 3], negatives: [0, 1]) == 1)
        #expect(ReceiverOperatingCurve.area(positives: [1, 1], negatives: [1]) == 0.5)
        #expect(ReceiverOperatingCurve.area(positives: [], negatives: [1]) == nil)
        #expect(ReceiverOperatingCurve.area(positives: [1], negatives: []) == nil)
    }
}

@Suite struct ReliabilityCurveTests {
    /// Outcomes that come by the predicted probabilities: each bin's share is within five binomial deviations of its
    /// prediction, and the Brier score is the mean of p (1 - p).
    @Test func truePredictionsAreReliable() {
        var generator = TestGenerator(seed: 13)
        let predictions = (0..<50_000).map { _ in Double.random(in: 0.001..<0.999, using: &generator) }
        let outcomes = predictions.map { Double.random(in: 0..<1, using: &generator) < $0 }
        let curve = ReliabilityCurve(predictions: predictions, outcomes: outcomes)
        #expect(curve.bins.count == 10 && curve.bins.map(\.count).reduce(0, +) == 50_000)
        for bin in curve.bins {
            let deviation = (bin.predicted * (1 - bin.predicted) / Double(bin.count)).squareRoot()
            #expect(abs(bin.observed - bin.predicted) < 5 * deviation)
            #expect(bin.interval.lower <= bin.observed && bin.observed <= bin.interval.upper)
        }
        // For uniform p: E[p (1 - p)] = 1/6, with a deviation of single terms below 1/2; E of the log loss is 1/2.
        #expect(abs(curve.brierScore - 1.0 / 6) < 5 * 0.5 / 50_000.0.squareRoot())
        #expect(abs(curve.logLoss - 0.5) < 5 / 50_000.0.squareRoot())
        #expect(curve.expectedCalibrationError < 5 * 0.5 / 5000.0.squareRoot())
    }

    /// Predictions that are half as large as the truth are off by as much.
    @Test func wrongPredictionsAreNot() {
        var generator = TestGenerator(seed: 14)
        let truths = (0..<20_000).map { _ in Double.random(in: 0.4..<0.9, using: &generator) }
        let outcomes = truths.map { Double.random(in: 0..<1, using: &generator) < $0 }
        let curve = ReliabilityCurve(predictions: truths.map { $0 / 2 }, outcomes: outcomes)
        #expect(abs(curve.expectedCalibrationError - 0.325) < 5 * 0.5 / 20_000.0.squareRoot())
    }

    @Test func certaintiesFallIntoTheOuterBins() {
        let curve = ReliabilityCurve(predictions: [0, 1, 1], outcomes: [false, true, true])
        #expect(curve.bins.map(\.count) == [1, 2] && curve.bins.map(\.observed) == [0, 1])
        #expect(curve.brierScore == 0 && curve.logLoss == 0 && curve.expectedCalibrationError == 0)
    }
}
