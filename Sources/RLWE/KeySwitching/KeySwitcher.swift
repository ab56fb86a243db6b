import CKernels
import Ring

/// Switches keys and rescales, in memory of its own: takes a polynomial apart into digits, multiplies them with
/// switching keys, and divides by the special primes. The digits stay until others take their place, so that many
/// keys can be applied to one polynomial (hoisting).
///
/// Used by one operation at a time. All it holds is public.
package final class KeySwitcher: Sendable {
    package let chain: ModulusChain
    /// Threads that share the primes.
    package let threads: Int
    private let digitBuffer: AlignedBuffer<UInt64>
    private let sumBuffer: AlignedBuffer<UInt64>
    private let coefficientBuffer: AlignedBuffer<UInt64>
    private let conversionBuffer: AlignedBuffer<UInt64>

    private static let conversionLimbs = BasisConversion.usefulTargetsAtOnce

    package init(chain: ModulusChain, threads: Int = 1) {
        self.chain = chain
        self.threads = threads
        let (degree, all) = (chain.degree, chain.full.count)
        digitBuffer = AlignedBuffer(uninitialized: chain.special == nil ? 0 : chain.digitCount * all * degree)
        sumBuffer = AlignedBuffer(uninitialized: 2 * all * degree)
        coefficientBuffer = AlignedBuffer(uninitialized: chain.primeCount * degree)
        conversionBuffer = AlignedBuffer(uninitialized: threads * Self.conversionLimbs * degree)
    }

    /// The two polynomials of a product of digits and key, modulo the primes of the level and the special ones.
    package func sums(_ index: Int) -> LimbAddresses {
        LimbAddresses(base: sumBuffer.unsafeBase + index * chain.full.count * chain.degree, degree: chain.degree)
    }

    private func extended(digit: Int) -> LimbAddresses {
        LimbAddresses(
            base: digitBuffer.unsafeBase + digit * chain.full.count * chain.degree, degree: chain.degree)
    }

    /// Extends the digits of `polynomial`, of the first `primes` primes of the chain, to all primes of the level: an
    /// inverse transform for each prime, and a transform for each digit and each prime outside it.
    package func decompose(_ polynomial: LimbAddresses, primes: Int) {
        let level = chain.level(primes: primes)
        let coefficients = LimbAddresses(base: coefficientBuffer.unsafeBase, degree: chain.degree)
        let transforms = level.digits.flatMap(\.inverseTransforms)
        parallelFor(primes, threads: threads) { index in
            coefficients[index].update(from: polynomial[index], count: chain.degree)
            transforms[index](coefficients[index])
        }
        parallelFor(level.digits.count, threads: threads) { index in
            let digit = level.digits[index]
            let output = extended(digit: index)
            let (first, width) = (digit.digit.lowerBound, digit.digit.count)
            digit.conversion.transform(
                scaled: coefficients.dropping(first: first), targetsAtOnce: Self.conversionLimbs
            ) { output[$0 < first ? $0 : $0 + width] }
        }
    }

    /// Multiplies the digits of `polynomial`, which was taken apart before, with `key`, into ``sums(_:)``: canonical.
    package func multiply(by key: SwitchingKey, polynomial: LimbAddresses, primes: Int) {
        precondition(key.chain === chain, "the key belongs to another chain")
        let level = chain.level(primes: primes)
        parallelFor(level.basis.count, threads: threads) { limb in
            let position = chain.position(of: limb, primes: primes)
            let ring = level.basis.rings[limb]
            let ownDigit = limb < primes ? limb / chain.digitSize : -1
            withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: 3 * level.digits.count) { table in
                let (x, b, a) = (0, level.digits.count, 2 * level.digits.count)
                for digit in level.digits.indices {
                    let row = key.row(digit: digit, position: position)
                    let values = digit == ownDigit ? polynomial[limb] : extended(digit: digit)[limb]
                    table.initializeElement(at: x + digit, to: UnsafePointer(values))
                    table.initializeElement(at: b + digit, to: UnsafePointer(row))
                    table.initializeElement(at: a + digit, to: UnsafePointer(row + chain.degree))
                }
                let base = table.baseAddress!
                withUnsafePointer(to: ring.modulus.constants) {
                    ring.backend.kernels.pointee.dot2(
                        sums(0)[limb], sums(1)[limb], base + x, base + b, base + a, level.digits.count, chain.degree, $0
                    )
                }
            }
        }
    }

    /// Writes what is encrypted in `x`, of the first `primes` primes, under the secret that `key` leads to. The
    /// outputs may be the operands, or ``sums(_:)``.
    package func switchSecret(
        _ x: (LimbAddresses, LimbAddresses), with key: SwitchingKey, primes: Int,
        into output: (LimbAddresses, LimbAddresses)
    ) {
        decompose(x.1, primes: primes)
        multiply(by: key, polynomial: x.1, primes: primes)
        let basis = chain.basis.prefix(primes)
        divideByP(sums(0), into: sums(0), primes: primes)
        basis.add(sums(0), x.0, into: output.0, threads: threads)
        divideByP(sums(1), into: output.1, primes: primes)
    }

    /// Divides `polynomial`, modulo the primes of the level and the special ones, by P, and rounds. Its limbs of the
    /// special primes are overwritten.
    package func divideByP(_ polynomial: LimbAddresses, into output: LimbAddresses, primes: Int) {
        divide(chain.level(primes: primes).divisionByP, polynomial, into: output)
    }

    /// Divides `polynomial` by P and by the last prime of the level. At least one prime is left.
    package func divideByPAndLast(_ polynomial: LimbAddresses, into output: LimbAddresses, primes: Int) {
        guard let division = chain.level(primes: primes).divisionByPAndLast else {
            preconditionFailure("the lowest level cannot be rescaled")
        }
        divide(division, polynomial, into: output)
    }

    /// Divides `polynomial`, of `primes` primes of the chain, by the last of them, and rounds. At least one prime is
    /// left.
    package func divideByLast(_ polynomial: LimbAddresses, into output: LimbAddresses, primes: Int) {
        let remainder = LimbAddresses(base: coefficientBuffer.unsafeBase, degree: chain.degree)
        remainder.base.update(from: polynomial[primes - 1], count: chain.degree)
        divide(chain.rescaling(primes: primes), polynomial, remainder: remainder, into: output)
    }

    private func divide(
        _ division: RoundedDivision, _ polynomial: LimbAddresses, remainder: LimbAddresses? = nil,
        into output: LimbAddresses
    ) {
        division.divide(
            polynomial, remainder: remainder ?? polynomial.dropping(first: division.target.count), into: output,
            workspace: LimbAddresses(base: conversionBuffer.unsafeBase, degree: chain.degree),
            count: min(Self.conversionLimbs, division.usefulWorkspace), threads: threads)
    }
}
