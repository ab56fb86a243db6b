import Foundation
import SpectralSearch
import Spectra
import Testing

@testable import PlaintextReference

@Suite struct SearchStatisticsTests {
    private func scores(_ rows: [[Float]]) -> CompoundScores {
        var scores = CompoundScores(compoundCount: rows.count, queryCount: rows[0].count)
        scores.merge(rows.flatMap { $0 }.span, rowCompounds: Array(rows.indices))
        return scores
    }

    /// Best, second and decoy are those of the compounds that are in the library, decoys going with their compounds.
    @Test func outcomesAreThoseOfThePartLibrary() throws {
        let targets = scores([[0.9], [0.5], [0.7], [0.1]])
        let decoys = scores([[0.2], [0.6], [0.3], [0.4]])
        func outcome(_ removed: Set<Int>, right: Int? = 0) -> HitOutcome? {
            targets.outcome(query: 0, compound: "x", right: right, decoys: decoys) { !removed.contains($0) }
        }
        let whole = try #require(outcome([]))
        #expect(whole.evidence == HitEvidence(best: 0.9, second: 0.7, decoy: 0.6) && whole.isRight)
        let without = try #require(outcome([0]))
        #expect(without.evidence == HitEvidence(best: 0.7, second: 0.5, decoy: 0.6) && !without.isRight)
        let few = try #require(outcome([0, 1, 2], right: nil))
        #expect(few.evidence == HitEvidence(best: 0.1, second: nil, decoy: 0.4) && !few.isRight)
        #expect(outcome([0, 1, 2, 3]) == nil)
        #expect(targets.outcome(query: 0, compound: "x", right: 0, decoys: nil)?.evidence.decoy == nil)
    }

    /// Outcomes of many compounds, several of each.
    private func outcomes(_ count: Int) -> [HitOutcome] {
        var random = SplitMix64(seed: 21)
        let truth = LogisticModel(intercept: -8, weights: [5, 4])
        return (0..<count).map { number in
            let best = 0.5 + 1.5 * random.unit()
            let evidence = HitEvidence(best: best, second: best * random.unit(), decoy: nil)
            return HitOutcome(
                compound: "compound \(number / 4)", evidence: evidence,
                isRight: random.unit() < truth.probability(evidence.features))
        }
    }

    /// No compound is in two folds, folds are of equal size, and a compound's outcomes do not reach its own predictions.
    @Test func predictionsHaveNotSeenTheirCompound() throws {
        let outcomes = outcomes(400)
        let validation = try #require(GroupedCrossValidation(outcomes))
        #expect(validation.foldCount == 5)
        let compounds = Set(outcomes.map(\.compound))
        let sizes = Dictionary(grouping: compounds) { validation.fold(of: $0) }.mapValues(\.count)
        #expect(sizes == [0: 20, 1: 20, 2: 20, 3: 20, 4: 20])
        let probabilities = validation.probabilities(of: outcomes)
        var changed = outcomes
        for place in 0..<4 { changed[place].isRight.toggle() }
        let after = try #require(GroupedCrossValidation(changed)).probabilities(of: changed)
        let own = validation.fold(of: "compound 0")
        for (place, outcome) in outcomes.enumerated() {
            #expect((after[place] == probabilities[place]) == (validation.fold(of: outcome.compound) == own))
        }
        #expect(GroupedCrossValidation([outcomes[0], outcomes[1]]) == nil)
    }

    /// On outcomes that follow a logistic model, probabilities of unseen compounds are reliable: the mean prediction is
    /// within five deviations of the share of right hits.
    @Test func probabilitiesAreReliable() throws {
        let outcomes = outcomes(4000)
        let curve = try #require(GroupedCrossValidation(outcomes)).reliability(of: outcomes)
        for bin in curve.bins where bin.count > 50 {
            #expect(abs(bin.predicted - bin.observed) < 5 * 0.5 / Double(bin.count).squareRoot())
        }
        let share = Double(outcomes.count { $0.isRight }) / 4000
        #expect(curve.brierScore < 0.9 * share * (1 - share))
    }

    /// The section covers each query in each library, its lists grow with the rate, and what is wrong is counted.
    @Test func theSectionCountsWhatIsWrong() throws {
        var random = SplitMix64(seed: 22)
        let (compoundCount, queryCount) = (60, 240)
        var rows = (0..<compoundCount).map { _ in (0..<queryCount).map { _ in Float(random.unit()) } }
        let decoys = (0..<compoundCount).map { _ in (0..<queryCount).map { _ in Float(random.unit()) } }
        for query in 0..<queryCount { rows[query % compoundCount][query] = Float(0.9 + 0.6 * random.unit()) }
        var statistics = SearchStatistics()
        let names = (0..<compoundCount).map { "compound \($0)" }
        statistics.add(
            scores(rows), decoys: scores(decoys),
            compounds: Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }),
            queryCompounds: (0..<queryCount).map { names[$0 % compoundCount] })
        let report = try #require(statistics.report(decoys: .spectrumBased))
        #expect(report.falseDiscoveries.map(\.queries) == [queryCount, queryCount])
        let rights = report.falseDiscoveries.map(\.right)
        #expect(rights[1] < rights[0] && rights[1] > 0)
        for library in report.falseDiscoveries {
            for rates in [try #require(library.byDecoys), library.byProbability] {
                #expect(rates.map(\.estimated) == SearchStatistics.rates)
                for (rate, next) in zip(rates, rates.dropFirst()) { #expect(rate.accepted <= next.accepted) }
                #expect(rates.allSatisfy { $0.wrong <= $0.accepted && $0.accepted - $0.wrong <= library.right })
            }
        }
        #expect(try #require(report.openSet.score) > 0.8)
        let calibration = try #require(statistics.calibration())
        #expect(calibration.crossValidation.searches == 2 * queryCount)
        #expect(calibration.crossValidation.absentShare == 0.5)
        #expect(calibration.model.weights[0] > 0)
        let without = try #require(statistics.report(decoys: nil))
        #expect(without.falseDiscoveries.allSatisfy { $0.byDecoys == nil && $0.decoyWins == nil })
        #expect(SearchStatistics().report(decoys: nil) == nil && SearchStatistics().calibration() == nil)
    }
}
