import CKernels

/// The ring Z_q[X] / (X^n + 1) for a power of two n and a prime q that is 1 modulo 2n, with the tables of its
/// number-theoretic transform.
///
/// Immutable and shared freely. Building it costs a few modular divisions for each coefficient.
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
    package let centredRoots: AlignedBuffer<Double>
    package let centredInverseRoots: AlignedBuffer<Double>
    package let centredTailRoots: AlignedBuffer<Double>
    package let centredInverseTailRoots: AlignedBuffer<Double>
    package let pointers: msfhe_ntt_tables

    init(degree: Int, modulus: Modulus, root: UInt64) {
        let inverseRoot = modulus.inverse(root)
        let powers = Self.bitReversedPowers(of: root, count: degree, modulus)
        let inversePowers = Self.bitReversedPowers(of: inverseRoot, count: degree, modulus)
        let inverseDegree = modulus.inverse(UInt64(degree))
        let lastFactor = modulus.multiply(inverseDegree, inversePowers[1])
        roots = Self.factors(powers, modulus)
        inverseRoots = Self.factors(inversePowers, modulus)
        tailRoots = Self.tail(of: roots)
        inverseTailRoots = Self.tail(of: inverseRoots)
        centredRoots = Self.centred(powers, modulus)
        centredInverseRoots = Self.centred(inversePowers, modulus)
        centredTailRoots = Self.centredTail(of: powers, modulus)
        centredInverseTailRoots = Self.centredTail(of: inversePowers, modulus)
        pointers = msfhe_ntt_tables(
            modulus: modulus.constants,
            log_n: UInt32(degree.trailingZeroBitCount),
            roots: roots.unsafeBase,
            inverse_roots: inverseRoots.unsafeBase,
            tail_roots: tailRoots.unsafeBase,
            inverse_tail_roots: inverseTailRoots.unsafeBase,
            inverse_n: modulus.factor(inverseDegree),
            inverse_n_root: modulus.factor(lastFactor),
            centred_roots: centredRoots.unsafeBase,
            centred_inverse_roots: centredInverseRoots.unsafeBase,
            centred_tail_roots: centredTailRoots.unsafeBase,
            centred_inverse_tail_roots: centredInverseTailRoots.unsafeBase,
            centred_inverse_n: modulus.centred(inverseDegree),
            centred_inverse_n_root: modulus.centred(lastFactor))
    }

    private static func bitReversedPowers(of root: UInt64, count: Int, _ modulus: Modulus) -> [UInt64] {
        var powers = [UInt64](repeating: 0, count: count)
        let bits = count.trailingZeroBitCount
        var power: UInt64 = 1
        for exponent in 0..<count {
            powers[exponent.bitReversed(bits)] = power
            power = modulus.multiply(power, root)
        }
        return powers
    }

    private static func factors(_ powers: [UInt64], _ modulus: Modulus) -> AlignedBuffer<msfhe_factor> {
        let factors = AlignedBuffer<msfhe_factor>(count: powers.count)
        factors.withUnsafeMutableBufferPointer { factors in
            for (index, power) in powers.enumerated() { factors[index] = modulus.factor(power) }
        }
        return factors
    }

    /// The factors of the last three layers, eight blocks of eight side by side.
    private static func tail(of roots: AlignedBuffer<msfhe_factor>) -> AlignedBuffer<UInt64> {
        let tail = AlignedBuffer<UInt64>(count: roots.count / 64 * 112)
        tail.withUnsafeMutableBufferPointer { tail in
            roots.withUnsafeBufferPointer { roots in
                for place in tailPlaces(degree: roots.count) {
                    let first = place.block * 112 + place.entry * 16 + place.lane
                    tail[first] = roots[place.root].montgomery
                    tail[first + 8] = roots[place.root].quotient
                }
            }
        }
        return tail
    }

    /// The factors of all but the last two layers.
    private static func centred(_ powers: [UInt64], _ modulus: Modulus) -> AlignedBuffer<Double> {
        let centred = AlignedBuffer<Double>(count: powers.count / 4)
        centred.withUnsafeMutableBufferPointer { centred in
            for index in centred.indices { centred[index] = modulus.centred(powers[index]) }
        }
        return centred
    }

    /// The factors of the last two layers: those of the last three but for the first entry of each block.
    private static func centredTail(of powers: [UInt64], _ modulus: Modulus) -> AlignedBuffer<Double> {
        let tail = AlignedBuffer<Double>(count: powers.count / 64 * 48)
        tail.withUnsafeMutableBufferPointer { tail in
            for place in tailPlaces(degree: powers.count) where place.entry > 0 {
                tail[place.block * 48 + (place.entry - 1) * 8 + place.lane] = modulus.centred(powers[place.root])
            }
        }
        return tail
    }

    /// Where the factors of the last three layers stand: lane by lane, entry by entry, block by block, each with
    /// its index among the roots.
    private static func tailPlaces(
        degree: Int
    ) -> some Sequence<(block: Int, entry: Int, lane: Int, root: Int)> {
        (0..<degree / 64 * 56).lazy.map { position in
            let (block, rest) = position.quotientAndRemainder(dividingBy: 56)
            let (entry, lane) = rest.quotientAndRemainder(dividingBy: 8)
            let layer = entry == 0 ? 0 : entry < 3 ? 1 : 2
            let index = entry - ((1 << layer) - 1)
            return (block, entry, lane, (degree / 8 + 8 * block + lane) << layer + index)
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
