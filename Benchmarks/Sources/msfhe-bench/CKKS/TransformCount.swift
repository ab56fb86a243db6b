import CKernels
import Harness
import RLWE
import Ring
import Spectra

/// The transforms that an operation cannot avoid: a measure of it that depends less on the machine than the time does.
/// For polynomials at the highest level of a chain.
struct TransformCount {
    var forward = 0
    var inverse = 0

    var total: Int { forward + inverse }

    static func + (x: TransformCount, y: TransformCount) -> TransformCount {
        TransformCount(forward: x.forward + y.forward, inverse: x.inverse + y.inverse)
    }

    /// A polynomial times a switching key: each digit is extended from its own primes to all others.
    static func keyProduct(_ chain: ModulusChain) -> TransformCount {
        TransformCount(forward: chain.digitCount * chain.full.count - chain.primeCount, inverse: chain.primeCount)
    }

    /// Two polynomials divided by the product of `divisors` primes, with `remaining` primes left.
    static func division(by divisors: Int, remaining: Int) -> TransformCount {
        TransformCount(forward: 2 * remaining, inverse: 2 * divisors)
    }

    /// The errors of the rows of a switching key.
    static func keyGeneration(_ chain: ModulusChain) -> TransformCount {
        TransformCount(forward: chain.digitCount * chain.full.count)
    }
}

/// Transforms modulo all primes of a basis, to be timed in turn with operations that need some.
struct TransformWorks {
    let forward: Work
    let inverse: Work

    init(_ basis: RNSBasis) {
        var generator = SplitMix64(seed: 1)
        var input = RNSPolynomial<Coefficient>(zeroOf: basis)
        for (index, modulus) in basis.moduli.enumerated() {
            input.withMutableLimb(index) { limb in
                for position in limb.indices { limb[position] = .random(in: 0..<modulus.value, using: &generator) }
            }
        }
        let pair = PolynomialPair(input)
        forward = Work(operations: basis.count, restore: pair.restore) {
            pair.forEachLimb { $0.pointee.ntt_forward($1, $2) }
        }
        inverse = Work(operations: basis.count, restore: pair.restore) {
            pair.forEachLimb { $0.pointee.ntt_inverse($1, $2) }
        }
    }

    /// The time of `count` transforms, from the timings of one in either direction.
    static func nanoseconds(_ count: TransformCount, forward: Timing, inverse: Timing) -> Double {
        Double(count.forward) * forward.nanoseconds + Double(count.inverse) * inverse.nanoseconds
    }
}

/// Canonical values, and a copy of them that transforms overwrite.
private final class PolynomialPair {
    private let input: RNSPolynomial<Coefficient>
    private var values: RNSPolynomial<Coefficient>

    init(_ input: consuming RNSPolynomial<Coefficient>) {
        values = RNSPolynomial(zeroOf: input.basis)
        self.input = consume input
    }

    func restore() { input.copy(to: &values) }

    func forEachLimb(
        _ transform: (UnsafePointer<msfhe_kernels>, UnsafeMutablePointer<UInt64>, UnsafePointer<msfhe_ntt_tables>) ->
            Void
    ) {
        for (index, ring) in input.basis.rings.enumerated() {
            values.withMutableLimb(index) { limb in
                ring.withTables { transform(ring.backend.kernels, limb.baseAddress!, $0) }
            }
        }
    }
}
