@testable import CKKS
@testable import RLWE

/// Decryption with CKKS. Slots belong to the key's holder, and are public here only so that they can be checked.
enum CKKSDecryptionCases {
    static let all = [
        Case(name: "CKKS decryption: key, two polynomials") {
            try decrypt(expected: CKKSFixture.slots) { $0 }
        },
        Case(name: "CKKS decryption: key, three polynomials") {
            let squares = CKKSFixture.slots.map {
                Complex($0.real * $0.real - $0.imaginary * $0.imaginary, 2 * $0.real * $0.imaginary)
            }
            try decrypt(expected: squares) { try Evaluator(parameters: $0.parameters).square($0) }
        },
    ]

    private static func decrypt(
        expected: [Complex], _ operation: (Ciphertext) throws -> Ciphertext
    ) throws {
        let parameters = try CKKSFixture.parameters()
        let encryptor = Encryptor(parameters: parameters, secret: CKKSFixture.generator(parameters).secret)
        let ciphertext = try operation(try encryptor.encrypt(CKKSFixture.slots))
        let secret = CKKSFixture.poisonedGenerator(parameters).secret
        let decryptor = Decryptor(parameters: parameters, secret: secret)
        let slots = decryptor.decryptSlots(ciphertext)
        try slots.withUnsafeBytes { try release($0, "slots") }
        let real = decryptor.decryptReal(ciphertext)
        try real.withUnsafeBytes { try release($0, "real parts of slots") }
        let close = zip(slots, expected).allSatisfy {
            abs($0.real - $1.real) < 1e-4 && abs($0.imaginary - $1.imaginary) < 1e-4
        }
        try require(close && real == slots.map(\.real), "slots are not what was encrypted")
    }
}
