import Testing

@testable import Ring

/// A residue number system for tests: bit lengths of its primes, in their order.
struct PrimeSizes: Sendable, CustomTestStringConvertible {
    let bits: [Int]
    var testDescription: String { bits.map(String.init).joined(separator: " ") }

    init(_ bits: [Int]) { self.bits = bits }

    /// The basis of the next primes of these sizes, those of `other` left out.
    func basis(_ backend: Backend, degree: Int = 1024, besides other: [Int] = []) throws -> RNSBasis {
        var used: [Int: Int] = [:]
        for size in other { used[size, default: 0] += 1 }
        let moduli = try bits.map { size in
            let position = used[size, default: 0]
            used[size] = position + 1
            return try Modulus.primes(bits: size, congruentToOneModulo: UInt64(2 * degree), count: position + 1)[
                position]
        }
        return try RNSBasis(degree: degree, moduli: moduli, backend: backend)
    }
}

/// Polynomials of residue number systems, against integers of any size.
struct RNSTests {
    /// Random numbers below `bound`, after the special ones: ends, halves, and their neighbours.
    private func integers(below bound: BigInteger, count: Int, special: [BigInteger]) -> [BigInteger] {
        (0..<count).map { index in
            guard index >= special.count else { return special[index] % bound }
            let words = (0..<bound.bitWidth / 60 + 1).map { _ in UInt64.random(in: 0..<1 << 60) }
            return words.reduce(BigInteger(0)) { $0 * BigInteger.powerOfTwo(60) + BigInteger($1) } % bound
        }
    }

    private func ends(of product: BigInteger) -> [BigInteger] {
        let one = BigInteger(1)
        let half = product / BigInteger(2)
        return [BigInteger(0), one, product - one, half, half + one, half - one, half + one + one]
    }

    private func polynomial(_ integers: [BigInteger], _ basis: RNSBasis) -> RNSPolynomial<Coefficient> {
        var polynomial = RNSPolynomial<Coefficient>(zeroOf: basis)
        for (index, modulus) in basis.moduli.enumerated() {
            let q = BigInteger(modulus.value)
            polynomial.withMutableLimb(index) { limb in
                for (position, integer) in integers.enumerated() { limb[position] = (integer % q).uint64! }
            }
        }
        return polynomial
    }

    /// The limbs' values at a position.
    private func residues(_ polynomial: borrowing RNSPolynomial<Coefficient>, _ position: Int) -> [UInt64] {
        (0..<polynomial.basis.count).map { polynomial.withLimb($0) { $0[position] } }
    }

    /// The coefficients that stand for x modulo the product: the centred one, and where rounding may decide otherwise,
    /// also its neighbour.
    private func representatives(_ x: BigInteger, modulo product: BigInteger, exact: Bool) -> [BigInteger] {
        let remainder = x % product
        let isUpper = remainder + remainder > product
        let centred = isUpper ? remainder - product : remainder
        // From a tie, by 2^-41 of the product at most.
        let distance = remainder + remainder - product
        let magnitude = distance < BigInteger(0) ? BigInteger(0) - distance : distance
        let isNearTie = magnitude * BigInteger.powerOfTwo(40) < product
        return isNearTie && !exact ? [centred, isUpper ? remainder : remainder - product] : [centred]
    }

    private static let conversions: [(source: PrimeSizes, target: PrimeSizes)] = [
        ([49], [49, 30, 40, 48]), ([30], [49, 31, 30]), ([40], [49, 36, 40]), ([49, 49], [49, 40, 30]),
        ([30, 49, 40], [49, 49, 45, 36]), ([36, 36, 36], [36, 40]), ([49, 49, 49, 49, 49], [49, 40, 40, 30]),
        ([Int](repeating: 40, count: 8), [49, 40]), ([Int](repeating: 49, count: 48), [49, 30]),
    ].map { (PrimeSizes($0), PrimeSizes($1)) }

