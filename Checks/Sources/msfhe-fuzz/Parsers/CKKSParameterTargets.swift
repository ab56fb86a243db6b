import Foundation
import RLWE

@testable import CKKS

/// Parameters of CKKS, as objects and as literals.
enum CKKSParameterTargets {
    static let all = [parameters, literal]

    /// Sets of larger rings are checked and never built: their tables take seconds.
    private static let largestDegree = 1 << 11

    /// Parameters, with the digest that belongs to them.
    private static let parameters = Target(
        name: "ckks-parameters", words: ["\u{A}\u{A}", "\u{B}\u{B}", "\u{14}\u{16}\u{1E}\u{28}\u{31}", "@>\u{0}"],
        seeds: { try literals.map { Array(try CKKSParameters($0).serialized().dropFirst(48).dropLast(32)) } },
        parse: { input in
            let literal = readLiteral(input)
            var digest = Data(count: 32)
            if let literal, literal.degree <= largestDegree, let own = try? CKKSParameters.digest(of: literal) {
                digest = own
            }
            let bytes = Sealing.binary.seal(WireInput.header(.parameters, digest: digest) + input)
            let parameters = try CKKSParameters(serialized: bytes, allowsInsecure: true)
            require(parameters.serialized().elementsEqual(bytes), "parameters are written as they were read")
            require(parameters.literal == literal, "parameters are what their bytes say")
            let isRefused = (try? CKKSParameters(serialized: bytes)) == nil
            require(isRefused == (parameters.security == nil), "insecure parameters are for those who ask for them")
            try use(parameters)
        })

    /// A literal, as JSON.
    private static let literal = Target(
        name: "ckks-literal",
        words: [
            "\"degree\":", "\"primeBits\":[", "\"specialPrimeBits\":[", "\"digitSize\":", "\"logScale\":",
            "\"primeDegree\":", "\"insecure\"", "\"bits128\"", "\"bits192\"", "\"bits256\"", "-1",
            "-9223372036854775808", "[9223372036854775807,1]", "1e308", "null", "65536",
        ],
        seeds: {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return try literals.map { Array(try encoder.encode($0)) }
        },
        parse: { input in
            // What JSON is refused for is the decoder's affair.
            guard let literal = try? JSONDecoder().decode(ParametersLiteral.self, from: Data(input)) else { return }
            require(literal.name.hasPrefix("ckks-n"), "a literal has a name")
            _ = literal.logModulus
            _ = literal.smaller(degree: 1 << 10, primes: 1)
            guard literal.degree <= largestDegree else {
                _ = try CKKSParameters.digest(of: literal)
                return
            }
            try use(try CKKSParameters(literal))
        })

    private static let literals = [
        CKKSScheme.literal,
        ParametersLiteral(degree: 1 << 10, primeBits: [26], logScale: 18),
        ParametersLiteral(
            degree: 1 << 10, primeBits: [49, 35, 35], specialPrimeBits: [49, 49], digitSize: 2, logScale: 35.5,
            security: .insecure, primeDegree: 1 << 12),
        ParametersLiteral(degree: 1 << 11, primeBits: [26], specialPrimeBits: [27], logScale: 15),
    ]

    /// Encrypts and decrypts, and multiplies where keys are small.
    private static func use(_ parameters: CKKSParameters) throws {
        let key = SecretKey(bytes: [UInt8](repeating: 0x5A, count: SecretKey.byteCount))!
        let generator = KeyGenerator(parameters: parameters, key: key)
        let decryptor = Decryptor(parameters: parameters, secret: generator.secret)
        let encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        let slots = [Complex](repeating: Complex(0.5, -0.25), count: 4)
        guard let ciphertext = try? encryptor.encrypt(slots) else {
            // A message of this size fits a modulus of four times its scale.
            require(parameters.literal.logScale > parameters.chain.basis.logProduct - 2, "a small message fits")
            return
        }
        let bound = ErrorBound.fresh(parameters, slots: slots.count)
        if parameters.literal.logScale <= parameters.chain.basis.logProduct - 2 {
            let distance = zip(decryptor.decryptSlots(ciphertext), slots).map {
                Complex($0.real - $1.real, $0.imaginary - $1.imaginary).magnitude
            }
            require(distance.allSatisfy { $0 <= bound.distance }, "errors keep their bound")
        }
        guard parameters.chain.special != nil, parameters.chain.digitCount * parameters.chain.full.count <= 64 else {
            return
        }
        let evaluator = Evaluator(parameters: parameters, keys: try generator.evaluationKeys(rotations: [1]))
        if let product = try? evaluator.multiplyRelinearizeRescale(ciphertext, ciphertext) {
            _ = decryptor.decryptSlots(product)
        }
        if let rotated = try? evaluator.rotate(ciphertext, by: 1) { _ = decryptor.decryptSlots(rotated) }
    }

    /// The literal that 112 bytes say, by `docs/ckks-wire-format.md`; nil for what no literal is.
    private static func readLiteral(_ bytes: [UInt8]) -> ParametersLiteral? {
        guard bytes.count == 112 else { return nil }
        let (log2Degree, log2PrimeDegree) = (Int(bytes[0]), Int(bytes[1]))
        let (count, specialCount) = (Int(bytes[4]), Int(bytes[5]))
        let strengths: [SecurityRequirement] = [.insecure, .bits128, .bits192, .bits256]
        guard (10...16).contains(log2Degree), (log2Degree...16).contains(log2PrimeDegree), count <= 48,
            specialCount < 48, bytes[7] < strengths.count
        else { return nil }
        let logScale = Double(bitPattern: bytes[8..<16].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        return ParametersLiteral(
            degree: 1 << log2Degree, primeBits: bytes[16..<16 + count].map { Int($0) },
            specialPrimeBits: bytes[64..<64 + specialCount].map { Int($0) },
            digitSize: bytes[6] == 0 ? nil : Int(bytes[6]), logScale: logScale, security: strengths[Int(bytes[7])],
            primeDegree: log2PrimeDegree == log2Degree ? nil : 1 << log2PrimeDegree)
    }
}
