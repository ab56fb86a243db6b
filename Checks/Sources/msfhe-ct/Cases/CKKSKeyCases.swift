@testable import CKKS
@testable import RLWE
@testable import Ring

/// Keys of CKKS: the secret polynomial and what is made from it. All but the secret is made to be given away.
enum CKKSKeyCases {
    static let all =
        [
            Case(name: "CKKS secret: key") {
                let parameters = try CKKSFixture.parameters()
                let secret = CKKSFixture.poisonedGenerator(parameters).secret
                try CKKSFixture.release(secret.limbs, of: parameters.chain.full, "evaluations")
                let expected = CKKSFixture.generator(parameters).secret.coefficients
                try secret.coefficients.withUnsafeBufferPointer { found in
                    try msfhe_ct.release(UnsafeRawBufferPointer(found), "coefficients")
                    try expected.withUnsafeBufferPointer {
                        try require(found.elementsEqual($0), "coefficients are others than the key's")
                    }
                }
            }
        ]
        + cases("CKKS public key") { generator in
            let key = generator.publicKey()
            try CKKSFixture.release(key.polynomials.limbs(0), of: key.chain.basis, "residues of b")
        }
        + cases("CKKS relinearisation key") { try release(try $0.evaluationKeys().relinearization!) }
        + cases("CKKS rotation key") { try release(try automorphism($0, rotations: [3])) }
        + cases("CKKS conjugation key") { try release(try automorphism($0, conjugation: true)) }
        + cases("CKKS key from another secret") { generator in
            let bytes = [UInt8](repeating: 9, count: SecretKey.byteCount)
            let other = KeyGenerator(parameters: generator.parameters, key: SecretKey(bytes: bytes)!)
            try release(other.secret.switchingKey(to: generator.secret))
        }

    /// The making of one kind of key with the secret marked, and with its errors marked.
    private static func cases(_ name: String, _ make: @escaping @Sendable (KeyGenerator) throws -> Void) -> [Case] {
        [
            Case(name: "\(name): key") { try make(CKKSFixture.poisonedGenerator(try CKKSFixture.parameters())) },
            Case(name: "\(name): errors") {
                let generator = CKKSFixture.generator(try CKKSFixture.parameters())
                try CKKSFixture.withPoisonedErrors { try make(generator) }
            },
        ]
    }

    /// The only key of an automorphism among those asked for.
    private static func automorphism(
        _ generator: KeyGenerator, rotations: [Int] = [], conjugation: Bool = false
    ) throws -> SwitchingKey {
        let keys = try generator.evaluationKeys(
            relinearization: false, rotations: rotations, conjugation: conjugation)
        return keys.automorphisms.values.first!.key
    }

    /// Checks that every b of a key depends on the secret, and marks it as public.
    private static func release(_ key: SwitchingKey) throws {
        for (position, modulus) in key.chain.full.moduli.enumerated() {
            for digit in 0..<key.chain.digitCount {
                try msfhe_ct.release(
                    residues: key.row(digit: digit, position: position), count: key.chain.degree, bits: modulus.bits,
                    "residues of b")
            }
        }
    }
}
