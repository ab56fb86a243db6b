import CKernels
import Ring

/// Turns what is encrypted under one secret into what is encrypted under another: for each digit d of the chain, an
/// encryption modulo QP of P g_d s', where s' is the secret to switch from and g_d is 1 modulo the digit's primes and
/// 0 modulo the others.
///
/// A row is the pair (b_d, a_d), b_d = -a_d s + e_d + P g_d s', as evaluations in Montgomery form, residues times 2^52:
/// the form in which sums of products take it. The a_d come from a public seed.
///
/// A value that shares its memory; immutable.
public struct SwitchingKey: Sendable {
    /// The primes it belongs to.
    public let chain: ModulusChain
    /// The seed of the uniform parts.
    public let seed: UniformSeed
    /// In the order in which sums read them: for each prime, for each digit, n residues of b, then n of a.
    private let residues: AlignedBuffer<UInt64>

    /// Size in memory.
    public var byteCount: Int { Self.byteCount(of: chain) }

    /// Size in memory of a key for `chain`.
    package static func byteCount(of chain: ModulusChain) -> Int {
        16 * chain.digitCount * chain.full.count * chain.degree
    }

    /// The rows' residues as they are stored, b and a in turn: all 2 digits times primes limbs.
    package var limbs: LimbAddresses { LimbAddresses(base: residues.unsafeBase, degree: chain.degree) }

    /// The n residues of b of digit `digit` modulo the prime at `position`; those of a follow.
    package func row(digit: Int, position: Int) -> UnsafeMutablePointer<UInt64> {
        limbs[2 * (position * chain.digitCount + digit)]
    }

    /// A key of which everything is written by the caller before it is shared.
    package init(uninitialized chain: ModulusChain, seed: UniformSeed) {
        precondition(chain.special != nil, "a chain without special primes switches no keys")
        self.chain = chain
        self.seed = seed
        residues = AlignedBuffer(uninitialized: 2 * chain.digitCount * chain.full.count * chain.degree)
    }

    /// Writes a of digit `digit` modulo the prime at `position`: residues of the seed.
    package func fillUniform(digit: Int, position: Int) {
        seed.fill(
            row(digit: digit, position: position) + chain.degree, row: digit, position: position,
            ring: chain.full.rings[position])
    }

    /// A key whose b are written by the caller before it is shared; the a come from `seed`.
    package init(chain: ModulusChain, seed: UniformSeed, threads: Int = 1) {
        self.init(uninitialized: chain, seed: seed)
        parallelFor(chain.digitCount * chain.full.count, threads: threads) { [self] index in
            let (position, digit) = index.quotientAndRemainder(dividingBy: chain.digitCount)
            fillUniform(digit: digit, position: position)
        }
    }

    /// A fresh key from the secret with the evaluations `source` to the one with `target`, both modulo all primes of the
    /// chain and in Montgomery form. For each digit and prime, a transform, and n residues and errors to sample.
    package init(chain: ModulusChain, from source: LimbAddresses, to target: LimbAddresses, threads: Int = 1) {
        self.init(chain: chain, seed: .fresh(), threads: threads)
        let errors = RandomStream.fresh(label: "switching key error")
        parallelFor(
            chain.digitCount, threads: threads,
            workspace: { KeyGenerationWorkspace(degree: chain.degree) },
            body: { [self] digit, workspace in
                workspace.errors.withUnsafeMutableBufferPointer {
                    errors.fillGaussian(
                        $0, distribution: .encryption, stream: UInt64(digit), backend: chain.basis.backend)
                }
                let primes = digit * chain.digitSize..<min((digit + 1) * chain.digitSize, chain.primeCount)
                for (position, ring) in chain.full.rings.enumerated() {
                    writeBody(
                        digit: digit, position: position, ring: ring, source: primes ~= position ? source : nil,
                        target: target, workspace)
                }
            })
    }

