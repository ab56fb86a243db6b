import CKernels

/// The outcome of recomputing a group of constants with GMP.
public struct SetupFinding: Sendable, Codable {
    /// What was recomputed.
    public let name: String
    /// How many constants were compared.
    public let constants: Int
    /// What differed; empty when everything agreed.
    public let failures: [String]
    /// Whether everything agreed.
    public var passed: Bool { failures.isEmpty }
}

/// Recomputes set-up constants with GMP, by other formulas than the set-up itself where there are any, and
/// compares.
package struct SetupCheck: Sendable {
    package private(set) var constants = 0
    package private(set) var failures: [String] = []

    package init() {}

    /// Compares one constant with what GMP says; only the first few differences of a group are kept.
    package mutating func expect(_ found: UInt64, _ expected: BigInteger, _ what: @autoclosure () -> String) {
        expect(BigInteger(found) == expected, "\(what()) is \(found), GMP says \(expected)")
    }

    /// Notes one property that must hold.
    package mutating func expect(_ holds: Bool, _ what: @autoclosure () -> String) {
        constants += 1
        if !holds && failures.count < 8 { failures.append(what()) }
    }

    /// Takes over what another check found.
    package mutating func add(_ other: SetupCheck) {
        constants += other.constants
        failures = Array((failures + other.failures).prefix(8))
    }

    package func finding(_ name: String) -> SetupFinding {
        SetupFinding(name: name, constants: constants, failures: failures)
    }
}

extension SetupCheck {
    /// The modulus: certified prime, in range, q^-1 mod 2^52, R^2 mod q.
    package mutating func check(_ modulus: Modulus) {
        let q = BigInteger(modulus.value)
        let radix = BigInteger.powerOfTwo(Modulus.wordBits)
        expect(q.isPrime, "\(q) is not prime")
        expect(q.bitWidth == modulus.bits, "\(q) does not have \(modulus.bits) bits")
        if let inverse = q.inverse(modulo: radix) {
            expect(modulus.constants.inverse, inverse, "q^-1 mod 2^52")
        }
        expect(modulus.constants.montgomery_squared, BigInteger.powerOfTwo(2 * Modulus.wordBits) % q, "R^2 mod q")
    }

    /// A ring: its modulus, the order of its root, every factor of its transform in every table.
    package mutating func check(_ ring: PolynomialRing) {
        check(ring.modulus)
        let q = BigInteger(ring.modulus.value)
        let degree = ring.degree
        let root = BigInteger(ring.root)
        expect(
            root.power(BigInteger(UInt64(degree)), modulo: q) == q - BigInteger(1),
            "\(ring.root) is not a primitive root of unity of order \(2 * degree) modulo \(q)")
        guard let inverseRoot = root.inverse(modulo: q),
            let inverseDegree = BigInteger(UInt64(degree)).inverse(modulo: q)
        else { return expect(false, "the root or the degree has no inverse modulo \(q)") }

        checkFactors(ring.tables.roots, root: root, modulus: q, "root")
        checkFactors(ring.tables.inverseRoots, root: inverseRoot, modulus: q, "inverse root")
        checkTail(ring.tables.tailRoots, of: ring.tables.roots, "tail root")
        checkTail(ring.tables.inverseTailRoots, of: ring.tables.inverseRoots, "inverse tail root")
        let pointers = ring.tables.pointers
        checkFactor(pointers.inverse_n, of: inverseDegree, modulus: q, "n^-1")
        let last = inverseDegree * inverseRoot.power(BigInteger(UInt64(degree / 2)), modulo: q) % q
        checkFactor(pointers.inverse_n_root, of: last, modulus: q, "n^-1 times the last factor")

        checkCentred(ring.tables.centredRoots, of: ring.tables.roots, ring.modulus, "root")
        checkCentred(ring.tables.centredInverseRoots, of: ring.tables.inverseRoots, ring.modulus, "inverse root")
        checkCentredTail(ring.tables.centredTailRoots, of: ring.tables.roots, ring.modulus, "tail root")
        checkCentredTail(
            ring.tables.centredInverseTailRoots, of: ring.tables.inverseRoots, ring.modulus, "inverse tail root")
        checkCentred(pointers.centred_inverse_n, is: pointers.inverse_n, ring.modulus, "n^-1")
        checkCentred(
            pointers.centred_inverse_n_root, is: pointers.inverse_n_root, ring.modulus, "n^-1 times the last factor")
    }

    private mutating func checkFactors(
        _ factors: AlignedBuffer<msfhe_factor>, root: BigInteger, modulus: BigInteger, _ name: String
    ) {
        factors.withUnsafeBufferPointer { factors in
            let bits = factors.count.trailingZeroBitCount
            var power = BigInteger(1)
            for exponent in factors.indices {
                let index = exponent.bitReversed(bits)
                checkFactor(factors[index], of: power, modulus: modulus, "\(name) \(index)")
                power = power * root % modulus
            }
        }
    }

    package mutating func checkFactor(
        _ factor: msfhe_factor, of value: BigInteger, modulus: BigInteger, _ name: @autoclosure () -> String
    ) {
        let radix = BigInteger.powerOfTwo(Modulus.wordBits)
        let montgomery = value * radix % modulus
        expect(factor.montgomery, montgomery, "\(name()) in Montgomery form")
        // The quotient word is defined by quotient * q = montgomery (mod 2^52).
        expect(
            BigInteger(factor.quotient) * modulus % radix == montgomery % radix && factor.quotient < 1 << 52,
            "quotient word of \(name())")
    }

