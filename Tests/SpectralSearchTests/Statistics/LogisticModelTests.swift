import Foundation
import Spectra
import SpectralSearch
import Testing

struct LogisticModelTests {
    /// The coefficients that made the outcomes are found, within five standard errors by the Fisher information.
    @Test func coefficientsAreRecovered() {
        var random = SplitMix64(seed: 5)
        let truth = LogisticModel(intercept: -3, weights: [2, -0.5])
        let features = (0..<20_000).map { _ in [1 + random.normal(), 4 * random.normal()] }
        let outcomes = features.map { random.unit() < truth.probability($0) }
        let model = LogisticModel(features: features, outcomes: outcomes)
        // Of one coefficient with the others free, the information is at least that of its part not explained by the
        // others; features are independent here, and intercept and first feature correlate by its mean of one.
        let weight = features.reduce(0) { $0 + truth.probability($1) * (1 - truth.probability($1)) }
        let spread = features.reduce(0) {
            $0 + truth.probability($1) * (1 - truth.probability($1)) * ($1[0] - 1) * ($1[0] - 1)
        }
        let mean = features.reduce(0) { $0 + truth.probability($1) * (1 - truth.probability($1)) * $1[0] } / weight
        let firstError = 1 / (spread - weight * (mean - 1) * (mean - 1)).squareRoot()
        #expect(abs(model.weights[0] - 2) < 5 * firstError)
        #expect(abs(model.weights[1] + 0.5) < 5 * firstError / 2)
        #expect(abs(model.intercept + 3) < 5 * firstError * 2)
    }

    /// At the optimum the mean prediction is the share of outcomes, whatever the ridge, which spares the intercept.
    @Test(arguments: [1e-3, 1, 1000])
    func predictionsAreRightInTheMean(ridge: Double) {
        var random = SplitMix64(seed: 6)
        let features = (0..<500).map { _ in [random.unit(), 100 * random.unit()] }
        let outcomes = features.map { random.unit() < 0.2 + 0.5 * $0[0] }
        let model = LogisticModel(features: features, outcomes: outcomes, ridge: ridge)
        let predicted = features.reduce(0) { $0 + model.probability($1) }
        #expect(abs(predicted - Double(outcomes.count { $0 })) < 1e-3)
    }

    /// Units do not matter: a feature in thousandths has a weight a thousand times smaller.
    @Test func predictionsDoNotDependOnUnits() {
        var random = SplitMix64(seed: 7)
        let features = (0..<300).map { _ in [random.unit(), random.unit()] }
        let outcomes = features.map { random.unit() < $0[0] }
        let (model, scaled) = (
            LogisticModel(features: features, outcomes: outcomes),
            LogisticModel(features: features.map { [1000 * $0[0], $0[1] - 7] }, outcomes: outcomes)
        )
        for row in features {
            #expect(abs(model.probability(row) - scaled.probability([1000 * row[0], row[1] - 7])) < 1e-6)
        }
    }

    /// Separated outcomes, outcomes of one kind and features without spread have a finite fit.
    @Test func degenerateExamplesAreFitted() {
        let rows = (0..<40).map { [Double($0), 3] }
        for outcomes in [rows.map { $0[0] > 20 }, rows.map { _ in true }, rows.map { _ in false }] {
            let model = LogisticModel(features: rows, outcomes: outcomes)
            #expect(([model.intercept] + model.weights).allSatisfy { $0.isFinite })
            for (row, outcome) in zip(rows, outcomes) where abs(row[0] - 20.5) > 5 {
                #expect((model.probability(row) > 0.5) == outcome)
                #expect((0...1).contains(model.probability(row)) && model.probability(row) != (outcome ? 0 : 1))
            }
        }
        let extreme = LogisticModel(intercept: 0, weights: [1e6, -1e6])
        #expect(extreme.probability([2, 0]) < 1 && extreme.probability([0, 2]) > 0)
    }
}
