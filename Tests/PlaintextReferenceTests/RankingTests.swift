import Testing

import PlaintextReference

extension CompoundScores {
    /// Takes a block in an array, for brevity here.
    fileprivate mutating func merge(
        _ scores: [Float], rowCompounds: some RandomAccessCollection<Int>, queries: Range<Int>? = nil
    ) {
        merge(scores.span, rowCompounds: rowCompounds, queries: queries)
    }
}

/// Scores of few values, so that exact ties abound, with their compounds.
private struct Case {
    var compounds: [Int]
    var queryCount: Int
    var scores: [Float]
    var rightCompounds: [Int?]

    init(seed: UInt64, rows: Int = 60, compoundCount: Int = 23, queryCount: Int = 40, levels: Int = 6) {
        var generator = TestGenerator(seed: seed)
        // Every compound occurs, in no order.
        compounds = (0..<rows).map {
            $0 < compoundCount ? $0 : Int.random(in: 0..<compoundCount, using: &generator)
        }
        compounds.shuffle(using: &generator)
        self.queryCount = queryCount
        scores = (0..<rows * queryCount).map { _ in
            Float(Int.random(in: -2..<levels, using: &generator)) / 8
        }
        rightCompounds = (0..<queryCount).map { _ in
            Int.random(in: 0..<compoundCount + 2, using: &generator)
        }.map { $0 < compoundCount ? $0 : nil }
    }

    var compoundCount: Int { (compounds.max() ?? 0) + 1 }

    var merged: CompoundScores {
        var merged = CompoundScores(compoundCount: compoundCount, queryCount: queryCount)
        merged.merge(scores, rowCompounds: compounds)
        return merged
    }

    /// The best score of each compound, one spectrum at a time.
    func bestScores(query: Int) -> [Float] {
        (0..<compoundCount).map { compound in
            compounds.indices.filter { compounds[$0] == compound }
                .map { scores[$0 * queryCount + query] }.max()!
        }
    }
}

@Suite struct RankingAccuracyTests {
    @Test(arguments: 0..<8 as Range<UInt64>) func accuracyFollowsTheRuleOfTheBenchmark(seed: UInt64) {
        let test = Case(seed: seed)
        var (top1, top5, top10, mrr) = (0.0, 0.0, 0.0, 0.0)
        for query in 0..<test.queryCount {
            let best = test.bestScores(query: query)
            guard let right = test.rightCompounds[query], best[right] > 1e-9 else { continue }
            let others = best.indices.filter { $0 != right }
            let above = others.count { best[$0] > best[right] }
            let ties = others.count { best[$0] == best[right] }
            // The share of the places that the tied compounds occupy which lies among the first k.
            func share(_ k: Int) -> Double {
                Double((above...above + ties).count { $0 < k }) / Double(ties + 1)
            }
            top1 += share(1)
            top5 += share(5)
            top10 += share(10)
            mrr += 1 / (1 + Double(above) + Double(ties) / 2)
        }
        let accuracy = RankingAccuracy(test.merged.places(of: test.rightCompounds))
        let queries = Double(test.queryCount)
        #expect(accuracy.queries == test.queryCount)
        #expect(abs(accuracy.top1 - top1 / queries) < 1e-12)
        #expect(abs(accuracy.top5 - top5 / queries) < 1e-12)
        #expect(abs(accuracy.top10 - top10 / queries) < 1e-12)
        #expect(abs(accuracy.mrr - mrr / queries) < 1e-12)
        #expect(top1 < top5 && top5 < top10)
    }

    @Test func aSharedFirstPlaceCountsHalf() {
        var scores = CompoundScores(compoundCount: 3, queryCount: 1)
        scores.merge([0.5, 0.5, 0.25], rowCompounds: [0, 1, 2])
        let accuracy = RankingAccuracy(scores.places(of: [1]))
        #expect(accuracy.top1 == 0.5)
        #expect(accuracy.top5 == 1)
        #expect(accuracy.mrr == 1 / 1.5)
    }

    @Test func aScoreThatIsNotPositiveIsNotFound() {
        for score in [1e-9, 0, -0.5, -Float.infinity] as [Float] {
            var scores = CompoundScores(compoundCount: 1, queryCount: 1)
            scores.merge([score], rowCompounds: [0])
            #expect(scores.places(of: [0]) == [nil])
        }
        #expect(CompoundScores(compoundCount: 1, queryCount: 1).places(of: [0]) == [nil])
    }

