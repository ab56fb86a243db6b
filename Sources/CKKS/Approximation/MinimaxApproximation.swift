#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The polynomial of a degree whose largest weighted distance w(x) |f(x) - p(x)| to a function is least.
///
/// Chebyshev: it is the only one whose errors reach the largest distance, with alternating signs, at degree + 2 points
/// (for the sign of x, with odd polynomials: at (degree + 3) / 2 points right of 0). De la Vallee Poussin: whatever
/// alternates so is at most its smallest error away from the best. ``smallestError`` and ``maximumError`` therefore
/// enclose what is possible at all, and they differ by less than 1e-6 of it, plus 2^-46 for rounding.
///
/// Found by the exchange of Remez: a levelled error is solved for on a reference, the reference moves to the extrema,
/// until those are level. Cost: about ten solutions of degree + 2 equations: 0.1 ms at degree 31, some 10 ms at 255.
public struct MinimaxApproximation: Sendable, Hashable {
    /// The polynomial.
    public let series: ChebyshevSeries
    /// Where the errors alternate, ascending.
    public let alternation: [Double]
    /// The least of the errors there: no polynomial of the degree comes closer than this everywhere.
    public let smallestError: Double
    /// The largest weighted error, over grids refined around each extremum, and 1e-12 of it more for what they miss.
    public var maximumError: Double { series.maximumError }

    /// The best polynomial of `degree`, 0 ... 255, for `function` on `interval`.
    /// - Parameters:
    ///   - function: Continuous on the interval.
    ///   - weight: Continuous and positive. 1 / |f| makes the error a relative one.
    public init(
        of function: @escaping (Double) -> Double, on interval: ClosedRange<Double>, degree: Int,
        weight: @escaping (Double) -> Double = { _ in 1 }
    ) throws(ApproximationError) {
        try self.init(of: function, on: interval, degree: degree, weight: weight, acceptsRounding: false)
    }

    /// With `acceptsRounding`, where that is all that is left to level, any polynomial that reaches it.
    init(
        of function: @escaping (Double) -> Double, on interval: ClosedRange<Double>, degree: Int,
        weight: @escaping (Double) -> Double, acceptsRounding: Bool
    ) throws(ApproximationError) {
        try ApproximationError.check(interval)
        try ApproximationError.check(degree: degree, 0...ApproximationError.highestMinimaxDegree)
        self = try Remez(
            function: function, weight: weight, position: { ChebyshevSeries.position($0, in: interval) },
            range: AngleRange(from: -1), termCount: degree + 1, isOdd: false
        ).approximation(on: interval, acceptsRounding: acceptsRounding)
    }

    /// The odd polynomial of `degree`, an odd number up to 255, that is closest to sign(x) where gap <= |x| <= 1.
    ///
    /// It lies within 1 - ``maximumError`` ... 1 + ``maximumError`` on [gap, 1] and grows monotonously from 0 to the
    /// former on [0, gap]: all its extrema are needed right of the gap.
    public static func sign(gap: Double, degree: Int) throws(ApproximationError) -> MinimaxApproximation {
        try sign(gap: gap, degree: degree, acceptsRounding: false)
    }

    /// With `acceptsRounding`, where that is all that is left to level, any polynomial that reaches it.
    static func sign(
        gap: Double, degree: Int, acceptsRounding: Bool
    ) throws(ApproximationError) -> MinimaxApproximation {
        try ApproximationError.check(gap: gap)
        try ApproximationError.check(degree: degree, 1...ApproximationError.highestMinimaxDegree)
        guard !degree.isMultiple(of: 2) else { throw .evenDegree(degree) }
        return try Remez(
            function: { _ in 1 }, weight: { _ in 1 }, position: { $0 },
            range: AngleRange(from: gap), termCount: (degree + 1) / 2, isOdd: true
        ).approximation(on: -1...1, acceptsRounding: acceptsRounding)
    }

    init(series: ChebyshevSeries, alternation: [Double], smallestError: Double) {
        self.series = series
        self.alternation = alternation
        self.smallestError = smallestError
    }
}

/// The exchange, in u = cos theta.
private struct Remez {
    let function: (Double) -> Double
    let weight: (Double) -> Double
    /// x of u.
    let position: (Double) -> Double
    /// Of the u on which it approximates.
    let range: AngleRange
    /// Coefficients to be found, of T_0, T_1, ... or, for odd polynomials, T_1, T_3, ...
    let termCount: Int
    let isOdd: Bool

