#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A polynomial in the Chebyshev basis: the sum of c_k T_k(u), with u = (2x - a - b) / (b - a) for x in [a, b].
///
/// T_k(u) = cos(k arccos u) stays within [-1, 1], so that neither coefficients nor rounding errors are magnified, where
/// powers of u lose 1.27 bits per degree (``PowerPolynomial``).
///
/// On ciphertexts, ``cost`` counts from u. Bringing x to u takes a product by a constant, one level more, unless the
/// interval is [-1, 1] or whoever encrypts or computes x scales it.
public struct ChebyshevSeries: Sendable, Hashable {
    /// [a, b].
    public let interval: ClosedRange<Double>
    /// c_0 .. c_degree, the last one different from 0 unless it is the only one; at least one.
    public let coefficients: [Double]
    /// The largest distance, as measured, to the function that this series approximates; 0 if it was given by its
    /// coefficients. Of a relative approximation, the largest relative distance.
    public let maximumError: Double

    /// The series of these coefficients, finite ones; none makes the polynomial 0.
    public init(coefficients: [Double], on interval: ClosedRange<Double> = -1...1) throws(ApproximationError) {
        try ApproximationError.check(interval)
        for (index, value) in coefficients.enumerated() where !value.isFinite {
            throw .coefficient(index: index, value: value)
        }
        self.init(checked: coefficients, on: interval)
    }

    init(checked coefficients: [Double], on interval: ClosedRange<Double>, maximumError: Double = 0) {
        let count = (coefficients.lastIndex { $0 != 0 } ?? 0) + 1
        self.coefficients = coefficients.isEmpty ? [0] : Array(coefficients[..<count])
        self.interval = interval
        self.maximumError = maximumError
    }

    /// The largest k with c_k different from 0; 0 for a constant.
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

    /// What an evaluation on a ciphertext of u takes.
    public var cost: EvaluationCost { EvaluationCost(degree: degree, parity: parity) }

    /// Levels from u to the result, products by coefficients included: ceil(log2(degree + 1)).
    public var depth: Int { EvaluationCost.ceilingLog2(degree + 1) }

    /// u of `x`.
    public func normalized(_ x: Double) -> Double {
        // Exactly -1 and 1 at the ends.
        let (a, b) = (interval.lowerBound, interval.upperBound)
        return ((x - a) - (b - x)) / (b - a)
    }

    /// x of `u`, within the interval for u in [-1, 1].
    static func position(_ u: Double, in interval: ClosedRange<Double>) -> Double {
        let (a, b) = (interval.lowerBound, interval.upperBound)
        return min(b, max(a, a * ((1 - u) / 2) + b * ((1 + u) / 2)))
    }

    /// The value at `x`, by Clenshaw's recurrence. Within the interval the rounding error is of the order of
    /// degree * 2^-53 times the sum of |c_k|. Cost: one multiplication per coefficient.
    public func callAsFunction(_ x: Double) -> Double {
        let u = normalized(x)
        var (next, afterNext) = (0.0, 0.0)
        for coefficient in coefficients.dropFirst().reversed() {
            (next, afterNext) = (coefficient + 2 * u * next - afterNext, next)
        }
        return coefficients[0] + u * next - afterNext
    }

    /// The series times `factor`, a finite one.
    public func scaled(by factor: Double) throws(ApproximationError) -> ChebyshevSeries {
        var scaled: [Double] = []
        for (index, coefficient) in coefficients.enumerated() {
            guard (coefficient * factor).isFinite else {
                throw .coefficient(index: index, value: coefficient * factor)
            }
            scaled.append(coefficient * factor)
        }
        return ChebyshevSeries(checked: scaled, on: interval, maximumError: maximumError * abs(factor))
    }

    /// Division with remainder by T_m: f = q T_m + r, where r has a degree below m.
    ///
    /// From 2 T_m T_j = T_{m + j} + T_{|m - j|}: for j > 0, q_j = 2 c_{m + j}, and c_{m + j} is taken off the
    /// coefficient of T_{|m - j|}. Up to degree 2m - 1 every coefficient of r is rounded once at most and those of q
    /// are exact. With an even T_m, q and r have the parity of f.
    /// - Parameter m: at least 1.
    public func dividedByChebyshev(
        _ m: Int
    ) throws(ApproximationError) -> (quotient: ChebyshevSeries, remainder: ChebyshevSeries) {
        try ApproximationError.check(degree: m, 1...Int.max)
        guard degree >= m else {
            return (
                ChebyshevSeries(checked: [0], on: interval), ChebyshevSeries(checked: coefficients, on: interval)
            )
        }
        var remainder = coefficients
        var quotient = [Double](repeating: 0, count: degree - m + 1)
        for j in stride(from: degree - m, to: 0, by: -1) {
            // |m - j| is below m + j: what it receives is divided later, or remains.
            let coefficient = remainder[m + j]
            quotient[j] = 2 * coefficient
            remainder[abs(m - j)] -= coefficient
        }
        quotient[0] = remainder[m]
        return (
            ChebyshevSeries(checked: quotient, on: interval),
            ChebyshevSeries(checked: Array(remainder[..<m]), on: interval)
        )
    }
}

extension ChebyshevSeries {
    /// The same polynomial as `polynomial`, by Horner's rule in the Chebyshev basis: x = (a + b)/2 + u (b - a)/2, and
    /// 2 u T_k = T_{k + 1} + T_{|k - 1|}. Cost: degree^2 / 2 multiplications. The result is as exact as evaluating
    /// `polynomial` is, so off by up to ``PowerPolynomial/amplification(on:)`` * 2^-53 or so of its largest value.
    public init(_ polynomial: PowerPolynomial, on interval: ClosedRange<Double> = -1...1) throws(ApproximationError) {
        try ApproximationError.check(interval)
        let center = interval.lowerBound / 2 + interval.upperBound / 2
        let halfWidth = interval.upperBound / 2 - interval.lowerBound / 2
        var series = [Double](repeating: 0, count: polynomial.coefficients.count + 1)
        for coefficient in polynomial.coefficients.reversed() {
            var product = series.map { $0 * center }
            for (k, value) in series.enumerated().dropLast() {
                let half = halfWidth * value / 2
                product[k + 1] += half
                product[abs(k - 1)] += half
            }
            series = product
            series[0] += coefficient
        }
        try self.init(coefficients: series, on: interval)
    }
}
