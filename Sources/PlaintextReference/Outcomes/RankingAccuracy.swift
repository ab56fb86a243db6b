/// How often, and how high, the right compound is ranked.
///
/// The rank of the right compound is 1 + the number of other compounds with a higher score. Compounds with
/// exactly its score share the place: each is counted as if their order were drawn by lot. A right compound
/// without a positive score is not found. This is the rule of the MassBank benchmark in `datasets`.
package struct RankingAccuracy: Sendable {
    /// Scores up to this one count as not found.
    package static let foundThreshold: Float = 1e-9

    /// How many queries have been counted.
    package private(set) var queries = 0
    private var top1Sum = 0.0
    private var top5Sum = 0.0
    private var top10Sum = 0.0
    private var reciprocalRankSum = 0.0

    /// Nothing counted yet.
    package init() {}

    /// Counts every query by the place of its right compound; nil where that was not found.
    package init(_ places: some Sequence<Place?>) {
        for place in places { add(place) }
    }

    /// The chance that a right compound at `place` comes first; 0 where it was not found.
    static func chance(_ place: Place?) -> Double { place?.chance(amongFirst: 1) ?? 0 }

    /// The place of the right compound among all.
    package struct Place: Sendable, Hashable {
        /// How many other compounds have a higher score.
        package var above: Int
        /// How many other compounds have exactly the same score.
        package var ties: Int

        /// A place below `above` compounds, shared with `ties` others.
        package init(above: Int, ties: Int) {
            self.above = above
            self.ties = ties
        }

        /// The chance that the right compound is among the first `count` when ties are ordered by lot.
        func chance(amongFirst count: Int) -> Double {
            min(max(Double(count - above) / Double(ties + 1), 0), 1)
        }

        /// One over the mean rank of those who share the place.
        var reciprocalRank: Double { 1 / (1 + Double(above) + Double(ties) / 2) }
    }

    /// Counts one query; nil when its compound was not found.
    package mutating func add(_ place: Place?) {
        queries += 1
        guard let place else { return }
        top1Sum += place.chance(amongFirst: 1)
        top5Sum += place.chance(amongFirst: 5)
        top10Sum += place.chance(amongFirst: 10)
        reciprocalRankSum += place.reciprocalRank
    }

    /// The share of queries whose right compound comes first, from 0 to 1; 0 before any query.
    package var top1: Double { mean(top1Sum) }
    /// The share of queries whose right compound is among the first five.
    package var top5: Double { mean(top5Sum) }
    /// The share of queries whose right compound is among the first ten.
    package var top10: Double { mean(top10Sum) }
    /// The mean reciprocal rank of the right compound, with 0 where it was not found.
    package var mrr: Double { mean(reciprocalRankSum) }

    private func mean(_ sum: Double) -> Double { queries == 0 ? 0 : sum / Double(queries) }
}

extension CompoundScores {
    /// The place of the right compound of every query; nil where it was not found.
    ///
    /// Costs one pass over all scores.
    package func places(of rightCompounds: [Int?]) -> [RankingAccuracy.Place?] {
        precondition(
            rightCompounds.count == queryCount,
            "\(rightCompounds.count) right compounds for \(queryCount) queries")
        return rightCompounds.enumerated().map { query, right in
            right.flatMap { place(of: $0, query: query) }
        }
    }

    private func place(of right: Int, query: Int) -> RankingAccuracy.Place? {
        let score = self[right, query]
        guard score > RankingAccuracy.foundThreshold else { return nil }
        var (above, equal) = (0, 0)
        for compound in 0..<compoundCount {
            above += self[compound, query] > score ? 1 : 0
            equal += self[compound, query] == score ? 1 : 0
        }
        return RankingAccuracy.Place(above: above, ties: equal - 1)
    }
}
