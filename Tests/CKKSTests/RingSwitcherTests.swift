import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Between secrets and rings, messages stay what they are, to the precision that the noise estimate predicts, within
/// two bits.
@Suite("Ring switching")
struct RingSwitcherTests {
    /// A large ring and a small one, on a backend of this machine.
    struct Pair: CustomStringConvertible, Sendable {
        let large: ParametersLiteral
        let small: ParametersLiteral
        let backend: Backend

        var description: String { "\(backend.name), from n = \(large.degree) to \(small.degree)" }

        static let literals = [
            (SchemeCase.literals[1], SchemeCase.literals[1].smaller(degree: 1 << 10, primes: 3)),
            (
                ParametersLiteral(
                    degree: 1 << 13, primeBits: [49, 40, 40], specialPrimeBits: [49], logScale: 40,
                    security: .insecure), nil
            ),
            (
                ParametersLiteral(
                    degree: 1 << 12, primeBits: [49, 40, 40, 40], specialPrimeBits: [49, 49], logScale: 40,
                    security: .insecure), nil
            ),
        ].map { ($0.0, $0.1 ?? $0.0.smaller(degree: 1 << 10, primes: 2, specialPrimes: 2)) }
        static let all = Backend.available.flatMap { backend in
            literals.map { Pair(large: $0.0, small: $0.1, backend: backend) }
        }
    }

    private func schemes(_ pair: Pair) throws -> (large: Scheme, small: Scheme, switcher: RingSwitcher) {
        let large = try Scheme(pair.large, backend: pair.backend)
        let small = try Scheme(pair.small, backend: pair.backend)
        let keys = try large.generator.ringSwitchingKeys(to: small.generator)
        return (large, small, RingSwitcher(keys: keys))
    }

    @Test("slots that are sparse in the large ring are those of the small one, both ways", arguments: Pair.all)
    func slots(_ pair: Pair) throws {
        let (large, small, switcher) = try schemes(pair)
        var generator = TestGenerator(seed: 31)
        for count in [small.parameters.slotCapacity, 64, 1] {
            let x = generator.unitSlots(count)
            let encrypted = try large.encryptor.encrypt(x)
            let down = try switcher.down(encrypted)
            #expect(down.parameters === small.parameters && down.packing == .slots(count))
            #expect(down.primes == small.parameters.primeCount)
            small.expectPredicted(down, x)
            // From the small ring's own encryption, and back again.
            for ciphertext in [try small.encryptor.encrypt(x), down] {
                let up = try switcher.up(ciphertext)
                #expect(up.parameters === large.parameters && up.packing == .slots(count))
                large.expectPredicted(up, x)
            }
            // At a lower level.
            let low = try large.evaluator.drop(encrypted, toPrimes: 1)
            small.expectPredicted(try switcher.down(low), x)
            large.expectPredicted(try switcher.up(try switcher.down(low)), x)
        }
    }

    @Test("work that starts small ends large", arguments: Pair.all.filter { $0.small.primeBits.count > 2 })
    func work(_ pair: Pair) throws {
        let (large, small, switcher) = try schemes(pair)
        var generator = TestGenerator(seed: 32)
        let x = generator.unitSlots(small.parameters.slotCapacity)
        let square = try small.evaluator.multiplyRelinearizeRescale(
            try small.encryptor.encrypt(x), try small.encryptor.encrypt(x))
        let up = try switcher.up(square)
        let fourth = try large.evaluator.relinearizeAndRescale(try large.evaluator.square(up))
        large.expectPredicted(fourth, x.map { $0 * $0 * $0 * $0 })
    }

