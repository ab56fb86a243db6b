/// Counts of values in bins of equal width.
package struct Histogram: Sendable {
    /// What the bins cover together; a value on the upper bound lies outside.
    package let range: ClosedRange<Double>
    /// How many values fell into each bin.
    package private(set) var counts: [Int]
    /// How many values lay outside the range.
    package private(set) var outside = 0

    /// Empty bins.
    ///
    /// - Parameters:
    ///   - range: Finite, and not a single point.
    ///   - binCount: At least 1.
    package init(range: ClosedRange<Double>, binCount: Int) {
        precondition(binCount >= 1, "a histogram needs a bin")
        precondition(
            range.lowerBound < range.upperBound && (range.upperBound - range.lowerBound).isFinite,
            "a histogram cannot cover \(range)")
        self.range = range
        counts = [Int](repeating: 0, count: binCount)
    }

    /// Bins for errors that should be normal with the standard deviation `rms`: six of them to either side.
    package init(aroundZeroWithRms rms: Double) {
        // A prediction of zero still needs bins of some width.
        let reach = max(6 * rms, 1e-9)
        self.init(range: -reach...reach, binCount: 121)
    }

    package var binWidth: Double { (range.upperBound - range.lowerBound) / Double(counts.count) }

    /// All values counted, those outside included.
    package var total: Int { counts.reduce(outside, +) }

    /// Counts one value; NaN lies outside.
    package mutating func add(_ value: Double) {
        let position =
            (value - range.lowerBound) / (range.upperBound - range.lowerBound) * Double(counts.count)
        if position >= 0, position < Double(counts.count) {
            counts[Int(position)] += 1
        } else {
            outside += 1
        }
    }

    /// Adds the counts of a histogram with the same bins.
    package mutating func add(_ other: Histogram) {
        precondition(range == other.range && counts.count == other.counts.count, "the bins differ")
        for bin in counts.indices { counts[bin] += other.counts[bin] }
        outside += other.outside
    }
}

/// The differences between two streams of scores: their extreme, their root mean square, and their histogram.
package struct ErrorStatistics: Sendable {
    /// How many differences have been counted.
    package private(set) var count = 0
    /// The largest magnitude of a difference; 0 before any.
    package private(set) var maximum = 0.0
    /// The distribution of the differences.
    package private(set) var histogram: Histogram
    private var sumOfSquares = 0.0

    /// Nothing counted yet; `histogram` must be empty.
    package init(histogram: Histogram) {
        precondition(histogram.total == 0, "the histogram already holds values")
        self.histogram = histogram
    }

    /// The root mean square of the differences; 0 before any.
    package var rms: Double { count == 0 ? 0 : (sumOfSquares / Double(count)).squareRoot() }

    /// Counts `values[i] - reference[i]` for every `i`, computed in double precision, but where `values[i]` is minus
    /// infinity, which stands for a score that was not computed.
    package mutating func add(_ values: Span<Float>, minus reference: Span<Float>) {
        precondition(
            values.count == reference.count, "\(values.count) values for \(reference.count) references")
        var (largest, squares) = (maximum, 0.0)
        for index in values.indices where values[index] != -.infinity {
            count += 1
            let difference = Double(values[index]) - Double(reference[index])
            largest = max(largest, difference.magnitude)
            squares += difference * difference
            histogram.add(difference)
        }
        maximum = largest
        // Summing block by block also keeps the rounding error of long sums small.
        sumOfSquares += squares
    }

    /// Adds what `other` has counted, in the same bins.
    package mutating func add(_ other: ErrorStatistics) {
        count += other.count
        maximum = max(maximum, other.maximum)
        sumOfSquares += other.sumOfSquares
        histogram.add(other.histogram)
    }
}
