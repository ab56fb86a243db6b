#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An interval of u = cos theta that ends at 1, by its angles.
///
/// Angles suit polynomials: between extrema of T_n they are pi / n apart, at the ends as in the middle.
struct AngleRange {
    /// The interval's lower bound.
    let lowest: Double
    /// Its angle, the largest; that of the upper bound is 0.
    let last: Double

    init(from lowest: Double) {
        self.lowest = lowest
        last = lowest == -1 ? .pi : acos(lowest)
    }

    /// u of an angle, exact at both ends.
    func point(_ angle: Double) -> Double {
        angle >= last ? lowest : max(lowest, cos(angle))
    }
}

/// The distance between a function and a polynomial along an interval of u, and where it is largest.
struct ErrorCurve {
    let range: AngleRange
    /// The signed error at u.
    let error: (Double) -> Double

    /// One extremum: largest magnitude between two changes of sign.
    struct Extremum {
        var angle: Double
        var error: Double
    }

    /// The extrema in order of their angles, signs alternating.
    ///
    /// Each gap between `knots`, ascending angles, is sampled at `subdivisions` points; the best sample of each run of
    /// one sign is refined by parabolas. An error that is not finite anywhere is given back as the only extremum.
    func extrema(knots: [Double], subdivisions: Int) -> [Extremum] {
        var angles: [Double] = []
        angles.reserveCapacity(knots.count * subdivisions + 1)
        for (from, to) in zip(knots, knots.dropFirst()) where to > from {
            for step in 0..<subdivisions {
                angles.append(from + (to - from) * Double(step) / Double(subdivisions))
            }
        }
        angles.append(knots[knots.count - 1])

        var found: [Extremum] = []
        var best = 0
        var bestError = 0.0
        let values = angles.map { error(range.point($0)) }
        for (index, value) in values.enumerated() {
            if !value.isFinite { return [Extremum(angle: angles[index], error: value)] }
            if value * bestError < 0 {
                found.append(refined(angles, values, best))
                (best, bestError) = (index, value)
            } else if abs(value) > abs(bestError) {
                (best, bestError) = (index, value)
            }
        }
        found.append(refined(angles, values, best))
        return found.first { !$0.error.isFinite }.map { [$0] } ?? found
    }

    /// The extremum near sample `index`.
    private func refined(_ angles: [Double], _ values: [Double], _ index: Int) -> Extremum {
        var middle = Extremum(angle: angles[index], error: values[index])
        let sign: Double = middle.error < 0 ? -1 : 1
        guard angles.count > 1 else { return middle }
        var left = Extremum(angle: angles[max(0, index - 1)], error: values[max(0, index - 1)])
        var right = Extremum(
            angle: angles[min(angles.count - 1, index + 1)], error: values[min(angles.count - 1, index + 1)])
        if index == 0 || index == angles.count - 1 {
            // An end, unless the curve is higher just inside.
            let inside = 0.75 * middle.angle + 0.25 * (index == 0 ? right.angle : left.angle)
            let value = error(range.point(inside))
            guard value.isFinite else { return Extremum(angle: inside, error: value) }
            guard sign * value > sign * middle.error else { return middle }
            if index == 0 { left = middle } else { right = middle }
            middle = Extremum(angle: inside, error: value)
        }
        for _ in 0..<6 {
            // The vertex of the parabola through the three.
            let (toLeft, toRight) = (middle.angle - left.angle, right.angle - middle.angle)
            let (fromLeft, fromRight) = (sign * (middle.error - left.error), sign * (middle.error - right.error))
            let curvature = fromLeft * toRight + fromRight * toLeft
            guard curvature > 0 else { break }
            let shift = 0.5 * (fromLeft * toRight * toRight - fromRight * toLeft * toLeft) / curvature
            // Not to halt at a vertex already known.
            guard abs(shift) > 1e-8 * (toLeft + toRight) else { break }
            let angle = middle.angle + shift
            guard angle > left.angle, angle < right.angle else { break }
            let vertex = Extremum(angle: angle, error: error(range.point(angle)))
            guard vertex.error.isFinite else { return vertex }
            if sign * vertex.error >= sign * middle.error {
                if shift > 0 { left = middle } else { right = middle }
                middle = vertex
            } else if shift > 0 {
                right = vertex
            } else {
                left = vertex
            }
        }
        return middle
    }
}
