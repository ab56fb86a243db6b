import CKKS
import Harness
import RLWE
import Ring

/// What needs the secret, or a public key: encrypting an encoded message, decrypting to one, and making the key that
/// products of ciphertexts need.
struct EncryptionBenchmark: Benchmark {
    enum Operation: String, CaseIterable {
        case encryptSecret, encryptPublic, decrypt, keyGenerationRelinearization
    }

    let operation: Operation
    let literal: ParametersLiteral

    static var all: [EncryptionBenchmark] {
        EvaluatorBenchmark.literals.flatMap { literal in
            Operation.allCases.map { EncryptionBenchmark(operation: $0, literal: literal) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row { Row("ckks.\(operation.rawValue)", literal) }

    func measure(_ conditions: Conditions) throws -> Row {
        let fixture = try SchemeFixture(literal, conditions)
        var row = conditions.row(of: self)
        switch operation {
        case .encryptSecret:
            try measureEncryption(fixture, fixture.encryptor, transformsPerPrime: 1, conditions, &row)
        case .encryptPublic:
            let encryptor = Encryptor(parameters: fixture.parameters, publicKey: fixture.generator.publicKey())
            try measureEncryption(fixture, encryptor, transformsPerPrime: 3, conditions, &row)
        case .decrypt: try measureDecryption(fixture, conditions, &row)
        case .keyGenerationRelinearization: try measureKeyGeneration(fixture, conditions, &row)
        }
        return row
    }

    private func measureEncryption(
        _ fixture: SchemeFixture, _ encryptor: Encryptor, transformsPerPrime: Int, _ conditions: Conditions,
        _ row: inout Row
    ) throws {
        let held = fixture.plaintext
        let count = TransformCount(forward: transformsPerPrime * fixture.parameters.primeCount)
        var result: Ciphertext?
        fixture.measure([Work { result = encryptor.encrypt(held.plaintext!) }], count, conditions, &row)
        try fixture.check(result, fixture.chain.message, &row)
    }

    private func measureDecryption(_ fixture: SchemeFixture, _ conditions: Conditions, _ row: inout Row) throws {
        let held = HeldPlaintext(fixture.decryptor.decrypt(fixture.first))
        let work = Work { held.plaintext = fixture.decryptor.decrypt(fixture.first) }
        fixture.measure([work], TransformCount(), conditions, &row)
        let slots = try held.decoded(by: fixture.parameters.encoder, row)
        try fixture.check(
            slots, fixture.chain.message, predictedBits: fixture.first.precisionBits, &row)
        row["bytes"] = .integer(literal.primeBits.count * literal.degree * MemoryLayout<UInt64>.stride)
    }

    /// A key is right if products that are relinearised with it are.
    private func measureKeyGeneration(
        _ fixture: SchemeFixture, _ conditions: Conditions, _ row: inout Row
    ) throws {
        var keys = EvaluationKeys(parameters: fixture.parameters)
        let count = TransformCount.keyGeneration(fixture.parameters.chain)
        fixture.measure(
            [Work { keys = (try? fixture.generator.evaluationKeys()) ?? keys }], count, conditions, &row)
        let evaluator = Evaluator(parameters: fixture.parameters, keys: keys)
        let product = try evaluator.relinearize(try evaluator.multiply(fixture.first, fixture.second))
        try fixture.check(product, fixture.products, &row)
        row["bytes"] = .integer(keys.byteCount)
        row["bytesOnWire"] = .integer(keys.serializedByteCount)
    }
}