    @Test(arguments: Backend.available, conversions)
    func conversionsTakeTheCentredRepresentative(backend: Backend, sizes: (source: PrimeSizes, target: PrimeSizes))
        throws
    {
        let source = try sizes.source.basis(backend)
        let target = try sizes.target.basis(backend, besides: sizes.source.bits)
        let conversion = try BasisConversion(from: source, to: target)
        let product = source.product
        let integers = integers(below: product, count: source.degree, special: ends(of: product))
        var lazy = RNSPolynomial<LazyCoefficient>(zeroOf: target)
        conversion.convert(
            polynomial(integers, source), into: &lazy,
            workspace: RNSWorkspace(degree: source.degree, count: source.count))
        for (index, modulus) in target.moduli.enumerated() {
            lazy.withLimb(index) { limb in #expect(limb.allSatisfy { $0 < 2 * modulus.value }) }
        }
        let converted = lazy.reduced()
        for (position, integer) in integers.enumerated() {
            let found = residues(converted, position)
            let allowed = representatives(integer, modulo: product, exact: source.count == 1).map { number in
                target.moduli.map { (number % BigInteger($0.value)).uint64! }
            }
            #expect(allowed.contains(found), "\(integer) modulo \(product)")
        }
    }

    private static let divisions: [(primes: PrimeSizes, divisors: Int)] = [
        ([49, 49], 1), ([49, 49, 49], 1), ([49, 40, 40], 1), ([49, 30, 30, 49], 1), ([40, 49, 49, 30], 1),
        ([49, 40, 40, 49, 49], 2), ([49, 40, 40, 49, 49], 3), ([49, 30, 49, 49, 49, 49, 49], 5), ([30, 40, 49], 2),
    ].map { (PrimeSizes($0), $1) }

    @Test(arguments: Backend.available, divisions)
    func divisionsRound(backend: Backend, sizes: (primes: PrimeSizes, divisors: Int)) throws {
        let basis = try sizes.primes.basis(backend)
        let division = RoundedDivision(basis: basis, divisorCount: sizes.divisors)
        let divisor = division.conversion.source.product
        // Ends of the whole range, and ties around multiples of the divisor.
        let multiples = ends(of: division.target.product).map { $0 * divisor }
        let special =
            ends(of: basis.product) + ends(of: divisor).flatMap { end in multiples.map { $0 + end } }
        let integers = integers(below: basis.product, count: basis.degree, special: special)
        for limbs in [1, 2, basis.count] {
            let quotient = division.divide(
                polynomial(integers, basis).evaluated().reduced(),
                workspace: RNSWorkspace(degree: basis.degree, count: limbs)
            ).interpolated()
            #expect(quotient.basis == division.target)
            for (position, integer) in integers.enumerated() {
                let allowed = representatives(integer, modulo: divisor, exact: sizes.divisors == 1).map { remainder in
                    quotient.basis.moduli.map { ((integer - remainder) / divisor % BigInteger($0.value)).uint64! }
                }
                #expect(allowed.contains(residues(quotient, position)), "\(integer) over \(divisor)")
            }
        }
    }

    private static let digits: [(primes: PrimeSizes, known: Int, digit: Range<Int>)] = [
        ([49, 49, 49, 49], 3, 0..<1), ([49, 49, 49, 49], 3, 2..<3), ([49, 40, 40, 40, 49, 49], 4, 0..<2),
        ([49, 40, 40, 40, 49, 49], 4, 2..<4), ([49, 30, 30, 49, 49], 3, 2..<3), ([30, 49, 49, 49], 1, 0..<1),
    ].map { (PrimeSizes($0), $1, $2) }

    @Test(arguments: Backend.available, digits)
    func extensionsKeepTheDigit(
        backend: Backend, sizes: (primes: PrimeSizes, known: Int, digit: Range<Int>)
    ) throws {
        let target = try sizes.primes.basis(backend)
        let known = target.prefix(sizes.known)
        let product = target[sizes.digit].product
        let integers = integers(below: known.product, count: target.degree, special: ends(of: product))
        var extended = RNSPolynomial<LazyEvaluation>(zeroOf: target)
        BasisExtension(digit: sizes.digit, of: target).extend(
            polynomial(integers, known).evaluated().reduced(), into: &extended,
            workspace: RNSWorkspace(degree: target.degree, count: sizes.digit.count))
        let coefficients = extended.reduced().interpolated()
        for (position, integer) in integers.enumerated() {
            let allowed = representatives(integer, modulo: product, exact: sizes.digit.count == 1).map { number in
                target.moduli.map { (number % BigInteger($0.value)).uint64! }
            }
            #expect(allowed.contains(residues(coefficients, position)), "\(integer)")
        }
    }

    @Test(arguments: Backend.available)
    func transformsGoThereAndBack(backend: Backend) throws {
        let basis = try PrimeSizes([49, 30, 40]).basis(backend)
        let integers = integers(below: basis.product, count: basis.degree, special: ends(of: basis.product))
        let back = polynomial(integers, basis).evaluated().reduced().interpolated()
        #expect((0..<basis.degree).allSatisfy { residues(back, $0) == residues(polynomial(integers, basis), $0) })
    }

    @Test func copiesTakeTheBasisAndLeaveTheOriginal() throws {
        let basis = try PrimeSizes([49, 30, 40]).basis(.selected)
        let integers = integers(below: basis.product, count: basis.degree, special: [])
        let original = polynomial(integers, basis).prefix(2)
        var copy = RNSPolynomial<Coefficient>(zeroOf: basis)
        original.copy(to: &copy)
        #expect(copy.basis == basis.prefix(2))
        copy.withMutableLimb(1) { $0[0] ^= 1 }
        #expect((1..<basis.degree).allSatisfy { residues(original, $0) == residues(copy, $0) })
        #expect(residues(original, 0)[1] == residues(copy, 0)[1] ^ 1)
    }

    @Test func aBasisIsChecked() throws {
        let backend = Backend.selected
        let basis = try PrimeSizes([49, 40]).basis(backend)
        let longer = try PrimeSizes([49]).basis(backend, degree: 2048)
        #expect(throws: RNSBasisError.empty) { try RNSBasis(rings: []) }
        #expect(throws: RNSBasisError.repeatedPrime(basis.moduli[1].value)) { try basis.appending(basis[1..<2]) }
        #expect(throws: RNSBasisError.differentDegrees(1024, 2048)) { try basis.appending(longer) }
        #expect(throws: RNSBasisError.ring(.unsupportedDegree(1000))) {
            try RNSBasis(degree: 1000, moduli: basis.moduli)
        }
        #expect(basis.prefix(1) == basis[0..<1])
        #expect(basis.prefix(1) != basis)
        #expect(abs(basis.logProduct - 89) < 0.05)
        let sameAgain = try RNSBasis(rings: basis.rings)
        #expect(sameAgain == basis)
    }
}

