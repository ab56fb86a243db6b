/// A polynomial in the power basis: the sum of a_k x^k.
///
/// Good for low degrees and for coefficients that are small integers. Otherwise prefer ``ChebyshevSeries``: T_k in
/// powers of u has coefficients of alternating signs whose magnitudes add up to about (1 + sqrt 2)^k / 2, so that
/// leaving the Chebyshev basis costs up to 1.27 bits per degree on [-1, 1], more on intervals away from 0.
/// ``amplification(on:)`` measures it.
public struct PowerPolynomial: Sendable, Hashable {
    /// a_0 .. a_degree, the last one different from 0 unless it is the only one; at least one.
    public let coefficients: [Double]

    /// The polynomial of these coefficients, finite ones; none makes the polynomial 0.
    public init(coefficients: [Double]) throws(ApproximationError) {
        for (index, value) in coefficients.enumerated() where !value.isFinite {
            throw .coefficient(index: index, value: value)
        }
        let count = (coefficients.lastIndex { $0 != 0 } ?? 0) + 1
        self.coefficients = coefficients.isEmpty ? [0] : Array(coefficients[..<count])
    }

    /// The same polynomial as `series`, by Clenshaw's recurrence over polynomials in x. Cost: degree^2 multiplications.
    public init(_ series: ChebyshevSeries) throws(ApproximationError) {
        let (a, b) = (series.interval.lowerBound, series.interval.upperBound)
        let slope = 2 / (b - a)
        let offset = -(a / 2 + b / 2) * slope
        let count = series.coefficients.count
        // `factor` times u times `polynomial`, whose degree leaves room for it.
        func timesU(_ polynomial: [Double], _ factor: Double) -> [Double] {
            var product = polynomial.map { factor * offset * $0 }
            for k in 1..<max(1, count) { product[k] += factor * slope * polynomial[k - 1] }
            return product
        }
        var next = [Double](repeating: 0, count: count)
        var afterNext = next
        for coefficient in series.coefficients.dropFirst().reversed() {
            var current = zip(timesU(next, 2), afterNext).map { $0 - $1 }
            current[0] += coefficient
            (next, afterNext) = (current, next)
        }
        var result = zip(timesU(next, 1), afterNext).map { $0 - $1 }
        result[0] += series.coefficients[0]
        try self.init(coefficients: result)
    }

    /// The largest k with a_k different from 0; 0 for a constant.
    public var degree: Int { coefficients.count - 1 }

    /// Which coefficients are exactly zero: ``Parity/even`` if all of odd index are, ``Parity/odd`` if all of even
    /// index are. The polynomial 0 counts as even.
    public var parity: Parity {
        let differ = { (first: Int) in
            stride(from: first, to: coefficients.count, by: 2).contains { coefficients[$0] != 0 }
        }
        if !differ(1) { return .even }
        return differ(0) ? .neither : .odd
    }

    /// What an evaluation on a ciphertext of x takes.
    public var cost: EvaluationCost { EvaluationCost(degree: degree, parity: parity) }

    /// Levels from x to the result, products by coefficients included: ceil(log2(degree + 1)).
    public var depth: Int { EvaluationCost.ceilingLog2(degree + 1) }

    /// The value at `x`, by Horner's rule.
    public func callAsFunction(_ x: Double) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }

    /// Division with remainder by x^m: f = q x^m + r, where r has a degree below m, without rounding.
    /// - Parameter m: at least 1.
    public func dividedByPower(
        _ m: Int
    ) throws(ApproximationError) -> (quotient: PowerPolynomial, remainder: PowerPolynomial) {
        try ApproximationError.check(degree: m, 1...Int.max)
        return (
            try PowerPolynomial(coefficients: Array(coefficients.dropFirst(m))),
            try PowerPolynomial(coefficients: Array(coefficients.prefix(m)))
        )
    }

    /// By how much this basis magnifies errors on `interval`: the largest sum of |a_k x^k| over the largest value of
    /// the polynomial, both over `interval`, the latter on a grid. Relative errors of 2^-p in coefficients or powers
    /// become errors of up to 2^-p times this, relative to the largest value. At least 1; infinite for 0.
    public func amplification(on interval: ClosedRange<Double>) throws(ApproximationError) -> Double {
        try ApproximationError.check(interval)
        let (a, b) = (interval.lowerBound, interval.upperBound)
        let farthest = max(abs(a), abs(b))
        let magnitudes = coefficients.reversed().reduce(0) { $0 * farthest + abs($1) }
        let samples = 16 * (degree + 1)
        let largest = (0...samples).reduce(0) { largest, index in
            let share = Double(index) / Double(samples)
            return max(largest, abs(self(a * (1 - share) + b * share)))
        }
        return largest == 0 ? .infinity : max(1, magnitudes / largest)
    }
}
