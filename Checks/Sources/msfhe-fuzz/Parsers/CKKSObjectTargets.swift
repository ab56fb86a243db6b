import CKKS
import Foundation
import RLWE
import Ring

/// Ciphertexts and keys of CKKS, used as whoever receives them uses them.
///
/// Inputs are ``WireInput``s. An accepted object is the one that its bytes are: it is written as it was read.
enum CKKSObjectTargets {
    static let all = [ciphertext, seeded, publicKey, evaluationKeys, switchingKey, ringKeys]

    /// Numbers of fields that chance would not find: doubles, levels, numbers of polynomials and of slots.
    private static let words = [
        "\u{0}\u{0}\u{0}\u{0}\u{0}\u{0}\u{10}@", "\u{2}\u{0}\u{3}\u{0}", "\u{1}\u{0}\u{2}\u{0}", "\u{0}\u{1}\u{0}\u{0}",
    ]

    /// A ciphertext, computed on and decrypted.
    private static let ciphertext = Target(
        name: "ckks-ciphertext", words: words,
        seeds: {
            [
                WireInput.ciphertext(log2Scale: 30, level: 3, polynomials: 2, slots: 512),
                WireInput.ciphertext(log2Scale: 60, level: 2, polynomials: 3, slots: 16),
                WireInput.ciphertext(log2Scale: 30, level: 1, polynomials: 2, slots: 0),
            ]
        },
        parse: { input in
            let bytes = WireInput.object(.ciphertext, input)
            let ciphertext = try Ciphertext(serialized: bytes, parameters: CKKSScheme.shared.parameters)
            requireSame(ciphertext, bytes)
            CKKSScheme.shared.use(ciphertext)
        })

    /// A seeded ciphertext, expanded, computed on and decrypted.
    private static let seeded = Target(
        name: "ckks-seeded", words: words,
        seeds: {
            [512, 0].map {
                WireInput.ciphertext(log2Scale: 30, level: 3, polynomials: 2, slots: $0)
                    + [UInt8](repeating: 0x33, count: UniformSeed.byteCount)
            }
        },
        parse: { input in
            let bytes = WireInput.object(.seededCiphertext, input)
            let ciphertext = try SeededCiphertext(serialized: bytes, parameters: CKKSScheme.shared.parameters)
            requireSame(ciphertext, bytes)
            CKKSScheme.shared.use(ciphertext.expanded())
        })

    /// A public key, encrypted with.
    private static let publicKey = Target(
        name: "ckks-public-key",
        seeds: { [[UInt8](repeating: 0x44, count: UniformSeed.byteCount), Array(0..<64)] },
        parse: { input in
            let scheme = CKKSScheme.shared
            let bytes = WireInput.object(.publicKey, input)
            let key = try PublicKey(serialized: bytes, parameters: scheme.parameters)
            requireSame(key, bytes)
            let encryptor = Encryptor(parameters: scheme.parameters, publicKey: key)
            scheme.use(try encryptor.encrypt([Complex](repeating: Complex(0.5, -0.25), count: 512)))
        })

    /// Evaluation keys, switched with.
    private static let evaluationKeys = Target(
        name: "ckks-keys", words: ["\u{5}\u{0}\u{0}\u{0}", "\u{19}\u{0}\u{0}\u{0}", "\u{3}\u{0}\u{0}\u{0}"],
        seeds: {
            [WireInput.keys([0, 5]), WireInput.keys([5, 25, 2047]), WireInput.keys([0, 3, 625]), WireInput.keys([])]
        },
        parse: { input in
            let scheme = CKKSScheme.shared
            let bytes = WireInput.object(.evaluationKeys, input)
            var keys = try EvaluationKeys(serialized: bytes, parameters: scheme.parameters)
            requireSame(keys, bytes)
            require(
                keys.automorphismExponents.allSatisfy { $0 % 2 == 1 && (3..<2048).contains($0) },
                "automorphisms have odd exponents")
            scheme.use(scheme.ciphertext, with: Evaluator(parameters: scheme.parameters, keys: keys))
            try keys.merge(scheme.keys)
            scheme.use(scheme.ciphertext, with: Evaluator(parameters: scheme.parameters, keys: keys, threads: 2))
        })

    /// A key between secrets, switched with.
    private static let switchingKey = Target(
        name: "ckks-switching-key",
        seeds: { [[UInt8](repeating: 0x55, count: UniformSeed.byteCount), Array(0..<64)] },
        parse: { input in
            let scheme = CKKSScheme.shared
            let bytes = WireInput.object(.switchingKey, input)
            let key = try SwitchingKey(serialized: bytes, parameters: scheme.parameters)
            requireSame(key, bytes)
            scheme.use(try Evaluator(parameters: scheme.parameters).switchSecret(scheme.ciphertext, with: key))
        })

    /// Keys between rings, switched with.
    private static let ringKeys = Target(
        name: "ckks-ring-keys",
        seeds: {
            [Array(CKKSScheme.shared.rings.small.digest) + [UInt8](repeating: 0x66, count: 2 * UniformSeed.byteCount)]
        },
        parse: { input in
            let rings = CKKSScheme.shared.rings
            let bytes = WireInput.object(.ringSwitchingKeys, input)
            let keys = try RingSwitchingKeys(serialized: bytes, large: rings.large, small: rings.small)
            require(keys.serialized().elementsEqual(bytes), "an object is written as it was read")
            require(keys.serializedByteCount == bytes.count, "an object has the bytes that it says")
        })

    private static func requireSame(_ object: some WireObject, _ bytes: [UInt8]) {
        require(object.serialized().elementsEqual(bytes), "an object is written as it was read")
        require(object.serializedByteCount == bytes.count, "an object has the bytes that it says")
    }
}
