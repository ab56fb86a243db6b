import CKernels
import Ring

/// The moduli of leveled encryption: a chain of primes q_0 ... q_(L-1), of which rescaling drops the last, and special
/// primes p_0 ... p_(k-1), product P, that only switching keys have.
///
/// Hybrid key switching (Han and Ki, CT-RSA 2020) cuts a polynomial into digits: its remainders modulo products of
/// `digitSize` neighbouring primes of the chain. Each digit is multiplied with its part of a switching key modulo QP
/// and the sum divided by P, which shrinks the noise as long as P is no less than the digits' moduli.
///
/// Immutable and shared freely. Holds the tables of all levels.
public final class ModulusChain: Sendable {
    /// The primes q_0 ... q_(L-1) of the highest level.
    public let basis: RNSBasis
    /// The special primes; nil where no keys are switched.
    public let special: RNSBasis?
    /// All primes: those of the chain, then the special ones. A secret lives modulo all of them.
    public let full: RNSBasis
    /// Primes in a digit.
    public let digitSize: Int
    private let levels: [KeySwitchingLevel]
    /// Memory of polynomials over this chain that come and go.
    package let recycler: BufferRecycler
    private let rescalings: [RoundedDivision]

    /// The ring degree n.
    public var degree: Int { basis.degree }
    /// The number L of primes of the chain.
    public var primeCount: Int { basis.count }
    /// The number k of special primes.
    public var specialCount: Int { full.count - basis.count }
    /// The number of digits at the highest level, which is the number of rows of a switching key.
    public var digitCount: Int { (primeCount + digitSize - 1) / digitSize }
    /// log2 of the product of all primes, rounded up: what the security table limits.
    public var logModulus: Int { full.product.bitWidth }

    /// The chain of the primes of `basis`, with `special` primes for switching keys.
    ///
    /// - Parameter digitSize: 1 to the number of primes of the chain.
    /// - Throws: ``RNSBasisError`` when a prime comes twice, or degrees or backends differ.
    package init(basis: RNSBasis, special: RNSBasis?, digitSize: Int) throws(RNSBasisError) {
        precondition((1...basis.count).contains(digitSize), "a digit has 1 to \(basis.count) primes")
        self.basis = basis
        self.special = special
        self.digitSize = digitSize
        recycler = BufferRecycler(limit: max(64 << 20, 12 * basis.count * basis.degree * 8))
        rescalings = (1..<max(basis.count, 1)).map { RoundedDivision(basis: basis.prefix($0 + 1), divisorCount: 1) }
        full = try special.map { (other) throws(RNSBasisError) in try basis.appending(other) } ?? basis
        guard let special else {
            levels = []
            return
        }
        levels = (1...basis.count).map { KeySwitchingLevel(primes: $0, of: basis, special, digitSize: digitSize) }
    }

    /// The tables of key switching for polynomials modulo the first `primes` primes.
    package func level(primes: Int) -> KeySwitchingLevel {
        precondition(special != nil, "a chain without special primes switches no keys")
        return levels[primes - 1]
    }

    /// Division by the last of the first `primes` primes, at least two.
    package func rescaling(primes: Int) -> RoundedDivision { rescalings[primes - 2] }

    /// `count` polynomials modulo the first `primes` primes, which are all written before they are read.
    package func makeVector(primes: Int, count: Int) -> PolynomialVector {
        PolynomialVector(uninitialized: basis.prefix(primes), count: count, recycler: recycler)
    }

    /// For each limb at the level of `primes` primes, special ones last, its position among all primes.
    package func position(of limb: Int, primes: Int) -> Int { limb < primes ? limb : primeCount + limb - primes }
}

/// What key switching needs at one level: of the first l primes of a chain.
package final class KeySwitchingLevel: Sendable {
    /// The number l of primes of the chain.
    package let primes: Int
    /// q_0 ... q_(l-1), p_0 ... p_(k-1).
    package let basis: RNSBasis
    /// The digits, each extended to all primes of ``basis``.
    package let digits: [BasisExtension]
    /// Division by P.
    package let divisionByP: RoundedDivision
    /// Division by P q_(l-1) at once: the end of key switching merged with rescaling. Nil at the lowest level.
    package let divisionByPAndLast: RoundedDivision?
    /// P mod q_i, for what is to survive the division by P.
    package let specialProduct: [msfhe_factor]

    init(primes: Int, of chain: RNSBasis, _ special: RNSBasis, digitSize: Int) {
        self.primes = primes
        do {
            basis = try chain.prefix(primes).appending(special)
        } catch {
            preconditionFailure("the primes of a chain are distinct")
        }
        let basis = self.basis
        digits = stride(from: 0, to: primes, by: digitSize).map {
            BasisExtension(digit: $0..<min($0 + digitSize, primes), of: basis)
        }
        divisionByP = RoundedDivision(basis: basis, divisorCount: special.count)
        divisionByPAndLast = primes > 1 ? RoundedDivision(basis: basis, divisorCount: special.count + 1) : nil
        specialProduct = chain.moduli.prefix(primes).map { modulus in
            modulus.factor(special.moduli.reduce(1) { modulus.multiply($0, $1.value % modulus.value) })
        }
    }
}
