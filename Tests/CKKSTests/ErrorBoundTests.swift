import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Bounds hold for every slot, also where an estimate does not, and are no further from the estimate than their
/// formulas say.
@Suite("Bounds of errors")
struct ErrorBoundTests {
    private func expectBounded(
        _ scheme: Scheme, _ ciphertext: Ciphertext, _ expected: [Complex], _ bound: ErrorBound,
        withinBits bits: Double, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let largest = scheme.precision(ciphertext, expected).distance.max
        #expect(largest <= bound.distance, sourceLocation: sourceLocation)
        #expect(largestMagnitude(expected) <= bound.magnitude * (1 + 0x1p-40), sourceLocation: sourceLocation)
        let excess = log2(bound.distance) + ciphertext.precisionBits
        #expect(excess < bits, "\(excess) bits above the estimate", sourceLocation: sourceLocation)
    }

    @Test("fresh encryptions, with the secret and a public key", arguments: SchemeCase.all)
    func fresh(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        let publicEncryptor = Encryptor(parameters: scheme.parameters, publicKey: scheme.generator.publicKey())
        var generator = TestGenerator(seed: 41)
        for slots in [scheme.parameters.slotCapacity, 16] {
            let x = generator.unitSlots(slots)
            // With N/2 slots: sqrt(2 N (ln 2N + 64 ln 2)) sigma and N/2 over sqrt(N) sigma, below 2^4.5 for N up to
            // 2^11; sparse slots have sqrt(N / 2n) less of an error, and the same tail.
            let sparse = log2(Double(scheme.parameters.slotCapacity / slots)) / 2
            expectBounded(
                scheme, try scheme.encryptor.encrypt(x), x, .fresh(scheme.parameters, slots: slots),
                withinBits: 4.5 + sparse)
            // Products of two such tails, and three of them against the root of a sum of squares.
            expectBounded(
                scheme, try publicEncryptor.encrypt(x), x,
                .fresh(scheme.parameters, slots: slots, publicKey: true), withinBits: 8 + sparse)
        }
    }

    @Test("linear operations", arguments: SchemeCase.all)
    func operations(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        let slots = 64
        var generator = TestGenerator(seed: 42)
        let matrix = generator.matrix(slots)
        let transform = try LinearTransform(matrix: matrix.rows, parameters: scheme.parameters)
        let evaluator = Evaluator(
            parameters: scheme.parameters,
            keys: try scheme.generator.evaluationKeys(relinearization: false, rotations: transform.rotations))
        let x = generator.unitSlots(slots)
        let a = try scheme.encryptor.encrypt(x)
        let bound = ErrorBound.fresh(scheme.parameters, slots: slots)

        let rotated = try evaluator.rotate(a, by: 1)
        let rotatedBound = bound.switchingKey(scheme.parameters, primes: a.primes, scale: a.scale)
        // A digit's worst case is sqrt(3 N) times its standard deviation, at a tail of twelve.
        expectBounded(scheme, rotated, x.rotated(by: 1), rotatedBound, withinBits: 16)
        let sum = try evaluator.add(rotated, a)
        let expected = zip(x.rotated(by: 1), x).map { $0 + $1 }
        expectBounded(scheme, sum, expected, rotatedBound + bound, withinBits: 16)
        let last = Double(a.basis.moduli[a.primes - 1].value)
        let scaled = try evaluator.rescale(try evaluator.multiply(sum, by: -0.3))
        expectBounded(
            scheme, scaled, expected.map { -0.3 * $0 },
            (rotatedBound + bound).multiplied(by: -0.3, scale: last).rescaled(scheme.parameters, to: scaled.scale),
            withinBits: 16)
        let product = try evaluator.rescale(try evaluator.apply(transform, to: a))
        // Row sums of 64 entries against their norm: three bits; 64 roundings that add up, and slots of N/2: more.
        expectBounded(
            scheme, product, matrix * x,
            bound.applying(transform, scale: a.scale).rescaled(scheme.parameters, to: product.scale),
            withinBits: 20)
    }

    @Test("errors that are made to add up break the estimate, and keep the bound")
    func correlatedErrors() throws {
        let scheme = try Scheme(SchemeCase.literals[0])
        var generator = TestGenerator(seed: 43)
        let x = generator.unitSlots(512)
        var sum = try scheme.encryptor.encrypt(x)
        var bound = ErrorBound.fresh(scheme.parameters, slots: 512)
        // A sum of 1024 times the same ciphertext, as if there were 1024 of them.
        for _ in 0..<10 {
            sum = try scheme.evaluator.add(sum, sum)
            bound = bound + bound
        }
        let expected = x.map { 1024 * $0 }
        #expect(abs(scheme.surplusBits(sum, expected) + 5) < 1, "the estimate takes errors for independent")
        #expect(scheme.precision(sum, expected).distance.max <= bound.distance)
    }
}
