import Ring

/// The primes that CKKS works with at one ring degree: the chain Q of the ciphertexts' modulus, and the special primes
/// P of key switching.
struct ModulusChain {
    let degree: Int
    /// Bit lengths of the primes of Q, the one that is kept longest first.
    let primes: [Int]
    let specialPrimes: [Int]

    /// Chains within the security table: the first prime and the special primes of 49 bits, the others, for scales, of
    /// 49 or 40.
    static let all = [
        ModulusChain(4096, primes: [49], special: 1),
        ModulusChain(8192, primes: [49, 49, 49], special: 1),
        ModulusChain(16384, primes: [49] + [Int](repeating: 40, count: 7), special: 2),
        ModulusChain(32768, primes: [49] + [Int](repeating: 40, count: 15), special: 4),
        ModulusChain(65536, primes: [49] + [Int](repeating: 40, count: 28), special: 5),
    ]

    private init(_ degree: Int, primes: [Int], special: Int) {
        self.degree = degree
        self.primes = primes
        specialPrimes = [Int](repeating: 49, count: special)
    }

    /// log2 of QP, rounded up.
    var logQP: Int { (primes + specialPrimes).reduce(0, +) }

    /// The basis of the largest primes of these bit lengths that serve `degree`.
    static func basis(degree: Int, primeBits: [Int], backend: Backend) throws -> RNSBasis {
        var used: [Int: Int] = [:]
        let moduli = try primeBits.map { bits in
            let position = used[bits, default: 0]
            used[bits] = position + 1
            return try Modulus.primes(
                bits: bits, congruentToOneModulo: UInt64(2 * degree), count: position + 1)[position]
        }
        return try RNSBasis(degree: degree, moduli: moduli, backend: backend)
    }
}
