import Foundation

/// A logistic regression: the log odds of an outcome are a weighted sum of features.
public struct LogisticModel: Sendable, Hashable, Codable {
    /// Log odds where all features are zero.
    public var intercept: Double
    /// What each feature adds to the log odds for each of its units.
    public var weights: [Double]

    /// The probability of the outcome, strictly between 0 and 1 for log odds within ±30, where larger ones are cut.
    ///
    /// - Precondition: there is a feature for each weight.
    package func probability(_ features: [Double]) -> Double {
        precondition(features.count == weights.count, "\(features.count) features for \(weights.count) weights")
        let logOdds = zip(weights, features).reduce(intercept) { $0 + $1.0 * $1.1 }
        return 1 / (1 + exp(-min(max(logOdds, -30), 30)))
    }

    /// The model under which `outcomes` are likeliest, less half of `ridge` times the squares of the weights per standard
    /// deviation of their feature: this keeps them finite where features separate the outcomes. By Newton's method
    /// (iteratively reweighted least squares), halving steps that do not gain; the same on every run.
    ///
    /// Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", 2nd edition, sections 4.4.1, 3.4.1.
    ///
    /// - Parameters:
    ///   - features: one row for each outcome, all of one length.
    ///   - ridge: positive.
    /// - Precondition: there is an outcome.
    package init(features: [[Double]], outcomes: [Bool], ridge: Double = 1) {
        precondition(!features.isEmpty && features.count == outcomes.count && ridge > 0, "outcomes of features")
        let count = Double(features.count)
        let means = features[0].indices.map { column in features.reduce(0) { $0 + $1[column] } / count }
        let deviations = features[0].indices.map { column in
            let sum = features.reduce(0) { $0 + ($1[column] - means[column]) * ($1[column] - means[column]) }
            return sum > 0 ? (sum / count).squareRoot() : 1
        }
        let rows = features.map { row in [1] + row.indices.map { (row[$0] - means[$0]) / deviations[$0] } }
        let fit = NewtonFit(rows: rows, outcomes: outcomes, ridge: ridge).coefficients()
        weights = zip(fit.dropFirst(), deviations).map { $0 / $1 }
        intercept = fit[0] - zip(weights, means).reduce(0) { $0 + $1.0 * $1.1 }
    }

    package init(intercept: Double, weights: [Double]) {
        self.intercept = intercept
        self.weights = weights
    }
}

/// Newton's method for a penalised logistic likelihood. The first column of the rows is 1, and is not penalised.
private struct NewtonFit {
    let rows: [[Double]]
    let outcomes: [Bool]
    let ridge: Double

    func coefficients() -> [Double] {
        var current = [Double](repeating: 0, count: rows[0].count)
        var value = objective(current)
        for _ in 0..<100 {
            let step = step(current)
            var size = 1.0
            var next = zip(current, step).map { $0 + size * $1 }
            while objective(next) < value, size > 1e-6 {
                size /= 2
                next = zip(current, step).map { $0 + size * $1 }
            }
            let gained = objective(next) - value
            guard gained > 0 else { break }
            (current, value) = (next, value + gained)
            if gained < 1e-12 * abs(value) { break }
        }
        return current
    }

    private func logOdds(_ row: [Double], _ coefficients: [Double]) -> Double {
        zip(row, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// The penalised log likelihood.
    private func objective(_ coefficients: [Double]) -> Double {
        let penalty = coefficients.dropFirst().reduce(0) { $0 + $1 * $1 } * ridge / 2
        return zip(rows, outcomes).reduce(-penalty) { sum, example in
            let odds = logOdds(example.0, coefficients)
            // log(1 + exp x), without overflow.
            let partition = max(odds, 0) + log1p(exp(-abs(odds)))
            return sum + (example.1 ? odds : 0) - partition
        }
    }

    private func step(_ coefficients: [Double]) -> [Double] {
        let size = coefficients.count
        // The penalty on the intercept only keeps the system regular where all probabilities are 0 or 1.
        var gradient = coefficients.enumerated().map { $0 == 0 ? 0 : -ridge * $1 }
        var hessian = (0..<size).map { row in (0..<size).map { $0 == row ? (row == 0 ? 1e-9 : ridge) : 0 } }
        for (row, outcome) in zip(rows, outcomes) {
            let probability = 1 / (1 + exp(-logOdds(row, coefficients)))
            for i in 0..<size {
                gradient[i] += ((outcome ? 1 : 0) - probability) * row[i]
                for j in 0..<size { hessian[i][j] += probability * (1 - probability) * row[i] * row[j] }
            }
        }
        return Self.solution(hessian, gradient)
    }

    /// The solution of a symmetric, positive definite system, by elimination.
    private static func solution(_ matrix: [[Double]], _ side: [Double]) -> [Double] {
        var (matrix, side) = (matrix, side)
        for pivot in side.indices {
            for row in side.indices.dropFirst(pivot + 1) {
                let factor = matrix[row][pivot] / matrix[pivot][pivot]
                for column in side.indices.dropFirst(pivot) { matrix[row][column] -= factor * matrix[pivot][column] }
                side[row] -= factor * side[pivot]
            }
        }
        for row in side.indices.reversed() {
            for column in side.indices.dropFirst(row + 1) { side[row] -= matrix[row][column] * side[column] }
            side[row] /= matrix[row][row]
        }
        return side
    }
}
