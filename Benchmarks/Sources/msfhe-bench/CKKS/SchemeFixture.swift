import CKKS
import Foundation
import Harness
import RLWE
import Ring

/// What rows of encrypted arithmetic work with: keys, everything that uses them, and two encrypted messages.
struct SchemeFixture {
    let chain: ChainFixture
    let generator: KeyGenerator
    let encryptor: Encryptor
    let decryptor: Decryptor
    let evaluator: Evaluator
    /// The first message, encoded.
    let plaintext: HeldPlaintext
    /// The first message, encrypted with the secret.
    let first: Ciphertext
    /// The second message, encrypted with the secret.
    let second: Ciphertext
    private let transforms: TransformWorks

    var parameters: CKKSParameters { chain.parameters }

    init(
        _ literal: ParametersLiteral, _ conditions: Conditions, relinearization: Bool = false, rotations: [Int] = []
    ) throws {
        chain = try ChainFixture(literal, backend: conditions.backend)
        let parameters = chain.parameters
        generator = KeyGenerator(parameters: parameters, key: .generate())
        encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        decryptor = Decryptor(parameters: parameters, secret: generator.secret)
        let keys = try generator.evaluationKeys(relinearization: relinearization, rotations: rotations)
        evaluator = Evaluator(parameters: parameters, keys: keys, threads: conditions.threads)
        plaintext = try chain.encode(chain.message)
        first = encryptor.encrypt(plaintext.plaintext!)
        second = try encryptor.encrypt(chain.secondMessage)
        transforms = TransformWorks(parameters.chain.full)
    }

    // MARK: What operations should give

    /// The slots of both messages combined.
    func messages(_ combine: (Complex, Complex) -> Complex) -> [Complex] {
        zip(chain.message, chain.secondMessage).map(combine)
    }

    /// The products of the slots of both messages.
    var products: [Complex] {
        messages {
            Complex(
                $0.real * $1.real - $0.imaginary * $1.imaginary, $0.real * $1.imaginary + $0.imaginary * $1.real)
        }
    }

    /// The first message's slots moved to the left.
    func rotated(by steps: Int) -> [Complex] { Array(chain.message[steps...] + chain.message[..<steps]) }

    /// Checks that a result decrypts to `expected` with the precision that its noise estimate predicts, within two
    /// bits, and adds that precision and the result's size to the row.
    func check(_ result: Ciphertext?, _ expected: [Complex], _ row: inout Row) throws {
        guard let result else { throw WrongResult(row, "the operation is refused") }
        try check(decryptor.decryptSlots(result), expected, predictedBits: result.precisionBits, &row)
        row["bytes"] = .integer(
            result.size * result.primes * parameters.degree * MemoryLayout<UInt64>.stride)
        row["bytesOnWire"] = .integer(result.serializedByteCount)
    }

    /// Checks that slots are `expected` with the predicted precision, within two bits, and adds it to the row.
    func check(_ found: [Complex], _ expected: [Complex], predictedBits: Double, _ row: inout Row) throws {
        guard found.count == expected.count else { throw WrongResult(row, "\(found.count) slots") }
        let bits = -log2(PrecisionStatistics(of: found, against: expected).distance.rms)
        // As the negation of what is right, which NaN is not.
        guard abs(bits - predictedBits) <= 2 else {
            throw WrongResult(row, "a precision of \(bits) bits, where \(predictedBits) are predicted")
        }
        row["precisionBits"] = .number(bits)
        row["predictedPrecisionBits"] = .number(predictedBits)
    }

    // MARK: Time

    /// Times works, and in turn with them the transforms that one needs at least, to which figures of `row` relate it.
    ///
    /// - Parameter time: the operation's time, from the timings of `works`.
    func measure(
        _ works: [Work], _ count: TransformCount, _ conditions: Conditions, _ row: inout Row,
        time: ([Timing]) -> Timing = { $0[0] }
    ) {
        guard count.total > 0 else {
            let timing = time(conditions.loop.measure(works))
            let residues = Double(parameters.primeCount * parameters.degree)
            row["cyclesPerResidue"] = .number(conditions.cycles(timing.nanoseconds) / residues)
            row.set(timing)
            return
        }
        let timings = conditions.loop.measure(works + [transforms.forward, transforms.inverse])
        let timing = time(timings)
        let least = TransformWorks.nanoseconds(
            count, forward: timings[works.count], inverse: timings[works.count + 1])
        row["transforms"] = .integer(count.total)
        row["transformNanoseconds"] = .number(least)
        row["ratioToTransforms"] = .number(timing.nanoseconds / least)
        row.set(timing)
    }
}
