import CKernels
import Foundation

/// The discrete Gaussian distribution over the integers -bound ... bound: P(k) is proportional to
/// exp(-k^2 / (2 sigma^2)).
///
/// Sampled in constant time by inverting the distribution of the magnitude: one 64-bit word and `bound`
/// comparisons per sample. The thresholds are rounded to 63 bits from doubles that are accurate relative to the
/// tail they describe, which keeps the distance from the exact distribution below 2^-48.
public struct DiscreteGaussian: Sendable, Hashable {
    /// Width parameter.
    public let sigma: Double
    /// Largest magnitude ever returned.
    public let bound: Int
    /// thresholds[k] = 2^63 P(|X| > k), for k in 0 ..< bound.
    package let thresholds: [UInt64]
    /// The square root of the variance; for bounds of six sigma and more it equals sigma to nine digits.
    package let standardDeviation: Double

    /// The distribution of width `sigma`, cut off beyond `bound`, 1 to 127.
    public init(sigma: Double, bound: Int) {
        precondition(sigma > 0 && (1...127).contains(bound), "a discrete Gaussian needs a width and a bound")
        self.sigma = sigma
        self.bound = bound
        let weights = (0...bound).map { exp(-Double($0 * $0) / (2 * sigma * sigma)) * ($0 == 0 ? 1 : 2) }
        let total = weights.reversed().reduce(0, +)
        var tail = 0.0
        var thresholds: [UInt64] = []
        for magnitude in (1...bound).reversed() {
            tail += weights[magnitude]
            thresholds.append(UInt64((tail / total * 0x1p63).rounded()))
        }
        self.thresholds = thresholds.reversed()
        standardDeviation = (1...bound).reversed()
            .reduce(0.0) { $0 + weights[$1] / total * Double($1 * $1) }.squareRoot()
    }

    /// Writes `output.count` samples from `random`, which holds eight bytes for each.
    public func sample(
        into output: UnsafeMutableBufferPointer<Int8>, from random: UnsafeRawBufferPointer, backend: Backend
    ) {
        precondition(random.count == 8 * output.count, "a sample takes one 64-bit word")
        backend.kernels.pointee.sample_symmetric(
            output.baseAddress, random.baseAddress?.assumingMemoryBound(to: UInt64.self), output.count, thresholds,
            thresholds.count)
    }
}

/// Writes uniform ternary values, -1, 0 or 1, from `random`, which holds eight bytes for each.
public func sampleTernary(
    into output: UnsafeMutableBufferPointer<Int8>, from random: UnsafeRawBufferPointer, backend: Backend
) {
    precondition(random.count == 8 * output.count, "a sample takes one 64-bit word")
    backend.kernels.pointee.sample_ternary(
        output.baseAddress, random.baseAddress?.assumingMemoryBound(to: UInt64.self), output.count)
}