    @Test("a ciphertext of more slots has parts, which the roots of unity mix", arguments: Pair.all)
    func parts(_ pair: Pair) throws {
        let (large, small, switcher) = try schemes(pair)
        let capacity = small.parameters.slotCapacity
        var generator = TestGenerator(seed: 33)
        var slots = 2 * capacity
        while slots <= large.parameters.slotCapacity {
            let x = generator.unitSlots(slots)
            let encrypted = try large.encryptor.encrypt(x)
            let parts = try switcher.parts(of: encrypted)
            let count = slots / capacity
            #expect(parts.count == count && switcher.partCount(of: encrypted.packing) == count)
            // z_i, by 5^i modulo 4n.
            var (exponent, roots) = (1, [Complex]())
            for _ in 0..<slots {
                let angle = Double.pi * Double(exponent) / Double(2 * slots)
                roots.append(Complex(cos(angle), sin(angle)))
                exponent = exponent * 5 % (4 * slots)
            }
            var powers = [Complex](repeating: Complex(1), count: slots)
            for part in parts {
                let turned = zip(powers, x).map { $0.conjugate * $1 }
                let means = (0..<capacity).map { j in
                    1 / Double(count) * (0..<count).reduce(Complex(0)) { $0 + turned[j + $1 * capacity] }
                }
                #expect(part.packing == .slots(capacity))
                small.expectPredicted(part, means)
                powers = zip(powers, roots).map { $0 * $1 }
            }
            let joined = try switcher.join(parts)
            #expect(joined.packing == encrypted.packing)
            large.expectPredicted(joined, x)
            slots *= 2
        }
    }

    @Test("packed coefficients are dealt out, and gathered", arguments: Pair.all)
    func coefficients(_ pair: Pair) throws {
        let (large, small, switcher) = try schemes(pair)
        var generator = TestGenerator(seed: 34)
        let x = (0..<large.parameters.degree).map { _ in Double.random(in: -1...1, using: &generator) }
        let encrypted = large.encryptor.encrypt(
            try large.parameters.encoder.encode(coefficients: x, scale: large.parameters.scale))
        let parts = try switcher.parts(of: encrypted)
        let count = large.parameters.degree / small.parameters.degree
        #expect(parts.count == count)
        func expectNear(_ scheme: Scheme, _ ciphertext: Ciphertext, _ expected: [Double]) {
            let found = scheme.parameters.encoder.decodeCoefficients(scheme.decryptor.decrypt(ciphertext))
            let squares = zip(found, expected).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let rms = (squares / Double(expected.count)).squareRoot()
            let predicted = ciphertext.noise.variance.squareRoot() / ciphertext.scale
            #expect(abs(log2(rms / predicted)) < 2, "\(rms) instead of \(predicted)")
        }
        for (index, part) in parts.enumerated() {
            #expect(part.packing == .coefficients)
            expectNear(small, part, stride(from: index, to: x.count, by: count).map { x[$0] })
        }
        expectNear(large, try switcher.join(parts), x)
        let up = try switcher.up(parts[0])
        // Among zeros, only the places of the part have its error.
        let spread = x.indices.map { $0 % count == 0 ? x[$0] : 0 }
        let found = large.parameters.encoder.decodeCoefficients(large.decryptor.decrypt(up))
        let largest = zip(found, spread).map { abs($0 - $1) }.max()!
        #expect(largest < 8 * up.noise.variance.squareRoot() / up.scale)
    }

