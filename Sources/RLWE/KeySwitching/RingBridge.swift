import Ring

/// The ring of degree n' = n / 2^k as a part of the one of degree n: Y stands for X^(2^k), modulo the same primes.
///
/// A polynomial of the large ring has 2^k parts of the small one: p(X) = sum over r of X^r p_r(X^(2^k)). What is
/// encrypted under a secret of the form s'(X^(2^k)) can therefore be taken apart, and parts be joined, without any
/// error (Gentry, Halevi, Peikert, Smart, SCN 2012). Switching keys lead to such secrets and away from them.
///
/// A key to s'(X^(2^k)) is no safer than one of the small ring, as it has parts, too. Its primes are therefore the
/// small chain's and no others: the security table has to be kept for those at degree n'.
public final class RingBridge: Sendable {
    /// The primes of the small ring.
    public let small: ModulusChain
    /// The same primes in the large ring, where keys are switched.
    public let chain: ModulusChain
    /// 2^k.
    public var partCount: Int { chain.degree / small.degree }

    /// The bridge between the ring of `large` and that of `small`.
    ///
    /// - Throws: ``RingBridgeError`` when degrees or primes do not fit.
    public init(from large: ModulusChain, to small: ModulusChain) throws(RingBridgeError) {
        guard small.degree < large.degree else { throw .degrees(large: large.degree, small: small.degree) }
        guard large.basis.moduli.map(\.value).starts(with: small.basis.moduli.map(\.value)) else {
            throw .differentPrimes
        }
        guard let special = small.special else { throw .noSpecialPrimes }
        self.small = small
        do {
            chain = try ModulusChain(
                basis: large.basis.prefix(small.primeCount),
                special: RNSBasis(degree: large.degree, moduli: special.moduli, backend: large.basis.backend),
                digitSize: small.digitSize)
        } catch {
            throw .basis(error)
        }
    }

    /// The secret s'(X^(2^k)) of the large ring, for a secret s' of the small one.
    package func embed(_ secret: SecretPolynomial) -> SecretPolynomial {
        precondition(secret.chain === small, "the secret belongs to the small ring")
        let coefficients = AlignedBuffer<Int8>(count: chain.degree, lifetime: .wiped)
        for index in 0..<small.degree {
            coefficients.unsafeBase[index * partCount] = secret.coefficients.unsafeBase[index]
        }
        return SecretPolynomial(coefficients: coefficients, chain: chain)
    }

    /// The keys from the secret `large` of the large ring to `small` of the small one, and back.
    public func switchingKeys(
        _ large: SecretPolynomial, _ small: SecretPolynomial, threads: Int = 1
    ) -> (down: SwitchingKey, up: SwitchingKey) {
        // The same secret, modulo the bridge's primes.
        let above = SecretPolynomial(coefficients: large.coefficients, chain: chain)
        let below = embed(small)
        return (above.switchingKey(to: below, threads: threads), below.switchingKey(to: above, threads: threads))
    }

    /// Writes the parts at `positions` of a polynomial of the first `primes` primes, each as evaluations in the small
    /// ring. The polynomial's evaluations are overwritten.
    package func takeApart(
        _ polynomial: LimbAddresses, primes: Int, positions: [Int], into outputs: [LimbAddresses], threads: Int = 1
    ) {
        chain.basis.prefix(primes).interpolate(polynomial, threads: threads)
        let basis = small.basis.prefix(primes)
        for (position, output) in zip(positions, outputs) {
            for limb in 0..<primes {
                for index in 0..<small.degree {
                    output[limb][index] = polynomial[limb][index * partCount + position]
                }
            }
            basis.evaluate(output, threads: threads)
        }
    }

    /// Writes the evaluations of the polynomial that has the `parts`, of the first `primes` primes, at `positions`, and
    /// zeros elsewhere.
    package func join(
        _ parts: [LimbAddresses], at positions: [Int], primes: Int, into output: LimbAddresses, threads: Int = 1
    ) {
        let basis = small.basis.prefix(primes)
        let coefficients = AlignedBuffer<UInt64>(uninitialized: primes * small.degree)
        let part = LimbAddresses(base: coefficients.unsafeBase, degree: small.degree)
        output.base.update(repeating: 0, count: primes * chain.degree)
        withExtendedLifetime(coefficients) {
            for (source, position) in zip(parts, positions) {
                basis.copy(source, to: part)
                basis.interpolate(part, threads: threads)
                for limb in 0..<primes {
                    for index in 0..<small.degree {
                        output[limb][index * partCount + position] = part[limb][index]
                    }
                }
            }
        }
        chain.basis.prefix(primes).evaluate(output, threads: threads)
    }
}

/// Why there is no bridge between two rings.
public enum RingBridgeError: Error, Equatable, CustomStringConvertible {
    case degrees(large: Int, small: Int)
    case differentPrimes
    case noSpecialPrimes
    case basis(RNSBasisError)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .degrees(let large, let small):
            "a bridge from ring degree \(large) to \(small): it must lead to a smaller one"
        case .differentPrimes: "the small ring's primes must be the first of the large ring's, in their order"
        case .noSpecialPrimes: "the small ring has no special primes, so keys cannot be switched with them"
        case .basis(let error): error.description
        }
    }
}
