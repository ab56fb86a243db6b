@testable import CKKS
@testable import RLWE
@testable import Ring

/// Encryption with CKKS. Ciphertexts are what travels: whatever is secret, they are public.
enum CKKSEncryptionCases {
    static let all = [
        Case(name: "CKKS encryption with the secret: key") {
            let parameters = try CKKSFixture.parameters()
            let secret = CKKSFixture.poisonedGenerator(parameters).secret
            let encryptor = Encryptor(parameters: parameters, secret: secret)
            try release(encryptor.encrypt(try CKKSFixture.plaintext(parameters)), polynomials: 1)
        },
        Case(name: "CKKS encryption with the secret: errors") {
            try withOwnKey { encryptor, plaintext in
                try release(try CKKSFixture.withPoisonedErrors { encryptor.encrypt(plaintext) }, polynomials: 1)
            }
        },
        Case(name: "CKKS encryption with the secret: message") {
            try withOwnKey { encryptor, plaintext in
                poison(plaintext)
                try release(encryptor.encrypt(plaintext), polynomials: 1)
            }
        },
        Case(name: "CKKS seeded encryption: key") {
            let parameters = try CKKSFixture.parameters()
            let secret = CKKSFixture.poisonedGenerator(parameters).secret
            let encryptor = Encryptor(parameters: parameters, secret: secret)
            try release(encryptor.encryptSeeded(try CKKSFixture.plaintext(parameters)))
        },
        Case(name: "CKKS seeded encryption: errors") {
            try withOwnKey { encryptor, plaintext in
                try release(try CKKSFixture.withPoisonedErrors { encryptor.encryptSeeded(plaintext) })
            }
        },
        Case(name: "CKKS seeded encryption: message") {
            try withOwnKey { encryptor, plaintext in
                poison(plaintext)
                try release(encryptor.encryptSeeded(plaintext))
            }
        },
        // Three small polynomials, all secret: no seed travels.
        Case(name: "CKKS encryption with a public key: randomness") {
            try withPublicKey { encryptor, plaintext in
                let before = poisonedRandomnessCount
                let ciphertext = withPoisonedRandomness { encryptor.encrypt(plaintext) }
                try require(poisonedRandomnessCount > before, "it comes from elsewhere than the system's generator")
                try release(ciphertext, polynomials: 2)
            }
        },
        Case(name: "CKKS encryption with a public key: message") {
            try withPublicKey { encryptor, plaintext in
                poison(plaintext)
                try release(encryptor.encrypt(plaintext), polynomials: 1)
            }
        },
    ]

    private static func withOwnKey(_ body: (Encryptor, borrowing Plaintext) throws -> Void) throws {
        let parameters = try CKKSFixture.parameters()
        let secret = CKKSFixture.generator(parameters).secret
        try body(Encryptor(parameters: parameters, secret: secret), try CKKSFixture.plaintext(parameters))
    }

    private static func withPublicKey(_ body: (Encryptor, borrowing Plaintext) throws -> Void) throws {
        let parameters = try CKKSFixture.parameters()
        let publicKey = CKKSFixture.generator(parameters).publicKey()
        try body(Encryptor(parameters: parameters, publicKey: publicKey), try CKKSFixture.plaintext(parameters))
    }

    private static func poison(_ plaintext: borrowing Plaintext) {
        let basis = plaintext.polynomial.basis
        for index in 0..<basis.count {
            msfhe_ct.poison(UnsafeRawBufferPointer(start: plaintext.polynomial.limbs[index], count: 8 * basis.degree))
        }
    }

    /// Checks that the first polynomials depend on the secret, and marks them as public.
    private static func release(_ ciphertext: Ciphertext, polynomials: Int) throws {
        for index in 0..<polynomials {
            try CKKSFixture.release(
                ciphertext.polynomials.limbs(index), of: ciphertext.basis, "residues of polynomial \(index)")
        }
    }

    private static func release(_ ciphertext: SeededCiphertext) throws {
        try CKKSFixture.release(ciphertext.body.limbs(0), of: ciphertext.body.basis, "residues")
    }
}
