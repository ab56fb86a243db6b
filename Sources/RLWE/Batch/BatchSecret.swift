import Foundation
import Ring

/// The ternary secret s of one batch of one run, ready for multiplication.
///
/// Derived from the researcher's key, the run's nonce, the run's mask seed and the batch's number. The type is
/// invisible outside this module: only ``EncryptionRun`` and ``DecryptionRun`` make and use it, so no caller can
/// pair a mask with a secret a second time.
struct BatchSecret: ~Copyable, Sendable {
    private let multiplier: Multiplier

    init(key: SecretKey, nonce: RunNonce, seed: MaskSeed, batch: Int, ring: PolynomialRing) {
        let stream = RandomStream(seed: key.material, label: "batch secret", salt: nonce.bytes + seed.bytes)
        let coefficients = AlignedBuffer<Int8>(count: ring.degree, lifetime: .wiped)
        let polynomial = coefficients.withUnsafeMutableBufferPointer { coefficients in
            stream.fillTernary(coefficients, stream: UInt64(batch), backend: ring.backend)
            return Polynomial<Coefficient>(ring: ring, secret: UnsafeBufferPointer(coefficients))
        }
        multiplier = Multiplier(polynomial)
    }

    /// Writes a s modulo X^n + 1 and 2^24 to `output`, exactly: one inverse transform.
    func multiply(_ mask: borrowing Polynomial<LazyEvaluation>, into output: UnsafeMutablePointer<UInt32>) {
        mask.multiplied(by: multiplier).interpolated().copyCentredLow24(to: output)
    }
}
