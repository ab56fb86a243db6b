/// The distributions that the simulation draws from.
///
/// They use nothing but integer operations and the additions and multiplications that IEEE 754 defines to the
/// last bit, so that a seed gives the same numbers on every platform. The usual transforms need logarithms and
/// cosines, whose last bits depend on the mathematics library.
extension SplitMix64 {
    /// An index below `count`, which is positive; the bias is at most `count` / 2^64.
    package mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// A number drawn uniformly from `range`.
    package mutating func uniform(in range: Range<Double>) -> Double {
        range.lowerBound + unit() * (range.upperBound - range.lowerBound)
    }

    /// A number of mean 0 and variance 1, close to normal: twelve uniform numbers less their mean. Its tails end
    /// at 6.
    package mutating func normal() -> Double {
        (0..<12).reduce(-6.0) { sum, _ in sum + unit() }
    }

    /// A positive number whose natural logarithm is close to normal with mean 0 and this standard deviation.
    package mutating func logNormal(deviation: Double) -> Double {
        // The exponential as (1 + x / 2^20)^(2^20), whose relative error is x^2 / 2^21.
        var power = 1 + deviation * normal() * 0x1p-20
        for _ in 0..<20 { power *= power }
        return power
    }
}