    @Test func withoutQueriesThereIsNoAccuracy() {
        #expect(RankingAccuracy().top1 == 0 && RankingAccuracy().mrr == 0)
    }
}

@Suite struct CompoundScoresTests {
    @Test func blocksOfRowsAndQueriesMergeToTheSame() {
        let test = Case(seed: 3)
        let (rows, width) = (test.compounds.count, test.queryCount)
        var merged = CompoundScores(compoundCount: test.compoundCount, queryCount: width)
        for rowRange in [0..<1, 1..<40, 40..<40, 40..<rows] {
            for queries in [0..<13, 13..<width] {
                let block = rowRange.flatMap { row in queries.map { test.scores[row * width + $0] } }
                merged.merge(block, rowCompounds: test.compounds[rowRange], queries: queries)
            }
        }
        for query in 0..<width {
            #expect((0..<test.compoundCount).map { merged[$0, query] } == test.bestScores(query: query))
        }
    }

    @Test func aScoreThatIsNotANumberNeverCounts() {
        var scores = CompoundScores(compoundCount: 2, queryCount: 1)
        scores.merge([.nan, 0.5, .nan], rowCompounds: [0, 1, 1])
        #expect(scores[0, 0] == -.infinity)
        #expect(scores[1, 0] == 0.5)
    }

    @Test(arguments: [1, 2, 10, 23, 40]) func bestCompoundsAreTheHeadOfAStableSort(count: Int) {
        let test = Case(seed: 4)
        let merged = test.merged
        for query in 0..<test.queryCount {
            let best = test.bestScores(query: query)
            let sorted = best.indices.sorted { (best[$1], $0) < (best[$0], $1) }
            #expect(merged.bestCompounds(query: query, count: count) == Array(sorted.prefix(count)))
            #expect(merged.bestCompound(query: query) == sorted[0])
        }
    }
}

@Suite struct RankingAgreementTests {
    private func agreement(_ first: CompoundScores, _ second: CompoundScores, query: Int = 0) -> RankingAgreement {
        RankingAgreement(
            first.bestCompounds(query: query, count: 10), second.bestCompounds(query: query, count: 10))
    }

    /// One query, one spectrum a compound.
    private func scores(_ values: [Float]) -> CompoundScores {
        var scores = CompoundScores(compoundCount: values.count, queryCount: 1)
        scores.merge(values, rowCompounds: values.indices)
        return scores
    }

    @Test func scoresAgreeWithThemselvesAndWithAnyMonotoneImage() {
        let test = Case(seed: 5)
        var image = CompoundScores(compoundCount: test.compoundCount, queryCount: test.queryCount)
        image.merge(test.scores.map { $0 * $0 * $0 + 2 }, rowCompounds: test.compounds)
        for query in 0..<test.queryCount {
            let agreement = agreement(test.merged, image, query: query)
            #expect(agreement.sameBest && agreement.top10Overlap == 1)
        }
    }

    @Test func agreementIsSymmetric() {
        let (first, second) = (Case(seed: 6).merged, Case(seed: 7).merged)
        for query in 0..<first.queryCount {
            #expect(agreement(first, second, query: query) == agreement(second, first, query: query))
        }
    }

    @Test func overlapCountsWhatTheFirstTenShare() {
        let ascending = scores((0..<20).map(Float.init))
        let descending = scores((0..<20).map { Float(-$0) })
        #expect(!agreement(ascending, descending).sameBest)
        #expect(agreement(ascending, descending).top10Overlap == 0)
        // The first ten of 16 and their reverse share four.
        let (rising, falling) = (scores((0..<16).map(Float.init)), scores((0..<16).map { Float(-$0) }))
        #expect(abs(agreement(rising, falling).top10Overlap - 0.4) < 1e-12)
        // Of fewer than ten compounds the lists hold all.
        #expect(agreement(scores([1, 2, 3]), scores([3, 2, 1])).top10Overlap == 1)
    }

    @Test func amongEqualsTheFirstIsTheBest() {
        #expect(agreement(scores([1, 1, 0]), scores([2, 0, 0])).sameBest)
        #expect(!agreement(scores([1, 1, 0]), scores([0, 2, 0])).sameBest)
    }
}
