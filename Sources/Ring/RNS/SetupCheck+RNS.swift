import CKernels

extension RNSBasis {
    /// The product of the primes.
    package var product: BigInteger {
        moduli.reduce(BigInteger(1)) { $0 * BigInteger($1.value) }
    }
}

/// The constants of residue number systems, by their definitions in integers.
extension SetupCheck {
    /// A basis: each ring, and that its primes are distinct.
    package mutating func check(_ basis: RNSBasis) {
        expect(Set(basis.moduli).count == basis.count, "a prime comes twice")
        check(basis.rings)
    }

    /// Each ring, on `threads` threads.
    package mutating func check(_ rings: [PolynomialRing], threads: Int = 1) {
        let checks = parallelMap(rings, threads: threads) { ring in
            var check = SetupCheck()
            check.check(ring)
            return check
        }
        for check in checks { add(check) }
    }

    /// A conversion: the scale of each source prime, and for each target the table that the kernels read.
    package mutating func check(_ conversion: BasisConversion) {
        let product = conversion.source.product
        for (index, prime) in conversion.source.moduli.map({ BigInteger($0.value) }).enumerated() {
            expect(conversion.sourcePrimes.unsafeBase[index], prime, "source prime \(index)")
            if let scale = (product / prime).inverse(modulo: prime) {
                expect(conversion.scales[index], scale, "(Q / q)^-1 mod q = \(prime)")
            } else {
                expect(false, "Q / q has no inverse modulo q = \(prime)")
            }
        }
        for row in 0..<conversion.target.count { checkTable(row, of: conversion, product: product) }
    }

    private mutating func checkTable(_ row: Int, of conversion: BasisConversion, product: BigInteger) {
        let modulus = conversion.target.rings[row].modulus
        let p = BigInteger(modulus.value)
        let radix = BigInteger.powerOfTwo(Modulus.wordBits)
        let table = conversion.conversions.unsafeBase[row]
        expect(table.modulus.value, p, "target prime \(row)")
        expect(table.modulus.inverse, p.inverse(modulo: radix) ?? BigInteger(0), "p^-1 mod 2^52")
        expect(table.modulus.bits == UInt32(p.bitWidth), "\(p) does not have \(table.modulus.bits) bits")
        let cofactors = conversion.source.moduli.map { product / BigInteger($0.value) }
        for (column, integer) in (cofactors + [BigInteger(0) - product]).enumerated() {
            let name = "factor \(column) modulo \(p)"
            expect(table.factors[column], integer * radix % p, name)
            checkCentred(
                table.centred_factors[column], is: msfhe_factor(montgomery: table.factors[column], quotient: 0),
                modulus, name)
        }
    }

    /// A division: its conversion, the inverse transforms that scale, and P^-1 modulo each prime that is left.
    package mutating func check(_ division: RoundedDivision) {
        check(division.conversion)
        check(division.inverseTransforms, of: division.conversion)
        let divisor = division.conversion.source.product
        for (modulus, factor) in zip(division.target.moduli, division.factors) {
            let q = BigInteger(modulus.value)
            guard let inverse = divisor.inverse(modulo: q) else {
                expect(false, "the divisor has no inverse modulo \(q)")
                continue
            }
            checkFactor(factor, of: inverse, modulus: q, "P^-1 mod \(q)")
        }
    }

    /// An extension: its conversion and the inverse transforms that scale.
    package mutating func check(_ basisExtension: BasisExtension) {
        check(basisExtension.conversion)
        check(basisExtension.inverseTransforms, of: basisExtension.conversion)
    }

    /// Inverse transforms: the scale of the conversion divided by n, and that times the factor of the last layer.
    private mutating func check(_ transforms: [ScaledInverseTransform], of conversion: BasisConversion) {
        let product = conversion.source.product
        for transform in transforms {
            let ring = transform.ring
            let q = BigInteger(ring.modulus.value)
            let halfTurn = BigInteger(ring.root).power(BigInteger(UInt64(ring.degree / 2)), modulo: q)
            let cofactor = product / q
            let degree = BigInteger(UInt64(ring.degree))
            guard let scale = (cofactor * degree).inverse(modulo: q),
                let last = (cofactor * degree * halfTurn).inverse(modulo: q)
            else {
                expect(false, "Q / q, n or the root has no inverse modulo q = \(q)")
                continue
            }
            let tables = transform.tables
            checkFactor(tables.inverse_n, of: scale, modulus: q, "scale over n")
            checkFactor(tables.inverse_n_root, of: last, modulus: q, "scale over n times the last factor")
            checkCentred(tables.centred_inverse_n, is: tables.inverse_n, ring.modulus, "scale over n")
            checkCentred(
                tables.centred_inverse_n_root, is: tables.inverse_n_root, ring.modulus,
                "scale over n times the last factor")
        }
    }
}
