import CKernels

/// Divides polynomials by the product P of the last primes of their basis and rounds: x to (x - r) / P, where r is
/// x modulo P, centred.
///
/// Division by one prime is the rescaling of CKKS, by the special primes the mod-down of key switching, and by both
/// at once the two of them merged. With more than one prime, r may exceed P/2 by a part in 2^40; see
/// ``BasisConversion``.
///
/// Immutable and shared freely.
public final class RoundedDivision: Sendable {
    /// The primes of what is divided.
    public let source: RNSBasis
    /// The primes of the quotient: those of the source without the last ones.
    public let target: RNSBasis
    package let conversion: BasisConversion
    package let inverseTransforms: [ScaledInverseTransform]
    /// P^-1 mod q for each target prime.
    package let factors: [msfhe_factor]

    /// How many limbs of workspace a division has use for: one for each of some targets that share one reading of
    /// the remainder, which a remainder modulo one prime does not need.
    public var usefulWorkspace: Int {
        conversion.source.count == 1 ? 1 : min(target.count, BasisConversion.usefulTargetsAtOnce)
    }

    /// The division of polynomials over `basis` by the product of its last `divisorCount` primes; at least one
    /// prime is left.
    public init(basis: RNSBasis, divisorCount: Int) {
        precondition(divisorCount >= 1 && divisorCount < basis.count, "a division leaves primes and takes some away")
        source = basis
        let target = basis.prefix(basis.count - divisorCount)
        let divisors = basis[target.count..<basis.count]
        self.target = target
        do {
            conversion = try BasisConversion(from: divisors, to: target)
        } catch {
            preconditionFailure("the primes of a basis are distinct")
        }
        inverseTransforms = conversion.inverseTransforms
        factors = target.moduli.map { modulus in
            let product = divisors.moduli.reduce(1) { modulus.multiply($0, $1.value % modulus.value) }
            return modulus.factor(modulus.inverse(product))
        }
    }

    /// The rounded quotient, in the memory of `polynomial`. One transform for each prime of the source.
    ///
    /// - Parameter workspace: one limb at least. With up to ``usefulWorkspace`` limbs, several targets share one reading
    ///   of the remainder.
    public func divide(
        _ polynomial: consuming RNSPolynomial<Evaluation>, workspace: RNSWorkspace
    ) -> RNSPolynomial<Evaluation> {
        precondition(polynomial.basis == source, "divides polynomials over its source")
        precondition(workspace.degree == source.degree && workspace.count >= 1, "the workspace is too small")
        let values = polynomial.values
        divide(
            polynomial.limbs, remainder: polynomial.limbs.dropping(first: target.count), into: polynomial.limbs,
            workspace: workspace.limbs, count: workspace.count)
        return RNSPolynomial(basis: target, values: values)
    }

    /// Writes the rounded quotient of evaluations over the source to `output`, which may be `limbs`.
    ///
    /// - Parameters:
    ///   - limbs: the limbs of the target primes.
    ///   - remainder: the limbs of the divisors, which are overwritten.
    ///   - workspace: `count` limbs for each thread.
    ///   - threads: up to as many threads share the targets.
    package func divide(
        _ limbs: LimbAddresses, remainder: LimbAddresses, into output: LimbAddresses, workspace: LimbAddresses,
        count: Int, threads: Int = 1
    ) {
        parallelFor(inverseTransforms.count, threads: threads) { inverseTransforms[$0](remainder[$0]) }
        let pieces = min(threads, target.count)
        parallelFor(pieces, threads: threads) { piece in
            let own = workspace.dropping(first: piece * count)
            let targets = piece * target.count / pieces..<(piece + 1) * target.count / pieces
            conversion.transform(scaled: remainder, targets: targets, targetsAtOnce: count) { target in
                own[target % count]
            } then: { index, remainder in
                let ring = target.rings[index]
                withUnsafePointer(to: ring.modulus.constants) {
                    ring.backend.kernels.pointee.subtract_multiply(
                        output[index], limbs[index], remainder, factors[index], ring.degree, $0)
                }
            }
        }
    }
}
