import CKernels

/// The automorphism X -> X^g of the ring of polynomials modulo X^n + 1, g odd: it permutes the values at the odd
/// powers of psi, and the coefficients up to signs.
///
/// Immutable and shared freely; holds four bytes for each coefficient.
public final class Automorphism: Sendable {
    /// The degree n.
    public let degree: Int
    /// The exponent g, odd and below 2n.
    public let exponent: Int
    /// For each place of the kernels' order of evaluations, the place that its value comes from.
    package let indices: AlignedBuffer<UInt32>

    /// The automorphism with the exponent `exponent` modulo 2n.
    ///
    /// - Precondition: `degree` is a power of two from 64, `exponent` is odd.
    public init(degree: Int, exponent: Int) {
        precondition(degree.nonzeroBitCount == 1 && degree >= 64, "the degree is a power of two from 64")
        precondition(exponent & 1 == 1, "an automorphism has an odd exponent")
        let order = 2 * degree
        self.degree = degree
        self.exponent = exponent & (order - 1)
        indices = AlignedBuffer(uninitialized: degree)
        let places = Self.places(degree: degree)
        // The value at psi^(2m + 1) becomes the one at psi^((2m + 1) g).
        for m in 0..<degree {
            let source = ((2 * m + 1) &* self.exponent & (order - 1)) >> 1
            indices.unsafeBase[places[m]] = UInt32(places[source])
        }
    }

    /// The place of the value at psi^(2m + 1), for each m: bit-reversed, and transposed in blocks of 64.
    private static func places(degree: Int) -> [Int] {
        let bits = degree.trailingZeroBitCount
        return (0..<degree).map { m in
            let place = m.bitReversed(bits)
            return place & ~63 | (place & 7) << 3 | place >> 3 & 7
        }
    }

    /// Writes the automorphism of the evaluations `x` to `output`, which does not overlap them.
    package func permute(
        _ x: UnsafePointer<UInt64>, into output: UnsafeMutablePointer<UInt64>, backend: Backend
    ) {
        backend.kernels.pointee.permute(output, x, indices.unsafeBase, degree)
    }
}

extension Automorphism {
    /// The exponent that rotates the slots of the canonical embedding by `steps` to the left: 5^steps modulo 2n.
    public static func rotationExponent(steps: Int, degree: Int) -> Int {
        let order = 2 * degree
        let slots = degree / 2
        var result = 1
        var square = 5
        var rest = ((steps % slots) + slots) % slots
        while rest > 0 {
            if rest & 1 == 1 { result = result * square & (order - 1) }
            square = square * square & (order - 1)
            rest >>= 1
        }
        return result
    }

    /// The exponent that conjugates the slots: -1 modulo 2n.
    public static func conjugationExponent(degree: Int) -> Int { 2 * degree - 1 }
}
