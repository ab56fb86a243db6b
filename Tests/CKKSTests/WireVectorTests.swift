import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Objects of version 1 that were written once and are read for ever. Their secret is that of the key with the bytes
/// 0 ... 31; their slots are known.
///
/// `MSFHE_WRITE_VECTORS=folder make test ARGS="--filter WireVectorTests"` writes fresh ones into an existing folder: for a new
/// version, beside the old ones.
@Suite("Checked-in objects")
struct WireVectorTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/v1")
    private static let names = [
        "parameters", "ciphertext", "product", "seeded-coefficients", "public-key", "evaluation-keys",
    ]

    private static func bytes(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: "\(name).bin"))
    }

    /// The scheme of the vectors' parameters.
    private static func scheme(_ backend: Backend) throws -> WireScheme {
        let parameters = try CKKSParameters(serialized: bytes("parameters"), allowsInsecure: true, backend: backend)
        #expect(parameters.literal == WireScheme.literal)
        return try WireScheme(parameters.literal, backend: backend)
    }

    private static func expectNear(
        _ scheme: WireScheme, _ ciphertext: Ciphertext, _ expected: [Complex],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = scheme.relativeError(ciphertext, expected)
        #expect((0.25...4).contains(error), "off by \(error) of the estimate", sourceLocation: sourceLocation)
    }

    /// cos(k), for each coefficient k.
    private static let coefficients = (0..<1024).map { cos(Double($0)) }

    @Test("decrypt to the slots that they were made of", arguments: Backend.available)
    func read(backend: Backend) throws {
        let scheme = try Self.scheme(backend)
        let parameters = scheme.parameters
        let slots = WireScheme.slots(512)

        let ciphertext = try Ciphertext(serialized: Self.bytes("ciphertext"), parameters: parameters)
        #expect(ciphertext.size == 2 && ciphertext.primes == 2 && ciphertext.packing == .slots(512))
        #expect(ciphertext.scale == 0x1p22)
        Self.expectNear(scheme, ciphertext, slots)

        let product = try Ciphertext(serialized: Self.bytes("product"), parameters: parameters)
        #expect(product.size == 3 && product.primes == 1 && product.scale == 0x1p44 / 4_188_161)
        Self.expectNear(scheme, product, slots.squared)

        let seeded = try SeededCiphertext(serialized: Self.bytes("seeded-coefficients"), parameters: parameters)
        #expect(seeded.packing == .coefficients)
        let plaintext = scheme.decryptor.decrypt(seeded.expanded())
        let decoded = parameters.encoder.decodeCoefficients(plaintext)
        // An error is at most 20, and one half comes from rounding.
        for (found, expected) in zip(decoded, Self.coefficients) {
            #expect(abs(found - expected) * 0x1p22 <= 20.5 + 0x1p-20)
        }

        let publicKey = try PublicKey(serialized: Self.bytes("public-key"), parameters: parameters)
        let fresh = try Encryptor(parameters: parameters, publicKey: publicKey).encrypt(slots)
        Self.expectNear(scheme, fresh, slots)

        let keys = try EvaluationKeys(serialized: Self.bytes("evaluation-keys"), parameters: parameters)
        #expect(keys.relinearization != nil && keys.automorphismExponents == [5])
        let evaluator = Evaluator(parameters: parameters, keys: keys)
        Self.expectNear(scheme, try evaluator.rotate(ciphertext, by: 1), slots.rotated(by: 1))
        Self.expectNear(
            scheme, try evaluator.multiplyRelinearizeRescale(ciphertext, ciphertext), slots.squared)
    }

    @Test("are written as they were", arguments: Backend.available)
    func rewritten(backend: Backend) throws {
        let parameters = try Self.scheme(backend).parameters
        let written = [
            parameters.serialized(),
            try Ciphertext(serialized: Self.bytes("ciphertext"), parameters: parameters).serialized(),
            try Ciphertext(serialized: Self.bytes("product"), parameters: parameters).serialized(),
            try SeededCiphertext(serialized: Self.bytes("seeded-coefficients"), parameters: parameters).serialized(),
            try PublicKey(serialized: Self.bytes("public-key"), parameters: parameters).serialized(),
            try EvaluationKeys(serialized: Self.bytes("evaluation-keys"), parameters: parameters).serialized(),
        ]
        for (name, bytes) in zip(Self.names, written) { #expect(try bytes == Self.bytes(name), "\(name)") }
    }

    /// A ciphertext of residues that a formula gives, whose bytes were computed apart from the project.
    @Test("a ciphertext of known residues has known bytes", arguments: Backend.available)
    func knownBytes(backend: Backend) throws {
        let parameters = try Self.scheme(backend).parameters
        var polynomials = PolynomialVector(uninitialized: parameters.chain.basis, count: 2)
        for index in 0..<2 {
            let limbs = polynomials.mutableLimbs(index)
            for (prime, modulus) in parameters.chain.basis.moduli.enumerated() {
                for place in 0..<1024 {
                    let seed = UInt64(1 + place + 1024 * (prime + 2 * index))
                    limbs[prime][place] = seed * 2_654_435_761 % modulus.value
                }
            }
        }
        let bytes = Ciphertext(
            parameters: parameters, polynomials: polynomials, scale: 0x1p22, packing: .slots(16),
            noise: NoiseEstimate(variance: 10.25, magnitude: 1)
        ).serialized()
        #expect(bytes.count == 13_424)
        let expected = "8493915cf39a8fb13068afc32758d19a181c72eea24da97ddc37d463c8b9d4eb"
        #expect(bytes.suffix(32).map { String(format: "%02x", $0) }.joined() == expected)
    }

    private static let output = ProcessInfo.processInfo.environment["MSFHE_WRITE_VECTORS"]

    @Test("write fresh ones where they are asked for", .enabled(if: output != nil))
    func write() throws {
        let scheme = try WireScheme()
        let parameters = scheme.parameters
        let coefficients = try parameters.encoder.encode(coefficients: Self.coefficients, scale: parameters.scale)
        let evaluator = Evaluator(parameters: parameters)
        let objects = [
            parameters.serialized(), try scheme.ciphertext().serialized(),
            try evaluator.rescale(scheme.product()).serialized(),
            scheme.encryptor.encryptSeeded(coefficients).serialized(), scheme.generator.publicKey().serialized(),
            try scheme.keys().serialized(),
        ]
        for (name, bytes) in zip(Self.names, objects) {
            try bytes.write(to: URL(filePath: Self.output!).appending(path: "\(name).bin"))
        }
    }
}
