import Testing

@testable import Ring

struct ModulusTests {
    @Test(arguments: [30, 40, 49])
    func primesAreCertifiedAndJustBelowAPowerOfTwo(bits: Int) throws {
        let moduli = try Modulus.primes(bits: bits, congruentToOneModulo: 1 << 17, count: 4)
        #expect(Set(moduli).count == 4)
        for modulus in moduli {
            #expect(BigInteger(modulus.value).isPrime)
            #expect(modulus.value % (1 << 17) == 1)
            #expect(modulus.bits == bits && modulus.value < 1 << bits)
        }
    }

    @Test func whatIsNoModulusIsRefused() {
        #expect(throws: ModulusError.notPrime((1 << 49) - 3 * 7)) { try Modulus(prime: (1 << 49) - 3 * 7) }
        #expect(throws: ModulusError.outOfRange(65537)) { try Modulus(prime: 65537) }
        #expect(throws: ModulusError.farBelowPowerOfTwo(786_433)) { try Modulus(prime: 786_433) }
        #expect(throws: ModulusError.self) {
            try Modulus.primes(bits: 20, congruentToOneModulo: 1 << 19, count: 3)
        }
    }

    @Test func arithmeticAgreesWithGMP() throws {
        let modulus = try Modulus.primes(bits: 49, congruentToOneModulo: 1 << 17, count: 1)[0]
        let q = BigInteger(modulus.value)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let x = UInt64.random(in: 1..<modulus.value, using: &generator)
            let y = UInt64.random(in: 1..<modulus.value, using: &generator)
            #expect(BigInteger(modulus.multiply(x, y)) == BigInteger(x) * BigInteger(y) % q)
            #expect(BigInteger(modulus.power(x, y)) == BigInteger(x).power(BigInteger(y), modulo: q))
            #expect(BigInteger(modulus.inverse(x)) == BigInteger(x).inverse(modulo: q))
        }
    }

    @Test func aPrimitiveRootHasItsOrder() throws {
        let modulus = try Modulus.primes(bits: 40, congruentToOneModulo: 1 << 17, count: 1)[0]
        for logOrder in [1, 11, 17] as [UInt64] {
            let root = modulus.primitiveRoot(order: 1 << logOrder)
            #expect(modulus.power(root, 1 << logOrder) == 1)
            #expect(modulus.power(root, 1 << (logOrder - 1)) == modulus.value - 1)
        }
    }
}
