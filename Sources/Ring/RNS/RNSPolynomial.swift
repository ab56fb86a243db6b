import CKernels

/// A polynomial modulo X^n + 1 and the product of the primes of a basis: one limb for each prime, limb after limb in
/// one buffer.
///
/// Not copyable, like ``Polynomial``: what changes its domain or basis works in place and consumes the value it came
/// from. A polynomial that lost limbs keeps its buffer.
public struct RNSPolynomial<Domain: PolynomialDomain>: ~Copyable, Sendable {
    /// The primes.
    public let basis: RNSBasis
    package let values: AlignedBuffer<UInt64>

    package init(basis: RNSBasis, values: AlignedBuffer<UInt64>) {
        precondition(values.count >= basis.count * basis.degree, "each prime of the basis has a limb")
        self.basis = basis
        self.values = values
    }

    /// The zero polynomial.
    public init(zeroOf basis: RNSBasis, lifetime: BufferLifetime = .ordinary) {
        self.init(basis: basis, values: AlignedBuffer(count: basis.count * basis.degree, lifetime: lifetime))
    }

    /// A polynomial that is all written before it is read.
    package init(uninitializedOver basis: RNSBasis, lifetime: BufferLifetime = .ordinary) {
        self.init(
            basis: basis, values: AlignedBuffer(uninitialized: basis.count * basis.degree, lifetime: lifetime))
    }

    /// The addresses of the limbs, valid while the polynomial lives.
    package var limbs: LimbAddresses { LimbAddresses(base: values.unsafeBase, degree: basis.degree) }

    /// Calls `body` with the n values of the limb of prime `index`; the pointer must not outlive the call.
    public borrowing func withLimb<Result, Failure: Error>(
        _ index: Int, _ body: (UnsafeBufferPointer<UInt64>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition((0..<basis.count).contains(index), "the basis has \(basis.count) primes")
        return try body(UnsafeBufferPointer(start: limbs[index], count: basis.degree))
    }

    /// Like ``withLimb(_:_:)``, to set the values: in the range that the domain says.
    public mutating func withMutableLimb<Result, Failure: Error>(
        _ index: Int, _ body: (UnsafeMutableBufferPointer<UInt64>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition((0..<basis.count).contains(index), "the basis has \(basis.count) primes")
        return try body(UnsafeMutableBufferPointer(start: limbs[index], count: basis.degree))
    }

    /// The remainder modulo the first `count` primes. Costs nothing.
    public consuming func prefix(_ count: Int) -> RNSPolynomial {
        RNSPolynomial(basis: basis.prefix(count), values: values)
    }

    /// Copies the polynomial to the memory of `other`, which has room for its limbs.
    public borrowing func copy(to other: inout RNSPolynomial) {
        precondition(other.values.count >= basis.count * basis.degree, "the memory does not hold the limbs")
        other.values.unsafeBase.update(from: values.unsafeBase, count: basis.count * basis.degree)
        other = RNSPolynomial(basis: basis, values: other.values)
    }

    /// Runs an operation in place on each limb.
    fileprivate borrowing func forEachLimb(
        _ operation: (UnsafePointer<msfhe_kernels>, UnsafeMutablePointer<UInt64>, UnsafePointer<msfhe_ntt_tables>) ->
            Void
    ) {
        let limbs = self.limbs
        for (index, ring) in basis.rings.enumerated() {
            ring.withTables { operation(ring.backend.kernels, limbs[index], $0) }
        }
    }

    fileprivate borrowing func reduceLimbs() {
        let limbs = self.limbs
        for (index, ring) in basis.rings.enumerated() {
            withUnsafePointer(to: ring.modulus.constants) {
                ring.backend.kernels.pointee.reduce(limbs[index], limbs[index], ring.degree, $0)
            }
        }
    }
}

/// Coefficients in natural order, not yet reduced: each is below 2q, which the transform takes as they are.
public enum LazyCoefficient: PolynomialDomain {}

extension RNSPolynomial where Domain == Coefficient {
    /// The values at the odd powers of the roots of unity. A transform for each prime.
    public consuming func evaluated() -> RNSPolynomial<LazyEvaluation> {
        forEachLimb { $0.pointee.ntt_forward($1, $2) }
        return RNSPolynomial<LazyEvaluation>(basis: basis, values: values)
    }
}

extension RNSPolynomial where Domain == LazyCoefficient {
    /// The values at the odd powers of the roots of unity. A transform for each prime.
    public consuming func evaluated() -> RNSPolynomial<LazyEvaluation> {
        forEachLimb { $0.pointee.ntt_forward($1, $2) }
        return RNSPolynomial<LazyEvaluation>(basis: basis, values: values)
    }

    /// The same coefficients, canonical.
    public consuming func reduced() -> RNSPolynomial<Coefficient> {
        reduceLimbs()
        return RNSPolynomial<Coefficient>(basis: basis, values: values)
    }
}

extension RNSPolynomial where Domain == LazyEvaluation {
    /// The same values, canonical.
    public consuming func reduced() -> RNSPolynomial<Evaluation> {
        reduceLimbs()
        return RNSPolynomial<Evaluation>(basis: basis, values: values)
    }
}

extension RNSPolynomial where Domain == Evaluation {
    /// The coefficients. An inverse transform for each prime.
    public consuming func interpolated() -> RNSPolynomial<Coefficient> {
        forEachLimb { $0.pointee.ntt_inverse($1, $2) }
        return RNSPolynomial<Coefficient>(basis: basis, values: values)
    }
}

/// Memory for operations on polynomials of a residue number system, so that they need not allocate any. Used by one
/// operation at a time; each thread has its own.
public final class RNSWorkspace: Sendable {
    /// The degree of the polynomials it is for.
    public let degree: Int
    /// The number of limbs.
    public let count: Int
    private let values: AlignedBuffer<UInt64>

    /// Memory for `count` limbs of `degree` values; `lifetime` says whether they will be secret.
    public init(degree: Int, count: Int, lifetime: BufferLifetime = .ordinary) {
        self.degree = degree
        self.count = count
        values = AlignedBuffer(count: count * degree, lifetime: lifetime)
    }

    /// The addresses of the limbs, valid while the workspace lives.
    package var limbs: LimbAddresses { LimbAddresses(base: values.unsafeBase, degree: degree) }
}

/// The addresses of limbs of n values that follow one another in memory.
package struct LimbAddresses: @unchecked Sendable {
    package let base: UnsafeMutablePointer<UInt64>
    package let degree: Int

    package init(base: UnsafeMutablePointer<UInt64>, degree: Int) {
        self.base = base
        self.degree = degree
    }

    package subscript(index: Int) -> UnsafeMutablePointer<UInt64> { base + index * degree }
    /// The same limbs from position `first` on.
    package func dropping(first: Int) -> LimbAddresses { LimbAddresses(base: self[first], degree: degree) }
}
