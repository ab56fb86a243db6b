import Crypto
import Foundation
import RLWE
import Ring

@testable import CKKS

/// Small objects of every kind, and what it takes to decrypt them.
struct WireScheme {
    let parameters: CKKSParameters
    let generator: KeyGenerator
    let encryptor: Encryptor
    let decryptor: Decryptor

    /// A chain of two primes, with keys of two digits: the least that has every part.
    static let literal = ParametersLiteral(
        degree: 1 << 10, primeBits: [30, 22], specialPrimeBits: [30], logScale: 22, security: .insecure)
    /// The key of all tests and of the checked-in vectors: the bytes 0, 1, ... 31.
    static let key = SecretKey(bytes: Data(0..<32))!

    init(_ literal: ParametersLiteral = WireScheme.literal, backend: Backend = .selected) throws {
        parameters = try CKKSParameters(literal, backend: backend)
        generator = KeyGenerator(parameters: parameters, key: Self.key)
        encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        decryptor = Decryptor(parameters: parameters, secret: generator.secret)
    }

    /// Slot j holds exp(i j).
    static func slots(_ count: Int) -> [Complex] { (0..<count).map { Complex(cos(Double($0)), sin(Double($0))) } }

    func ciphertext() throws -> Ciphertext { try encryptor.encrypt(Self.slots(parameters.slotCapacity)) }

    func seeded(slots: Int? = nil) throws -> SeededCiphertext {
        encryptor.encryptSeeded(
            try parameters.encoder.encode(
                Self.slots(slots ?? parameters.slotCapacity), scale: parameters.scale))
    }

    /// The squares of the slots, in three polynomials.
    func product() throws -> Ciphertext {
        let x = try ciphertext()
        return try Evaluator(parameters: parameters).square(x)
    }

    func keys(rotations: [Int] = [1]) throws -> EvaluationKeys {
        try generator.evaluationKeys(rotations: rotations)
    }

    /// How far the decrypted slots are from `expected`, in units of what the noise estimate predicts.
    func relativeError(_ ciphertext: Ciphertext, _ expected: [Complex]) -> Double {
        PrecisionStatistics(of: decryptor.decryptSlots(ciphertext), against: expected).distance.rms
            / ciphertext.noise.slotError(slots: ciphertext.slotCount, scale: ciphertext.scale)
    }
}

extension [Complex] {
    var squared: [Complex] { map { $0 * $0 } }
}

extension Data {
    /// The same bytes with the SHA-256 that they should end with.
    var resealed: Data { dropLast(32) + Data(SHA256.hash(data: dropLast(32))) }

    /// The same bytes with others at `offset`, resealed.
    func replacing(at offset: Int, with bytes: [UInt8]) -> Data {
        var copy = Data(self)
        copy.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        return copy.resealed
    }

    /// Value number `index` of the stream of `bits`-bit fields that begins at byte `offset`, bit by bit.
    func field(_ index: Int, bits: Int, at offset: Int) -> UInt64 {
        (0..<bits).reduce(0) { value, bit in
            let position = index * bits + bit
            return value | UInt64(self[offset + position / 8] >> (position % 8) & 1) << bit
        }
    }
}

func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

extension PolynomialVector {
    /// All residues, polynomial after polynomial, limb after limb.
    var residues: [[UInt64]] {
        (0..<count).flatMap { index in
            basis.rings.indices.map { prime in withLimb(polynomial: index, prime: prime) { Array($0) } }
        }
    }
    var isCanonical: Bool {
        zip(residues, (0..<count).flatMap { _ in basis.moduli }).allSatisfy { limb, modulus in
            limb.allSatisfy { $0 < modulus.value }
        }
    }
}

extension SwitchingKey {
    var residues: [UInt64] {
        Array(UnsafeBufferPointer(start: limbs.base, count: byteCount / 8))
    }
}

/// The error that `body` throws, if it throws one of the wire format.
func wireError(_ body: () throws -> Void) -> WireError? {
    do {
        try body()
        return nil
    } catch {
        return error as? WireError
    }
}
