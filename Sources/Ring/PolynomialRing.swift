import CKernels

/// The ring Z_q[X] / (X^n + 1) for a power of two n and a prime q that is 1 modulo 2n, with the tables of its
/// number-theoretic transform.
///
/// Immutable and shared freely. Building it costs about 1 ms per 16,384 coefficients.
public final class PolynomialRing: Sendable {
    /// The degree n: 2^10 to 2^16.
    public let degree: Int
    /// The prime q.
    public let modulus: Modulus
    /// The kernels that work on this ring's polynomials.
    public let backend: Backend
    /// psi, the primitive 2n-th root of unity whose odd powers are the evaluation points.
    package let root: UInt64
    package let tables: TransformTables

    /// The ring of `degree` over `modulus`.
    ///
    /// - Throws: ``RingError`` when the degree is not a power of two from 2^10 to 2^16, or the modulus is not 1
    ///   modulo 2n.
    public init(degree: Int, modulus: Modulus, backend: Backend = .selected) throws(RingError) {
        guard degree.nonzeroBitCount == 1, (1 << 10...1 << 16).contains(degree) else {
            throw .unsupportedDegree(degree)
        }
        guard modulus.value % UInt64(2 * degree) == 1 else {
            throw .noTransform(degree: degree, modulus: modulus.value)
        }
        self.degree = degree
        self.modulus = modulus
        self.backend = backend
        root = modulus.primitiveRoot(order: UInt64(2 * degree))
        tables = TransformTables(degree: degree, modulus: modulus, root: root)
    }

    /// Calls `body` with the tables as the kernels want them; the pointer must not outlive the call.
    public func withTables<Result, Failure: Error>(
        _ body: (UnsafePointer<msfhe_ntt_tables>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try withUnsafePointer(to: tables.pointers, body)
    }
}

/// Why a ring cannot be built.
public enum RingError: Error, Equatable, CustomStringConvertible {
    case unsupportedDegree(Int)
    case noTransform(degree: Int, modulus: UInt64)

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .unsupportedDegree(let degree):
            "ring degree \(degree) is not a power of two from 1024 to 65536"
        case .noTransform(let degree, let modulus):
            "modulus \(modulus) is not 1 modulo \(2 * degree), so it has no transform of length \(degree)"
        }
    }
}

/// The precomputed factors of a transform, in the layout of `msfhe_ntt_tables`.
package final class TransformTables: @unchecked Sendable {
    package let roots: AlignedBuffer<msfhe_factor>
    package let inverseRoots: AlignedBuffer<msfhe_factor>
    package let tailRoots: AlignedBuffer<UInt64>
    package let inverseTailRoots: AlignedBuffer<UInt64>
    package let pointers: msfhe_ntt_tables

    init(degree: Int, modulus: Modulus, root: UInt64) {
        let inverseRoot = modulus.inverse(root)
        let inverseDegree = modulus.inverse(UInt64(degree))
        roots = Self.bitReversedPowers(of: root, count: degree, modulus)
        inverseRoots = Self.bitReversedPowers(of: inverseRoot, count: degree, modulus)
        tailRoots = Self.tail(of: roots)
        inverseTailRoots = Self.tail(of: inverseRoots)
        let lastLayer = modulus.power(inverseRoot, UInt64(degree / 2))
        pointers = msfhe_ntt_tables(
            modulus: modulus.constants,
            log_n: UInt32(degree.trailingZeroBitCount),
            roots: roots.unsafeBase,
            inverse_roots: inverseRoots.unsafeBase,
            tail_roots: tailRoots.unsafeBase,
            inverse_tail_roots: inverseTailRoots.unsafeBase,
            inverse_n: modulus.factor(inverseDegree),
            inverse_n_root: modulus.factor(modulus.multiply(inverseDegree, lastLayer)))
    }

    private static func bitReversedPowers(
        of root: UInt64, count: Int, _ modulus: Modulus
    ) -> AlignedBuffer<msfhe_factor> {
        let factors = AlignedBuffer<msfhe_factor>(count: count)
        let bits = count.trailingZeroBitCount
        factors.withUnsafeMutableBufferPointer { factors in
            var power: UInt64 = 1
            for exponent in 0..<count {
                factors[exponent.bitReversed(bits)] = modulus.factor(power)
                power = modulus.multiply(power, root)
            }
        }
        return factors
    }

    /// The factors of the last three layers, eight blocks of eight side by side.
    private static func tail(of roots: AlignedBuffer<msfhe_factor>) -> AlignedBuffer<UInt64> {
        let blocks = roots.count / 64
        let tail = AlignedBuffer<UInt64>(count: blocks * 112)
        tail.withUnsafeMutableBufferPointer { tail in
            roots.withUnsafeBufferPointer { roots in
                for (entry, source) in tailIndices(degree: roots.count) {
                    tail[entry] = roots[source].montgomery
                    tail[entry + 8] = roots[source].quotient
                }
            }
        }
        return tail
    }

    /// For each factor in the tail table: where its first word stands, and which entry of the roots it is.
    package static func tailIndices(degree: Int) -> some Sequence<(Int, Int)> {
        (0..<degree / 64 * 56).lazy.map { position in
            let (block, rest) = position.quotientAndRemainder(dividingBy: 56)
            let (entry, lane) = rest.quotientAndRemainder(dividingBy: 8)
            let layer = entry == 0 ? 0 : entry < 3 ? 1 : 2
            let index = entry - ((1 << layer) - 1)
            return (block * 112 + entry * 16 + lane, (degree / 8 + 8 * block + lane) << layer + index)
        }
    }
}

extension Int {
    /// The number whose `bits` low binary digits are those of this one in reverse.
    package func bitReversed(_ bits: Int) -> Int {
        var result = 0
        for bit in 0..<bits where self >> bit & 1 == 1 { result |= 1 << (bits - 1 - bit) }
        return result
    }
}
