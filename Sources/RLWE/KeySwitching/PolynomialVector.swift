import Ring

/// Some polynomials over one basis, as evaluations: polynomial after polynomial, limb after limb, in one buffer. What
/// ciphertexts and public keys are made of.
///
/// A value: copies share memory until one of them is changed.
public struct PolynomialVector: Sendable {
    /// The primes.
    public let basis: RNSBasis
    /// The number of polynomials.
    public let count: Int
    private var values: AlignedBuffer<UInt64>
    private let recycler: BufferRecycler?

    /// `count` polynomials that are all written before they are read, in memory from `recycler`.
    package init(uninitialized basis: RNSBasis, count: Int, recycler: BufferRecycler? = nil) {
        self.basis = basis
        self.count = count
        self.recycler = recycler
        values = AlignedBuffer(uninitialized: count * basis.count * basis.degree, recycler: recycler)
    }

    /// The addresses of the limbs of polynomial `index`, for reading, valid while the vector lives.
    package func limbs(_ index: Int) -> LimbAddresses {
        LimbAddresses(base: values.unsafeBase + index * basis.count * basis.degree, degree: basis.degree)
    }

    /// The addresses of the limbs of polynomial `index`, for writing, valid until the vector is copied.
    package mutating func mutableLimbs(_ index: Int) -> LimbAddresses {
        if !isKnownUniquelyReferenced(&values) {
            let copy = AlignedBuffer<UInt64>(uninitialized: values.count, recycler: recycler)
            copy.unsafeBase.update(from: values.unsafeBase, count: values.count)
            values = copy
        }
        return limbs(index)
    }

    /// Calls `body` with the n residues of polynomial `index` modulo prime `prime`: its values at the odd powers of the
    /// root of unity, in the kernels' order. The pointer must not outlive the call.
    public func withLimb<Result, Failure: Error>(
        polynomial index: Int, prime: Int, _ body: (UnsafeBufferPointer<UInt64>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition((0..<count).contains(index) && (0..<basis.count).contains(prime), "there is no such limb")
        return try body(UnsafeBufferPointer(start: limbs(index)[prime], count: basis.degree))
    }

    /// Whether two vectors have the same memory, and so the same polynomials.
    package func isSame(as other: PolynomialVector) -> Bool { values === other.values }

    /// The remainders modulo the first `primes` primes.
    package func prefix(primes: Int) -> PolynomialVector {
        precondition((1...basis.count).contains(primes), "there are \(basis.count) primes")
        guard primes < basis.count else { return self }
        var result = PolynomialVector(uninitialized: basis.prefix(primes), count: count, recycler: recycler)
        for index in 0..<count { result.basis.copy(limbs(index), to: result.mutableLimbs(index)) }
        return result
    }
}
