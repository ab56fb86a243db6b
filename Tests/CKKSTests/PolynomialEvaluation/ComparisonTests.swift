import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Signs, steps, comparisons, maxima and inverses of ciphertexts: within the stated error and the predicted noise.
@Suite("Comparison and inverses of ciphertexts")
struct ComparisonTests {
    /// Numbers at the gap, beyond it up to 1, and on both sides of 0.
    private func decided(_ count: Int, gap: Double, _ generator: inout TestGenerator) -> [Double] {
        (0..<count).map { index in
            let magnitude =
                switch index / 2 {
                case 0: gap
                case 1: 1.0
                default: pow(gap, .random(in: 0...1, using: &generator))
                }
            return index.isMultiple(of: 2) ? magnitude : -magnitude
        }
    }

    @Test("signs and steps", arguments: [(0x1p-3, 0x1p-5), (0x1p-8, 0x1p-10)])
    func signs(gap: Double, error: Double) throws {
        var generator = TestGenerator(seed: 11)
        let sign = try CompositeSign(gap: gap, error: error)
        #expect(sign.evaluationDepth == sign.depth)
        let scheme = try Scheme(.levels(sign.evaluationDepth))
        let x = decided(scheme.parameters.slotCapacity, gap: gap, &generator)
        let encrypted = try scheme.encryptor.encrypt(x)
        let result = try scheme.evaluator.sign(encrypted, by: sign)
        #expect(result.primes == 1 && result.scale == encrypted.scale)
        scheme.expect(result, near: x.map { $0 < 0 ? -1 : 1 }, within: sign.maximumError)
        scheme.expect(result, near: x.map { sign($0) })
        // The prediction holds at the steepest of the many slopes, and is of use: noise well below the error.
        let fine = (0...50_000).map { pow(gap, Double($0) / 50_000) }
        let slope = zip(fine, fine.dropFirst()).reduce(0) {
            max($0, abs(sign($1.0) - sign($1.1)) / ($1.0 - $1.1))
        }
        #expect(result.precisionBits < encrypted.precisionBits - log2(slope))
        #expect(result.precisionBits > -log2(error) + 5)
        let step = try scheme.evaluator.step(encrypted, by: sign, targetScale: 0x1p39)
        #expect(step.primes == 1 && step.scale == 0x1p39)
        scheme.expect(step, near: x.map { $0 < 0 ? 0 : 1 }, within: sign.maximumError / 2)

        // Within the gap the result is on its way from -1 to 1: with errors, nowhere beyond.
        let undecided = x.map { $0 * gap * 0.999 }
        let between = try scheme.evaluator.sign(try scheme.encryptor.encrypt(undecided), by: sign)
        let noise = result.noise.slotError(slots: result.slotCount, scale: result.scale) / gap
        for value in scheme.decryptor.decryptReal(between) {
            #expect(abs(value) <= 1 + sign.maximumError + noise * Scheme.largestErrorFactor)
        }
    }

