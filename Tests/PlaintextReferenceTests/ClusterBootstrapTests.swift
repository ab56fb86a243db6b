import Foundation
import Testing

@testable import PlaintextReference

@Suite struct ClusterBootstrapTests {
    /// Clusters of one to five observations that all succeed or all fail, as queries of one compound tend to.
    private struct Sample {
        var labels: [Int] = []
        var values: [Double] = []

        init(clusters: Int, share: Double, using generator: inout TestGenerator) {
            for cluster in 0..<clusters {
                let value = Double.random(in: 0..<1, using: &generator) < share ? 1.0 : 0
                for _ in 0..<Int.random(in: 1...5, using: &generator) {
                    labels.append(cluster)
                    values.append(value)
                }
            }
        }
    }

    /// Of the intervals at 95 %, 95 % cover the truth; those that take the observations of a cluster for independent
    /// do not.
    @Test func intervalsCoverTheTruthAsOftenAsTheySay() {
        let (trials, truth) = (400, 0.8)
        var generator = TestGenerator(seed: 41)
        var (covered, naive) = (0, 0)
        for trial in 0..<trials {
            let sample = Sample(clusters: 120, share: truth, using: &generator)
            func covers(_ bootstrap: ClusterBootstrap) -> Bool {
                guard let interval = bootstrap.interval(ofMean: sample.values) else { return false }
                return (interval.lower...interval.upper).contains(truth)
            }
            covered += covers(ClusterBootstrap(sample.labels, seed: UInt64(trial))) ? 1 : 0
            if trial % 4 == 0 {
                naive += covers(ClusterBootstrap(Array(sample.labels.indices), seed: UInt64(trial))) ? 1 : 0
            }
        }
        // Four binomial deviations.
        let deviation = (0.95 * 0.05 / Double(trials)).squareRoot()
        #expect(abs(Double(covered) / Double(trials) - 0.95) < 4 * deviation)
        // Clusters of 1 to 5 have a design effect of E[n^2] / E[n] = 11 / 3: their intervals would be too narrow by its
        // root, 1.91, and cover 1.02 deviations, that is 69 %.
        let few = (0.69 * 0.31 / Double(trials / 4)).squareRoot()
        #expect(abs(Double(naive) / Double(trials / 4) - 0.69) < 4 * few)
    }

    @Test func singleObservationsGiveTheIntervalOfTheCentralLimit() throws {
        var generator = TestGenerator(seed: 42)
        let values = (0..<1000).map { _ in Double.random(in: 0..<1, using: &generator) }
        let mean = values.reduce(0, +) / 1000
        let deviation = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 1000).squareRoot() / 1000.squareRoot()
        let interval = try #require(ClusterBootstrap(Array(0..<1000)).interval(ofMean: values))
        // A 2.5 % quantile of 2,000 normal numbers has a standard error of 0.06 deviations.
        #expect(abs(interval.lower - (mean - 1.96 * deviation)) < 4 * 0.06 * deviation)
        #expect(abs(interval.upper - (mean + 1.96 * deviation)) < 4 * 0.06 * deviation)
    }

    @Test func thePairedIntervalOfIdenticalValuesIsExactlyZero() {
        var generator = TestGenerator(seed: 43)
        let sample = Sample(clusters: 50, share: 0.5, using: &generator)
        let differences = zip(sample.values, sample.values).map { $0 - $1 }
        #expect(ClusterBootstrap(sample.labels).interval(ofMean: differences) == Interval(lower: 0, upper: 0))
    }

    /// What is common to both sides of a pair is no part of the interval of their difference.
    @Test func pairedIntervalsAreNarrowerThanThoseOfTheirSides() throws {
        var generator = TestGenerator(seed: 44)
        let sample = Sample(clusters: 200, share: 0.7, using: &generator)
        let other = sample.values.enumerated().map { $0 % 100 == 0 ? 1 - $1 : $1 }
        let bootstrap = ClusterBootstrap(sample.labels)
        let side = try #require(bootstrap.interval(ofMean: sample.values))
        let paired = try #require(bootstrap.interval(ofMean: zip(other, sample.values).map { $0 - $1 }))
        #expect(paired.upper - paired.lower < 0.5 * (side.upper - side.lower))
    }

    @Test func intervalsFollowTheirValues() throws {
        var generator = TestGenerator(seed: 45)
        let sample = Sample(clusters: 60, share: 0.6, using: &generator)
        let bootstrap = ClusterBootstrap(sample.labels)
        let interval = try #require(bootstrap.interval(ofMean: sample.values))
        let shifted = try #require(bootstrap.interval(ofMean: sample.values.map { 3 - 2 * $0 }))
        #expect(abs(shifted.lower - (3 - 2 * interval.upper)) < 1e-12)
        #expect(abs(shifted.upper - (3 - 2 * interval.lower)) < 1e-12)
    }

    @Test func theSameClustersGiveTheSameIntervalUnderAnyName() {
        var generator = TestGenerator(seed: 46)
        let sample = Sample(clusters: 40, share: 0.6, using: &generator)
        let interval = ClusterBootstrap(sample.labels).interval(ofMean: sample.values)
        #expect(interval == ClusterBootstrap(sample.labels).interval(ofMean: sample.values))
        #expect(interval == ClusterBootstrap(sample.labels.map { "compound \($0)" }).interval(ofMean: sample.values))
        #expect(interval != ClusterBootstrap(sample.labels, seed: 1).interval(ofMean: sample.values))
    }

    /// The exact interval of no failure in n trials, whose lower end p has p^n = 2.5 %.
    @Test func sharesWithoutAFailureAreNotCertain() throws {
        for count in [10, 50, 1000] {
            let bootstrap = ClusterBootstrap(Array(0..<count))
            let all = try #require(bootstrap.interval(ofShare: [Double](repeating: 1, count: count)))
            #expect(all.upper == 1 && abs(pow(all.lower, Double(count)) - 0.025) < 1e-9)
            let none = try #require(bootstrap.interval(ofShare: [Double](repeating: 0, count: count)))
            #expect(none.lower == 0 && abs(none.upper - (1 - all.lower)) < 1e-12)
        }
    }

    @Test func fewClustersHaveNoInterval() {
        for count in 0..<ClusterBootstrap.leastClusterCount {
            // However many observations they hold.
            let labels = Array(0..<count) + Array(0..<count)
            let bootstrap = ClusterBootstrap(labels)
            #expect(bootstrap.clusterCount == count)
            #expect(bootstrap.interval(ofMean: labels.map(Double.init)) == nil)
            #expect(bootstrap.interval(ofShare: labels.map { _ in 1 }) == nil)
        }
    }
}
