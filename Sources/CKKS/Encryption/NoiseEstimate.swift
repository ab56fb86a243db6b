import RLWE
import Ring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How large the error of an encrypted message is expected to be: an estimate that every operation carries on, from
/// public figures alone.
///
/// Errors are modelled as independent, of equal variance in every coefficient, and messages as filling their declared
/// magnitude in every slot. For messages that are smaller, or errors that cancel, the estimate is too large; for errors
/// that are the same in the summands of a sum, too small.
public struct NoiseEstimate: Sendable, Hashable, Codable {
    /// Variance of the error of a coefficient, at the ciphertext's scale.
    public var variance: Double
    /// The declared bound of the magnitude of a slot: public, set by whoever encrypts.
    public var magnitude: Double

    /// An error of `variance` beside slots of up to `magnitude`.
    public init(variance: Double, magnitude: Double) {
        self.variance = variance
        self.magnitude = magnitude
    }
}

/// The formulas. Each names the variance of a coefficient.
extension CKKSParameters {
    /// sigma^2 of a fresh error.
    private var errorVariance: Double {
        let deviation = RLWEEncryption.errorStandardDeviation
        return deviation * deviation
    }
    /// The expected squared norm of a uniform ternary secret: 2/3 for each of N coefficients.
    private var secretNormSquared: Double { Double(degree) * 2 / 3 }

    /// Encoding rounds each coefficient: 1/12.
    package var encodingVariance: Double { 1 / 12.0 }

    /// A fresh encryption under the secret: e.
    package var secretEncryptionVariance: Double { errorVariance }

    /// A fresh encryption under the public key: e u + e0 + e1 s, u and s ternary.
    package var publicEncryptionVariance: Double { errorVariance * (1 + 2 * secretNormSquared) }

    /// Rounding the polynomials of a ciphertext, of two or of three: r0 + r1 s + r2 s^2, each uniform within half a
    /// unit. The values of s at the roots of unity are nearly Gaussian, so that the squared norm of s^2 is twice the
    /// square of that of s.
    package func roundingVariance(size: Int = 2) -> Double {
        let third = size == 3 ? 2 * secretNormSquared * secretNormSquared : 0
        return (1 + secretNormSquared + third) / 12
    }

    /// Switching a key at the level of `primes` primes, but for the rounding of the division by P: each digit, uniform
    /// modulo its product D, meets n errors, n D^2 / 12 sigma^2, over P^2.
    package func keyProductVariance(primes: Int) -> Double {
        guard let special = chain.special else { return 0 }
        return stride(from: 0, to: primes, by: chain.digitSize).reduce(0) { sum, first in
            let digit = chain.basis[first..<min(first + chain.digitSize, primes)]
            return sum + Double(degree) * exp2(2 * (digit.logProduct - special.logProduct)) / 12 * errorVariance
        }
    }

    /// Switching a key at the level of `primes` primes: the products' errors over P, and rounding.
    package func keySwitchingVariance(primes: Int) -> Double {
        chain.special == nil ? 0 : keyProductVariance(primes: primes) + roundingVariance()
    }

    /// A product of ciphertexts: (m1 + e1)(m2 + e2) - m1 m2, slot by slot. An error of variance v in N coefficients is
    /// one of N v in a slot.
    package func productVariance(
        _ x: NoiseEstimate, scale xScale: Double, _ y: NoiseEstimate, scale yScale: Double
    ) -> Double {
        let (xSize, ySize) = (x.magnitude * xScale, y.magnitude * yScale)
        return x.variance * ySize * ySize + y.variance * xSize * xSize + Double(degree) * x.variance * y.variance
    }
}

extension NoiseEstimate {
    /// The expected root mean square of the distance between a decrypted slot and the message, of n slots at `scale`:
    /// the errors of 2n coefficients add up in a slot.
    public func slotError(slots: Int, scale: Double) -> Double { (Double(2 * slots) * variance).squareRoot() / scale }
}
