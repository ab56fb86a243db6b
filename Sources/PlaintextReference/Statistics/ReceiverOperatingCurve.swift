/// How well a number tells two kinds apart, whatever the threshold.
package enum ReceiverOperatingCurve {
    /// The area under the curve: the probability that a positive has a higher value than a negative, with half of the
    /// probability that they are equal. By ranks (Mann, Whitney 1947); sorts both together.
    ///
    /// - Returns: nil where one kind is missing.
    package static func area(positives: [Double], negatives: [Double]) -> Double? {
        guard !positives.isEmpty, !negatives.isEmpty else { return nil }
        let marked =
            positives.map { (value: $0, isPositive: true) } + negatives.map { (value: $0, isPositive: false) }
        let values = marked.sorted { $0.value < $1.value }
        var (area, below, first) = (0.0, 0, 0)
        while first < values.count {
            let end = values[first...].firstIndex { $0.value > values[first].value } ?? values.count
            let equal = values[first..<end]
            let positiveCount = equal.count { $0.isPositive }
            let negativeCount = equal.count - positiveCount
            area += Double(positiveCount) * (Double(below) + Double(negativeCount) / 2)
            below += negativeCount
            first = end
        }
        return area / (Double(positives.count) * Double(negatives.count))
    }

    /// Points of the curve, from (0, 0) to (1, 1): the shares of negatives and of positives above thresholds, which are
    /// `count` quantiles of both together.
    package static func points(positives: [Double], negatives: [Double], count: Int = 100) -> [[Double]] {
        guard !positives.isEmpty, !negatives.isEmpty else { return [] }
        let all = (positives + negatives).sorted(by: >)
        func share(_ values: [Double], _ threshold: Double) -> Double {
            Double(values.count { $0 >= threshold }) / Double(values.count)
        }
        return [[0, 0]]
            + (1...count).map { number in
                let threshold = all[number * (all.count - 1) / count]
                return [share(negatives, threshold), share(positives, threshold)]
            }
    }
}
