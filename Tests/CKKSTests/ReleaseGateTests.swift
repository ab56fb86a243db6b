import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

@Suite("Release gate")
struct ReleaseGateTests {
    @Test("the logarithm and the cosine are those of the library")
    func functions() {
        var generator = TestGenerator(seed: 51)
        var arguments = (0..<10_000).map { _ in Double.random(in: 0x1p-54...1, using: &generator) }
        arguments += (0...54).map { exp2(-Double($0)) }
        let root = Foundation.sqrt(0.5)
        arguments += arguments.map { $0 * 0x1p-20 } + [root.nextDown, root, root.nextUp, 1 - 0x1p-53]
        for x in arguments {
            let expected = Foundation.log(x)
            #expect(abs(GaussianNoise.logarithm(x) - expected) <= 0x1p-50 * abs(expected), "ln \(x)")
        }
        // The library's argument is rounded by up to pi 2^-53; the sine's relative error, a few units, counts four times.
        for index in -5000...5000 {
            let turns = Double(index) / 10000
            #expect(abs(GaussianNoise.cosine(turns: turns) - Foundation.cos(2 * .pi * turns)) <= 0x1p-49)
        }
    }

    @Test("the noise is Gaussian", arguments: [1, 3.7, 1e6, GaussianNoise.largestDeviation])
    func noise(deviation: Double) {
        let count = 100_000
        let samples = GaussianNoise.samples(count, deviation: deviation).map { Double($0) }
        // Rounding adds the variance of a uniform number.
        let variance = deviation * deviation + 1 / 12.0
        let root = Double(count).squareRoot()
        let mean = samples.reduce(0, +) / Double(count)
        #expect(abs(mean) < 6 * variance.squareRoot() / root)
        let squares = samples.reduce(0) { $0 + $1 * $1 } / Double(count)
        #expect(abs(squares / variance - 1) < 6 * Foundation.sqrt(2) / root)
        // The share below each of some places, against the error function: six standard deviations.
        for place in stride(from: -3.0, through: 3, by: 0.25) {
            let threshold = (place * deviation).rounded() + 0.5
            let expected = 0.5 * erfc(-threshold / deviation / Foundation.sqrt(2))
            let found = Double(samples.count { $0 < threshold }) / Double(count)
            #expect(abs(found - expected) < 6 * (expected * (1 - expected)).squareRoot() / root)
        }
    }

    @Test("the noise hides the bound over all numbers, and costs no more")
    func width() throws {
        for (bound, numbers, bits) in [(1e-6, 1, 20), (3e-9, 1000, 30), (0.7, 1 << 20, 10), (0x1p-30, 64, 1)] {
            let gate = try ReleaseGate(errorBound: bound, numbers: numbers, distanceBits: bits)
            let least = bound * Double(numbers).squareRoot() * exp2(Double(bits - 1))
            #expect(gate.deviation >= least)
            // A grid of a fourth of the bound at most, and the digits that are let out: a hundredth.
            #expect(gate.deviation < 1.25 * 1.01 * least)
            #expect(abs(exp2(-Double(gate.bits)) / gate.deviation - 0.25) <= 0.13)
        }
        // Fewer digits are let out where that is asked for, at the price of their rounding.
        let gate = try ReleaseGate(errorBound: 1e-6, numbers: 10, distanceBits: 4, bits: 8)
        #expect(gate.bits == 8 && abs(gate.deviation * 256 * Foundation.sqrt(12) - 1) < 0.01)
        #expect(try gate.release([0.7501, -0.1249]) == [0.75, -0.125])
    }

