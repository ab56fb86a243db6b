/// The false discovery rate among a run's best hits, estimated by letting each compete with the query's best decoy.
///
/// A best hit that a decoy equals or beats has lost. If a wrong hit is as likely to lose to a decoy as to win, then the D
/// queries that decoys won above a score tell how many of the T hits there are wrong: the rate is (D + 1) / T, where the
/// one added keeps a short list from looking perfect. The q-value of a hit is the least rate of a list that holds it. Only
/// what competition leaves is counted, so no share of wrong hits among all has to be estimated.
///
/// Sources: Elias, Gygi, "Target-decoy search strategy for increased confidence in large-scale protein identifications by
/// mass spectrometry", Nature Methods 4, 207 (2007); He, Fu, Chen, Luo, Sun, Zhang, "A theoretical foundation of the
/// target-decoy search strategy for false discovery rate control in proteomics", arXiv:1501.00537 (2015); Levitsky,
/// Ivanov, Lobas, Gorshkov, "Unbiased false discovery rate estimation for shotgun proteomics based on the target-decoy
/// approach", Journal of Proteome Research 16, 393 (2017).
package struct TargetDecoyCompetition: Sendable {
    /// The best scores of a query.
    package struct Match: Sendable, Hashable {
        /// Of library compounds.
        package var target: Double
        /// Of decoys.
        package var decoy: Double

        package init(target: Double, decoy: Double) {
            self.target = target
            self.decoy = decoy
        }

        /// Whether the compound is better than every decoy.
        package var isWon: Bool { target > decoy }
        fileprivate var score: Double { max(target, decoy) }
    }

    /// The q-value of each query's best hit, from 0 to 1; 1 where a decoy won.
    package let qValues: [Double]
    /// Number of queries that decoys won.
    package let decoyWins: Int

    /// The competition of `matches`, one for each query. Sorts them by score.
    package init(_ matches: [Match]) {
        let order = matches.indices.sorted { matches[$0].score > matches[$1].score }
        var rates: [Double] = []
        var (targets, decoys) = (0, 0)
        for place in order {
            if matches[place].isWon { targets += 1 } else { decoys += 1 }
            rates.append(min(1, Double(decoys + 1) / Double(max(targets, 1))))
        }
        var qValues = [Double](repeating: 1, count: matches.count)
        var least = 1.0
        for (position, place) in order.enumerated().reversed() {
            // A list ends before the first hit of a lower score, so equal scores have one rate.
            if position + 1 == order.count || matches[order[position + 1]].score < matches[place].score {
                least = min(least, rates[position])
            }
            if matches[place].isWon { qValues[place] = least }
        }
        self.qValues = qValues
        decoyWins = decoys
    }
}
