#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// 1/x on [a, b], 0 < a < b, within a relative error: a polynomial, then steps of Goldschmidt.
///
///     y = start(x)
///     s = x y
///     for A in constants:  (y, s) = (y (A - s), s (A - s))        s = x y throughout; the last s is not needed
///
/// Newton's constant 2 leaves 1 - e^2 ... 1 of s in 1 - e ... 1 + e, which is not centered. With s in c (1 - e) ...
/// c (1 + e), A = 2c makes s (A - s) equal at both ends and e becomes e^2 / (2 - e^2): while e is close to 1, a step
/// quadruples its distance from 1 where Newton's doubles it, so that wide intervals take half as many steps. The first
/// c is chosen for the last to be 1, and folded into the start.
///
/// The start is the polynomial of least relative error for its degree n, Chebyshev's: 1 - x p(x) =
/// T_{n+1}(u) / T_{n+1}(u_0), with u_0 that of x = 0; p equals 1/x at the zeros of T_{n+1}. As s -> s (A - s) is T_2 up
/// to scales, the whole is the best polynomial of degree (n + 1) 2^steps - 1, of error 1 / |T_{(n+1) 2^steps}(u_0)|: no
/// other split of that degree is more exact. A step costs a level and two products, and the first one a level more.
///
/// Noise in s keeps y = s/x up to the noise of the products themselves, but moves s within its range: noise of 2^-p
/// counts as a change of a by 2^-p b/a of itself, so that 2^p has to be well above b/a.
public struct InverseApproximation: Sendable, Hashable {
    /// [a, b].
    public let interval: ClosedRange<Double>
    /// The relative error that was asked for.
    public let error: Double
    /// The first y.
    public let start: ChebyshevSeries
    /// The A of each step, from 4 down to 2; none where the start alone meets the error.
    public let constants: [Double]
    /// The largest |1 - x y(x)| on the interval, from the formula, without rounding; at most ``error``.
    public let maximumError: Double

    /// The split of least depth, and among those of fewest products of ciphertexts.
    /// - Parameters:
    ///   - interval: Positive, its ends in a ratio of at most 2^32.
    ///   - error: Relative, 2^-44 ..< 1.
    ///   - maximumDegree: Of the start, 1 ... 255. A higher one may save a level and cost products.
    public init(
        on interval: ClosedRange<Double>, error: Double, maximumDegree: Int = 31
    ) throws(ApproximationError) {
        try ApproximationError.check(positive: interval)
        try ApproximationError.check(error: error)
        try ApproximationError.check(degree: maximumDegree, 1...ApproximationError.highestMinimaxDegree)
        // arcosh(-u_0), so that 1/T_m(-u_0) = 1/cosh(m times it).
        let angle = 2 * atanh((interval.lowerBound / interval.upperBound).squareRoot())
        // Of the whole polynomial, of degree (degree + 1) 2^steps - 1.
        func reached(_ degree: Int, _ steps: Int) -> Double {
            1 / cosh(angle * Double(degree + 1) * Double(sign: .plus, exponent: steps, significand: 1))
        }
        var best: (degree: Int, steps: Int, depth: Int, multiplications: Int)?
        for steps in 0...64 {
            guard let degree = (1...maximumDegree).first(where: { reached($0, steps) <= error }) else { continue }
            let cost = EvaluationCost(degree: degree)
            let depth = Self.depth(start: cost, steps: steps)
            let multiplications = cost.multiplications + 2 * steps
            if best.map({ (depth, multiplications) < ($0.depth, $0.multiplications) }) ?? true {
                best = (degree, steps, depth, multiplications)
            }
            if degree == 1 { break }
        }
        guard let best else {
            throw .notReached(error: error, reached: reached(maximumDegree, 64), degree: maximumDegree)
        }

        // e to e^2 / (2 - e^2), without the rounding that this adds where e is close to 1.
        let errors = (0...best.steps).map { reached(best.degree, $0) }
        // The center c becomes c^2 (1 - e^2/2), and 1 in the end.
        var center = 1.0
        var constants: [Double] = []
        for error in errors.dropLast().reversed() {
            center = (center / (1 - error * error / 2)).squareRoot()
            constants.insert(2 * center, at: 0)
        }
        let polynomial = try ChebyshevSeries.interpolation(of: { 1 / $0 }, on: interval, degree: best.degree)
        start = ChebyshevSeries(
            checked: polynomial.coefficients.map { $0 * center }, on: interval, maximumError: errors[0])
        self.interval = interval
        self.error = error
        self.constants = constants
        maximumError = errors[best.steps]
    }

    /// Levels from x to 1/x, the one that brings x to [-1, 1] for the start included.
    public var depth: Int { Self.depth(start: start.cost, steps: constants.count) }

    /// Products of two ciphertexts.
    public var multiplications: Int { start.cost.multiplications + 2 * constants.count }

    /// The approximate 1/`x`, by the steps above.
    public func callAsFunction(_ x: Double) -> Double {
        var y = start(x)
        var s = x * y
        for constant in constants { (y, s) = (y * (constant - s), s * (constant - s)) }
        return y
    }

    private static func depth(start: EvaluationCost, steps: Int) -> Int {
        1 + start.depth + (steps == 0 ? 0 : 1 + steps)
    }
}
