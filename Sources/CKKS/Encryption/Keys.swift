import Crypto
import Foundation
import RLWE
import Ring

/// Makes the keys of CKKS from one secret.
///
/// The secret polynomial is derived from the researcher's ``RLWE/SecretKey`` and the parameters' digest, so that the key
/// file is all there is to keep. Whoever holds a generator can decrypt: hand out only what it makes.
public struct KeyGenerator: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    /// The secret.
    public let secret: SecretPolynomial
    /// Threads to use.
    public var threads = 1

    /// The generator of the keys of `key`.
    public init(parameters: CKKSParameters, key: SecretKey) {
        self.parameters = parameters
        secret = SecretPolynomial(key: key, label: "ckks", context: parameters.digest, chain: parameters.chain)
    }

    /// A key with which anybody can encrypt.
    public func publicKey() -> PublicKey { PublicKey(of: secret) }

    /// Keys for products, for rotations by all of `rotations`, and for conjugation where it is asked for.
    ///
    /// - Throws: ``KeyError/noSpecialPrimes``.
    public func evaluationKeys(
        relinearization: Bool = true, rotations: some Sequence<Int> = [], conjugation: Bool = false
    ) throws(KeyError) -> EvaluationKeys {
        var keys = EvaluationKeys(parameters: parameters)
        if relinearization {
            try requireSpecialPrimes()
            keys.relinearization = secret.relinearizationKey(threads: threads)
        }
        for steps in rotations {
            let exponent = Automorphism.rotationExponent(steps: steps, degree: parameters.degree)
            guard exponent != 1, keys.automorphisms[exponent] == nil else { continue }
            keys.insert(try automorphismKey(exponent: exponent), exponent: exponent)
        }
        if conjugation {
            let exponent = Automorphism.conjugationExponent(degree: parameters.degree)
            keys.insert(try automorphismKey(exponent: exponent), exponent: exponent)
        }
        return keys
    }

    private func automorphismKey(exponent: Int) throws(KeyError) -> SwitchingKey {
        try requireSpecialPrimes()
        return secret.automorphismKey(exponent: exponent, threads: threads)
    }

    private func requireSpecialPrimes() throws(KeyError) {
        guard parameters.chain.special != nil else { throw .noSpecialPrimes }
    }
}

/// The public keys with which an ``Evaluator`` works: encryptions of functions of the secret, under the secret itself.
/// They let nobody decrypt, as far as that is safe (circular security, which every such scheme assumes).
public struct EvaluationKeys: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    /// The key for products of ciphertexts.
    public package(set) var relinearization: SwitchingKey?
    /// The keys of automorphisms, with their permutations of evaluations, by exponent.
    package private(set) var automorphisms: [Int: (key: SwitchingKey, permutation: Automorphism)] = [:]

    /// No keys: for sums and products with plaintexts.
    public init(parameters: CKKSParameters) { self.parameters = parameters }

    /// Adds the key of the automorphism X -> X^exponent.
    ///
    /// - Parameter exponent: odd, and other than 1 modulo 2N.
    package mutating func insert(_ key: SwitchingKey, exponent: Int) {
        let permutation = Automorphism(degree: parameters.degree, exponent: exponent)
        precondition(key.chain === parameters.chain && permutation.exponent != 1, "the key is one of an automorphism")
        automorphisms[permutation.exponent] = (key, permutation)
    }

    /// Adds the keys of `other`, such as one of many sets that arrive one after the other; they replace those for the
    /// same operations.
    ///
    /// - Throws: ``KeyError/differentParameters`` unless both belong to the same parameters, the same object.
    public mutating func merge(_ other: EvaluationKeys) throws(KeyError) {
        guard other.parameters === parameters else { throw .differentParameters }
        relinearization = other.relinearization ?? relinearization
        automorphisms.merge(other.automorphisms) { $1 }
    }

    /// The exponents of the automorphisms that there are keys for.
    public var automorphismExponents: [Int] { automorphisms.keys.sorted() }

    /// Size of all keys in memory.
    public var byteCount: Int {
        (relinearization?.byteCount ?? 0) + automorphisms.values.reduce(0) { $0 + $1.key.byteCount }
    }
}

/// A key that is not there.
public enum KeyError: Error, Equatable, CustomStringConvertible {
    case noSpecialPrimes
    case differentParameters
    case noRelinearizationKey
    case noRotationKey(steps: Int)
    case noConjugationKey

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .noSpecialPrimes: "these parameters have no special primes, so keys cannot be switched with them"
        case .differentParameters: "keys of different parameters do not go together"
        case .noRelinearizationKey:
            "a product of ciphertexts needs the relinearisation key, which is not among the keys"
        case .noRotationKey(let steps): "a rotation by \(steps) slots needs its key, which is not among the keys"
        case .noConjugationKey: "conjugation needs its key, which is not among the keys"
        }
    }
}