    /// Extrema as level as this are level.
    static var tolerance: Double { 1e-6 }

    /// The best polynomial. Where nothing but rounding is left to level, the last one reached, if `acceptsRounding`:
    /// its largest error is at most 2^-44 of the function's largest weighted value.
    func approximation(
        on interval: ClosedRange<Double>, acceptsRounding: Bool
    ) throws(ApproximationError) -> MinimaxApproximation {
        // The extrema of T_n in the middle of the interval of angles, which are level for smooth functions.
        var reference = initialReference(skew: 0)
        var isSkewed = false
        var best: (coefficients: [Double], angles: [Double], smallest: Double, largest: Double)?
        var iterationsWithoutGain = 0
        var scale = 0.0

        for _ in 0..<100 {
            let coefficients = try levelled(reference.map(range.point), scale: &scale)
            let extrema = try extrema(coefficients, knots: [0] + reference + [range.last], subdivisions: 8)
            let largest = extrema.reduce(0) { max($0, abs($1.error)) }
            guard largest > 0x1p-48 * scale, let exchanged = Self.reduced(extrema, to: termCount + 1) else {
                // Level, as far as can be told, or not at all.
                if best == nil || largest <= 0x1p-44 * scale { best = (coefficients, reference, 0, largest) }
                // An even function on a reference symmetric about 0 may have a levelled error of 0, without signs.
                if isSkewed || largest <= 0x1p-48 * scale { break }
                isSkewed = true
                reference = initialReference(skew: 0.1)
                continue
            }
            reference = exchanged.map(\.angle)
            let smallest = exchanged.reduce(largest) { min($0, abs($1.error)) }
            if let known = best, largest - smallest >= 0.9 * (known.largest - known.smallest) {
                iterationsWithoutGain += 1
            } else {
                iterationsWithoutGain = 0
            }
            if best.map({ smallest / largest > $0.smallest / $0.largest }) ?? true {
                best = (coefficients, reference, smallest, largest)
            }
            if largest - smallest <= stoppingDifference(largest) || iterationsWithoutGain == 8 { break }
        }

        guard let best else { throw .rounding(degree: highestDegree) }
        // On points that the exchange has not seen.
        let extrema = try extrema(best.coefficients, knots: [0] + best.angles + [range.last], subdivisions: 13)
        let largest = extrema.reduce(best.largest) { max($0, abs($1.error)) } * (1 + 1e-12)
        if largest - best.smallest > Self.tolerance * largest + 0x1p-46 * scale || best.smallest == 0 {
            guard largest <= 0x1p-44 * scale else { throw .notLevelled(smallest: best.smallest, largest: largest) }
            guard acceptsRounding else { throw .rounding(degree: highestDegree) }
        }
        let all = isOdd ? best.coefficients.flatMap { [0, $0] } : best.coefficients
        return MinimaxApproximation(
            series: ChebyshevSeries(checked: all, on: interval, maximumError: largest),
            alternation: best.angles.reversed().map { position(range.point($0)) },
            smallestError: best.smallest)
    }

    /// Errors that differ by this are level. For a sign across a narrow gap they are close to 1, and what counts is how
    /// far below.
    private func stoppingDifference(_ largest: Double) -> Double {
        isOdd ? min(1e-9 * largest, max(1e-5 * (1 - largest), 0x1p-48)) : 1e-9 * largest
    }

    /// The extrema of the weighted error, all of them finite.
    private func extrema(
        _ coefficients: [Double], knots: [Double], subdivisions: Int
    ) throws(ApproximationError) -> [ErrorCurve.Extremum] {
        let curve = ErrorCurve(range: range) { u in
            let x = position(u)
            return weight(x) * (function(x) - value(coefficients, u))
        }
        let extrema = curve.extrema(knots: knots, subdivisions: subdivisions)
        if !extrema[0].error.isFinite { throw notFinite(range.point(extrema[0].angle)) }
        return extrema
    }

    /// Angles from 0 to the last, evenly but for `skew` of a step in the middle.
    private func initialReference(skew: Double) -> [Double] {
        (0...termCount).map { index in
            let share = Double(index) / Double(termCount)
            return range.last * (share + skew * sin(.pi * share) / Double(termCount))
        }
    }

    private var highestDegree: Int { isOdd ? 2 * termCount - 1 : termCount - 1 }

