import SpectralSearch
import Spectra

/// How well the statistics of hits hold on queries whose compounds are known: three searches of each query are looked at.
package struct SearchStatistics: Sendable {
    /// In the library as it is.
    private var whole: [HitOutcome] = []
    /// In a library without a random half of its compounds.
    private var halved: [HitOutcome] = []
    /// In a library without the query's compound.
    private var absent: [HitOutcome] = []

    /// False discovery rates that are looked at.
    package static let rates = [0.01, 0.05, 0.1, 0.2]

    /// No query yet.
    package init() {}

    /// Adds queries of one library.
    ///
    /// - Parameters:
    ///   - scores: of compounds.
    ///   - decoys: of the decoys that were made of each compound's spectra; nil where there are none.
    ///   - compounds: the names of the compounds of `scores`.
    ///   - queryCompounds: the compound of each query.
    package mutating func add(
        _ scores: CompoundScores, decoys: CompoundScores?, compounds: [String: Int], queryCompounds: [String]
    ) {
        var isRemoved = [Bool](repeating: false, count: scores.compoundCount)
        for (name, number) in compounds { isRemoved[number] = Self.isRemoved(name) }
        for (query, name) in queryCompounds.enumerated() {
            let right = compounds[name]
            func outcome(_ isHeld: (Int) -> Bool) -> [HitOutcome] {
                let outcome = scores.outcome(
                    query: query, compound: name, right: right, decoys: decoys, isHeld: isHeld)
                return outcome.map { [$0] } ?? []
            }
            whole += outcome { _ in true }
            halved += outcome { !isRemoved[$0] }
            absent += outcome { $0 != right }
        }
    }

    /// Adds the queries of another library.
    package mutating func add(_ other: SearchStatistics) {
        whole += other.whole
        halved += other.halved
        absent += other.absent
    }

    /// A half of all compounds, the same one in every run.
    private static func isRemoved(_ compound: String) -> Bool {
        SplitMix64.mix(compound.utf8.reduce(0) { SplitMix64.mix($0 ^ UInt64($1)) }) & 1 == 1
    }

    /// The searches that models are fitted to: each query with and without its compound.
    private var searches: [HitOutcome] { whole + absent }

    /// The model that weighs the evidence of all searches, and what cross-validation says of it; nil where there are too
    /// few compounds.
    package func calibration() -> (model: LogisticModel, crossValidation: Calibration.CrossValidation)? {
        let searches = searches
        guard let validation = GroupedCrossValidation(searches) else { return nil }
        let curve = validation.reliability(of: searches)
        return (
            LogisticModel(features: searches.map(\.evidence.features), outcomes: searches.map(\.isRight)),
            Calibration.CrossValidation(
                searches: searches.count, absentShare: Double(absent.count) / Double(searches.count),
                folds: validation.foldCount, brierScore: curve.brierScore, logLoss: curve.logLoss,
                expectedCalibrationError: curve.expectedCalibrationError)
        )
    }

    /// The section of the accuracy report; nil where there are too few compounds.
    ///
    /// - Parameter decoys: how the decoys were made; nil where there are none.
    package func report(decoys: DecoyMethod?) -> AccuracyReport.Statistics? {
        let searches = searches
        guard let validation = GroupedCrossValidation(searches) else { return nil }
        let (held, missed) = (validation.probabilities(of: whole), validation.probabilities(of: absent))
        return AccuracyReport.Statistics(
            decoys: decoys?.rawValue,
            falseDiscoveries: [("whole library", whole), ("half of the compounds", halved)].map {
                Self.falseDiscoveries($0, $1, hasDecoys: decoys != nil, probabilities: validation.probabilities(of: $1))
            },
            probability: .init(folds: validation.foldCount, reliability: validation.reliability(of: searches)),
            openSet: .init(
                score: Self.area(whole.map(\.evidence.best), absent.map(\.evidence.best)),
                margin: Self.area(whole.map(\.evidence.margin), absent.map(\.evidence.margin)),
                probability: Self.area(held, missed),
                curve: ReceiverOperatingCurve.points(positives: held, negatives: missed)))
    }

    private static func area(_ present: [Double], _ absent: [Double]) -> Double? {
        ReceiverOperatingCurve.area(positives: present, negatives: absent)
    }

    /// Estimated and actual false discovery rates.
    private static func falseDiscoveries(
        _ library: String, _ outcomes: [HitOutcome], hasDecoys: Bool, probabilities: [Double]
    ) -> AccuracyReport.Statistics.FalseDiscoveries {
        let competition = TargetDecoyCompetition(
            outcomes.map { .init(target: $0.evidence.best, decoy: $0.evidence.decoy ?? -.infinity) })
        func table(_ estimates: [Double]) -> [AccuracyReport.Statistics.Rate] {
            rates.map { rate in
                let accepted = zip(outcomes, estimates).filter { $1 <= rate }
                let wrong = accepted.count { !$0.0.isRight }
                return .init(
                    estimated: rate, accepted: accepted.count, wrong: wrong,
                    interval: Interval(wilson: wrong, of: accepted.count))
            }
        }
        return .init(
            library: library, queries: outcomes.count, right: outcomes.count { $0.isRight },
            decoyWins: hasDecoys ? competition.decoyWins : nil, byDecoys: hasDecoys ? table(competition.qValues) : nil,
            byProbability: table(meanErrors(probabilities)))
    }

    /// For each hit the mean probability of being wrong among the hits that are at least as likely right: what a list
    /// that ends with it expects.
    private static func meanErrors(_ probabilities: [Double]) -> [Double] {
        var errors = probabilities
        var sum = 0.0
        let order = probabilities.indices.sorted { probabilities[$0] > probabilities[$1] }
        for (position, place) in order.enumerated() {
            sum += 1 - probabilities[place]
            errors[place] = sum / Double(position + 1)
        }
        return errors
    }
}

extension AccuracyReport {
    /// How far the statistics of hits can be trusted.
    package struct Statistics: Sendable, Codable, Equatable {
        /// How the decoys were made; nil where there are none.
        package var decoys: String?
        package var falseDiscoveries: [FalseDiscoveries]
        /// Of the probability that the best hit is right, by cross-validation: each query searched with and without its
        /// compound in the library.
        package var probability: Probability
        package var openSet: OpenSet

        /// Estimated and actual false discovery rates of the queries in one library.
        package struct FalseDiscoveries: Sendable, Codable, Equatable {
            package var library: String
            package var queries: Int
            /// Queries whose best hit is right.
            package var right: Int
            /// Queries whose best score is that of a decoy; nil without decoys.
            package var decoyWins: Int?
            /// By the hits' q-values; nil without decoys.
            package var byDecoys: [Rate]?
            /// By the mean of their probabilities, each of a model that has not seen the query's compound.
            package var byProbability: [Rate]
        }

        /// The hits that an estimated false discovery rate accepts.
        package struct Rate: Sendable, Codable, Equatable {
            package var estimated: Double
            package var accepted: Int
            /// Of the accepted.
            package var wrong: Int
            /// Where the actual rate lies.
            package var interval: Interval
        }

        /// Probabilities beside what was the case.
        package struct Probability: Sendable, Codable, Equatable {
            package var folds: Int
            package var reliability: ReliabilityCurve
        }

        /// The area under the curve by which queries with and without their compound in the library are told apart.
        package struct OpenSet: Sendable, Codable, Equatable {
            package var score: Double?
            package var margin: Double?
            package var probability: Double?
            /// The curve of the probability: shares of the queries without and with their compound that are called
            /// present, from [0, 0] to [1, 1].
            package var curve: [[Double]]
        }
    }
}