    private mutating func checkTail(
        _ tail: AlignedBuffer<UInt64>, of roots: AlignedBuffer<msfhe_factor>, _ name: String
    ) {
        tail.withUnsafeBufferPointer { tail in
            roots.withUnsafeBufferPointer { roots in
                // Index by the definition: layer s has n/8 * 2^s factors, one block of eight lanes after another.
                let groups = roots.count / 8
                for layer in 0..<3 {
                    for group in 0..<groups {
                        for index in 0..<1 << layer {
                            let entry = group / 8 * 112 + ((1 << layer) - 1 + index) * 16 + group % 8
                            let factor = roots[(groups + group) << layer + index]
                            expect(
                                tail[entry] == factor.montgomery && tail[entry + 8] == factor.quotient,
                                "\(name), layer \(layer), block \(group), factor \(index)")
                        }
                    }
                }
            }
        }
    }

    /// A factor as a double: centred, and congruent to a prepared factor, which has been checked itself.
    package mutating func checkCentred(
        _ centred: Double, is factor: msfhe_factor, _ modulus: Modulus, _ name: @autoclosure () -> String
    ) {
        guard let integer = Int64(exactly: centred), integer.magnitude <= modulus.value / 2 else {
            return expect(false, "\(name()) is \(centred), not a centred integer")
        }
        let q = BigInteger(modulus.value)
        let magnitude = BigInteger(integer.magnitude)
        let residue = integer < 0 ? q - magnitude : magnitude
        let montgomery = residue * BigInteger.powerOfTwo(Modulus.wordBits) % q
        expect(factor.montgomery, montgomery, "\(name()), which is \(centred) when centred, in Montgomery form")
    }

    private mutating func checkCentred(
        _ centred: AlignedBuffer<Double>, of roots: AlignedBuffer<msfhe_factor>, _ modulus: Modulus,
        _ name: String
    ) {
        expect(centred.count == roots.count / 4, "there are \(centred.count) centred factors \(name)")
        centred.withUnsafeBufferPointer { centred in
            roots.withUnsafeBufferPointer { roots in
                for index in 0..<min(centred.count, roots.count) {
                    checkCentred(centred[index], is: roots[index], modulus, "\(name) \(index)")
                }
            }
        }
    }

    private mutating func checkCentredTail(
        _ tail: AlignedBuffer<Double>, of roots: AlignedBuffer<msfhe_factor>, _ modulus: Modulus, _ name: String
    ) {
        tail.withUnsafeBufferPointer { tail in
            roots.withUnsafeBufferPointer { roots in
                // The last layer but one has n/4 factors, two for each group of eight values, the last one n/2.
                let groups = roots.count / 8
                for group in 0..<groups {
                    let (block, lane) = group.quotientAndRemainder(dividingBy: 8)
                    for (layer, first) in [(1, 0), (2, 16)] {
                        for index in 0..<1 << layer {
                            checkCentred(
                                tail[48 * block + first + 8 * index + lane],
                                is: roots[(groups + group) << layer + index], modulus,
                                "\(name), layer \(layer), block \(group), factor \(index)")
                        }
                    }
                }
            }
        }
    }

    /// A discrete Gaussian: every threshold, from a rational value of sigma^2, by a power series in integers.
    package mutating func check(_ distribution: DiscreteGaussian) {
        // exp(-k^2 / (2 sigma^2)) = E^(k^2), E = exp(-1 / (2 sigma^2)), with 256 binary digits after the point.
        let one = BigInteger.powerOfTwo(256)
        let hundredths = UInt64((distribution.sigma * 100).rounded())
        let numerator = BigInteger(5000)  // 1 / (2 sigma^2) = 100^2 / (2 hundredths^2)
        let denominator = BigInteger(hundredths * hundredths)
        let base = Self.exponentialOfMinus(numerator, over: denominator, one: one)
        var weights: [BigInteger] = []
        for magnitude in 0...distribution.bound {
            var weight = one
            for _ in 0..<magnitude * magnitude { weight = weight * base / one }
            weights.append(magnitude == 0 ? weight : weight + weight)
        }
        let total = weights.reduce(BigInteger(0), +)
        var tail = BigInteger(0)
        for magnitude in (1...distribution.bound).reversed() {
            tail = tail + weights[magnitude]
            let exact = (tail * BigInteger.powerOfTwo(63) / total).double
            let found = Double(distribution.thresholds[magnitude - 1])
            expect(
                abs(found - exact) <= exact * 0x1p-48 + 2, "P(|X| > \(magnitude - 1)) is \(found), GMP says \(exact)")
        }
    }

    /// exp(-x), x = numerator / denominator in (0, 1), as an integer multiple of 1 / one.
    private static func exponentialOfMinus(
        _ numerator: BigInteger, over denominator: BigInteger, one: BigInteger
    ) -> BigInteger {
        var positive = BigInteger(0)
        var negative = BigInteger(0)
        var term = one
        for order in UInt64(1)...80 {
            if order % 2 == 1 { positive = positive + term } else { negative = negative + term }
            term = term * numerator / (denominator * BigInteger(order))
        }
        return positive - negative
    }
}
