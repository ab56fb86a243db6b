/// The roots of unity of an order of 2^k, k >= 3, each part the double nearest to its true value, or as good as that:
/// off by at most 2^-54 (1 + 2^-30).
struct UnitRoots {
    /// The order.
    let order: Int
    /// Cosine and sine of the angles 2 pi t / order up to pi / 4.
    private let firstOctant: [Complex]

    /// Computes the first octant by powers of the smallest root: a few hundred nanoseconds for each.
    init(order: Int) {
        precondition(order.nonzeroBitCount == 1 && order >= 8, "an octant needs an order of at least 8")
        self.order = order
        let one = DoubleDouble(1)
        // Half angles, from pi / 4 on: cos^2(x / 2) = (1 + cos x) / 2. The sine the same way would cancel.
        var (cosine, sine) = (DoubleDouble(0.5).squareRoot(), DoubleDouble(0.5).squareRoot())
        for _ in 3..<order.trailingZeroBitCount {
            let half = one.adding(cosine).halved().squareRoot()
            sine = sine.halved().multiplied(by: half.reciprocal())
            cosine = half
        }
        var (real, imaginary) = (one, DoubleDouble(0))
        var firstOctant: [Complex] = []
        for _ in 0...order / 8 {
            firstOctant.append(Complex(real.high, imaginary.high))
            let next = real.multiplied(by: cosine).subtracting(imaginary.multiplied(by: sine))
            imaginary = real.multiplied(by: sine).adding(imaginary.multiplied(by: cosine))
            real = next
        }
        self.firstOctant = firstOctant
    }

    /// exp(2 pi i exponent / order), for exponents from 0 on.
    subscript(exponent: Int) -> Complex {
        let (octant, rest) = (exponent % order).quotientAndRemainder(dividingBy: order / 8)
        let root = firstOctant[octant % 2 == 0 ? rest : order / 8 - rest]
        let (cosine, sine) = (root.real, root.imaginary)
        return switch octant {
        case 0: Complex(cosine, sine)
        case 1: Complex(sine, cosine)
        case 2: Complex(-sine, cosine)
        case 3: Complex(-cosine, sine)
        case 4: Complex(-cosine, -sine)
        case 5: Complex(-sine, -cosine)
        case 6: Complex(sine, -cosine)
        default: Complex(cosine, -sine)
        }
    }
}
