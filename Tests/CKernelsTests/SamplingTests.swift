import CKernels
import Testing

@Suite("Samplers")
struct SamplingTests {
    @Test("ternary values are the thirds of the range", arguments: Backend.all)
    func ternary(backend: Backend) {
        let third = UInt64.max / 3
        let edges = [0, third - 1, third, third + 1, 2 * third, 2 * third + 1, .max]
        for count in lengths {
            let random = Buffer(input: mixture(of: edges, below: .max, count: count, seed: 1))
            let out = Buffer<Int8>(output: count, offset: 1)
            withPointers(out, random) { backend.kernels.sample_ternary($0, $1, count) }
            let expected = random.values.map { Int8($0.multipliedFullWidth(by: 3).high) - 1 }
            expect(out, equals: expected, "\(count) values")
        }
    }

    @Test("symmetric values count the thresholds above", arguments: Backend.all, [0, 1, 2, 20, 127])
    func symmetric(backend: Backend, thresholdCount: Int) {
        var generator = TestGenerator(seed: 2)
        let top = UInt64(1) << 63
        // Always true and never true are thresholds too.
        var thresholds = (0..<thresholdCount).map { _ in UInt64.random(in: 0...top, using: &generator) }
        if thresholdCount > 1 { (thresholds[0], thresholds[1]) = (top, 0) }
        thresholds.sort(by: >)
        let edges = ([0, 1, top - 1] + thresholds.flatMap { [$0 &- 1, $0, $0 &+ 1] }).flatMap { uniform in
            [uniform << 1, uniform << 1 | 1]
        }
        let table = Buffer(input: thresholds, offset: 8)
        for count in lengths {
            let random = Buffer(input: mixture(of: edges, below: .max, count: count, seed: 3))
            let out = Buffer<Int8>(output: count, offset: 1)
            withPointers(out, random, table) {
                backend.kernels.sample_symmetric($0, $1, count, $2, thresholdCount)
            }
            let expected = random.values.map { word in
                let magnitude = thresholds.count { word >> 1 < $0 }
                return Int8(word & 1 == 1 ? -magnitude : magnitude)
            }
            expect(out, equals: expected, "\(count) values")
        }
    }

    @Test("samples become field elements", arguments: Backend.all, ModulusCase.all)
    func lift(backend: Backend, parameters: ModulusCase) {
        let q = Int64(parameters.q)
        let all = (Int8.min...Int8.max).map { $0 }
        withUnsafePointer(to: makeModulus(parameters.q)) { modulus in
            // The first of all and the last of all, so that both signs meet every length.
            for values in lengths.flatMap({ [Array(all.prefix($0)), Array(all.suffix($0))] }) + [all] {
                let x = Buffer(input: values, offset: 1)
                let out = Buffer<UInt64>(output: values.count)
                withPointers(out, x) { backend.kernels.lift_signed($0, $1, values.count, modulus) }
                expect(out, equals: values.map { UInt64((Int64($0) + q) % q) }, "\(values.count) values")
            }
        }
    }

    @Test("sampled frequencies follow the thresholds", arguments: Backend.all)
    func frequencies(backend: Backend) {
        // Magnitude 0 with probability 1/2, 1 with 1/4, 2 with 1/4.
        let thresholds = Buffer<UInt64>(input: [1 << 62, 1 << 61])
        let count = 1 << 16
        var generator = TestGenerator(seed: 4)
        let random = Buffer(input: (0..<count).map { _ in generator.next() })
        let out = Buffer<Int8>(output: count)
        withPointers(out, random, thresholds) { backend.kernels.sample_symmetric($0, $1, count, $2, 2) }
        let samples = out.values
        for (value, probability) in [-2: 0.125, -1: 0.125, 0: 0.5, 1: 0.125, 2: 0.125] as [Int8: Double] {
            let deviation = (Double(count) * probability * (1 - probability)).squareRoot()
            let observed = Double(samples.count { $0 == value })
            #expect(abs(observed - Double(count) * probability) < 6 * deviation, "value \(value)")
        }
    }
}
