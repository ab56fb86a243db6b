/// What somebody writes to choose parameters; ``CKKSParameters`` checks it.
///
/// The primes are given by their bit lengths, since which ones are taken is no matter of taste: the largest below the
/// power of two that are 1 modulo 2N and not taken yet.
public struct ParametersLiteral: Sendable, Hashable, Codable {
    /// The ring degree N: a power of two from 2^10 to 2^16. A ciphertext holds up to N/2 slots.
    public var degree: Int
    /// Bit lengths of the chain's primes, 20 to 49 each: the first, which holds the result, then one for each
    /// rescaling, of about the scale's size.
    public var primeBits: [Int]
    /// Bit lengths of the special primes of switching keys; none where nothing is relinearised or rotated.
    public var specialPrimeBits: [Int]
    /// Primes of the chain in a digit of key switching; as many as there are special primes when left out. Fewer make
    /// keys larger and key switching slower, and need less of the modulus for special primes.
    public var digitSize: Int?
    /// log2 of the scale of fresh ciphertexts.
    public var logScale: Double
    /// The strength that log2(QP) has to keep.
    public var security: SecurityRequirement
    /// For a ring that shares its primes with a larger one, that one's degree M: primes are 1 modulo 2M instead of 2N.
    /// See ``smaller(degree:primes:specialPrimes:security:)``.
    public var primeDegree: Int?

    /// The parameters of these numbers.
    public init(
        degree: Int, primeBits: [Int], specialPrimeBits: [Int] = [], digitSize: Int? = nil, logScale: Double,
        security: SecurityRequirement = .bits128, primeDegree: Int? = nil
    ) {
        self.degree = degree
        self.primeBits = primeBits
        self.specialPrimeBits = specialPrimeBits
        self.digitSize = digitSize
        self.logScale = logScale
        self.security = security
        self.primeDegree = primeDegree
    }

    /// A chain for `depth` multiplications, one after the other, at a scale of `logScale` bits: a first prime of
    /// `firstBits`, `depth` of the scale's size, and `specialPrimes` of 49 bits.
    public init(
        degree: Int, depth: Int, logScale: Int, firstBits: Int = 49, specialPrimes: Int = 1,
        security: SecurityRequirement = .bits128
    ) {
        self.init(
            degree: degree, primeBits: [firstBits] + [Int](repeating: logScale, count: max(depth, 0)),
            specialPrimeBits: [Int](repeating: 49, count: max(specialPrimes, 0)), logScale: Double(logScale),
            security: security)
    }
}

extension ParametersLiteral {
    /// The specification as a name: degree, bit lengths of the primes and of the special ones, primes in a digit where
    /// they are not as many as special ones, the degree that primes are shared with, and strength.
    public var name: String {
        let special = specialPrimeBits.isEmpty ? "" : "-p" + Self.runs(specialPrimeBits)
        let digits = digitSize.map { $0 == specialPrimeBits.count ? "" : "-d\($0)" } ?? ""
        let ring = primeDegree.map { $0 == degree ? "" : "-r\($0)" } ?? ""
        return "ckks-n\(degree)-q\(Self.runs(primeBits))\(special)\(digits)\(ring)-\(security.name)"
    }

    /// Equal numbers in a row are counted: 49+3x40.
    private static func runs(_ bits: [Int]) -> String {
        var runs: [(bits: Int, count: Int)] = []
        for bits in bits {
            if runs.last?.bits == bits { runs[runs.count - 1].count += 1 } else { runs.append((bits, 1)) }
        }
        return runs.map { $0.count == 1 ? "\($0.bits)" : "\($0.count)x\($0.bits)" }.joined(separator: "+")
    }

    /// log2 of the product of all primes, which lie just below powers of two.
    public var logModulus: Int { (primeBits + specialPrimeBits).reduce(0, +) }

