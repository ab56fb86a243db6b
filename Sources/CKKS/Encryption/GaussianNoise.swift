import Ring

/// Rounded Gaussian samples of any width, by the method of Box and Muller in doubles.
///
/// Logarithm and cosine are polynomials here, since a library's use tables: no branch and no index depends on a sample.
/// Both are right to some units of 2^-52. Samples lie within 8.7 deviations; a Gaussian's do but for 2^-57.
enum GaussianNoise {
    /// The largest deviation for which samples are spaced as finely as they should be: well below 2^53.
    static let largestDeviation = 0x1p44

    /// `count` samples, fresh from the system's generator.
    static func samples(_ count: Int, deviation: Double) -> [Int64] {
        precondition(deviation <= largestDeviation, "the noise is too wide for doubles")
        return RandomStream.fresh(label: "flooding noise").withBytes(16 * count, stream: 0) { bytes in
            let words = bytes.bindMemory(to: UInt64.self)
            return (0..<count).map { index in
                // Half a unit keeps the first above zero.
                let radius = (-2 * logarithm((Double(words[2 * index] >> 11) + 0.5) * 0x1p-53)).squareRoot()
                let turns = Double(words[2 * index + 1] >> 11) * 0x1p-53 - 0.5
                return Int64((deviation * radius * cosine(turns: turns)).rounded(.toNearestOrEven))
            }
        }
    }

    /// ln x for a normal x, 0 < x <= 1, to 2^-51 of it or of ln 2: x = 2^k z, z from 0.70 to 1.41, and
    /// ln z = 2 atanh((z - 1) / (z + 1)), whose series is cut after s^21.
    static func logarithm(_ x: Double) -> Double {
        // The bits of the least z; the difference carries into the exponent where the fraction is larger.
        let least: UInt64 = 0x3fe6_a09e_667f_3bcd
        let difference = x.bitPattern &- least
        let exponent = Int64(bitPattern: difference) >> 52
        let z = Double(bitPattern: x.bitPattern &- (difference & 0xfff << 52))
        let s = (z - 1) / (z + 1)
        let square = s * s
        var sum = 1 / 21.0
        for power in stride(from: 19, through: 1, by: -2) { sum = sum * square + 1 / Double(power) }
        return Double(exponent) * 0.693_147_180_559_945_3 + 2 * s * sum
    }

    /// cos(2 pi t) for -1/2 <= t <= 1/2: 1 - 2 sin^2(pi t), the sine's series cut after the 23rd power.
    static func cosine(turns: Double) -> Double {
        let angle = Double.pi * turns
        let square = angle * angle
        var sum = 1.0
        for power in stride(from: 23, through: 3, by: -2) { sum = 1 - sum * square / Double(power * (power - 1)) }
        let sine = angle * sum
        return 1 - 2 * sine * sine
    }
}