    /// The sum at `u`, by Clenshaw's recurrence; over odd T_k its step is 2 T_2(u).
    private func value(_ coefficients: [Double], _ u: Double) -> Double {
        let step = isOdd ? 4 * u * u - 2 : 2 * u
        var (current, next) = (0.0, 0.0)
        for index in stride(from: coefficients.count - 1, through: 1, by: -1) {
            (current, next) = (coefficients[index] + step * current - next, current)
        }
        // T_{-1} = T_1 ends the odd one.
        return isOdd ? u * (coefficients[0] + step * current - next - current) : coefficients[0] + u * current - next
    }

    private func notFinite(_ u: Double) -> ApproximationError {
        let x = position(u)
        let weight = weight(x)
        return weight.isFinite && weight > 0
            ? .functionValue(function(x), at: x) : .weight(weight, at: x)
    }

    /// The coefficients whose weighted errors at `points` are h, -h, h, ...: the solution of
    /// w(x_i) p(u_i) + (-1)^i h = w(x_i) f(x_i).
    private func levelled(_ points: [Double], scale: inout Double) throws(ApproximationError) -> [Double] {
        let count = points.count
        var matrix = LinearSystem(count: count)
        for (row, u) in points.enumerated() {
            let x = position(u)
            let weight = weight(x)
            let right = weight * function(x)
            guard right.isFinite, weight > 0, weight.isFinite else { throw notFinite(u) }
            scale = max(scale, abs(right))
            let step = isOdd ? 4 * u * u - 2 : 2 * u
            var (current, before) = isOdd ? (u, u) : (1, u)
            for column in 0..<termCount {
                matrix[row, column] = weight * current
                (current, before) = (step * current - before, current)
            }
            matrix[row, termCount] = row.isMultiple(of: 2) ? 1 : -1
            matrix[row, count] = right
        }
        let solution = matrix.solved()
        // Singular: the points cannot be told apart.
        guard solution.allSatisfy(\.isFinite) else { throw .rounding(degree: highestDegree) }
        return Array(solution.dropLast())
    }

    /// `count` of the extrema, neighbours alternating, the largest one kept; nil if there are fewer.
    private static func reduced(_ extrema: [ErrorCurve.Extremum], to count: Int) -> [ErrorCurve.Extremum]? {
        var kept = extrema
        while kept.count > count {
            let last = kept.count - 1
            if kept.count == count + 1 {
                kept.remove(at: abs(kept[0].error) < abs(kept[last].error) ? 0 : last)
                continue
            }
            // The smallest, with its smaller neighbour, so that signs still alternate; an end goes alone.
            let smallest = kept.indices.min { abs(kept[$0].error) < abs(kept[$1].error) }!
            if smallest == 0 || smallest == last {
                kept.remove(at: smallest)
            } else {
                let left = abs(kept[smallest - 1].error) < abs(kept[smallest + 1].error)
                kept.removeSubrange(left ? smallest - 1...smallest : smallest...smallest + 1)
            }
        }
        return kept.count == count ? kept : nil
    }
}

/// Equations M y = r, solved by elimination with row pivots.
private struct LinearSystem {
    private let count: Int
    /// Rows of M, each followed by its right-hand side.
    private var entries: [Double]

    init(count: Int) {
        self.count = count
        entries = [Double](repeating: 0, count: count * (count + 1))
    }

    subscript(row: Int, column: Int) -> Double {
        get { entries[row * (count + 1) + column] }
        set { entries[row * (count + 1) + column] = newValue }
    }

    /// The solution; not finite if M is singular.
    consuming func solved() -> [Double] {
        let (count, width) = (count, count + 1)
        var solution = [Double](repeating: 0, count: count)
        entries.withUnsafeMutableBufferPointer { entries in
            for column in 0..<count {
                var pivot = column
                for row in column..<count
                where abs(entries[row * width + column]) > abs(entries[pivot * width + column]) { pivot = row }
                if pivot != column {
                    for k in column..<width { entries.swapAt(pivot * width + k, column * width + k) }
                }
                let inverse = 1 / entries[column * width + column]
                for row in column + 1..<count {
                    let factor = entries[row * width + column] * inverse
                    for k in column..<width { entries[row * width + k] -= factor * entries[column * width + k] }
                }
            }
            for row in stride(from: count - 1, through: 0, by: -1) {
                var value = entries[row * width + count]
                for k in row + 1..<count { value -= entries[row * width + k] * solution[k] }
                solution[row] = value / entries[row * width + row]
            }
        }
        return solution
    }
}
