import Foundation
import Ring

/// A public encryption key: an encryption (b, a) of zero, b = -a s + e modulo all primes of the chain's highest level.
/// Anybody can encrypt with it; only the secret decrypts.
public struct PublicKey: Sendable {
    /// The primes it belongs to.
    public let chain: ModulusChain
    /// The seed of a.
    public let seed: UniformSeed
    /// b and a, in Montgomery form.
    package let polynomials: PolynomialVector

    /// The public key of `secret`. A transform for each prime.
    public init(of secret: SecretPolynomial) {
        let seed = UniformSeed.fresh()
        let chain = secret.chain
        var polynomials = RLWEEncryption.ofZero(secret: secret, seed: seed, primes: chain.primeCount)
        let factors = chain.basis.montgomeryFactors
        for index in 0..<2 {
            let limbs = polynomials.mutableLimbs(index)
            chain.basis.multiply(limbs, by: factors, into: limbs)
        }
        self.init(chain: chain, seed: seed, polynomials: polynomials)
    }

    /// The key of the given polynomials, over the chain's highest level and in Montgomery form.
    package init(chain: ModulusChain, seed: UniformSeed, polynomials: PolynomialVector) {
        precondition(polynomials.basis == chain.basis && polynomials.count == 2, "a public key is a pair")
        self.chain = chain
        self.seed = seed
        self.polynomials = polynomials
    }
}

/// Encryptions of zero, to which messages are added.
package enum RLWEEncryption {
    /// Standard deviation of a fresh error.
    package static var errorStandardDeviation: Double { DiscreteGaussian.encryption.standardDeviation }

    /// (b, a) with b = e - a s modulo the first `primes` primes, a from `seed`: whoever has the seed needs only b.
    package static func ofZero(secret: SecretPolynomial, seed: UniformSeed, primes: Int) -> PolynomialVector {
        let basis = secret.chain.basis.prefix(primes)
        var result = secret.chain.makeVector(primes: primes, count: 2)
        let (b, a) = (result.mutableLimbs(0), result.mutableLimbs(1))
        let errors = SmallPolynomials(count: 1, degree: basis.degree)
        errors.fillGaussian(0, backend: basis.backend)
        withExtendedLifetime(errors) { basis.evaluateSmall(errors[0], into: b) }
        let scratch = AlignedBuffer<UInt64>(uninitialized: basis.degree, lifetime: .wiped)
        scratch.withUnsafeMutableBufferPointer { product in
            for (position, ring) in basis.rings.enumerated() {
                let kernels = ring.backend.kernels
                let s = secret.limbs[position]
                seed.fill(a[position], row: 0, position: position, ring: ring)
                withUnsafePointer(to: ring.modulus.constants) {
                    kernels.pointee.multiply_montgomery(product.baseAddress, a[position], s, basis.degree, $0)
                    kernels.pointee.subtract(b[position], b[position], product.baseAddress, basis.degree, $0)
                }
            }
        }
        return result
    }

    /// (b u + e0, a u + e1) modulo the first `primes` primes, for a fresh ternary u.
    package static func ofZero(publicKey: PublicKey, primes: Int) -> PolynomialVector {
        let basis = publicKey.chain.basis.prefix(primes)
        let degree = basis.degree
        var result = publicKey.chain.makeVector(primes: primes, count: 2)
        let small = SmallPolynomials(count: 3, degree: degree)
        small.fillTernary(0, backend: basis.backend)
        small.fillGaussian(1, backend: basis.backend)
        small.fillGaussian(2, backend: basis.backend)
        let scratch = AlignedBuffer<UInt64>(uninitialized: 2 * degree, lifetime: .wiped)
        withExtendedLifetime((small, scratch)) {
            let (u, product) = (scratch.unsafeBase, scratch.unsafeBase + degree)
            for (position, ring) in basis.rings.enumerated() {
                let kernels = ring.backend.kernels
                ring.evaluateSmall(small[0], into: u)
                for index in 0..<2 {
                    let limb = result.mutableLimbs(index)[position]
                    ring.evaluateSmall(small[index + 1], into: limb)
                    withUnsafePointer(to: ring.modulus.constants) {
                        kernels.pointee.multiply_montgomery(
                            product, u, publicKey.polynomials.limbs(index)[position], degree, $0)
                        kernels.pointee.add(limb, limb, product, degree, $0)
                    }
                }
            }
        }
        return result
    }
}

/// Fresh secret polynomials with small coefficients, wiped when they are freed.
private final class SmallPolynomials {
    private let coefficients: AlignedBuffer<Int8>
    private let degree: Int
    private let stream = RandomStream.fresh(label: "encryption randomness")

    init(count: Int, degree: Int) {
        coefficients = AlignedBuffer(uninitialized: count * degree, lifetime: .wiped)
        self.degree = degree
    }

    subscript(index: Int) -> UnsafeMutablePointer<Int8> { coefficients.unsafeBase + index * degree }

    func fillTernary(_ index: Int, backend: Backend) {
        stream.fillTernary(
            UnsafeMutableBufferPointer(start: self[index], count: degree), stream: UInt64(index), backend: backend)
    }

    func fillGaussian(_ index: Int, backend: Backend) {
        stream.fillGaussian(
            UnsafeMutableBufferPointer(start: self[index], count: degree), distribution: .encryption,
            stream: UInt64(index), backend: backend)
    }
}

extension PolynomialRing {
    /// Writes the evaluations of small signed coefficients, canonical.
    fileprivate func evaluateSmall(_ coefficients: UnsafePointer<Int8>, into output: UnsafeMutablePointer<UInt64>) {
        let kernels = backend.kernels
        withUnsafePointer(to: modulus.constants) { modulus in
            kernels.pointee.lift_signed(output, coefficients, degree, modulus)
            withTables { kernels.pointee.ntt_forward(output, $0) }
            kernels.pointee.reduce(output, output, degree, modulus)
        }
    }
}

extension RNSBasis {
    /// Writes the evaluations of small signed coefficients modulo each prime, canonical.
    fileprivate func evaluateSmall(_ coefficients: UnsafePointer<Int8>, into output: LimbAddresses) {
        for (index, ring) in rings.enumerated() { ring.evaluateSmall(coefficients, into: output[index]) }
    }
}
