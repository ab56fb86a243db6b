import CKernels
import Foundation

/// The primes of a residue number system: the ring Z_Q[X] / (X^n + 1) for the product Q of distinct primes
/// q_0 ... q_(L-1), each 1 modulo 2n, as the product of the rings modulo each prime.
///
/// A polynomial then consists of L limbs, its remainders modulo the primes. Parts of a basis share its rings, and so
/// its tables: a level of a modulus chain is a prefix of the chain's basis and costs nothing.
public struct RNSBasis: Sendable {
    /// The rings modulo q_0 ... q_(L-1).
    public let rings: [PolynomialRing]

    /// The degree n.
    public var degree: Int { rings[0].degree }
    /// The number L of primes.
    public var count: Int { rings.count }
    /// The primes.
    public var moduli: [Modulus] { rings.map(\.modulus) }
    /// log2 Q.
    public var logProduct: Double { rings.reduce(0) { $0 + log2(Double($1.modulus.value)) } }
    /// The kernels that work on the polynomials.
    public var backend: Backend { rings[0].backend }

    /// The basis of the primes of `rings`, in their order.
    ///
    /// - Throws: ``RNSBasisError`` when there is no ring, or rings differ in degree or backend, or share a prime.
    public init(rings: [PolynomialRing]) throws(RNSBasisError) {
        guard let first = rings.first else { throw .empty }
        var primes = Set<UInt64>()
        for ring in rings {
            guard ring.degree == first.degree else { throw .differentDegrees(first.degree, ring.degree) }
            guard ring.backend.kernels == first.backend.kernels else { throw .differentBackends }
            guard primes.insert(ring.modulus.value).inserted else { throw .repeatedPrime(ring.modulus.value) }
        }
        self.rings = rings
    }

    /// The basis of `moduli` for polynomials of `degree`. Builds the tables of each prime's transform.
    ///
    /// - Throws: ``RNSBasisError`` when there is no modulus, one comes twice, or one has no transform of this length.
    public init(degree: Int, moduli: [Modulus], backend: Backend = .selected) throws(RNSBasisError) {
        var rings: [PolynomialRing] = []
        for modulus in moduli {
            do {
                rings.append(try PolynomialRing(degree: degree, modulus: modulus, backend: backend))
            } catch {
                throw .ring(error)
            }
        }
        try self.init(rings: rings)
    }

    private init(part rings: some Sequence<PolynomialRing>) {
        self.rings = Array(rings)
        precondition(!self.rings.isEmpty, "a basis has a prime")
    }

    /// The first `count` primes, at least one.
    public func prefix(_ count: Int) -> RNSBasis { RNSBasis(part: rings.prefix(count)) }

    /// The primes at `positions`, at least one.
    public subscript(positions: Range<Int>) -> RNSBasis { RNSBasis(part: rings[positions]) }

    /// The primes of this basis, followed by those of `other`, such as special primes.
    ///
    /// - Throws: ``RNSBasisError`` when the bases share a prime or differ in degree or backend.
    public func appending(_ other: RNSBasis) throws(RNSBasisError) -> RNSBasis {
        try RNSBasis(rings: rings + other.rings)
    }

    /// Whether the first primes of this basis are those of `other`, with the same tables.
    package func starts(with other: RNSBasis) -> Bool {
        rings.starts(with: other.rings, by: ===)
    }
}

extension RNSBasis: Equatable {
    /// Whether two bases have the same rings in the same order.
    public static func == (x: RNSBasis, y: RNSBasis) -> Bool { x.count == y.count && x.starts(with: y) }
}

/// Why primes do not make a basis.
public enum RNSBasisError: Error, Equatable, CustomStringConvertible {
    case empty
    case differentDegrees(Int, Int)
    case differentBackends
    case repeatedPrime(UInt64)
    case ring(RingError)

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .empty: "a residue number system needs at least one prime"
        case .differentDegrees(let x, let y): "rings of degree \(x) and \(y) do not belong to one residue number system"
        case .differentBackends: "rings of different backends do not belong to one residue number system"
        case .repeatedPrime(let prime): "prime \(prime) comes twice in one residue number system"
        case .ring(let error): error.description
        }
    }
}
