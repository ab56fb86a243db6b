/// The best score of every compound for every query, kept while blocks of library rows stream past.
///
/// A compound's score is that of its best spectrum. Memory is 4 bytes per (compound, query), however many
/// spectra the library holds.
package struct CompoundScores: Sendable {
    package let compoundCount: Int
    package let queryCount: Int

    /// The running maxima, `compoundCount` rows of `queryCount`: a block's row then updates one contiguous
    /// row. A compound of which no spectrum has been seen stands at minus infinity.
    private var best: [Float]

    /// No spectrum seen yet.
    ///
    /// - Parameters:
    ///   - compoundCount: At least 1.
    ///   - queryCount: Not negative.
    package init(compoundCount: Int, queryCount: Int) {
        precondition(compoundCount >= 1 && queryCount >= 0, "scores need a library and queries")
        self.compoundCount = compoundCount
        self.queryCount = queryCount
        best = [Float](repeating: -.infinity, count: compoundCount * queryCount)
    }

    /// Takes in the scores of some library spectra against some queries.
    ///
    /// A NaN never replaces a score. Costs one pass over the block.
    ///
    /// - Parameters:
    ///   - scores: `rowCompounds.count` rows, one a library spectrum, of `queries.count` scores, row-major.
    ///   - rowCompounds: The compound of each row, in `0..<compoundCount`.
    ///   - queries: The queries that the columns stand for; all of them unless given.
    package mutating func merge(
        _ scores: Span<Float>, rowCompounds: some RandomAccessCollection<Int>, queries: Range<Int>? = nil
    ) {
        let queries = queries ?? 0..<queryCount
        precondition(
            queries.lowerBound >= 0 && queries.upperBound <= queryCount, "no such queries: \(queries)")
        precondition(
            scores.count == rowCompounds.count * queries.count,
            "a block of \(rowCompounds.count) x \(queries.count) scores cannot hold \(scores.count)")
        let (width, stride) = (queries.count, queryCount)
        scores.withUnsafeBufferPointer { scores in
            best.withUnsafeMutableBufferPointer { best in
                for (row, compound) in rowCompounds.enumerated() {
                    precondition((0..<compoundCount).contains(compound), "no such compound: \(compound)")
                    let kept = compound * stride + queries.lowerBound
                    for column in 0..<width {
                        let score = scores[row * width + column]
                        best[kept + column] = score > best[kept + column] ? score : best[kept + column]
                    }
                }
            }
        }
    }

    /// The score of `compound` for `query`; minus infinity when none of its spectra has been seen.
    package subscript(compound: Int, query: Int) -> Float { best[compound * queryCount + query] }

    /// The compound with the highest score for `query`: the first by index among equals.
    package func bestCompound(query: Int) -> Int {
        var winner = 0
        for compound in 1..<compoundCount where self[compound, query] > self[winner, query] {
            winner = compound
        }
        return winner
    }

    /// The `count` compounds with the highest scores for `query`, best first; equals in the order of their
    /// index.
    ///
    /// Fewer when there are not so many compounds. Costs one pass plus `count` steps for each newcomer.
    package func bestCompounds(query: Int, count: Int) -> [Int] {
        var leaders: [Int] = []
        for compound in 0..<compoundCount {
            let score = self[compound, query]
            if leaders.count == count {
                guard let last = leaders.last, score > self[last, query] else { continue }
                leaders.removeLast()
            }
            let place = leaders.firstIndex { score > self[$0, query] } ?? leaders.endIndex
            leaders.insert(compound, at: place)
        }
        return leaders
    }
}

/// How far two searches lead to the same identification of one query.
package struct RankingAgreement: Sendable, Hashable {
    /// Whether the best compound is the same, the best compound being the first by index among equals.
    package var sameBest: Bool
    /// The share of the best compounds of one search that are among the best of the other.
    package var top10Overlap: Double

    /// Compares what two searches found.
    ///
    /// - Parameters:
    ///   - first: the ten best compounds, best first; all compounds where there are fewer.
    ///   - second: as many of the other search.
    package init(_ first: [Int], _ second: [Int]) {
        precondition(!first.isEmpty && first.count == second.count, "the lists are of different lengths")
        sameBest = first[0] == second[0]
        top10Overlap = Double(Set(first).intersection(second).count) / Double(first.count)
    }
}