    @Test("the small ring has the large one's first primes, and keeps the security table at its own degree")
    func parameters() throws {
        let large = try CKKSParameters(.n16384)
        let literal = ParametersLiteral.n16384.smaller(degree: 1 << 13, primes: 3)
        let small = try CKKSParameters(literal)
        #expect(small.name == "ckks-n8192-q49+2x40-p49-r16384-128")
        #expect(large.chain.basis.moduli.map(\.value).starts(with: small.chain.basis.moduli.map(\.value)))
        #expect(small.chain.full.moduli.allSatisfy { $0.value % UInt64(2 * large.degree) == 1 })
        #expect(small.logModulus <= SecurityTable.maximumLogModulus(degree: 1 << 13, level: .bits128)!)
        // The keys' primes are those that the table was asked about.
        let bridge = try RingBridge(from: large.chain, to: small.chain)
        #expect(bridge.chain.full.moduli.map(\.value) == small.chain.full.moduli.map(\.value))
        #expect(throws: ParametersError.insecure(degree: 8192, logModulus: 218, required: .bits128, allowed: 214)) {
            try CKKSParameters(ParametersLiteral.n16384.smaller(degree: 1 << 13, primes: 4))
        }
        let coded = try JSONDecoder().decode(ParametersLiteral.self, from: try JSONEncoder().encode(literal))
        #expect(coded == literal)
        for primeDegree in [1 << 12, 1 << 17, 3 << 13, 0] {
            var wrong = literal
            wrong.primeDegree = primeDegree
            #expect(throws: ParametersError.primeDegree(primeDegree, degree: 8192)) { try CKKSParameters(wrong) }
        }
    }

    @Test("what does not fit is refused with the reason")
    func refusals() throws {
        let pair = Pair.all[0]
        let (large, small, switcher) = try schemes(pair)
        let full = try large.encryptor.encrypt([Complex](repeating: Complex(1), count: 1024))
        #expect(throws: EvaluationError.packingMismatch(.slots(1024), .slots(512))) { try switcher.down(full) }
        #expect(throws: EvaluationError.differentParameters) { try switcher.up(full) }
        let part = try small.encryptor.encrypt([Complex](repeating: Complex(1), count: 512))
        #expect(throws: EvaluationError.differentParameters) { try switcher.down(part) }
        let product = try small.evaluator.multiply(part, part)
        #expect(throws: EvaluationError.notRelinearized(size: 3)) { try switcher.up(product) }
        #expect(throws: (any Error).self) { try switcher.join([]) }
        #expect(throws: (any Error).self) { try switcher.join([part, part, part, part]) }
        let rescaled = try small.evaluator.relinearizeAndRescale(product)
        #expect(throws: EvaluationError.scaleMismatch(part.scale, rescaled.scale)) {
            try switcher.join([part, rescaled])
        }
        let sparse = try small.encryptor.encrypt([Complex](repeating: Complex(1), count: 4))
        #expect(throws: EvaluationError.packingMismatch(.slots(4), .slots(512))) {
            try switcher.join([sparse, sparse])
        }
        #expect(throws: RingBridgeError.degrees(large: 1024, small: 2048)) {
            try small.generator.ringSwitchingKeys(to: large.generator)
        }
        let other = try Scheme(SchemeCase.literals[0])
        #expect(throws: RingBridgeError.differentPrimes) {
            try large.generator.ringSwitchingKeys(to: other.generator)
        }
        let plain = try Scheme(pair.large.smaller(degree: 1 << 10, primes: 1, specialPrimes: 0))
        #expect(throws: RingBridgeError.noSpecialPrimes) {
            try large.generator.ringSwitchingKeys(to: plain.generator)
        }
    }

    @Test("a key leads from one secret to another of the same ring", arguments: SchemeCase.all)
    func secrets(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend)
        let other = KeyGenerator(parameters: scheme.parameters, key: .generate())
        let key = try scheme.generator.switchingKey(to: other)
        var generator = TestGenerator(seed: 35)
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let decryptor = Decryptor(parameters: scheme.parameters, secret: other.secret)
        let encrypted = try scheme.encryptor.encrypt(x)
        for primes in [1, scheme.parameters.primeCount] {
            let level = try scheme.evaluator.drop(encrypted, toPrimes: primes)
            let switched = try scheme.evaluator.switchSecret(level, with: key)
            #expect(switched.primes == primes)
            let found = PrecisionStatistics(of: decryptor.decryptSlots(switched), against: x)
            #expect(abs(-log2(found.distance.rms) - switched.precisionBits) < 2)
            // The old secret reads it no longer.
            #expect(scheme.precision(switched, x).distance.rms > 10)
        }
        let product = try scheme.evaluator.multiply(encrypted, encrypted)
        #expect(throws: EvaluationError.notRelinearized(size: 3)) {
            try scheme.evaluator.switchSecret(product, with: key)
        }
        let stranger = try Scheme(parameters.literal, backend: parameters.backend)
        #expect(throws: KeyError.differentParameters) { try scheme.generator.switchingKey(to: stranger.generator) }
        #expect(throws: EvaluationError.differentParameters) {
            try stranger.evaluator.switchSecret(try stranger.encryptor.encrypt(x), with: key)
        }
    }
}