/// The constants of residue number systems agree with GMP, and a wrong one does not go unnoticed.
struct RNSSetupCheckTests {
    private func division() throws -> RoundedDivision {
        RoundedDivision(basis: try PrimeSizes([49, 40, 30, 49, 49]).basis(.selected), divisorCount: 2)
    }

    @Test func everyConstantAgrees() throws {
        let division = try division()
        var check = SetupCheck()
        check.check(division)
        check.check(BasisExtension(digit: 1..<3, of: division.source))
        check.check(division.source)
        #expect(check.failures == [])
        // For the division's three targets and two divisors: scales, two tables with three entries, transforms.
        #expect(check.constants > 2 * 3 * 3 + 4)
    }

    @Test(arguments: 0..<5)
    func aWrongConstantIsFound(number: Int) throws {
        let division = try division()
        let conversion = division.conversion
        switch number {
        case 0: conversion.factors.unsafeBase[4] ^= 1
        case 1: conversion.factors.unsafeBase[8] += 2
        case 2: conversion.centredFactors.unsafeBase[5].negate()
        case 3: conversion.sourcePrimes.unsafeBase[1] += 2
        default: conversion.conversions.unsafeBase[2].modulus.inverse ^= 1 << 51
        }
        var check = SetupCheck()
        check.check(division)
        #expect(!check.failures.isEmpty)
    }
}
