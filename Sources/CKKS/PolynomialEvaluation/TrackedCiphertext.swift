#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A ciphertext of some function of x, and what its error is where x has certain values.
///
/// ``NoiseEstimate`` has one figure for all slots and takes the errors of both factors of a product as independent. For
/// polynomials of high degree that is too coarse by many bits: errors of x enter every power, and largely cancel where
/// the polynomial is flat. So errors are followed at sample points of the domain, those of x with their sign.
struct TrackedCiphertext {
    var ciphertext: Ciphertext
    var errors: ErrorProfile
}

/// Values and errors of a function of x at sample points.
struct ErrorProfile {
    /// The values of the function.
    var values: [Double]
    /// The factors by which a small error of x is multiplied.
    var slopes: [Double]
    /// The variance, of a coefficient over the square of the scale, of errors that do not come from x: those of key
    /// switching and rounding, taken as independent of each other.
    var variances: [Double]

    /// x itself.
    init(points: [Double]) {
        values = points
        slopes = [Double](repeating: 1, count: points.count)
        variances = [Double](repeating: 0, count: points.count)
    }

    /// x itself, on an interval right of 0: at its ends and at `count` points between, half of them spread as Chebyshev
    /// nodes and half as powers of one number. Enough for polynomials with a quarter as many extrema.
    init(on interval: ClosedRange<Double>, count: Int = 128) {
        let (a, b) = (interval.lowerBound, interval.upperBound)
        let points = (0...count / 2).flatMap { index in
            let share = Double(index) / Double(count / 2)
            return [
                ChebyshevSeries.position(-cos(.pi * share), in: interval),
                min(b, max(a, a * pow(b / a, share))),
            ]
        }
        self.init(points: points)
    }

    /// 0 at as many points as `other` has.
    init(zeroLike other: ErrorProfile) {
        values = [Double](repeating: 0, count: other.values.count)
        slopes = values
        variances = values
    }

    /// x y.
    init(_ x: ErrorProfile, times y: ErrorProfile) {
        self.init(zeroLike: x)
        for k in values.indices {
            values[k] = x.values[k] * y.values[k]
            slopes[k] = x.slopes[k] * y.values[k] + x.values[k] * y.slopes[k]
            variances[k] =
                x.variances[k] * y.values[k] * y.values[k] + x.values[k] * x.values[k] * y.variances[k]
        }
    }

    /// x^2. Both factors have the same error.
    init(squareOf x: ErrorProfile) {
        self.init(x, times: x)
        for k in variances.indices { variances[k] *= 2 }
    }

    /// Adds `factor` times x.
    mutating func add(_ factor: Double, times x: ErrorProfile) {
        for k in values.indices {
            values[k] += factor * x.values[k]
            slopes[k] += factor * x.slopes[k]
            variances[k] += factor * factor * x.variances[k]
        }
    }

    /// Multiplies by a constant.
    mutating func multiply(by factor: Double) {
        for k in values.indices {
            values[k] *= factor
            slopes[k] *= factor
            variances[k] *= factor * factor
        }
    }

    /// Adds a constant.
    mutating func add(constant: Double) {
        for k in values.indices { values[k] += constant }
    }

    /// Adds an independent error, at each point of `variance` times the square of what `values` gives.
    mutating func add(variance: Double, times other: [Double]? = nil) {
        for k in variances.indices { variances[k] += variance * (other.map { $0[k] * $0[k] } ?? 1) }
    }

    /// The variances of all errors, given those of x at the points.
    func total(_ inputVariances: [Double]) -> [Double] {
        variances.indices.map { variances[$0] + slopes[$0] * slopes[$0] * inputVariances[$0] }
    }
}

extension Ciphertext {
    /// The variance of a coefficient's error over the square of the scale.
    var relativeVariance: Double { noise.variance / (scale * scale) }

    /// The same with the largest of these variances, relative to the square of the scale, as the noise estimate.
    func estimated(_ variances: [Double], magnitude: Double) -> Ciphertext {
        var result = self
        result.noise = NoiseEstimate(
            variance: (variances.max() ?? 0) * scale * scale, magnitude: magnitude)
        return result
    }
}

extension CKKSParameters {
    /// What relinearising and rescaling in one adds to the error, over the square of the scale, for a result of `scale`
    /// and `primes` primes.
    func relinearizeAndRescaleVariance(primes: Int, scale: Double) -> Double {
        let above = scale * Double(chain.basis.moduli[primes].value)
        return (keySwitchingVariance(primes: primes + 1) - roundingVariance()) / (above * above)
            + roundingVariance() / (scale * scale)
    }
}
