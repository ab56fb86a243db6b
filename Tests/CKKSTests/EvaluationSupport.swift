import Foundation
import RLWE
import Ring

@testable import CKKS

/// Parameters, keys and everything that works with them, for tests.
struct Scheme {
    let parameters: CKKSParameters
    let generator: KeyGenerator
    let encryptor: Encryptor
    let decryptor: Decryptor
    let evaluator: Evaluator

    init(
        _ literal: ParametersLiteral, backend: Backend = .selected, relinearization: Bool = true,
        rotations: [Int] = [], conjugation: Bool = false, threads: Int = 1
    ) throws {
        parameters = try CKKSParameters(literal, backend: backend)
        generator = KeyGenerator(parameters: parameters, key: .generate())
        encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        decryptor = Decryptor(parameters: parameters, secret: generator.secret)
        let keys =
            literal.specialPrimeBits.isEmpty
            ? nil
            : try generator.evaluationKeys(
                relinearization: relinearization, rotations: rotations, conjugation: conjugation)
        evaluator = Evaluator(parameters: parameters, keys: keys, threads: threads)
    }

    /// Distances of the decrypted slots from what they should be.
    func precision(_ ciphertext: Ciphertext, _ expected: [Complex]) -> PrecisionStatistics {
        PrecisionStatistics(of: decryptor.decryptSlots(ciphertext), against: expected)
    }

    /// How many bits better decryption is than the noise estimate says; negative if it is worse.
    func surplusBits(_ ciphertext: Ciphertext, _ expected: [Complex]) -> Double {
        -log2(precision(ciphertext, expected).distance.rms) - ciphertext.precisionBits
    }
}

/// Whether decryption is within some bits of the prediction. The error of a single slot may be as small as it likes: it
/// is below 2^-6 of the expected one once in 4096 times.
func isPredicted(_ surplus: Double, slots: Int, within bits: Double) -> Bool {
    surplus >= -bits && (surplus <= bits || slots == 1)
}

/// A small chain for the arithmetic, on a backend of this machine.
struct SchemeCase: CustomStringConvertible, Sendable {
    let literal: ParametersLiteral
    let backend: Backend

    var description: String {
        "\(backend.name), n = \(literal.degree), \(literal.primeBits) + \(literal.specialPrimeBits), digits of \(literal.digitSize ?? literal.specialPrimeBits.count)"
    }

    static let literals = [
        ParametersLiteral(
            degree: 1 << 10, primeBits: [49, 40, 40, 40], specialPrimeBits: [49], logScale: 40, security: .insecure),
        ParametersLiteral(
            degree: 1 << 11, primeBits: [49, 36, 36, 36, 36], specialPrimeBits: [49, 49], logScale: 36,
            security: .insecure),
        ParametersLiteral(
            degree: 1 << 10, primeBits: [49, 49, 49], specialPrimeBits: [49, 49], digitSize: 1, logScale: 45,
            security: .insecure),
    ]
    static let all = Backend.available.flatMap { backend in
        literals.map { SchemeCase(literal: $0, backend: backend) }
    }
    /// One for each backend.
    static let first = Backend.available.map { SchemeCase(literal: literals[0], backend: $0) }
}

extension TestGenerator {
    /// Slots on the unit circle: they fill their declared magnitude, so that noise estimates are exact.
    mutating func unitSlots(_ count: Int) -> [Complex] {
        (0..<count).map { _ in
            let angle = Double.random(in: 0..<2 * .pi, using: &self)
            return Complex(cos(angle), sin(angle))
        }
    }
}

extension Complex {
    static func + (x: Complex, y: Complex) -> Complex {
        Complex(x.real + y.real, x.imaginary + y.imaginary)
    }
    static func - (x: Complex, y: Complex) -> Complex {
        Complex(x.real - y.real, x.imaginary - y.imaginary)
    }
    static func * (x: Complex, y: Complex) -> Complex {
        Complex(
            x.real * y.real - x.imaginary * y.imaginary, x.real * y.imaginary + x.imaginary * y.real)
    }
    static func * (x: Double, y: Complex) -> Complex { Complex(x * y.real, x * y.imaginary) }
    static prefix func - (x: Complex) -> Complex { Complex(-x.real, -x.imaginary) }
    var conjugate: Complex { Complex(real, -imaginary) }
}

extension Array {
    /// The elements moved by `steps` to the left, cyclically.
    func rotated(by steps: Int) -> [Element] { indices.map { self[(($0 + steps) % count + count) % count] } }
}
