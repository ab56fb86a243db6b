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

    private var coefficients: LimbAddresses {
        LimbAddresses(base: coefficientBuffer.unsafeBase, degree: chain.degree)
    }

    // MARK: Digits that stay

    /// Extends the digits of `polynomial`, of the first `primes` primes of the chain, to all primes of the level: an
    /// inverse transform for each prime, and a transform for each digit and each prime outside it.
    package func decompose(_ polynomial: LimbAddresses, primes: Int) {
        let level = chain.level(primes: primes)
        interpolate(polynomial, level)
        parallelFor(level.digits.count, threads: threads) { index in
            let output = extended(digit: index)
            extend(level.digits[index], to: 0..<level.basis.count) { output[$0] }
        }
    }

    /// Multiplies the digits of `polynomial`, which was taken apart before, with `key`, into ``sums(_:)``: canonical.
    package func multiply(by key: SwitchingKey, polynomial: LimbAddresses, primes: Int) {
        let level = chain.level(primes: primes)
        parallelFor(level.basis.count, threads: threads) { limb in
            sumProducts(limb: limb, key: key, level) { digit in
                level.digits[digit].digit ~= limb ? polynomial[limb] : extended(digit: digit)[limb]
            }
        }
    }

    // MARK: Digits used once

    /// Takes `polynomial` apart and multiplies it with `key`, into ``sums(_:)``: canonical. As many transforms as both
    /// steps apart, but the digits are multiplied while they are in the caches.
    package func product(of polynomial: LimbAddresses, by key: SwitchingKey, primes: Int) {
        let level = chain.level(primes: primes)
        interpolate(polynomial, level)
        // Targets at once share one reading of a digit of several primes.
        let width = chain.digitSize == 1 ? 1 : Self.targetsAtOnce
        let groups = (level.basis.count + width - 1) / width
        parallelFor(groups, threads: threads) { group in
            let limbs = group * width..<min((group + 1) * width, level.basis.count)
            // Each group writes to limbs of its own.
            for (index, digit) in level.digits.enumerated() {
                let output = extended(digit: index).dropping(first: threads == 1 ? 0 : limbs.lowerBound)
                extend(digit, to: limbs) { output[$0 - limbs.lowerBound] }
            }
            for limb in limbs {
                sumProducts(limb: limb, key: key, level) { digit in
                    guard !(level.digits[digit].digit ~= limb) else { return polynomial[limb] }
                    return extended(digit: digit)[threads == 1 ? limb - limbs.lowerBound : limb]
                }
            }
        }
    }

    private static let targetsAtOnce = 4

    // MARK: Parts of both

    /// The coefficients of the digits, scaled as conversions want them.
    private func interpolate(_ polynomial: LimbAddresses, _ level: KeySwitchingLevel) {
        parallelFor(level.digits.count, threads: threads) { index in
            let digit = level.digits[index]
            for (position, transform) in zip(digit.digit, digit.inverseTransforms) {
                coefficients[position].update(from: polynomial[position], count: chain.degree)
                transform(coefficients[position])
            }
        }
    }

    /// Extends a digit to those of `limbs` that it does not have.
    private func extend(
        _ digit: BasisExtension, to limbs: Range<Int>, output: (Int) -> UnsafeMutablePointer<UInt64>
    ) {
        let own = digit.digit
        // Conversions count their targets without the digit's own primes.
        let index = { (limb: Int) in limb <= own.lowerBound ? limb : max(limb - own.count, own.lowerBound) }
        digit.conversion.transform(
            scaled: coefficients.dropping(first: own.lowerBound),
            targets: index(limbs.lowerBound)..<index(limbs.upperBound), targetsAtOnce: Self.conversionLimbs
        ) { output($0 < own.lowerBound ? $0 : $0 + own.count) }
    }

    /// One limb of the sums of products of digits and key.
    private func sumProducts(
        limb: Int, key: SwitchingKey, _ level: KeySwitchingLevel,
        values: (Int) -> UnsafeMutablePointer<UInt64>
    ) {
        precondition(key.chain === chain, "the key belongs to another chain")
        let (position, count) = (chain.position(of: limb, primes: level.primes), level.digits.count)
        let ring = level.basis.rings[limb]
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: 3 * count) { table in
            for digit in 0..<count {
                let row = key.row(digit: digit, position: position)
                table.initializeElement(at: digit, to: UnsafePointer(values(digit)))
                table.initializeElement(at: count + digit, to: UnsafePointer(row))
                table.initializeElement(at: 2 * count + digit, to: UnsafePointer(row + chain.degree))
            }
            let base = table.baseAddress!
            withUnsafePointer(to: ring.modulus.constants) {
                ring.backend.kernels.pointee.dot2(
                    sums(0)[limb], sums(1)[limb], base, base + count, base + 2 * count, count, chain.degree, $0)
            }
        }
    }

    // MARK: Divisions

    /// Writes what is encrypted in `x`, of the first `primes` primes, under the secret that `key` leads to. The
    /// outputs may be the operands, or ``sums(_:)``.
    package func switchSecret(
        _ x: (LimbAddresses, LimbAddresses), with key: SwitchingKey, primes: Int,
        into output: (LimbAddresses, LimbAddresses)
    ) {
        product(of: x.1, by: key, primes: primes)
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
