import CKernels

/// Brings polynomials from one residue number system to another: from remainders modulo the primes q_0 ... q_(k-1),
/// with the product Q, to those modulo other primes.
///
/// The coefficient x that is meant is the centred one, |x| < Q/2: its multiple of Q is removed exactly. It is found
/// in doubles (Halevi, Polyakov and Shoup 2019, section 2.3), so that where |x| is within k (k + 2) 2^-53 Q of Q/2,
/// at most one value in 2^40, the coefficient of the other sign may be meant, x + Q or x - Q, the same for all
/// targets: a valid representative, if not the nearest to zero. With one source prime it is always the centred one.
///
/// Immutable and shared freely.
public final class BasisConversion: @unchecked Sendable {
    /// The primes q_0 ... q_(k-1), at most ``largestSourceCount``.
    public let source: RNSBasis
    /// The primes to convert to.
    public let target: RNSBasis

    /// The most source primes.
    public static let largestSourceCount = Int(msfhe_conversion_terms)

    /// (Q / q_t)^-1 mod q_t.
    package let scales: [UInt64]
    /// For each target p, (Q / q_t) mod p for each t, then -Q mod p; in Montgomery form.
    package let factors: AlignedBuffer<UInt64>
    /// The same, as centred doubles.
    package let centredFactors: AlignedBuffer<Double>
    package let sourcePrimes: AlignedBuffer<UInt64>
    package let conversions: AlignedBuffer<msfhe_conversion>

    /// The conversion from `source` to `target`, which share no prime.
    ///
    /// - Throws: ``RNSBasisError`` when the bases share a prime or differ in degree or backend.
    public init(from source: RNSBasis, to target: RNSBasis) throws(RNSBasisError) {
        _ = try source.appending(target)
        precondition(source.count <= Self.largestSourceCount, "conversions take up to 48 primes")
        self.source = source
        self.target = target
        let primes = source.moduli.map(\.value)
        scales = source.moduli.enumerated().map { index, modulus in
            modulus.inverse(Self.product(of: primes, without: index, modulo: modulus))
        }
        sourcePrimes = AlignedBuffer(count: primes.count)
        for (index, prime) in primes.enumerated() { sourcePrimes.unsafeBase[index] = prime }

        let stride = primes.count + 1
        factors = AlignedBuffer(count: stride * target.count)
        centredFactors = AlignedBuffer(count: stride * target.count)
        conversions = AlignedBuffer(count: target.count)
        for (row, modulus) in target.moduli.enumerated() {
            let product = Self.product(of: primes, without: nil, modulo: modulus)
            let residues =
                primes.indices.map { Self.product(of: primes, without: $0, modulo: modulus) }
                + [modulus.value - product]
            for (column, residue) in residues.enumerated() {
                factors.unsafeBase[row * stride + column] = modulus.factor(residue).montgomery
                centredFactors.unsafeBase[row * stride + column] = modulus.centred(residue)
            }
            conversions.unsafeBase[row] = msfhe_conversion(
                modulus: modulus.constants, factors: factors.unsafeBase + row * stride,
                centred_factors: centredFactors.unsafeBase + row * stride)
        }
    }

    private static func product(of primes: [UInt64], without omitted: Int?, modulo modulus: Modulus) -> UInt64 {
        primes.indices.filter { $0 != omitted }.reduce(1) { modulus.multiply($0, primes[$1] % modulus.value) }
    }

    /// Writes the polynomial's coefficients modulo the target primes to `output`. Multiplies each source limb once
    /// and, for each target, each source limb.
    ///
    /// - Parameter workspace: as many limbs as there are source primes.
    public func convert(
        _ polynomial: borrowing RNSPolynomial<Coefficient>, into output: inout RNSPolynomial<LazyCoefficient>,
        workspace: RNSWorkspace
    ) {
        precondition(polynomial.basis == source && output.basis == target, "converts from its source to its target")
        precondition(workspace.degree == source.degree && workspace.count >= source.count, "the workspace is too small")
        let (input, scaled, converted) = (polynomial.limbs, workspace.limbs, output.limbs)
        for (index, ring) in source.rings.enumerated() {
            withUnsafePointer(to: ring.modulus.constants) {
                ring.backend.kernels.pointee.multiply_factor(
                    scaled[index], input[index], ring.modulus.factor(scales[index]), ring.degree, $0)
            }
        }
        convert(scaled: scaled, to: 0..<target.count) { converted[$0] }
    }

