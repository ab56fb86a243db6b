import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// The laws of encrypted arithmetic. Slots lie on the unit circle; decryption has to find the precision that the noise
/// estimate predicts, within two bits.
@Suite("Encrypted arithmetic")
struct EvaluatorTests {
    private func expectPredicted(
        _ scheme: Scheme, _ ciphertext: Ciphertext, _ expected: [Complex], within bits: Double = 2,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let surplus = scheme.surplusBits(ciphertext, expected)
        #expect(
            isPredicted(surplus, slots: expected.count, within: bits),
            "\(surplus) bits from the predicted \(ciphertext.precisionBits)", sourceLocation: sourceLocation)
    }

    @Test("decryption undoes encryption, with the secret, a seed or a public key", arguments: SchemeCase.all)
    func encryption(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        var generator = TestGenerator(seed: 1)
        let publicEncryptor = Encryptor(parameters: scheme.parameters, publicKey: scheme.generator.publicKey())
        for slots in [scheme.parameters.slotCapacity, 16, 1] {
            let message = generator.unitSlots(slots)
            let plaintext = try scheme.parameters.encoder.encode(message, scale: scheme.parameters.scale)
            // Few slots have few errors to take a mean of.
            let tolerance = slots > 16 ? 2.0 : 6
            expectPredicted(scheme, scheme.encryptor.encrypt(plaintext), message, within: tolerance)
            expectPredicted(scheme, publicEncryptor.encrypt(plaintext), message, within: tolerance)
            let seeded = scheme.encryptor.encryptSeeded(plaintext)
            expectPredicted(scheme, seeded.expanded(), message, within: tolerance)
        }
    }

    @Test("every encryption is fresh, and another key finds nothing")
    func freshness() throws {
        let scheme = try Scheme(SchemeCase.literals[0])
        let message = [Complex](repeating: Complex(1), count: scheme.parameters.slotCapacity)
        let (x, y) = (try scheme.encryptor.encrypt(message), try scheme.encryptor.encrypt(message))
        for index in 0..<2 {
            x.polynomials.withLimb(polynomial: index, prime: 0) { x in
                y.polynomials.withLimb(polynomial: index, prime: 0) { y in
                    #expect(zip(x, y).count { $0 == $1 } < 10, "polynomial \(index) of two encryptions")
                }
            }
        }
        let other = KeyGenerator(parameters: scheme.parameters, key: .generate())
        let stranger = Decryptor(parameters: scheme.parameters, secret: other.secret)
        let found = PrecisionStatistics(of: stranger.decryptSlots(x), against: message)
        #expect(found.distance.rms > 1e6, "another key decrypts to noise as large as the modulus")
    }

    @Test("a key's secrets are the same at every start, and differ between parameters")
    func derivedSecrets() throws {
        let key = SecretKey.generate()
        let parameters = try CKKSParameters(SchemeCase.literals[0])
        let again = try CKKSParameters(SchemeCase.literals[0])
        let other = try CKKSParameters(SchemeCase.literals[2])
        func coefficients(_ parameters: CKKSParameters, _ key: SecretKey) -> [Int8] {
            let secret = KeyGenerator(parameters: parameters, key: key).secret
            return secret.coefficients.withUnsafeBufferPointer { Array($0) }
        }
        let secret = coefficients(parameters, key)
        #expect(coefficients(again, key) == secret)
        #expect(coefficients(other, key) != secret)
        #expect(coefficients(parameters, .generate()) != secret)
        // Uniform ternary: each value a third of 1024, within six standard deviations of 15.1.
        for value: Int8 in [-1, 0, 1] {
            #expect(abs(Double(secret.count { $0 == value }) - 1024.0 / 3) < 91)
        }
    }

    @Test("sums, differences, negatives, plaintexts and constants", arguments: SchemeCase.all)
    func sums(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        let evaluator = scheme.evaluator
        var generator = TestGenerator(seed: 2)
        let (x, y) = (
            generator.unitSlots(scheme.parameters.slotCapacity), generator.unitSlots(scheme.parameters.slotCapacity)
        )
        let (a, b) = (try scheme.encryptor.encrypt(x), try scheme.encryptor.encrypt(y))
        let plain = try scheme.parameters.encoder.encode(y, scale: scheme.parameters.scale)
        expectPredicted(scheme, try evaluator.add(a, b), zip(x, y).map { $0 + $1 })
        expectPredicted(scheme, try evaluator.subtract(a, b), zip(x, y).map { $0 - $1 })
        expectPredicted(scheme, try evaluator.negate(a), x.map { -$0 })
        expectPredicted(scheme, try evaluator.add(a, plain), zip(x, y).map { $0 + $1 })
        expectPredicted(scheme, try evaluator.subtract(a, plain), zip(x, y).map { $0 - $1 })
        expectPredicted(scheme, try evaluator.add(a, -0.75), x.map { $0 + Complex(-0.75) })
        // At different levels, the lower one is that of the sum.
        let lower = try evaluator.drop(b, toPrimes: 2)
        let sum = try evaluator.add(a, lower)
        #expect(sum.primes == 2)
        expectPredicted(scheme, sum, zip(x, y).map { $0 + $1 })
        let difference = try evaluator.subtract(
            lower, try evaluator.multiply(a, plain, magnitude: 1).withScale(a.scale))
        #expect(difference.primes == 2)
    }

    @Test("products with ciphertexts, plaintexts and constants", arguments: SchemeCase.all)
    func products(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend)
        let evaluator = scheme.evaluator
        var generator = TestGenerator(seed: 3)
        let count = scheme.parameters.slotCapacity
        let (x, y) = (generator.unitSlots(count), generator.unitSlots(count))
        let (a, b) = (try scheme.encryptor.encrypt(x), try scheme.encryptor.encrypt(y))
        let product = zip(x, y).map { $0 * $1 }

        let tensor = try evaluator.multiply(a, b)
        #expect(tensor.size == 3)
        expectPredicted(scheme, tensor, product)
        let relinearized = try evaluator.relinearize(tensor)
        #expect(relinearized.size == 2 && relinearized.primes == a.primes)
        expectPredicted(scheme, relinearized, product)
        let rescaled = try evaluator.rescale(relinearized)
        #expect(rescaled.primes == a.primes - 1)
        expectPredicted(scheme, rescaled, product)
        let merged = try evaluator.multiplyRelinearizeRescale(a, b)
        #expect(merged.primes == rescaled.primes && merged.scale == rescaled.scale)
        expectPredicted(scheme, merged, product)
        expectPredicted(scheme, try evaluator.rescale(try evaluator.square(a)), x.map { $0 * $0 })

        let plain = try scheme.parameters.encoder.encode(y, scale: scheme.parameters.scale)
        expectPredicted(scheme, try evaluator.rescale(try evaluator.multiply(a, plain)), product)
        let scaled = try evaluator.rescale(try evaluator.multiply(a, by: -0.3))
        #expect(abs(scaled.scale / a.scale - 1) < 0x1p-50, "constants keep the scale")
        expectPredicted(scheme, scaled, x.map { -0.3 * $0 })
        expectPredicted(scheme, try evaluator.multiply(a, by: 7, scale: 1), x.map { 7 * $0 })
        // Lazy: one relinearisation for a sum of products.
        let sum = try evaluator.add(tensor, try evaluator.multiply(b, b))
        expectPredicted(
            scheme, try evaluator.relinearizeAndRescale(sum), zip(product, y).map { $0 + $1 * $1 })
    }

    @Test("products down to the lowest level", arguments: SchemeCase.all)
    func depth(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend)
        var generator = TestGenerator(seed: 4)
        let factors = (0..<scheme.parameters.primeCount).map { _ in
            generator.unitSlots(scheme.parameters.slotCapacity)
        }
        var product = factors[0]
        var encrypted = try scheme.encryptor.encrypt(product)
        // As many bits above the last prime as the scale is below the primes would be lost otherwise.
        let usable = parameters.literal.logScale <= 40 ? scheme.parameters.primeCount - 1 : 1
        for factor in factors[1...usable] {
            let level = try scheme.evaluator.drop(try scheme.encryptor.encrypt(factor), toPrimes: encrypted.primes)
            encrypted = try scheme.evaluator.multiplyRelinearizeRescale(encrypted, level)
            product = zip(product, factor).map { $0 * $1 }
            expectPredicted(scheme, encrypted, product)
        }
    }

    @Test("rotations form a group, alone and hoisted; conjugation", arguments: SchemeCase.all)
    func rotations(_ parameters: SchemeCase) throws {
        let steps = [1, -1, 5, 100]
        let scheme = try Scheme(
            parameters.literal, backend: parameters.backend, relinearization: false, rotations: steps,
            conjugation: true)
        let evaluator = scheme.evaluator
        var generator = TestGenerator(seed: 5)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let a = try scheme.encryptor.encrypt(x)
        for (index, rotated) in try evaluator.rotate(a, by: steps + [0]).enumerated() {
            expectPredicted(scheme, rotated, x.rotated(by: (steps + [0])[index]))
        }
        for step in steps { expectPredicted(scheme, try evaluator.rotate(a, by: step), x.rotated(by: step)) }
        let back = try evaluator.rotate(try evaluator.rotate(a, by: 1), by: -1)
        expectPredicted(scheme, back, x)
        expectPredicted(scheme, try evaluator.conjugate(a), x.map(\.conjugate))
        // At a lower level, too, where the last digit is cut.
        let lower = try evaluator.drop(a, toPrimes: 3)
        expectPredicted(scheme, try evaluator.rotate(lower, by: 5), x.rotated(by: 5))
        // Sparse packing repeats, and any rotation that agrees modulo the slots serves.
        let sparse = generator.unitSlots(128)
        let s = try scheme.encryptor.encrypt(sparse)
        expectPredicted(scheme, try evaluator.rotate(s, by: 5 - 128), sparse.rotated(by: 5), within: 3)
    }

    @Test("sums over slots", arguments: SchemeCase.first)
    func innerSums(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(
            parameters.literal, backend: parameters.backend, relinearization: false,
            rotations: Evaluator.innerSumRotations(count: 8, stride: 4))
        var generator = TestGenerator(seed: 6)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let sum = try scheme.evaluator.innerSum(try scheme.encryptor.encrypt(x), count: 8, stride: 4)
        let expected = x.indices.map { index in
            (0..<8).reduce(Complex(0)) { $0 + x[(index + 4 * $1) % x.count] }
        }
        // Errors of sums are correlated, at most eightfold: three bits.
        expectPredicted(scheme, sum, expected, within: 3)
    }

    @Test("a ciphertext brought to another scale and level can be added there", arguments: SchemeCase.first)
    func bring(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend)
        let evaluator = scheme.evaluator
        var generator = TestGenerator(seed: 7)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let a = try scheme.encryptor.encrypt(x)
        let square = try evaluator.relinearizeAndRescale(try evaluator.square(a))
        #expect(throws: EvaluationError.scaleMismatch(square.scale, a.scale)) { try evaluator.add(square, a) }
        let brought = try evaluator.bring(a, toPrimes: square.primes, scale: square.scale)
        #expect(brought.primes == square.primes)
        expectPredicted(scheme, try evaluator.add(square, brought), x.map { $0 * $0 + $0 })
        // A whole factor that is off by much would change the message.
        let product = try evaluator.relinearize(try evaluator.square(a))
        #expect(throws: EvaluationError.scaleMismatch(product.scale, 0x1.8p40)) {
            try evaluator.bring(product, toPrimes: 3, scale: 0x1.8p40)
        }
        // By little: it counts as an error.
        let coarse = try evaluator.bring(
            try evaluator.drop(product, toPrimes: 3), toPrimes: 2, scale: product.scale * 0x1.23456789p-12)
        expectPredicted(scheme, coarse, x.map { $0 * $0 })
    }

    @Test("an evaluator serves many tasks, and spreads an operation over threads", arguments: [1, 2])
    func concurrency(threads: Int) async throws {
        let scheme = try Scheme(SchemeCase.literals[1], rotations: [3], threads: threads)
        var generator = TestGenerator(seed: 8)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let a = try scheme.encryptor.encrypt(x)
        let evaluator = scheme.evaluator
        let expected = zip(x, x.rotated(by: 3)).map { $0 * $1 }
        try await withThrowingTaskGroup(of: Ciphertext.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try evaluator.multiplyRelinearizeRescale(a, try evaluator.rotate(a, by: 3))
                }
            }
            for try await result in group { expectPredicted(scheme, result, expected) }
        }
    }

    @Test("threads change nothing", arguments: SchemeCase.literals)
    func threads(_ literal: ParametersLiteral) throws {
        let scheme = try Scheme(literal, rotations: [3])
        let threaded = Evaluator(parameters: scheme.parameters, keys: scheme.evaluator.keys, threads: 3)
        var generator = TestGenerator(seed: 9)
        let a = try scheme.encryptor.encrypt(generator.unitSlots(scheme.parameters.slotCapacity))
        func expectSame(_ operation: (Evaluator) throws -> Ciphertext) throws {
            let (x, y) = (try operation(scheme.evaluator), try operation(threaded))
            for index in 0..<x.size {
                for prime in 0..<x.primes {
                    x.polynomials.withLimb(polynomial: index, prime: prime) { x in
                        y.polynomials.withLimb(polynomial: index, prime: prime) { y in
                            #expect(x.elementsEqual(y), "polynomial \(index), prime \(prime)")
                        }
                    }
                }
            }
        }
        try expectSame { try $0.multiply(a, a) }
        try expectSame { try $0.relinearize(try $0.multiply(a, a)) }
        try expectSame { try $0.multiplyRelinearizeRescale(a, a) }
        try expectSame { try $0.rescale(a) }
        try expectSame { try $0.rotate(a, by: 3) }
        try expectSame { try $0.rotate(a, by: [3, 3])[1] }
    }

    @Test("the estimate knows a ciphertext added to itself, and coefficients from slots")
    func estimates() throws {
        let scheme = try Scheme(SchemeCase.literals[0], relinearization: false)
        var generator = TestGenerator(seed: 10)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let a = try scheme.encryptor.encrypt(x)
        let doubled = try scheme.evaluator.add(a, a)
        #expect(abs(scheme.surplusBits(doubled, x.map { 2 * $0 })) < 0.5)
        #expect(try scheme.evaluator.subtract(a, a).noise.variance == 0)

        let coefficients = (0..<scheme.parameters.degree).map { _ in Double.random(in: -1...1, using: &generator) }
        let plaintext = try scheme.parameters.encoder.encode(coefficients: coefficients, scale: scheme.parameters.scale)
        let encrypted = scheme.encryptor.encrypt(plaintext)
        let found = scheme.parameters.encoder.decodeCoefficients(scheme.decryptor.decrypt(encrypted))
        let variance = zip(found, coefficients).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(found.count)
        #expect(abs(-log2(variance.squareRoot()) - encrypted.precisionBits) < 0.5)
    }

    @Test("messages that do not fit are refused")
    func overflow() throws {
        let scheme = try Scheme(SchemeCase.literals[0])
        let evaluator = scheme.evaluator
        // 2^40 times 300 is more than half the first prime, of 49 bits.
        #expect(throws: EncodingError.aboveMagnitude(index: 1, magnitude: 1)) {
            try scheme.encryptor.encrypt([0, 300.0])
        }
        var a = try scheme.encryptor.encrypt([300.0], magnitude: 300)
        #expect(throws: EvaluationError.self) { try evaluator.drop(a, toPrimes: 1) }
        let lower = try evaluator.drop(a, toPrimes: 2)
        #expect(throws: EvaluationError.self) { try evaluator.multiply(lower, by: 1) }
        // A declared bound is believed.
        a.declare(noise: NoiseEstimate(variance: a.noise.variance, magnitude: 100))
        #expect(try evaluator.drop(a, toPrimes: 1).primes == 1)
    }

    /// Whatever a sender says of scale and noise, nothing traps.
    @Test("extreme noise estimates are carried on or refused")
    func extremes() throws {
        let scheme = try Scheme(SchemeCase.literals[0], rotations: [1])
        let a = try scheme.encryptor.encrypt([1.0])
        for variance in [0, 1e308, .greatestFiniteMagnitude] {
            for magnitude in [0, 1e-300, 1e300, .greatestFiniteMagnitude] {
                var x = a
                x.declare(noise: NoiseEstimate(variance: variance, magnitude: magnitude))
                _ = try scheme.evaluator.add(x, a)
                _ = try scheme.evaluator.subtract(x, try scheme.evaluator.negate(x))
                _ = try scheme.evaluator.rotate(x, by: 1)
                _ = try? scheme.evaluator.multiplyRelinearizeRescale(x, x)
                _ = try? scheme.evaluator.rescale(try scheme.evaluator.multiply(x, by: 0.5))
                _ = try? scheme.evaluator.bring(x, toPrimes: 1, scale: x.scale)
                #expect(scheme.decryptor.decryptReal(x).count == 1)
            }
        }
    }

    @Test("what cannot be right is refused, with the reason")
    func refusals() throws {
        let scheme = try Scheme(SchemeCase.literals[0], rotations: [1])
        let evaluator = scheme.evaluator
        let a = try scheme.encryptor.encrypt([Complex](repeating: Complex(1), count: 512))
        let product = try evaluator.multiply(a, a)
        #expect(throws: EvaluationError.notRelinearized(size: 3)) { try evaluator.multiply(product, a) }
        #expect(throws: EvaluationError.notRelinearized(size: 3)) { try evaluator.rotate(product, by: 1) }
        #expect(throws: EvaluationError.scaleMismatch(product.scale, a.scale)) { try evaluator.add(product, a) }
        #expect(throws: EvaluationError.key(.noRotationKey(steps: 2))) { try evaluator.rotate(a, by: 2) }
        #expect(throws: EvaluationError.key(.noConjugationKey)) { try evaluator.conjugate(a) }
        #expect(throws: EvaluationError.level(primes: 0, available: 4)) { try evaluator.drop(a, toPrimes: 0) }
        #expect(throws: EvaluationError.level(primes: 5, available: 4)) { try evaluator.drop(a, toPrimes: 5) }
        let lowest = try evaluator.drop(a, toPrimes: 1)
        #expect(throws: EvaluationError.lowestLevel) { try evaluator.rescale(lowest) }
        #expect(throws: (any Error).self) { try evaluator.multiply(lowest, lowest) }
        let other = try Scheme(SchemeCase.literals[0])
        let b = try other.encryptor.encrypt([Complex](repeating: Complex(1), count: 512))
        #expect(throws: EvaluationError.differentParameters) { try evaluator.add(a, b) }
        let coefficients = scheme.encryptor.encrypt(
            try scheme.parameters.encoder.encode(coefficients: [1, 2, 3], scale: scheme.parameters.scale))
        #expect(throws: EvaluationError.packingMismatch(.slots(512), .coefficients)) {
            try evaluator.add(a, coefficients)
        }
        let without = Evaluator(parameters: scheme.parameters)
        #expect(throws: EvaluationError.key(.noRelinearizationKey)) { try without.relinearize(product) }
    }
}

extension Ciphertext {
    /// The same polynomials, read at another scale.
    fileprivate func withScale(_ scale: Double) -> Ciphertext {
        var copy = self
        copy.scale = scale
        return copy
    }
}
