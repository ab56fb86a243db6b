#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// 1/sqrt(x) on [a, b], 0 < a < b, within a relative error: a polynomial, then steps of Newton.
///
///     y = start(x)
///     for A in constants:  y = A y - (x/2 y) y^2
///
/// In t = sqrt(x/2) y a step is t (A - t^2), an odd cubic. Newton's A = 3/2 is the best only for t close to sqrt(1/2).
/// With t in c (1 - e) ... c (1 + e), A = c^2 (3 + e^2) makes both ends equal, which is the best cubic for the sign
/// (``CompositeSign``): a wide interval takes fewer steps. The first c is chosen for the last to be sqrt(1/2), and
/// folded into the start, whose relative error is the least for its degree.
///
/// A step takes two levels and three products: x/2 y and y^2 side by side, then their product; A y is ready earlier.
public struct InverseSquareRootApproximation: Sendable, Hashable {
    /// [a, b].
    public let interval: ClosedRange<Double>
    /// The relative error that was asked for.
    public let error: Double
    /// The first y.
    public let start: ChebyshevSeries
    /// The A of each step, below 3; none where the start alone meets the error.
    public let constants: [Double]
    /// The largest |1 - sqrt(x) y(x)| on the interval, from the measured one of the start, without rounding; at most
    /// ``error``.
    public let maximumError: Double

    /// The split of least depth, and among those of fewest products of ciphertexts. Cost: some tens of minimax
    /// polynomials, 1 ms; up to half a second with starts of degree 255.
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
        var starts: [Int: ChebyshevSeries] = [:]
        func start(_ degree: Int) throws(ApproximationError) -> ChebyshevSeries {
            if let known = starts[degree] { return known }
            let series = try Self.start(on: interval, degree: degree)
            starts[degree] = series
            return series
        }
        var best: (start: ChebyshevSeries, steps: Int, depth: Int, multiplications: Int)?
        for steps in 0...64 {
            // The lowest degree that reaches the error, by bisection.
            var (low, high) = (1, maximumDegree + 1)
            while low < high {
                let middle = (low + high) / 2
                if Self.errors(after: steps, from: try start(middle).maximumError)[steps] <= error {
                    high = middle
                } else {
                    low = middle + 1
                }
            }
            guard low <= maximumDegree else { continue }
            let series = try start(low)
            let depth = Self.depth(start: series.cost, steps: steps)
            let multiplications = series.cost.multiplications + 3 * steps
            if best.map({ (depth, multiplications) < ($0.depth, $0.multiplications) }) ?? true {
                best = (series, steps, depth, multiplications)
            }
            if low == 1 { break }
        }
        guard let best else {
            let reached = Self.errors(after: 64, from: try start(maximumDegree).maximumError)[64]
            throw .notReached(error: error, reached: reached, degree: maximumDegree)
        }

        let errors = Self.errors(after: best.steps, from: best.start.maximumError)
        // The center c becomes c^3 times the sum of the ends, and sqrt(1/2) in the end.
        var center = 0.5.squareRoot()
        var constants: [Double] = []
        for error in errors.dropLast().reversed() {
            center = cbrt(center / (Self.top(error) + 1 - error * error))
            constants.insert(center * center * (3 + error * error), at: 0)
        }
        let factor = center * 2.0.squareRoot()
        self.start = ChebyshevSeries(
            checked: best.start.coefficients.map { $0 * factor }, on: interval, maximumError: errors[0])
        self.interval = interval
        self.error = error
        self.constants = constants
        maximumError = errors[best.steps]
    }

    /// Levels from x to 1/sqrt(x), the one that brings x to [-1, 1] for the start included.
    public var depth: Int { Self.depth(start: start.cost, steps: constants.count) }

    /// Products of two ciphertexts.
    public var multiplications: Int { start.cost.multiplications + 3 * constants.count }

    /// The approximate 1/sqrt(`x`), by the steps above.
    public func callAsFunction(_ x: Double) -> Double {
        constants.reduce(start(x)) { y, constant in constant * y - (x / 2 * y) * (y * y) }
    }

    private static func depth(start: EvaluationCost, steps: Int) -> Int { 1 + start.depth + 2 * steps }

    /// The polynomial of least relative error, up to rounding.
    private static func start(
        on interval: ClosedRange<Double>, degree: Int
    ) throws(ApproximationError) -> ChebyshevSeries {
        try MinimaxApproximation(
            of: { 1 / $0.squareRoot() }, on: interval, degree: degree, weight: { $0.squareRoot() },
            acceptsRounding: true
        ).series
    }

    /// The relative error before the first step, after it, and so on.
    private static func errors(after steps: Int, from first: Double) -> [Double] {
        var errors = [first]
        for _ in 0..<steps {
            let square = errors[errors.count - 1] * errors[errors.count - 1]
            // top - (1 - square), without cancellation.
            let width = expm1(1.5 * log1p(square / 3)) + square
            errors.append(width / (top(errors[errors.count - 1]) + 1 - square))
        }
        return errors
    }

    /// Half of the largest t (A - t^2) for c = 1, (1 + e^2/3)^(3/2), where both ends have 1 - e^2.
    private static func top(_ error: Double) -> Double {
        let base = 1 + error * error / 3
        return base * base.squareRoot()
    }
}
