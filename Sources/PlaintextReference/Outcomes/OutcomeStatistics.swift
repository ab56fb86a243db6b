/// Estimates from the outcomes of queries, with intervals over their compounds.
package struct OutcomeStatistics: Sendable {
    private let outcomes: [QueryOutcome]
    private let bootstrap: ClusterBootstrap

    package init(_ outcomes: [QueryOutcome]) {
        self.outcomes = outcomes
        bootstrap = ClusterBootstrap(outcomes.map(\.compound))
    }

    /// All figures of the whole.
    package var estimates: AccuracyReport.Estimates {
        .init(
            level: ClusterBootstrap.level, resamples: ClusterBootstrap.resampleCount, compounds: bootstrap.clusterCount,
            top1: top1, top5: contrast { $0.chance(amongFirst: 5) }, top10: contrast { $0.chance(amongFirst: 10) },
            mrr: contrast(\.reciprocalRank), sameBest: estimate { $0.agreement.sameBest ? 1 : 0 },
            top10Overlap: estimate(\.agreement.top10Overlap), changed: changed)
    }

    /// The accuracy of the first hit, in every group of queries that `property` tells apart.
    package func breakdown(by property: AccuracyReport.Breakdown.Property) -> AccuracyReport.Breakdown {
        .init(
            by: property,
            groups: property.groups(of: outcomes).map { name, members in
                let statistics = OutcomeStatistics(members)
                return .init(
                    name: name, queries: members.count, compounds: statistics.bootstrap.clusterCount,
                    top1: statistics.top1)
            })
    }

    /// By how much the encrypted search of other outcomes, of the same queries, puts the right compound first more
    /// often.
    ///
    /// - Returns: nil when the queries are not the same.
    package func gain(of others: [QueryOutcome]) -> AccuracyReport.Estimate? {
        guard outcomes.map(\.name) == others.map(\.name), outcomes.map(\.compound) == others.map(\.compound) else {
            return nil
        }
        let differences = zip(others, outcomes).map { other, outcome in
            RankingAccuracy.chance(other.encrypted.place) - RankingAccuracy.chance(outcome.encrypted.place)
        }
        return .init(value: mean(differences), interval: bootstrap.interval(ofMean: differences))
    }

    private var top1: AccuracyReport.Contrast { contrast { $0.chance(amongFirst: 1) } }

    private var changed: AccuracyReport.Changed {
        func count(_ isBetter: (Double, Double) -> Bool) -> Int {
            outcomes.count {
                isBetter(RankingAccuracy.chance($0.encrypted.place), RankingAccuracy.chance($0.plaintext.place))
            }
        }
        return .init(gained: count(>), lost: count(<))
    }

    /// A measure of the right compound's place, 0 where it was not found, encrypted and in plaintext.
    private func contrast(_ measure: (RankingAccuracy.Place) -> Double) -> AccuracyReport.Contrast {
        let encrypted = outcomes.map { $0.encrypted.place.map(measure) ?? 0 }
        let plaintext = outcomes.map { $0.plaintext.place.map(measure) ?? 0 }
        let differences = zip(encrypted, plaintext).map { $0 - $1 }
        return .init(
            encrypted: share(encrypted), plaintext: share(plaintext),
            difference: .init(value: mean(differences), interval: bootstrap.interval(ofMean: differences)))
    }

    private func estimate(_ value: (QueryOutcome) -> Double) -> AccuracyReport.Estimate { share(outcomes.map(value)) }

    private func share(_ values: [Double]) -> AccuracyReport.Estimate {
        .init(value: mean(values), interval: bootstrap.interval(ofShare: values))
    }

    private func mean(_ values: [Double]) -> Double {
        values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
    }
}
