/// A target strength against all known classical attacks.
public enum SecurityLevel: Int, Sendable, Codable, CaseIterable, Comparable {
    case bits128 = 128
    case bits192 = 192
    case bits256 = 256

    /// Orders levels by strength.
    public static func < (x: SecurityLevel, y: SecurityLevel) -> Bool { x.rawValue < y.rawValue }
}

/// The largest modulus for which ring learning with errors is believed to have a given strength.
///
/// Source: Bossuat et al., "Security Guidelines for Implementing Homomorphic Encryption", IACR Communications in
/// Cryptology 1(4):26 (2024), Table 5.2: classical attacks, uniform ternary secret, error width 3.19.
public enum SecurityTable {
    /// The largest log2 of the modulus, special primes of switching keys included, that a key may have.
    ///
    /// - Parameters:
    ///   - degree: ring degree n.
    ///   - level: the strength wanted.
    /// - Returns: bits, or nil where the table allows no modulus or does not cover the degree.
    public static func maximumLogModulus(degree: Int, level: SecurityLevel) -> Int? {
        switch level {
        case .bits128: bits128[degree]
        case .bits192: bits192[degree]
        case .bits256: bits256[degree]
        }
    }

    /// The highest level that a modulus of `logModulus` bits reaches at `degree`, or nil when it is below 128 bits.
    public static func level(degree: Int, logModulus: Int) -> SecurityLevel? {
        SecurityLevel.allCases.last { level in
            maximumLogModulus(degree: degree, level: level).map { logModulus <= $0 } ?? false
        }
    }

    // The source gives 1747 bits for n = 2^16, which lattice-estimator puts at 127.99 bits: ten fewer are allowed.
    private static let bits128 = [
        1 << 10: 26, 1 << 11: 53, 1 << 12: 106, 1 << 13: 214, 1 << 14: 430, 1 << 15: 868, 1 << 16: 1737,
    ]
    private static let bits192 = [
        1 << 11: 36, 1 << 12: 73, 1 << 13: 147, 1 << 14: 297, 1 << 15: 597, 1 << 16: 1199,
    ]
    private static let bits256 = [
        1 << 11: 27, 1 << 12: 56, 1 << 13: 114, 1 << 14: 230, 1 << 15: 462, 1 << 16: 929,
    ]
}
