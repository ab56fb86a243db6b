import Crypto
import Foundation
import Ring

/// A uniform ternary secret s of a modulus chain: what encrypts and decrypts at all its levels.
///
/// Derived from a ``SecretKey``, so that one stored key serves all schemes; a label and a context (such as the digest
/// of the parameters) keep secrets of different uses independent. Its memory is wiped when it is freed.
///
/// Immutable and shared freely. It prints nothing of itself and has no serialized form: the key has one.
public final class SecretPolynomial: Sendable, CustomStringConvertible {
    /// The primes it belongs to.
    public let chain: ModulusChain
    /// n coefficients, -1, 0 or 1.
    package let coefficients: AlignedBuffer<Int8>
    /// The evaluations modulo all primes of the chain, in Montgomery form.
    private let evaluations: AlignedBuffer<UInt64>

    /// The secret of `key` under `label` and `context`. A transform for each prime of the chain.
    package convenience init(key: SecretKey, label: String, context: some DataProtocol, chain: ModulusChain) {
        let stream = RandomStream(seed: key.material, label: "ternary secret, \(label)", salt: context)
        let coefficients = AlignedBuffer<Int8>(count: chain.degree, lifetime: .wiped)
        coefficients.withUnsafeMutableBufferPointer {
            stream.fillTernary($0, stream: 0, backend: chain.basis.backend)
        }
        self.init(coefficients: coefficients, chain: chain)
    }

    /// The secret with the given n ternary coefficients, whose memory is wiped when it is freed.
    package init(coefficients: AlignedBuffer<Int8>, chain: ModulusChain) {
        precondition(coefficients.count == chain.degree, "a secret has a coefficient for each power of X")
        self.chain = chain
        self.coefficients = coefficients
        evaluations = AlignedBuffer(uninitialized: chain.full.count * chain.degree, lifetime: .wiped)
        let limbs = self.limbs
        chain.full.lift(coefficients.unsafeBase, into: limbs)
        chain.full.evaluate(limbs)
        chain.full.multiply(limbs, by: chain.full.montgomeryFactors, into: limbs)
    }

    /// The evaluations modulo all primes of the chain, in Montgomery form.
    package var limbs: LimbAddresses { LimbAddresses(base: evaluations.unsafeBase, degree: chain.degree) }

    /// Says that it is a secret, and nothing of it.
    public var description: String { "SecretPolynomial(…)" }
}

extension RNSBasis {
    /// Writes the residues of small signed coefficients.
    package func lift(_ coefficients: UnsafePointer<Int8>, into output: LimbAddresses) {
        nonisolated(unsafe) let coefficients = coefficients
        forEachPrime { [degree] index, kernels, modulus in
            kernels.pointee.lift_signed(output[index], coefficients, degree, modulus)
        }
    }
}
