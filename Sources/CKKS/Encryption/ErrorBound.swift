import Foundation
import RLWE
import Ring

/// A bound of the error of every decrypted slot, for what others may see of decryptions (``ReleaseGate``).
///
/// Unlike ``NoiseEstimate`` it takes no errors for independent: whoever chooses messages and operations can make errors
/// add up that an estimate has averaged out (Guo et al., USENIX Security 2024). Only the randomness of keys and fresh
/// encryptions, which nobody chooses, is given by a tail: each encryption and each key keeps its bound but for a
/// probability of 2^-64. From there on, errors add up as the triangle inequality says.
///
/// It follows linear operations in one ring. It is many bits above the estimate: take scales for it.
public struct ErrorBound: Sendable, Hashable {
    /// No slot's distance from the exact result is larger.
    public private(set) var distance: Double
    /// No exact result's magnitude is larger.
    public private(set) var magnitude: Double

    /// The bound that the caller answers for.
    public init(distance: Double, magnitude: Double) {
        self.distance = distance
        self.magnitude = magnitude
    }

    /// Of a fresh encryption of up to `magnitude` in each of `slots` slots, encoded at `scale`: the parameters' when
    /// left out.
    ///
    /// The error e, or e u + e0 + e1 s with a public key, is bounded at the roots of unity. Encoding moves each of 2n
    /// coefficients by up to a half; the transforms there and back add their own error (``CanonicalEmbedding``).
    public static func fresh(
        _ parameters: CKKSParameters, slots: Int, magnitude: Double = 1, scale: Double? = nil,
        publicKey: Bool = false
    ) -> ErrorBound {
        let scale = scale ?? parameters.scale
        let error = parameters.errorTail * (publicKey ? 1 + 2 * parameters.ternaryTail : 1)
        let transforms = Self.transformError(slots: slots, magnitude: magnitude)
        return ErrorBound(distance: (error + Double(slots)) / scale + transforms, magnitude: magnitude)
    }

    /// What encoding and decoding n slots of up to `magnitude` in doubles may add to one of them: the bound of the
    /// transforms' errors in the 2-norm, and of the scaling.
    private static func transformError(slots: Int, magnitude: Double) -> Double {
        (2 * 4.25 * Double(slots.trailingZeroBitCount) + 12) * 0x1p-53 * Double(slots).squareRoot() * magnitude
    }

    /// Of a sum or a difference.
    public static func + (x: ErrorBound, y: ErrorBound) -> ErrorBound {
        ErrorBound(distance: x.distance + y.distance, magnitude: x.magnitude + y.magnitude)
    }

    /// Of a product with a constant, which was rounded to a multiple of 1 / `scale`.
    public func multiplied(by constant: Double, scale: Double) -> ErrorBound {
        let rounding = 0.5 / scale
        return ErrorBound(
            distance: distance * (abs(constant) + rounding) + magnitude * rounding,
            magnitude: magnitude * abs(constant))
    }

    /// After switching a key at the level of `primes` primes: a rotation, a conjugation or another secret.
    public func switchingKey(_ parameters: CKKSParameters, primes: Int, scale: Double) -> ErrorBound {
        adding((parameters.keyProductBound(primes: primes) + parameters.roundingBound) / scale)
    }

    /// After rescaling to `scale`.
    public func rescaled(_ parameters: CKKSParameters, to scale: Double) -> ErrorBound {
        adding(parameters.roundingBound / scale)
    }

    /// Of the product of a matrix with this vector, encrypted at `scale`, before it is rescaled.
    ///
    /// The vector's error and its rotations' meet the entries, the entries' rounding meets the vector; each giant
    /// step has the error of its key and of a division, and the sum of all is divided once.
    public func applying(_ transform: LinearTransform, scale: Double) -> ErrorBound {
        let parameters = transform.parameters
        let keyProduct = parameters.keyProductBound(primes: transform.primes)
        let diagonals = transform.giants.reduce(0) { $0 + $1.diagonals.count }
        let giants = transform.giants.count { $0.rotation != 0 }
        let rounding =
            Double(transform.slotCount) / transform.scale
            + Self.transformError(slots: transform.slotCount, magnitude: transform.largestRowSum)
        let division = Double(giants) * (keyProduct + parameters.roundingBound) + parameters.roundingBound
        return ErrorBound(
            distance: transform.largestRowSum * (distance + keyProduct / scale)
                + Double(diagonals) * rounding * (magnitude + distance + keyProduct / scale)
                + division / (scale * transform.scale),
            magnitude: magnitude * transform.largestRowSum)
    }

    private func adding(_ error: Double) -> ErrorBound {
        ErrorBound(distance: distance + error, magnitude: magnitude)
    }
}

/// Bounds in units of a coefficient, at all N/2 roots of unity; a sparsely packed slot is a mean of values there.
extension CKKSParameters {
    /// A polynomial of N independent coefficients, each subgaussian of variance v, exceeds sqrt(2 N v ln(2 N / p)) at
    /// some root with probability p at most: the squared cosines of a root's powers add up to N/2, and so do the
    /// sines'.
    private func tail(variance: Double) -> Double {
        let logFailure = 64 * log(2.0)
        return (2 * Double(degree) * variance * (log(2 * Double(degree)) + logFailure)).squareRoot()
    }

    /// A fresh error. Discrete Gaussians are subgaussian of their own width (Micciancio and Peikert, EUROCRYPT 2012,
    /// lemma 2.8).
    fileprivate var errorTail: Double {
        let sigma = RLWEEncryption.errorStandardDeviation
        return tail(variance: sigma * sigma)
    }

    /// A uniform ternary polynomial: (1 + 2 cosh t) / 3 is below exp(t^2 / 3), term by term.
    fileprivate var ternaryTail: Double { tail(variance: 2 / 3.0) }

    /// Rounding two polynomials, whatever they are: r0 + r1 s, coefficients up to a half, which centred remainders
    /// modulo several primes exceed by a part in 2^40.
    fileprivate var roundingBound: Double { Double(degree) / 2 * (1 + 0x1p-40) * (1 + ternaryTail) }

    /// Switching a key, but for rounding: each digit, coefficients up to D/2 whatever it is, meets its error, over P.
    fileprivate func keyProductBound(primes: Int) -> Double {
        guard let special = chain.special else { return 0 }
        return stride(from: 0, to: primes, by: chain.digitSize).reduce(0) { sum, first in
            let digit = chain.basis[first..<min(first + chain.digitSize, primes)]
            let ratio = exp2(digit.logProduct - special.logProduct)
            return sum + Double(degree) / 2 * (1 + 0x1p-40) * ratio * errorTail
        }
    }
}
