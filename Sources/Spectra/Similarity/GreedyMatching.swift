/// Matches the peaks of two spectra one to one, the largest products first.
public struct GreedyMatching: Sendable {
    private struct Candidate {
        var product: Double
        var first: Int
        var second: Int
    }

    private var candidates: [Candidate] = []
    private var isTakenFirst: [Bool] = []
    private var isTakenSecond: [Bool] = []

    /// Room for a first pair.
    public init() {}

    /// The sum of `product` over the matched peaks of `first` and `second`, which ascend in m/z.
    ///
    /// Costs one pass over both where no peak has two candidates, which is the rule.
    package mutating func sum(
        _ first: [Peak], _ second: [Peak], tolerance: Double, of product: (Double, Double) -> Double
    ) -> Double {
        candidates.removeAll(keepingCapacity: true)
        var isAmbiguous = false
        var start = 0
        for (i, peak) in first.enumerated() {
            while start < second.count, second[start].mz < peak.mz - tolerance { start += 1 }
            var j = start
            while j < second.count, second[j].mz <= peak.mz + tolerance {
                // Candidates come in ascending order of both, so that a peak's other one is the last.
                if let last = candidates.last, last.first == i || last.second >= j { isAmbiguous = true }
                candidates.append(
                    Candidate(product: product(peak.intensity, second[j].intensity), first: i, second: j))
                j += 1
            }
        }
        if isAmbiguous { keepBest(first.count, second.count) }
        return candidates.reduce(0) { $0 + $1.product }
    }

    /// Keeps of the candidates those that are matched; equal products in the order of the peaks.
    private mutating func keepBest(_ firstCount: Int, _ secondCount: Int) {
        isTakenFirst = [Bool](repeating: false, count: firstCount)
        isTakenSecond = [Bool](repeating: false, count: secondCount)
        candidates.sort { ($1.product, $0.first, $0.second) < ($0.product, $1.first, $1.second) }
        candidates = candidates.filter {
            if isTakenFirst[$0.first] || isTakenSecond[$0.second] { return false }
            (isTakenFirst[$0.first], isTakenSecond[$0.second]) = (true, true)
            return true
        }
    }
}
