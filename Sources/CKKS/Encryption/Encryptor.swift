import Crypto
import Foundation
import RLWE
import Ring

/// Encrypts messages, with the secret or with a public key. Every encryption has fresh randomness.
///
/// Immutable and shared freely.
public final class Encryptor: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    private let key: EncryptionKey

    private enum EncryptionKey: Sendable {
        case secret(SecretPolynomial)
        case `public`(PublicKey)
    }

    /// Encrypts with the secret: less noise, and ciphertexts of half the size (``encryptSeeded(_:magnitude:)``).
    public init(parameters: CKKSParameters, secret: SecretPolynomial) {
        precondition(secret.chain === parameters.chain, "the secret belongs to other parameters")
        self.parameters = parameters
        key = .secret(secret)
    }

    /// Encrypts with a public key.
    public init(parameters: CKKSParameters, publicKey: PublicKey) {
        precondition(publicKey.chain === parameters.chain, "the public key belongs to other parameters")
        self.parameters = parameters
        key = .public(publicKey)
    }

    /// Encrypts an encoded message at the plaintext's level.
    ///
    /// - Parameter magnitude: a public bound of the magnitude of a slot, on which noise estimates rest. It travels with
    ///   the ciphertext: do not compute it from the message.
    ///
    /// Costs, for each prime, one transform and n uniform residues with the secret, or three transforms with a public
    /// key; and one error or three for each coefficient.
    ///
    /// - Precondition: `magnitude` is finite and not negative.
    public func encrypt(_ plaintext: borrowing Plaintext, magnitude: Double = 1) -> Ciphertext {
        precondition(magnitude >= 0 && magnitude.isFinite, "a declared magnitude is a number from zero on")
        let primes = plaintext.polynomial.basis.count
        var polynomials: PolynomialVector
        let variance: Double
        switch key {
        case .secret(let secret):
            polynomials = RLWEEncryption.ofZero(secret: secret, seed: .fresh(), primes: primes)
            variance = parameters.secretEncryptionVariance
        case .public(let publicKey):
            polynomials = RLWEEncryption.ofZero(publicKey: publicKey, primes: primes)
            variance = parameters.publicEncryptionVariance
        }
        add(plaintext, to: &polynomials)
        return Ciphertext(
            parameters: parameters, polynomials: polynomials, scale: plaintext.scale, packing: plaintext.packing,
            noise: NoiseEstimate(variance: variance + parameters.encodingVariance, magnitude: magnitude))
    }

    /// Encrypts with the secret so that only half of the ciphertext has to travel.
    ///
    /// - Precondition: this encryptor has the secret; `magnitude` is finite and not negative.
    public func encryptSeeded(_ plaintext: borrowing Plaintext, magnitude: Double = 1) -> SeededCiphertext {
        precondition(magnitude >= 0 && magnitude.isFinite, "a declared magnitude is a number from zero on")
        guard case .secret(let secret) = key else {
            preconditionFailure("only encryptions with the secret have a seed")
        }
        let seed = UniformSeed.fresh()
        var polynomials = RLWEEncryption.ofZero(
            secret: secret, seed: seed, primes: plaintext.polynomial.basis.count)
        add(plaintext, to: &polynomials)
        var body = parameters.chain.makeVector(primes: polynomials.basis.count, count: 1)
        polynomials.basis.copy(polynomials.limbs(0), to: body.mutableLimbs(0))
        return SeededCiphertext(
            parameters: parameters, body: body, seed: seed, scale: plaintext.scale, packing: plaintext.packing,
            noise: NoiseEstimate(
                variance: parameters.secretEncryptionVariance + parameters.encodingVariance, magnitude: magnitude))
    }

    private func add(_ plaintext: borrowing Plaintext, to polynomials: inout PolynomialVector) {
        let basis = polynomials.basis
        precondition(plaintext.polynomial.basis == basis, "the plaintext was encoded with other parameters")
        let limbs = polynomials.mutableLimbs(0)
        basis.add(limbs, plaintext.polynomial.limbs, into: limbs)
    }
}

extension Encryptor {
    /// Encodes and encrypts complex slots at the highest level and the parameters' scale.
    ///
    /// - Throws: ``EncodingError``, for slots above the declared magnitude as well.
    public func encrypt(_ slots: [Complex], magnitude: Double = 1) throws(EncodingError) -> Ciphertext {
        try Self.require(slots.lazy.map(\.magnitude), upTo: magnitude)
        return encrypt(try parameters.encoder.encode(slots, scale: parameters.scale), magnitude: magnitude)
    }

    /// Encodes and encrypts real slots at the highest level and the parameters' scale.
    ///
    /// - Throws: ``EncodingError``, for slots above the declared magnitude as well.
    public func encrypt(_ slots: [Double], magnitude: Double = 1) throws(EncodingError) -> Ciphertext {
        try Self.require(slots.lazy.map(\.magnitude), upTo: magnitude)
        return encrypt(try parameters.encoder.encode(slots, scale: parameters.scale), magnitude: magnitude)
    }

    /// The declared magnitude has to hold, but for the rounding of doubles. What is not a number is the encoder's affair.
    private static func require(_ magnitudes: some Sequence<Double>, upTo declared: Double) throws(EncodingError) {
        // One branch, to refuse the message; which number it was is looked up only then.
        var largest = 0.0
        for magnitude in magnitudes { largest = magnitude > largest ? magnitude : largest }
        guard largest > declared * (1 + 0x1p-40), largest.isFinite else { return }
        let index = magnitudes.enumerated().first { $0.element == largest }?.offset ?? 0
        throw .aboveMagnitude(index: index, magnitude: declared)
    }
}