    @Test("numbers come out with the noise announced, on the grid announced, and fresh at every call")
    func release() throws {
        let count = 20_000
        let gate = try ReleaseGate(errorBound: 1e-7, numbers: 2 * count, distanceBits: 8)
        let values = [Double](repeating: 0.3, count: count)
        let (first, second) = (try gate.release(values), try gate.release(values))
        let root = Double(count).squareRoot()
        let errors = first.map { $0 - 0.3 }
        let mean = errors.reduce(0, +) / Double(count)
        #expect(abs(mean) < 6 * gate.deviation / root)
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / Double(count)).squareRoot()
        #expect(abs(rms / gate.deviation - 1) < 6 / root)
        let step = exp2(-Double(gate.bits))
        #expect(first.allSatisfy { ($0 / step).rounded() == $0 / step })
        // Two draws agree as often as steps are wide: an eighth of a deviation to a fourth, so below a tenth.
        #expect(zip(first, second).count { $0 == $1 } < count / 8)
        let complex = try ReleaseGate(errorBound: 1e-7, numbers: 4, distanceBits: 8)
        let slots = try complex.release([Complex(1, -2), Complex(3, 4)])
        #expect(complex.released == 4)
        for (found, expected) in zip(slots, [Complex(1, -2), Complex(3, 4)]) {
            #expect((found - expected).magnitude < 10 * complex.deviation)
        }
    }

    @Test("whatever decryption finds comes out as a number")
    func extremes() throws {
        let gate = try ReleaseGate(errorBound: 1e-3, numbers: 100, distanceBits: 2)
        let values = [.infinity, -.infinity, .nan, 1e300, -1e300, 0]
        let found = try gate.release(values)
        #expect(found.allSatisfy { $0.isFinite && abs($0) <= 1e13 })
        #expect(found[0] > 1e11 && found[1] < -1e11 && found[3] > 1e11 && found[4] < -1e11)
    }

    @Test("no more numbers pass than were agreed, however many tasks ask")
    func counting() async throws {
        let gate = try ReleaseGate(errorBound: 1e-6, numbers: 1000, distanceBits: 4)
        let passed = await withTaskGroup(of: Int.self) { group in
            for task in 0..<40 {
                group.addTask {
                    let asked = 29 + task % 3
                    return (try? gate.release([Double](repeating: 1, count: asked)).count) ?? 0
                }
            }
            return await group.reduce(0, +)
        }
        #expect(passed == gate.released)
        #expect(passed <= 1000 && passed > 1000 - 31)
        let released = gate.released
        #expect(throws: ReleaseError.usedUp(released: released, asked: 1001, limit: 1000)) {
            try gate.release([Double](repeating: 1, count: 1001))
        }
        #expect(gate.released == released, "what is refused does not count")
        _ = try gate.release([Double](repeating: 1, count: 1000 - released))
        #expect(throws: ReleaseError.usedUp(released: 1000, asked: 1, limit: 1000)) { try gate.release([1.0]) }
        // A gate that goes on where another stopped.
        let next = try ReleaseGate(errorBound: 1e-6, numbers: 1000, distanceBits: 4, released: 999)
        #expect(throws: ReleaseError.usedUp(released: 999, asked: 2, limit: 1000)) { try next.release([1.0, 2]) }
        #expect(try next.release([1.0]).count == 1 && next.released == 1000)
    }

    @Test("gates that make no sense are refused with the reason")
    func refusals() {
        func error(_ bound: Double, _ numbers: Int, _ distanceBits: Int, _ bits: Int? = nil) -> ReleaseError? {
            do {
                _ = try ReleaseGate(errorBound: bound, numbers: numbers, distanceBits: distanceBits, bits: bits)
                return nil
            } catch {
                return error
            }
        }
        #expect(error(0, 1, 1) == .errorBound(0))
        #expect(error(-1, 1, 1) == .errorBound(-1))
        #expect(error(.nan, 1, 1) != nil)
        #expect(error(.infinity, 1, 1) == .errorBound(.infinity))
        #expect(error(1, 0, 1) == .numbers(0))
        #expect(throws: ReleaseError.released(-1, limit: 5)) {
            try ReleaseGate(errorBound: 1, numbers: 5, distanceBits: 1, released: -1)
        }
        #expect(throws: ReleaseError.released(6, limit: 5)) {
            try ReleaseGate(errorBound: 1, numbers: 5, distanceBits: 1, released: 6)
        }
        #expect(error(1, 1, 0) == .distanceBits(0))
        #expect(error(1, 1, 65) == .distanceBits(65))
        #expect(error(1, 1 << 40, 40) == .tooMuchNoise(numbers: 1 << 40, distanceBits: 40))
        // The grid for a bound of one is a fourth: two digits.
        #expect(error(1, 1, 1, 3) == .bits(3, smallest: -47, largest: 2))
        #expect(error(1, 1, 1, 2) == nil)
        #expect(error(1, 1, 1, -48) == .bits(-48, smallest: -47, largest: 2))
    }

    @Test("a secret sum over slots, from encryption to release", arguments: SchemeCase.first)
    func decryption(_ parameters: SchemeCase) throws {
        let slots = 16
        let scheme = try Scheme(
            parameters.literal, backend: parameters.backend, relinearization: false,
            rotations: Evaluator.innerSumRotations(count: slots))
        var generator = TestGenerator(seed: 52)
        let x = (0..<slots).map { _ in Double.random(in: -1...1, using: &generator) }
        let a = try scheme.encryptor.encrypt(x)
        var bound = ErrorBound.fresh(scheme.parameters, slots: slots)
        for _ in Evaluator.innerSumRotations(count: slots) {
            bound = bound + bound.switchingKey(scheme.parameters, primes: a.primes, scale: a.scale)
        }
        let sum = try scheme.evaluator.innerSum(a, count: slots)
        let gate = try ReleaseGate(errorBound: bound.distance, numbers: 3, distanceBits: 10)
        let expected = x.reduce(0, +)
        let real = try scheme.decryptor.releaseReal(sum, slots: 0..<1, through: gate)
        #expect(real.count == 1 && abs(real[0] - expected) < 9 * gate.deviation)
        let complex = try scheme.decryptor.release(sum, slots: 0..<1, through: gate)
        #expect(complex.count == 1 && (complex[0] - Complex(expected)).magnitude < 13 * gate.deviation)
        #expect(gate.released == 3)
        #expect(throws: ReleaseError.usedUp(released: 3, asked: 16, limit: 3)) {
            try scheme.decryptor.releaseReal(sum, through: gate)
        }
    }
}
