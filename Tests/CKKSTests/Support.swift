import Ring
import Testing

@testable import CKKS

extension Backend: CustomTestStringConvertible {
    /// The backend's name.
    public var testDescription: String { name }
}

/// SplitMix64: repeatable randomness.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func message(count: Int, magnitude: Double = 1) -> [Complex] {
        (0..<count).map { _ in
            Complex(
                .random(in: -magnitude...magnitude, using: &self), .random(in: -magnitude...magnitude, using: &self))
        }
    }
}

/// A basis with primes of these widths.
func makeBasis(degree: Int, bits: [Int], backend: Backend = .selected) throws -> RNSBasis {
    var moduli: [Modulus] = []
    for width in Set(bits).sorted() {
        moduli += try Modulus.primes(
            bits: width, congruentToOneModulo: UInt64(2 * degree), count: bits.count { $0 == width })
    }
    // In the order asked for.
    let ordered = bits.map { width in
        moduli.remove(at: moduli.firstIndex { $0.bits == width }!)
    }
    return try RNSBasis(degree: degree, moduli: ordered, backend: backend)
}

func makeEncoder(degree: Int, bits: [Int] = [49, 49, 49], backend: Backend = .selected) throws -> Encoder {
    try Encoder(basis: makeBasis(degree: degree, bits: bits, backend: backend))
}

func largestMagnitude(_ message: [Complex]) -> Double { message.map(\.magnitude).max() ?? 0 }

/// What the transforms may add to a slot of a message: their bound on the 2-norm, there and back, and of the scaling.
func transformError(_ message: [Complex]) -> Double {
    let norm = message.reduce(0) { $0 + $1.magnitude * $1.magnitude }.squareRoot()
    return (2 * 4.25 * Double(message.count.trailingZeroBitCount) + 12) * 0x1p-53 * norm
}

/// A distance that rounding moves no slot by, but with a probability of exp(-30) for each: the squares of distances
/// are exponentially distributed.
func largestRoundingError(_ encoder: Encoder, slots: Int, scale: Double) -> Double {
    Double(30).squareRoot() * encoder.roundingError(slots: slots, scale: scale)
}