    /// b = e - a s, plus P s' where the prime belongs to the digit.
    private func writeBody(
        digit: Int, position: Int, ring: PolynomialRing, source: LimbAddresses?, target: LimbAddresses,
        _ workspace: KeyGenerationWorkspace
    ) {
        let degree = chain.degree
        let kernels = ring.backend.kernels
        let body = row(digit: digit, position: position)
        let product = workspace.product.unsafeBase
        withUnsafePointer(to: ring.modulus.constants) { modulus in
            kernels.pointee.lift_signed(body, workspace.errors.unsafeBase, degree, modulus)
            ring.withTables { kernels.pointee.ntt_forward(body, $0) }
            let radix = ring.modulus.factor((1 << Modulus.wordBits) % ring.modulus.value)
            kernels.pointee.multiply_factor(body, body, radix, degree, modulus)
            kernels.pointee.multiply_montgomery(product, body + degree, target[position], degree, modulus)
            kernels.pointee.subtract(body, body, product, degree, modulus)
            guard let source else { return }
            let special = chain.level(primes: 1 + position).specialProduct[position]
            kernels.pointee.multiply_add_factor(body, body, source[position], special, degree, modulus)
        }
    }
}

/// Secret intermediate values of one row.
private final class KeyGenerationWorkspace: Sendable {
    let errors: AlignedBuffer<Int8>
    let product: AlignedBuffer<UInt64>

    init(degree: Int) {
        errors = AlignedBuffer(count: degree, lifetime: .wiped)
        product = AlignedBuffer(uninitialized: degree, lifetime: .wiped)
    }
}

extension DiscreteGaussian {
    /// The errors of encryptions and keys: width 3.19, as the security table assumes; beyond 20 there is less than
    /// 2^-31 of the distribution.
    package static let encryption = DiscreteGaussian(sigma: 3.19, bound: 20)
}

extension SecretPolynomial {
    /// The key for relinearisation: from s^2 to s.
    package func relinearizationKey(threads: Int = 1) -> SwitchingKey {
        let square = AlignedBuffer<UInt64>(uninitialized: chain.full.count * chain.degree, lifetime: .wiped)
        let source = LimbAddresses(base: square.unsafeBase, degree: chain.degree)
        chain.full.multiplyMontgomery(limbs, limbs, into: source, threads: threads)
        return withExtendedLifetime(square) {
            SwitchingKey(chain: chain, from: source, to: limbs, threads: threads)
        }
    }

    /// The key for the automorphism X -> X^g: from s to the secret that the automorphism turns into s, for which the
    /// automorphism is applied last, to two polynomials instead of all digits.
    package func automorphismKey(exponent: Int, threads: Int = 1) -> SwitchingKey {
        let inverse = Automorphism(degree: chain.degree, exponent: Self.inverse(exponent, modulo: 2 * chain.degree))
        let permuted = AlignedBuffer<UInt64>(uninitialized: chain.full.count * chain.degree, lifetime: .wiped)
        let target = LimbAddresses(base: permuted.unsafeBase, degree: chain.degree)
        for index in 0..<chain.full.count {
            inverse.permute(limbs[index], into: target[index], backend: chain.basis.backend)
        }
        return withExtendedLifetime(permuted) {
            SwitchingKey(chain: chain, from: limbs, to: target, threads: threads)
        }
    }

    /// The key that switches what is encrypted under this secret to `other`, of the same chain.
    package func switchingKey(to other: SecretPolynomial, threads: Int = 1) -> SwitchingKey {
        precondition(other.chain === chain, "keys switch between secrets of one chain")
        return SwitchingKey(chain: chain, from: limbs, to: other.limbs, threads: threads)
    }

    /// The inverse of an odd number modulo a power of two, by Newton's iteration.
    private static func inverse(_ exponent: Int, modulo order: Int) -> Int {
        var inverse = exponent
        for _ in 0..<5 { inverse = inverse &* (2 &- exponent &* inverse) }
        return inverse & (order - 1)
    }
}