    /// Writes coefficients below 2p modulo the target primes p at `targets`.
    ///
    /// - Parameters:
    ///   - scaled: the limbs of the source primes: the coefficients times the prime's scale, canonical.
    ///   - output: the address of each target's limb, which overlaps no other.
    package func convert(
        scaled: LimbAddresses, to targets: Range<Int>,
        output: (Int) -> UnsafeMutablePointer<UInt64>
    ) {
        // Tables of addresses on the stack: nothing is allocated.
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: source.count) { inputs in
            for index in 0..<source.count { inputs.initializeElement(at: index, to: UnsafePointer(scaled[index])) }
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt64>?.self, capacity: targets.count) { outputs in
                for (index, target) in targets.enumerated() {
                    outputs.initializeElement(at: index, to: output(target))
                }
                source.backend.kernels.pointee.convert_basis(
                    outputs.baseAddress, inputs.baseAddress, sourcePrimes.unsafeBase, source.count,
                    conversions.unsafeBase + targets.lowerBound, targets.count, source.degree)
            }
        }
    }
}

extension BasisConversion {
    /// The inverse transforms from which the conversions take their input.
    package var inverseTransforms: [ScaledInverseTransform] {
        zip(source.rings, scales).map { ScaledInverseTransform(ring: $0, scale: $1) }
    }

    /// Writes evaluations modulo all target primes, lazy, and hands each limb on. One transform for each target.
    ///
    /// - Parameters:
    ///   - scaled: the limbs of the source primes: the coefficients times the prime's scale, canonical.
    ///   - targets: the positions of the targets wanted; all when left out.
    ///   - limit: how many targets may be converted at once.
    ///   - output: the address of each target's limb, which overlaps no other of the targets converted at once.
    ///   - body: what is done with a target's limb before another target may take its place.
    package func transform(
        scaled: LimbAddresses, targets wanted: Range<Int>? = nil, targetsAtOnce limit: Int,
        output: (Int) -> UnsafeMutablePointer<UInt64>,
        then body: (Int, UnsafeMutablePointer<UInt64>) -> Void = { _, _ in }
    ) {
        // The transform itself reads remainders modulo a single prime, whose scale is 1.
        let isLift = source.count == 1
        let step = isLift ? 1 : min(limit, Self.usefulTargetsAtOnce)
        let wanted = wanted ?? 0..<target.count
        for first in stride(from: wanted.lowerBound, to: wanted.upperBound, by: step) {
            let targets = first..<min(first + step, wanted.upperBound)
            if !isLift { convert(scaled: scaled, to: targets, output: output) }
            for index in targets {
                let ring = target.rings[index]
                let kernels = ring.backend.kernels
                ring.withTables {
                    if isLift {
                        kernels.pointee.ntt_forward_lifted(output(index), scaled[0], sourcePrimes.unsafeBase[0], $0)
                    } else {
                        kernels.pointee.ntt_forward(output(index), $0)
                    }
                }
                body(index, output(index))
            }
        }
    }

    /// More targets at once do not gain anything: their limbs leave the caches before they are transformed.
    package static let usefulTargetsAtOnce = 8
}

/// An inverse transform that multiplies by a constant as well, at no cost: the constant is part of the factors that
/// divide by n.
package struct ScaledInverseTransform: @unchecked Sendable {
    package let ring: PolynomialRing  // owns what the tables point to
    package let tables: msfhe_ntt_tables

    /// The inverse transform of `ring`, times `scale` in [0, q).
    package init(ring: PolynomialRing, scale: UInt64) {
        let modulus = ring.modulus
        let inverseDegree = modulus.multiply(scale, modulus.inverse(UInt64(ring.degree)))
        // The last layer's factor is psi^-(n/2).
        let lastRoot = modulus.inverse(modulus.power(ring.root, UInt64(ring.degree / 2)))
        let lastFactor = modulus.multiply(inverseDegree, lastRoot)
        var tables = ring.tables.pointers
        tables.inverse_n = modulus.factor(inverseDegree)
        tables.inverse_n_root = modulus.factor(lastFactor)
        tables.centred_inverse_n = modulus.centred(inverseDegree)
        tables.centred_inverse_n_root = modulus.centred(lastFactor)
        self.ring = ring
        self.tables = tables
    }

    /// Transforms n canonical evaluations into canonical coefficients, in place.
    package func callAsFunction(_ values: UnsafeMutablePointer<UInt64>) {
        withUnsafePointer(to: tables) { ring.backend.kernels.pointee.ntt_inverse(values, $0) }
    }
}
