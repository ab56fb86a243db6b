import RLWE
import Ring

/// Decrypts messages.
///
/// Raw decryptions carry noise that depends on the secret: whoever sees enough of them, with the ciphertexts, learns the
/// secret (Li and Micciancio, EUROCRYPT 2021). They stay with the key holder; what others may see goes through a
/// ``ReleaseGate``.
///
/// Immutable and shared freely.
public final class Decryptor: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    let secret: SecretPolynomial

    /// Decrypts with `secret`.
    public init(parameters: CKKSParameters, secret: SecretPolynomial) {
        precondition(secret.chain === parameters.chain, "the secret belongs to other parameters")
        self.parameters = parameters
        self.secret = secret
    }

    /// The encoded message, with its noise: c_0 + c_1 s, + c_2 s^2 where there is a third polynomial. Point-wise products
    /// only.
    public func decrypt(_ ciphertext: Ciphertext) -> Plaintext {
        decrypt(ciphertext, primes: ciphertext.primes)
    }

    /// The encoded message modulo the first `primes` primes.
    private func decrypt(_ ciphertext: Ciphertext, primes: Int) -> Plaintext {
        precondition(ciphertext.parameters == parameters, "the ciphertext belongs to other parameters")
        let basis = ciphertext.basis.prefix(primes)
        let message = RNSPolynomial<Evaluation>(uninitializedOver: basis, lifetime: .wiped)
        let (limbs, s) = (message.limbs, secret.limbs)
        // Horner's rule: (c_2 s + c_1) s + c_0.
        var sum = ciphertext.polynomials.limbs(ciphertext.size - 1)
        for index in (0..<ciphertext.size - 1).reversed() {
            basis.multiplyMontgomery(sum, s, into: limbs)
            basis.add(limbs, ciphertext.polynomials.limbs(index), into: limbs)
            sum = limbs
        }
        return Plaintext(polynomial: message, scale: ciphertext.scale, packing: ciphertext.packing)
    }

    /// The slots. Only as many primes are decrypted as the slots can need.
    public func decryptSlots(_ ciphertext: Ciphertext) -> [Complex] {
        parameters.encoder.decode(decryptForDecoding(ciphertext))
    }

    /// The real parts of the slots. Only as many primes are decrypted as the slots can need.
    public func decryptReal(_ ciphertext: Ciphertext) -> [Double] {
        parameters.encoder.decodeReal(decryptForDecoding(ciphertext))
    }

    private func decryptForDecoding(_ ciphertext: Ciphertext) -> Plaintext {
        decrypt(
            ciphertext,
            primes: parameters.encoder.primesForDecoding(scale: ciphertext.scale, primes: ciphertext.primes))
    }
}
