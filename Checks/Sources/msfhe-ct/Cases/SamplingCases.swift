@testable import RLWE
@testable import Ring

/// Samplers, from random words that nobody may know.
enum SamplingCases {
    static let all = [
        Case(name: "sampling: ternary") {
            try sample(bound: 1) { sampleTernary(into: $0, from: $1, backend: .selected) }
        },
        Case(name: "sampling: Gaussian") {
            let distribution = RLWEParameters.batch.error
            try sample(bound: distribution.bound) { distribution.sample(into: $0, from: $1, backend: .selected) }
        },
    ]

    /// Samples numbers that fill vectors, and a number that leaves some of a vector over.
    private static func sample(
        bound: Int, _ sampler: (UnsafeMutableBufferPointer<Int8>, UnsafeRawBufferPointer) -> Void
    ) throws {
        var generator = SystemRandomNumberGenerator()
        for count in [1024, 1021] {
            let words = poisoned((0..<count).map { _ in generator.next() as UInt64 })
            let samples = AlignedBuffer<Int8>(count: count)
            words.withUnsafeBytes { words in samples.withUnsafeMutableBufferPointer { sampler($0, words) } }
            try samples.withUnsafeBufferPointer { samples in
                try release(UnsafeRawBufferPointer(samples), "samples")
                try require(samples.allSatisfy { abs(Int($0)) <= bound }, "a sample is beyond \(bound)")
            }
        }
    }
}
