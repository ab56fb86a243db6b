@testable import CKKS
@testable import RLWE
@testable import Ring

/// A small set of parameters with every part that keys and ciphertexts of CKKS have: two primes, two digits.
enum CKKSFixture {
    static func parameters() throws -> CKKSParameters {
        try CKKSParameters(
            ParametersLiteral(
                degree: 1 << 10, primeBits: [49, 40], specialPrimeBits: [49], logScale: 30, security: .insecure))
    }

    /// All keys of one secret, in memory that nothing marks.
    static func generator(_ parameters: CKKSParameters) -> KeyGenerator {
        KeyGenerator(parameters: parameters, key: keyBytes.withUnsafeBytes { SecretKey(bytes: $0) }!)
    }

    /// The same keys, from a key whose every byte is a secret.
    static func poisonedGenerator(_ parameters: CKKSParameters) -> KeyGenerator {
        KeyGenerator(parameters: parameters, key: EncryptionCases.poisonedKey(keyBytes))
    }

    private static let keyBytes = Array(1...UInt8(SecretKey.byteCount))

    /// Slots of magnitude up to one.
    static let slots = (0..<512).map { Complex(Double($0 % 17) / 20, Double($0 % 5) / 10) }

    /// The slots, encoded.
    static func plaintext(_ parameters: CKKSParameters) throws -> Plaintext {
        try parameters.encoder.encode(slots, scale: parameters.scale)
    }

    /// Checks that all limbs of a polynomial depend on the secret, and marks them as public.
    static func release(_ limbs: LimbAddresses, of basis: RNSBasis, _ name: String) throws(Finding) {
        for (index, modulus) in basis.moduli.enumerated() {
            try msfhe_ct.release(residues: limbs[index], count: basis.degree, bits: modulus.bits, name)
        }
    }

    /// The result of `body`, which draws a public seed first, with all randomness after that marked as a secret.
    static func withPoisonedErrors<Result>(_ body: () throws -> Result) throws -> Result {
        let before = poisonedRandomnessCount
        let result = try withPoisonedRandomness(after: UniformSeed.byteCount, body)
        try require(poisonedRandomnessCount > before, "errors come from elsewhere than the system's generator")
        return result
    }
}
