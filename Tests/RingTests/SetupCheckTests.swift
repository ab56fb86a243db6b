import Testing

@testable import Ring

/// The set-up agrees with GMP, and a constant that is wrong does not go unnoticed.
struct SetupCheckTests {
    private func ring(_ degree: Int, bits: Int = 49) throws -> PolynomialRing {
        try PolynomialRing(
            degree: degree, modulus: Modulus.primes(bits: bits, congruentToOneModulo: 1 << 17, count: 1)[0])
    }

    @Test(arguments: [(1024, 49), (1024, 30), (4096, 40), (65536, 49)])
    func everyConstantOfATransformAgrees(degree: Int, bits: Int) throws {
        var check = SetupCheck()
        check.check(try ring(degree, bits: bits))
        #expect(check.failures == [])
        // Two words for each of 2n factors, one comparison for each of 2 * 7n/8 factors of the tails, and one for
        // each of the 2n factors as a double.
        #expect(check.constants >= 4 * degree + 2 * 7 * degree / 8 + 2 * degree)
    }

    @Test func aWrongConstantIsFound() throws {
        for tamper in tamperings {
            let ring = try ring(1024)
            tamper(ring.tables)
            var check = SetupCheck()
            check.check(ring)
            #expect(!check.failures.isEmpty)
        }
    }

    private var tamperings: [(TransformTables) -> Void] {
        [
            { $0.roots.withUnsafeMutableBufferPointer { $0[700].montgomery ^= 1 } },
            { $0.roots.withUnsafeMutableBufferPointer { $0[3].quotient ^= 1 << 51 } },
            { $0.inverseRoots.withUnsafeMutableBufferPointer { $0.swapAt(5, 6) } },
            { $0.tailRoots.withUnsafeMutableBufferPointer { $0[1000] ^= 4 } },
            { $0.inverseTailRoots.withUnsafeMutableBufferPointer { $0.swapAt(0, 1) } },
            { $0.centredRoots.withUnsafeMutableBufferPointer { $0[7].negate() } },
            { $0.centredInverseRoots.withUnsafeMutableBufferPointer { $0[255] += 1 } },
            { $0.centredInverseRoots.withUnsafeMutableBufferPointer { $0[1] += 0.5 } },
            { $0.centredTailRoots.withUnsafeMutableBufferPointer { $0.swapAt(0, 8) } },
            { $0.centredTailRoots.withUnsafeMutableBufferPointer { $0[600] = .nan } },
            { $0.centredInverseTailRoots.withUnsafeMutableBufferPointer { $0.swapAt(16, 17) } },
        ]
    }

    @Test(arguments: [(3.19, 20), (3.19, 19), (1.0, 12), (8.0, 100)])
    func gaussianThresholdsAgree(sigma: Double, bound: Int) {
        var check = SetupCheck()
        check.check(DiscreteGaussian(sigma: sigma, bound: bound))
        #expect(check.failures == [])
        #expect(check.constants == bound)
    }

    @Test func aRingNeedsATransform() throws {
        let modulus = try Modulus.primes(bits: 49, congruentToOneModulo: 1 << 17, count: 1)[0]
        for degree in [0, 512, 1000, 1 << 17] {
            #expect(throws: RingError.unsupportedDegree(degree)) {
                try PolynomialRing(degree: degree, modulus: modulus)
            }
        }
        let small = try Modulus(prime: 0x7fff_d801)  // 1 modulo 2^11, but not modulo 2^13
        if small.value % (1 << 13) != 1 {
            #expect(throws: RingError.noTransform(degree: 4096, modulus: small.value)) {
                try PolynomialRing(degree: 4096, modulus: small)
            }
        }
    }
}
