import CKernels

/// A prime modulus q below 2^49, just under a power of two, with the constants that the kernels need.
///
/// The kernels' lazy ranges hold for `2^bits - 2^(bits - 6) < q < 2^bits` with 20 to 49 bits; ``init(prime:)``
/// enforces it. The scalar arithmetic here serves set-up, on public values only: its running time varies.
public struct Modulus: Sendable, Hashable, CustomStringConvertible {
    /// The prime q.
    public let value: UInt64
    package let constants: msfhe_modulus

    /// Bit length of q.
    public var bits: Int { Int(constants.bits) }
    /// The prime in decimal digits.
    public var description: String { "\(value)" }

    /// Whether two moduli are the same prime.
    public static func == (x: Modulus, y: Modulus) -> Bool { x.value == y.value }
    /// Hashes the prime.
    public func hash(into hasher: inout Hasher) { hasher.combine(value) }

    /// Width of a Montgomery word: R = 2^52.
    package static let wordBits = 52

    /// The modulus `prime`, certified by GMP.
    ///
    /// - Throws: ``ModulusError`` when `prime` is not prime or not just below a power of two.
    public init(prime value: UInt64) throws(ModulusError) {
        let bits = UInt64.bitWidth - value.leadingZeroBitCount
        guard (20...49).contains(bits) else { throw .outOfRange(value) }
        guard value > (1 << bits) - (1 << (bits - 6)) else { throw .farBelowPowerOfTwo(value) }
        guard BigInteger(value).isPrime else { throw .notPrime(value) }
        self.value = value

        // Newton's iteration doubles the number of correct low bits; q itself is right to three bits.
        var inverse = value
        for _ in 0..<5 { inverse = inverse &* (2 &- value &* inverse) }
        let radix = (UInt64(1) << Self.wordBits) % value
        let product = radix.multipliedFullWidth(by: radix)
        constants = msfhe_modulus(
            value: value,
            inverse: inverse & ((1 << Self.wordBits) - 1),
            montgomery_squared: value.dividingFullWidth(product).remainder,
            bits: UInt32(bits))
    }

    /// The `count` largest primes below 2^`bits` that are 1 modulo `divisor`, in descending order.
    ///
    /// - Throws: ``ModulusError/tooFew(bits:divisor:)`` when there are not as many close enough below 2^`bits`.
    public static func primes(
        bits: Int, congruentToOneModulo divisor: UInt64, count: Int
    ) throws(ModulusError) -> [Modulus] {
        guard (20...49).contains(bits), divisor > 0 else { throw .tooFew(bits: bits, divisor: divisor) }
        let lowest = (UInt64(1) << bits) - (UInt64(1) << (bits - 6))
        var found: [Modulus] = []
        var candidate = ((UInt64(1) << bits) - 1) / divisor * divisor + 1
        if candidate >= 1 << bits { candidate -= divisor }
        while found.count < count {
            guard candidate > lowest else { throw .tooFew(bits: bits, divisor: divisor) }
            if BigInteger(candidate).isPrime { found.append(try Modulus(prime: candidate)) }
            candidate -= divisor
        }
        return found
    }

    /// x y mod q, for x < q or y < q. Variable time.
    package func multiply(_ x: UInt64, _ y: UInt64) -> UInt64 {
        value.dividingFullWidth(x.multipliedFullWidth(by: y)).remainder
    }

    /// base^exponent mod q. Variable time.
    package func power(_ base: UInt64, _ exponent: UInt64) -> UInt64 {
        var result: UInt64 = 1
        var square = base % value
        var rest = exponent
        while rest > 0 {
            if rest & 1 == 1 { result = multiply(result, square) }
            square = multiply(square, square)
            rest >>= 1
        }
        return result
    }

    /// The inverse of x, which is not 0 modulo q, by Fermat's little theorem. Variable time.
    package func inverse(_ x: UInt64) -> UInt64 { power(x, value - 2) }

    /// The constant `w` in [0, q), prepared for the kernels' multiplication by any value below 2^52.
    package func factor(_ w: UInt64) -> msfhe_factor {
        let montgomery = multiply(w, (1 << Self.wordBits) % value)
        let quotient = montgomery &* constants.inverse & ((1 << Self.wordBits) - 1)
        return msfhe_factor(montgomery: montgomery, quotient: quotient)
    }

    /// The centred representative of `w` in [0, q), in [-(q-1)/2, (q-1)/2]; exact, as q is below 2^53.
    package func centred(_ w: UInt64) -> Double {
        w > value / 2 ? -Double(value - w) : Double(w)
    }

    /// The residue of a double that is a whole number, of any size. Variable time.
    package func residue(ofInteger integer: Double) -> UInt64 {
        guard integer != 0 else { return 0 }
        let significand = integer.significandBitPattern | 1 << 52
        let shift = Int(integer.exponent) - 52
        let magnitude =
            shift >= 0
            ? multiply(significand % value, power(2, UInt64(shift))) : (significand >> UInt64(-shift)) % value
        return integer < 0 && magnitude > 0 ? value - magnitude : magnitude
    }

    /// A primitive root of unity of order `order`, a power of two that divides q - 1: the power of the smallest
    /// base that has this order, so the choice is the same everywhere.
    package func primitiveRoot(order: UInt64) -> UInt64 {
        precondition(order.nonzeroBitCount == 1 && (value - 1) % order == 0, "no root of order \(order) mod \(value)")
        for base in UInt64(2)... {
            let root = power(base, (value - 1) / order)
            if power(root, order / 2) == value - 1 { return root }
        }
        preconditionFailure("a prime field has a primitive root")
    }
}

/// Why a number cannot serve as a modulus.
public enum ModulusError: Error, Equatable, CustomStringConvertible {
    case outOfRange(UInt64)
    case farBelowPowerOfTwo(UInt64)
    case notPrime(UInt64)
    case tooFew(bits: Int, divisor: UInt64)

    /// One line that says what is wrong.
    public var description: String {
        switch self {
        case .outOfRange(let value): "modulus \(value) is outside 2^19 to 2^49"
        case .farBelowPowerOfTwo(let value):
            "modulus \(value) is not within a 64th below a power of two, as the lazy kernels need"
        case .notPrime(let value): "modulus \(value) is not prime"
        case .tooFew(let bits, let divisor):
            "there are not as many primes of \(bits) bits that are 1 modulo \(divisor)"
        }
    }
}
