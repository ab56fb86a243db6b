import SpectralSearch
import Spectra

/// Models of how likely a best hit is right, of which each has seen all compounds but those of its fold.
package struct GroupedCrossValidation: Sendable {
    /// Number of folds.
    package var foldCount: Int { models.count }
    private let folds: [String: Int]
    private let models: [LogisticModel]

    /// Deals the compounds of `outcomes` to five folds, at random, but in the same way whenever they are the same, and fits
    /// a model to all but each of them. Fewer folds are made of fewer compounds; nil of one.
    package init?(_ outcomes: [HitOutcome]) {
        var random = SplitMix64(seed: 0x666f_6c64)
        let compounds = Set(outcomes.map(\.compound)).sorted().shuffled(using: &random)
        let foldCount = min(5, compounds.count)
        guard foldCount >= 2 else { return nil }
        let folds = Dictionary(uniqueKeysWithValues: compounds.enumerated().map { ($1, $0 % foldCount) })
        models = (0..<foldCount).map { fold in
            let others = outcomes.filter { folds[$0.compound] != fold }
            return LogisticModel(features: others.map(\.evidence.features), outcomes: others.map(\.isRight))
        }
        self.folds = folds
    }

    /// The fold of a compound.
    package func fold(of compound: String) -> Int { folds[compound] ?? 0 }

    /// The probabilities that the best hits of `outcomes` are right, by models that have not seen their compounds.
    ///
    /// - Precondition: the compounds are among those that were dealt.
    package func probabilities(of outcomes: [HitOutcome]) -> [Double] {
        outcomes.map { models[fold(of: $0.compound)].probability($0.evidence.features) }
    }

    /// These probabilities beside what was the case.
    package func reliability(of outcomes: [HitOutcome]) -> ReliabilityCurve {
        ReliabilityCurve(predictions: probabilities(of: outcomes), outcomes: outcomes.map(\.isRight))
    }
}