    @Test("comparisons, and the greater of two")
    func comparisons() throws {
        var generator = TestGenerator(seed: 12)
        let gap = 0x1p-4
        let sign = try CompositeSign(gap: gap, error: 0x1p-6)
        #expect(sign.maximumEvaluationDepth == sign.depth + 1)
        let scheme = try Scheme(.levels(sign.maximumEvaluationDepth))
        let differences = decided(scheme.parameters.slotCapacity, gap: gap, &generator)
        let a = differences.map { Double.random(in: max(0, $0)...min(1, 1 + $0), using: &generator) }
        let b = zip(a, differences).map { max(0, min(1, $0 - $1)) }
        let (x, y) = (try scheme.encryptor.encrypt(a), try scheme.encryptor.encrypt(b))
        let comparison = try scheme.evaluator.compare(x, y, by: sign)
        #expect(x.primes - comparison.primes == sign.evaluationDepth && comparison.scale == x.scale)
        scheme.expect(comparison, near: differences.map { $0 > 0 ? 1 : 0 }, within: sign.maximumError / 2)
        let equal = try scheme.evaluator.compare(x, try scheme.encryptor.encrypt(a), by: sign)
        // What is left is noise: that of both, and of the evaluation, which is a few times as large, over slopes above 1.
        let noise = 8 * x.noise.slotError(slots: x.slotCount, scale: x.scale) * Scheme.largestErrorFactor
        let largest = sign.step(noise) - 0.5
        for value in scheme.decryptor.decryptReal(equal) { #expect(abs(value - 0.5) <= largest) }

        // All pairs, also those closer than the gap.
        let c = zip(a, 0...).map { $0.1.isMultiple(of: 2) ? $0.0 : min(1, $0.0 + gap / Double($0.1)) }
        let z = try scheme.encryptor.encrypt(c)
        let error = max(sign.maximumError, gap * (1 + sign.maximumError)) / 2
        for (other, values) in [(y, b), (z, c), (x, a)] {
            let maximum = try scheme.evaluator.maximum(x, other, by: sign, targetScale: 0x1p38)
            #expect(maximum.primes == 1 && maximum.scale == 0x1p38 && maximum.noise.magnitude == 1)
            scheme.expect(maximum, near: zip(a, values).map { max($0, $1) }, within: error)
            scheme.expect(maximum, near: zip(a, values).map { sign.maximum($0, $1) })
        }
    }

    @Test("inverses, also at the ends", arguments: [(0.25...1.0, 0x1p-12), (0.02...1.0, 0x1p-10), (0.5...8.0, 0x1p-8)])
    func inverses(interval: ClosedRange<Double>, error: Double) throws {
        var generator = TestGenerator(seed: 13)
        for maximumDegree in [1, 7, 63] {
            let inverse = try InverseApproximation(on: interval, error: error, maximumDegree: maximumDegree)
            let scheme = try Scheme(.levels(inverse.evaluationDepth))
            let x = generator.numbers(scheme.parameters.slotCapacity, in: interval)
            let encrypted = try scheme.encryptor.encrypt(x, magnitude: interval.upperBound)
            let result = try scheme.evaluator.inverse(encrypted, by: inverse, targetScale: 0x1p37)
            #expect(result.primes == 1 && result.scale == 0x1p37)
            #expect(inverse.evaluationDepth == inverse.depth - (interval.upperBound <= 2 ? 1 : 0))
            scheme.expect(result, near: x.map { inverse($0) }, "degree \(inverse.start.degree)")
            scheme.expect(result, near: x.map { 1 / $0 }, within: inverse.maximumError / interval.lowerBound)
            #expect(result.precisionBits > -log2(error / interval.upperBound))
        }
    }

    @Test("inverse square roots", arguments: [(0.25...1.0, 0x1p-12), (0.02...1.0, 0x1p-10), (0.5...8.0, 0x1p-8)])
    func inverseSquareRoots(interval: ClosedRange<Double>, error: Double) throws {
        var generator = TestGenerator(seed: 14)
        for maximumDegree in [1, 7, 63] {
            let inverse = try InverseSquareRootApproximation(on: interval, error: error, maximumDegree: maximumDegree)
            let scheme = try Scheme(.levels(inverse.evaluationDepth))
            let x = generator.numbers(scheme.parameters.slotCapacity, in: interval)
            let encrypted = try scheme.encryptor.encrypt(x, magnitude: interval.upperBound)
            let result = try scheme.evaluator.inverseSquareRoot(encrypted, by: inverse, targetScale: 0x1p37)
            #expect(result.primes == 1 && result.scale == 0x1p37)
            #expect(inverse.evaluationDepth == inverse.depth - (interval.upperBound <= 2 ? 1 : 0))
            scheme.expect(result, near: x.map { inverse($0) }, "degree \(inverse.start.degree)")
            scheme.expect(
                result, near: x.map { 1 / $0.squareRoot() },
                within: inverse.maximumError / interval.lowerBound.squareRoot())
            #expect(result.precisionBits > -log2(error / interval.upperBound.squareRoot()))
        }
    }

    @Test("too few levels are refused")
    func refusals() throws {
        let scheme = try Scheme(.levels(2))
        let x = try scheme.encryptor.encrypt([0.5, 0.25])
        let sign = try CompositeSign(gap: 0x1p-4, error: 0x1p-6)
        let depth = sign.depth
        #expect(throws: EvaluationError.depth(needed: depth, available: 2)) { try scheme.evaluator.sign(x, by: sign) }
        #expect(throws: EvaluationError.depth(needed: depth, available: 2)) { try scheme.evaluator.step(x, by: sign) }
        #expect(throws: EvaluationError.depth(needed: depth, available: 2)) {
            try scheme.evaluator.compare(x, x, by: sign)
        }
        #expect(throws: EvaluationError.depth(needed: depth + 1, available: 2)) {
            try scheme.evaluator.maximum(x, x, by: sign)
        }
        let inverse = try InverseApproximation(on: 0.1...1, error: 0x1p-8)
        #expect(throws: EvaluationError.depth(needed: inverse.evaluationDepth, available: 2)) {
            try scheme.evaluator.inverse(x, by: inverse)
        }
        let root = try InverseSquareRootApproximation(on: 0.1...1, error: 0x1p-8)
        #expect(throws: EvaluationError.depth(needed: root.evaluationDepth, available: 2)) {
            try scheme.evaluator.inverseSquareRoot(x, by: root)
        }
    }
}
