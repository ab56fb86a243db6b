@testable import CKKS

/// The release of decrypted numbers: neither the numbers nor the noise that hides their errors shows in the time. What
/// the gate lets out is public.
enum ReleaseCases {
    static let all = [
        Case(name: "release: noise") {
            let before = poisonedRandomnessCount
            let samples = withPoisonedRandomness { GaussianNoise.samples(1003, deviation: 1e9) }
            try require(poisonedRandomnessCount > before, "noise comes from elsewhere than the system's generator")
            try samples.withUnsafeBytes { try release($0, "samples") }
            try require(samples.allSatisfy { abs(Double($0)) < 1e10 }, "a sample is beyond ten deviations")
        },
        Case(name: "release: decrypted numbers") {
            let values = (0..<1001).map { Double($0 % 97) / 97 - 0.5 } + [.infinity, -.infinity, .nan, 1e300]
            let gate = try makeGate(numbers: values.count)
            let released = try gate.release(poisoned(values))
            try released.withUnsafeBytes { try release($0, "released numbers") }
            let close = zip(released, values).prefix(1001).allSatisfy { abs($0 - $1) < 9 * gate.deviation }
            try require(close, "a released number is further from the decrypted one than noise reaches")
        },
        Case(name: "release: noise of released numbers") {
            let gate = try makeGate(numbers: 1003)
            let released = try withPoisonedRandomness { try gate.release([Double](repeating: 0.25, count: 1003)) }
            try released.withUnsafeBytes { try release($0, "released numbers") }
        },
    ]

    private static func makeGate(numbers: Int) throws -> ReleaseGate {
        try ReleaseGate(errorBound: 1e-9, numbers: numbers, distanceBits: 8)
    }
}
