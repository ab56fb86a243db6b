import Foundation

/// Whether predicted probabilities are what happens: predictions in bins of equal width, beside the share of their
/// outcomes; and proper scores of the predictions.
///
/// Sources: Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78, 1 (1950);
/// Naeini, Cooper, Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning", AAAI 2015 (the expected
/// calibration error).
package struct ReliabilityCurve: Sendable, Codable, Equatable {
    /// The predictions of one range.
    package struct Bin: Sendable, Codable, Equatable {
        /// Number of predictions.
        package var count: Int
        /// Their mean.
        package var predicted: Double
        /// The share of their outcomes that were the case.
        package var observed: Double
        /// Where the probability of such an outcome lies.
        package var interval: Interval
    }

    /// The bins that have predictions, in ascending order.
    package let bins: [Bin]
    /// The mean squared difference of prediction and outcome.
    package let brierScore: Double
    /// The mean of minus the natural logarithm of the probability of what was the case.
    package let logLoss: Double
    /// The mean difference of predicted and observed over the bins, weighted by their predictions.
    package let expectedCalibrationError: Double

    /// The curve of `predictions` of `outcomes`.
    ///
    /// - Precondition: there is a prediction, all are within 0 and 1, and there are as many outcomes.
    package init(predictions: [Double], outcomes: [Bool], binCount: Int = 10) {
        precondition(!predictions.isEmpty && predictions.count == outcomes.count, "predictions of outcomes")
        precondition(predictions.allSatisfy { (0...1).contains($0) }, "predictions are probabilities")
        let count = Double(predictions.count)
        let pairs = zip(predictions, outcomes)
        brierScore = pairs.reduce(0) { $0 + ($1.0 - ($1.1 ? 1 : 0)) * ($1.0 - ($1.1 ? 1 : 0)) } / count
        logLoss = pairs.reduce(0) { $0 - log($1.1 ? $1.0 : 1 - $1.0) } / count
        var sums = [(count: Int, predicted: Double, right: Int)](repeating: (0, 0, 0), count: binCount)
        for (prediction, outcome) in pairs {
            let bin = min(Int(prediction * Double(binCount)), binCount - 1)
            sums[bin].count += 1
            sums[bin].predicted += prediction
            sums[bin].right += outcome ? 1 : 0
        }
        bins = sums.filter { $0.count > 0 }.map {
            Bin(
                count: $0.count, predicted: $0.predicted / Double($0.count),
                observed: Double($0.right) / Double($0.count), interval: Interval(wilson: $0.right, of: $0.count))
        }
        expectedCalibrationError = bins.reduce(0) { $0 + Double($1.count) * abs($1.predicted - $1.observed) } / count
    }
}
