import Foundation
import Spectra

/// A range that a figure lies in at a level of confidence.
package struct Interval: Sendable, Codable, Hashable {
    package var lower: Double
    package var upper: Double

    package init(lower: Double, upper: Double) {
        self.lower = lower
        self.upper = upper
    }
}

/// Percentile intervals of means over observations that come in clusters, such as queries of the same compound,
/// which succeed or fail together.
///
/// A resample draws as many clusters as there are, with replacement, each with all its observations. All means of one
/// object see the same resamples; the interval of a difference is therefore the paired one: that of the mean of the
/// observations' differences.
///
/// Source: Efron, Tibshirani, "An Introduction to the Bootstrap" (1993), section 13.3 (percentile intervals);
/// Davison, Hinkley, "Bootstrap Methods and their Application" (1997), section 3.8 (clusters).
package struct ClusterBootstrap: Sendable {
    /// The share of intervals that should cover the truth.
    package static let level = 0.95
    /// How often clusters are drawn anew.
    package static let resampleCount = 2000
    /// With fewer clusters there is no interval: percentile intervals of few clusters are much too narrow.
    package static let leastClusterCount = 10

    /// How many clusters there are.
    package let clusterCount: Int
    /// The cluster of each observation.
    private let clusters: [Int]
    /// How often each resample holds each cluster: one row a resample, one column a cluster.
    private let multiplicities: [UInt16]
    /// How many observations each resample holds.
    private let sizes: [Double]

    /// Draws the resamples: the same ones for the same clusters, whoever asks.
    ///
    /// Costs a random number for each resample and cluster, and two bytes of memory.
    ///
    /// - Parameter labels: of each observation's cluster.
    package init<Label: Hashable>(_ labels: [Label], seed: UInt64 = 2025) {
        var numbers: [Label: Int] = [:]
        clusters = labels.map { label in
            let number = numbers[label] ?? numbers.count
            numbers[label] = number
            return number
        }
        clusterCount = numbers.count
        let observations = Self.sums([Double](repeating: 1, count: labels.count), clusters, clusterCount)
        guard clusterCount >= Self.leastClusterCount else {
            (multiplicities, sizes) = ([], [])
            return
        }
        var generator = SplitMix64(seed: seed)
        var multiplicities = [UInt16](repeating: 0, count: Self.resampleCount * clusterCount)
        for resample in 0..<Self.resampleCount {
            for _ in 0..<clusterCount {
                // A cluster is drawn 65,535 times by chance in no lifetime; even then nothing must trap.
                let place = resample * clusterCount + generator.index(below: clusterCount)
                multiplicities[place] &+= 1
            }
        }
        self.multiplicities = multiplicities
        sizes = Self.totals(observations, multiplicities)
    }

    /// The interval of the mean of `values`, one of each observation; nil when there are too few clusters.
    package func interval(ofMean values: [Double]) -> Interval? {
        precondition(values.count == clusters.count, "\(values.count) values for \(clusters.count) observations")
        guard !sizes.isEmpty else { return nil }
        let totals = Self.totals(Self.sums(values, clusters, clusterCount), multiplicities)
        let means = zip(totals, sizes).map { $0 / $1 }.sorted()
        let tail = Int(Double(means.count + 1) * (1 - Self.level) / 2)
        return Interval(lower: means[tail - 1], upper: means[means.count - tail])
    }

    /// The interval of the mean of `values` from 0 to 1.
    ///
    /// Where all are 0, or all 1, resamples differ in nothing, and the interval is the exact one of a binomial share,
    /// each cluster a trial (Clopper, Pearson, Biometrika 26, 404 (1934)).
    package func interval(ofShare values: [Double]) -> Interval? {
        guard !sizes.isEmpty else { return nil }
        let bound = pow((1 - Self.level) / 2, 1 / Double(clusterCount))
        if values.allSatisfy({ $0 == 1 }) { return Interval(lower: bound, upper: 1) }
        if values.allSatisfy({ $0 == 0 }) { return Interval(lower: 0, upper: 1 - bound) }
        return interval(ofMean: values)
    }

    /// The sum of the values of each cluster.
    private static func sums(_ values: [Double], _ clusters: [Int], _ count: Int) -> [Double] {
        var sums = [Double](repeating: 0, count: count)
        for (value, cluster) in zip(values, clusters) { sums[cluster] += value }
        return sums
    }

    /// The sum of `sums` in each resample.
    private static func totals(_ sums: [Double], _ multiplicities: [UInt16]) -> [Double] {
        multiplicities.withUnsafeBufferPointer { multiplicities in
            stride(from: 0, to: multiplicities.count, by: sums.count).map { row in
                var total = 0.0
                for cluster in sums.indices { total += Double(multiplicities[row + cluster]) * sums[cluster] }
                return total
            }
        }
    }
}
