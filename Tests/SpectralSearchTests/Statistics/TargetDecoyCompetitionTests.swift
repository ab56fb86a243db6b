import Spectra
import SpectralSearch
import Testing

struct TargetDecoyCompetitionTests {
    private typealias Match = TargetDecoyCompetition.Match

    @Test func scoresWithoutInformationGiveLargeQValues() {
        var random = SplitMix64(seed: 1)
        let matches = (0..<10_000).map { _ in Match(target: random.unit(), decoy: random.unit()) }
        let competition = TargetDecoyCompetition(matches)
        // Half of the queries, within five binomial deviations of 50.
        #expect(abs(competition.decoyWins - 5000) < 250)
        // A rate below one half would need 4 standard deviations at some list of more than 50; short lists are held by
        // the one that is added.
        #expect(competition.qValues.allSatisfy { $0 > 0.3 })
        #expect(competition.qValues.max() == 1)
    }

    @Test func perfectSeparationGivesTheLeastQValues() {
        let matches = (0..<500).map { Match(target: 1.5 + Double($0 % 7) / 100, decoy: 0.5) }
        let competition = TargetDecoyCompetition(matches)
        #expect(competition.decoyWins == 0)
        // No decoy in the list: (0 + 1) / 500.
        #expect(competition.qValues.allSatisfy { $0 == 1.0 / 500 })
    }

    /// A better score never has a higher q-value, equal scores have equal ones, and what a decoy won has 1.
    @Test func qValuesFallWithTheScore() {
        var random = SplitMix64(seed: 2)
        func score() -> Double { (random.unit() * 50).rounded() / 50 }
        let matches = (0..<3000).map { number in Match(target: score() + (number % 3 == 0 ? 0.3 : 0), decoy: score()) }
        let qValues = TargetDecoyCompetition(matches).qValues
        let won = matches.indices.filter { matches[$0].isWon }.sorted { matches[$0].target < matches[$1].target }
        for (place, next) in zip(won, won.dropFirst()) {
            #expect(qValues[next] <= qValues[place])
            if matches[next].target == matches[place].target { #expect(qValues[next] == qValues[place]) }
        }
        #expect(matches.indices.allSatisfy { matches[$0].isWon || qValues[$0] == 1 })
        #expect(qValues.allSatisfy { 0 < $0 && $0 <= 1 })
    }

    /// A hit that a decoy equals has lost.
    @Test func tiesGoToTheDecoy() {
        #expect(TargetDecoyCompetition([Match(target: 1, decoy: 1)]).qValues == [1])
        #expect(TargetDecoyCompetition([]).qValues.isEmpty)
    }

    /// The order of the queries does not matter.
    @Test func qValuesDoNotDependOnTheOrder() {
        var random = SplitMix64(seed: 3)
        let matches = (0..<200).map { _ in
            Match(target: (random.unit() * 20).rounded(), decoy: (random.unit() * 15).rounded())
        }
        let order = Array(matches.indices).shuffled(using: &random)
        let straight = TargetDecoyCompetition(matches).qValues
        let shuffled = TargetDecoyCompetition(order.map { matches[$0] }).qValues
        #expect(order.map { straight[$0] } == shuffled)
    }

    /// Where wrong hits and decoys are alike, the mean share of wrong hits in a list is at most the rate asked for:
    /// 400 simulated runs of 500 queries, 40 % of which have no right answer.
    @Test(arguments: [0.05, 0.1, 0.2])
    func ratesAreKeptOnSimulatedRuns(rate: Double) {
        var random = SplitMix64(seed: 4)
        var shares: [Double] = []
        for _ in 0..<400 {
            let isHeld = (0..<500).map { _ in random.unit() > 0.4 }
            var isRight = isHeld
            let matches = isHeld.indices.map { query in
                let (wrong, decoy) = (random.normal(), random.normal())
                let right = isHeld[query] ? 2.5 + random.normal() : -.infinity
                isRight[query] = right > wrong
                return Match(target: max(right, wrong), decoy: decoy)
            }
            let qValues = TargetDecoyCompetition(matches).qValues
            let accepted = qValues.indices.filter { qValues[$0] <= rate }
            shares.append(Double(accepted.count { !isRight[$0] }) / Double(max(accepted.count, 1)))
        }
        let mean = shares.reduce(0, +) / Double(shares.count)
        let variance = shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(shares.count - 1)
        // Three standard errors of the mean over the runs. The estimate is no more than a third too careful here.
        let error = (variance / Double(shares.count)).squareRoot()
        #expect(mean < rate + 3 * error)
        #expect(mean > rate * 2 / 3)
    }
}