    /// The parameters of a smaller ring, whose primes are the first of these parameters' chain, so that ciphertexts
    /// can be switched between the two (``RingSwitcher``). They keep the security table at their own degree, like any
    /// others.
    ///
    /// - Parameters:
    ///   - degree: less than this ring's.
    ///   - primes: how many primes of the chain there are; more than these parameters have make no sense and are left
    ///     out.
    ///   - specialPrimes: how many special primes; likewise.
    public func smaller(
        degree: Int, primes: Int, specialPrimes: Int = 1, security: SecurityRequirement? = nil
    ) -> ParametersLiteral {
        var smaller = self
        smaller.degree = degree
        smaller.primeBits = Array(primeBits.prefix(max(primes, 0)))
        smaller.specialPrimeBits = Array(specialPrimeBits.prefix(max(specialPrimes, 0)))
        smaller.digitSize = nil
        smaller.security = security ?? self.security
        smaller.primeDegree = primeDegree ?? self.degree
        return smaller
    }
}

/// The strength asked of parameters.
public enum SecurityRequirement: String, Sendable, Hashable, Codable {
    case bits128
    case bits192
    case bits256
    /// For tests of the arithmetic: parameters of any size, whose name says that they are insecure.
    case insecure

    /// As parts of names have it.
    var name: String {
        switch self {
        case .bits128: "128"
        case .bits192: "192"
        case .bits256: "256"
        case .insecure: "insecure"
        }
    }
}

extension ParametersLiteral {
    // 128 bits of security.

    /// 4,096 coefficients, no multiplication of ciphertexts: sums, and products with plaintexts without rescaling.
    public static let n4096 = ParametersLiteral(
        degree: 1 << 12, primeBits: [49], specialPrimeBits: [49], logScale: 30)
    /// 8,192 coefficients, three levels at 38 bits: log2(QP) = 212.
    public static let n8192 = ParametersLiteral(degree: 1 << 13, depth: 3, logScale: 38)
    /// 16,384 coefficients, seven levels at 40 bits: log2(QP) = 427.
    public static let n16384 = ParametersLiteral(degree: 1 << 14, depth: 7, logScale: 40, specialPrimes: 2)
    /// 32,768 coefficients, fifteen levels at 40 bits: log2(QP) = 845.
    public static let n32768 = ParametersLiteral(degree: 1 << 15, depth: 15, logScale: 40, specialPrimes: 4)
    /// 65,536 coefficients, thirty-four levels at 40 bits: log2(QP) = 1703.
    public static let n65536 = ParametersLiteral(degree: 1 << 16, depth: 34, logScale: 40, specialPrimes: 6)

    // 192 bits of security.

    /// 16,384 coefficients, four levels at 40 bits: log2(QP) = 258.
    public static let n16384Security192 = ParametersLiteral(
        degree: 1 << 14, depth: 4, logScale: 40, security: .bits192)
    /// 32,768 coefficients, ten levels at 40 bits: log2(QP) = 596.
    public static let n32768Security192 = ParametersLiteral(
        degree: 1 << 15, depth: 10, logScale: 40, specialPrimes: 3, security: .bits192)
    /// 65,536 coefficients, twenty-two levels at 40 bits: log2(QP) = 1174.
    public static let n65536Security192 = ParametersLiteral(
        degree: 1 << 16, depth: 22, logScale: 40, specialPrimes: 5, security: .bits192)

    // 256 bits of security.

    /// 16,384 coefficients, three levels at 40 bits: log2(QP) = 218.
    public static let n16384Security256 = ParametersLiteral(
        degree: 1 << 14, depth: 3, logScale: 40, security: .bits256)
    /// 32,768 coefficients, seven levels at 40 bits: log2(QP) = 427.
    public static let n32768Security256 = ParametersLiteral(
        degree: 1 << 15, depth: 7, logScale: 40, specialPrimes: 2, security: .bits256)
    /// 65,536 coefficients, seventeen levels at 40 bits: log2(QP) = 925.
    public static let n65536Security256 = ParametersLiteral(
        degree: 1 << 16, depth: 17, logScale: 40, specialPrimes: 4, security: .bits256)

    /// Every named set.
    public static let named: [ParametersLiteral] = [
        n4096, n8192, n16384, n32768, n65536, n16384Security192, n32768Security192, n65536Security192,
        n16384Security256, n32768Security256, n65536Security256,
    ]
}
