import Crypto
import Testing

@testable import Ring

struct RandomnessTests {
    private let seed = SymmetricKey(size: .bits256)

    private func bytes(_ stream: RandomStream, _ number: UInt64, count: Int = 64) -> [UInt8] {
        stream.withBytes(count, stream: number) { Array($0) }
    }

    @Test func streamsAreReproducibleAndIndependent() {
        let stream = RandomStream(seed: seed, label: "a")
        #expect(bytes(stream, 7) == bytes(RandomStream(seed: seed, label: "a"), 7))
        #expect(bytes(stream, 7, count: 32) == Array(bytes(stream, 7).prefix(32)))
        let others = [
            bytes(stream, 8), bytes(RandomStream(seed: seed, label: "b"), 7),
            bytes(RandomStream(seed: seed, label: "a", salt: [1]), 7),
            bytes(RandomStream(seed: SymmetricKey(size: .bits256), label: "a"), 7),
            bytes(.fresh(label: "a"), 7), bytes(stream, 7 << 56),
        ]
        #expect(Set(others + [bytes(stream, 7)]).count == others.count + 1)
    }

    /// Mean, variance and range of a million samples are those of the distribution, within six standard errors.
    @Test func gaussianSamplesHaveTheirDistribution() {
        let distribution = DiscreteGaussian(sigma: 3.19, bound: 20)
        #expect(abs(distribution.standardDeviation - 3.19) < 1e-6)
        let count = 1 << 20
        for backend in Backend.available {
            let samples = AlignedBuffer<Int8>(count: count)
            samples.withUnsafeMutableBufferPointer { samples in
                RandomStream.fresh(label: "test").withBytes(8 * count, stream: 0) {
                    distribution.sample(into: samples, from: $0, backend: backend)
                }
                let mean = samples.reduce(0.0) { $0 + Double($1) } / Double(count)
                let square = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
                let deviation = distribution.standardDeviation
                #expect(abs(mean) < 6 * deviation / Double(count).squareRoot())
                // The variance of a normal sample's square is 2 sigma^4.
                #expect(
                    abs(square - deviation * deviation) < 6 * deviation * deviation * (2 / Double(count)).squareRoot())
                #expect(samples.allSatisfy { abs(Int($0)) <= 20 })
                #expect(samples.contains { abs(Int($0)) > 12 })
            }
        }
    }

    @Test func ternarySamplesAreUniform() {
        let count = 3 << 18
        for backend in Backend.available {
            let samples = AlignedBuffer<Int8>(count: count)
            samples.withUnsafeMutableBufferPointer { samples in
                RandomStream.fresh(label: "test").withBytes(8 * count, stream: 0) {
                    sampleTernary(into: samples, from: $0, backend: backend)
                }
                for value in -1...1 {
                    let found = samples.count { $0 == value }
                    #expect(abs(Double(found - count / 3)) < 6 * (Double(count) * 2 / 9).squareRoot())
                }
            }
        }
    }
}
