#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension ChebyshevSeries {
    /// The shortest series, of those cut off from interpolations, that is within `error` of `function` on the whole
    /// `interval`.
    ///
    /// The function is interpolated at N + 1 Chebyshev nodes, N = 16, 32, ..., until that meets half of the error; then
    /// as many coefficients are cut off as the error allows. An interpolation is at most 2 + (2/pi) log(N + 1) times as
    /// far off as the best polynomial of its degree, which ``MinimaxApproximation`` finds. ``maximumError`` is measured
    /// at eight points per node, refined around every extremum: the function is a black box, and what varies faster is
    /// not noticed.
    ///
    /// Cost: some 100 N^2 multiplications and 100 N calls of the function: 1 ms for N = 64, 0.5 s for 1024.
    /// - Parameters:
    ///   - function: Continuous on the interval; the smoother, the lower the degree.
    ///   - error: Absolute, 2^-44 ..< 1. Below 2^-50 of the function's largest value rounding makes it unreachable.
    ///   - maximumDegree: 0 ... 4095.
    public init(
        approximating function: @escaping (Double) -> Double, on interval: ClosedRange<Double>, error: Double,
        maximumDegree: Int = 1023
    ) throws(ApproximationError) {
        try ApproximationError.check(interval)
        try ApproximationError.check(error: error)
        try ApproximationError.check(degree: maximumDegree, 0...ApproximationError.highestInterpolationDegree)
        var nodeDegree = min(16, maximumDegree)
        while true {
            let full = try Self.interpolation(of: function, on: interval, degree: nodeDegree)
            let reached = try full.measuredError(from: function, nodeDegree: nodeDegree)
            if reached <= error / 2 || (nodeDegree == maximumDegree && reached <= error) {
                self = try full.shortened(to: error, from: function, nodeDegree: nodeDegree)
                return
            }
            guard nodeDegree < maximumDegree else {
                throw .notReached(error: error, reached: reached, degree: maximumDegree)
            }
            nodeDegree = min(2 * nodeDegree, maximumDegree)
        }
    }

    /// The polynomial of `degree` that equals `function` at degree + 1 Chebyshev nodes, the zeros of T_{degree + 1}:
    /// c_k = 2/(n + 1) sum f(x_j) cos(k theta_j), theta_j = (j + 1/2) pi / (n + 1).
    static func interpolation(
        of function: (Double) -> Double, on interval: ClosedRange<Double>, degree: Int
    ) throws(ApproximationError) -> ChebyshevSeries {
        let count = degree + 1
        // cos(m pi / (2 count)) by symmetry from the first quarter, so that nodes and sums are symmetric too.
        let quarter = (0...count).map { $0 == count ? 0 : cos(.pi * Double($0) / Double(2 * count)) }
        let cosines = (0..<4 * count).map { index -> Double in
            let folded = index <= 2 * count ? index : 4 * count - index
            return folded <= count ? quarter[folded] : -quarter[2 * count - folded]
        }
        var values: [Double] = []
        for j in 0..<count {
            let x = position(cosines[2 * j + 1], in: interval)
            let value = function(x)
            guard value.isFinite else { throw .functionValue(value, at: x) }
            values.append(value)
        }
        let largest = values.reduce(0) { max($0, abs($1)) }
        let coefficients = (0..<count).map { k -> Double in
            var sum = 0.0
            var angle = k
            for value in values {
                sum += value * cosines[angle]
                angle += 2 * k
                if angle >= 4 * count { angle -= 4 * count }
            }
            let coefficient = sum * (k == 0 ? 1 : 2) / Double(count)
            // What is rounding alone is nothing: an even function gets an even series.
            return abs(coefficient) <= 0x1p-51 * largest ? 0 : coefficient
        }
        return ChebyshevSeries(checked: coefficients, on: interval)
    }

    /// The largest distance to `function`, measured between the extrema of T_{nodeDegree + 1}.
    func measuredError(
        from function: @escaping (Double) -> Double, nodeDegree: Int
    ) throws(ApproximationError) -> Double {
        let curve = ErrorCurve(range: AngleRange(from: -1)) { u in
            let x = Self.position(u, in: interval)
            return function(x) - self(x)
        }
        let knots = (0...nodeDegree + 1).map { Double.pi * Double($0) / Double(nodeDegree + 1) }
        var largest = 0.0
        for extremum in curve.extrema(knots: knots, subdivisions: 8) {
            guard extremum.error.isFinite else {
                let x = Self.position(curve.range.point(extremum.angle), in: interval)
                throw .functionValue(function(x), at: x)
            }
            largest = max(largest, abs(extremum.error))
        }
        return largest
    }

    /// The shortest beginning of this series within `error` of `function`, by bisection.
    private func shortened(
        to error: Double, from function: @escaping (Double) -> Double, nodeDegree: Int
    ) throws(ApproximationError) -> ChebyshevSeries {
        // Those below `low` are too short; `high`, whose beginning is `best`, is long enough.
        var (low, high) = (0, degree)
        var best = (series: self, error: try measuredError(from: function, nodeDegree: nodeDegree))
        while low < high {
            let middle = (low + high) / 2
            let series = ChebyshevSeries(checked: Array(coefficients[...middle]), on: interval)
            let reached = try series.measuredError(from: function, nodeDegree: nodeDegree)
            if reached <= error {
                (high, best) = (middle, (series, reached))
            } else {
                low = middle + 1
            }
        }
        return ChebyshevSeries(checked: best.series.coefficients, on: interval, maximumError: best.error)
    }
}
