import CKernels

/// Extends a digit of a polynomial to a larger basis: the mod-up of hybrid key switching.
///
/// A digit is the remainder of a polynomial modulo the product D of some neighbouring primes. It is a small number
/// when it is taken as centred, at most D/2 in magnitude (see ``BasisConversion`` for the exception), and is
/// then given by its remainders modulo all primes of the larger basis.
///
/// Immutable and shared freely.
public final class BasisExtension: Sendable {
    /// The larger basis.
    public let target: RNSBasis
    /// The positions of the digit's primes in it.
    public let digit: Range<Int>
    package let conversion: BasisConversion
    package let inverseTransforms: [ScaledInverseTransform]

    /// The extension of the digit of the primes at `digit` to all of `target`, which has others, too.
    public init(digit: Range<Int>, of target: RNSBasis) {
        precondition(
            !digit.isEmpty && (0..<target.count).contains(digit) && digit.count < target.count,
            "a digit has some, but not all primes of the basis")
        self.target = target
        self.digit = digit
        do {
            let others = try RNSBasis(
                rings: Array(target.rings[..<digit.lowerBound] + target.rings[digit.upperBound...]))
            conversion = try BasisConversion(from: target[digit], to: others)
        } catch {
            preconditionFailure("the primes of a basis are distinct")
        }
        inverseTransforms = conversion.inverseTransforms
    }

    /// Writes the digit of `polynomial`, over the first primes of the target, to `output`, over all of them. An
    /// inverse transform for each of the digit's primes, a transform for each other one.
    ///
    /// - Parameter workspace: as many limbs as the digit has primes.
    public func extend(
        _ polynomial: borrowing RNSPolynomial<Evaluation>, into output: inout RNSPolynomial<LazyEvaluation>,
        workspace: RNSWorkspace
    ) {
        precondition(target.starts(with: polynomial.basis), "the polynomial's primes are the target's first")
        precondition(digit.upperBound <= polynomial.basis.count, "the polynomial has the digit's primes")
        precondition(output.basis == target, "extends to the primes of its target")
        precondition(workspace.degree == target.degree && workspace.count >= digit.count, "the workspace is too small")
        let (input, scaled, extended) = (polynomial.limbs, workspace.limbs, output.limbs)
        for (index, position) in digit.enumerated() {
            scaled[index].update(from: input[position], count: target.degree)
            extended[position].update(from: input[position], count: target.degree)
            inverseTransforms[index](scaled[index])
        }
        let others = digit.lowerBound
        let width = digit.count
        conversion.transform(scaled: scaled, targetsAtOnce: conversion.target.count) { index in
            extended[index < others ? index : index + width]
        }
    }
}
