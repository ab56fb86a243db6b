import Ring

/// Parameters of ring learning with errors over Z_q[X] / (X^n + 1) with q a power of two: the scheme of
/// plaintext matrices times encrypted matrices, which needs no transform on the host.
///
/// Secrets are uniform ternary; errors are discrete Gaussian of width 3.19, cut at ``errorBound``. Construction
/// enforces the security table, so parameters that exist are secure to their ``security`` level.
public struct RLWEParameters: Sendable, Hashable {
    /// Ring degree n, which is also the number of columns that one ciphertext row holds.
    public let degree: Int
    /// log2 of the modulus q.
    public let logModulus: Int
    /// The strength that the security table gives.
    public let security: SecurityLevel
    package let error: DiscreteGaussian

    /// Width of the error distribution.
    public var errorWidth: Double { error.sigma }
    /// Largest magnitude of an error.
    public var errorBound: Int { error.bound }
    /// The parameters' specification, which is their name.
    public var name: String { "rlwe-n\(degree)-q\(logModulus)" }

    /// Batch search: n = 1024, q = 2^24. Estimated at 142 bits with lattice-estimator (commit 27a581bb, MATZOV);
    /// the table allows 26 bits of modulus at 128 bits of security.
    public static let batch = knownSecure(degree: 1024, logModulus: 24)

    /// Every parameter set that the program uses.
    public static let all = [batch]

    /// Parameters for `degree` and `logModulus`.
    ///
    /// - Throws: ``SecurityError`` when the table gives less than 128 bits.
    public init(degree: Int, logModulus: Int) throws(SecurityError) {
        guard logModulus >= 1, let security = SecurityTable.level(degree: degree, logModulus: logModulus) else {
            throw SecurityError(
                degree: degree, logModulus: logModulus,
                allowed: SecurityTable.maximumLogModulus(degree: degree, level: .bits128))
        }
        self.degree = degree
        self.logModulus = logModulus
        self.security = security
        error = DiscreteGaussian(sigma: 3.19, bound: 20)
    }

    private static func knownSecure(degree: Int, logModulus: Int) -> RLWEParameters {
        do {
            return try RLWEParameters(degree: degree, logModulus: logModulus)
        } catch {
            preconditionFailure("a built-in parameter set breaks the security table: \(error)")
        }
    }

    /// The ring in which products of a mask (below 2^24) with a ternary secret are computed exactly: a prime of
    /// 49 bits leaves the coefficients, below n 2^24, far from wrapping around.
    package static func productRing(degree: Int) -> PolynomialRing {
        do {
            let prime = try Modulus.primes(bits: 49, congruentToOneModulo: 1 << 17, count: 1)[0]
            return try PolynomialRing(degree: degree, modulus: prime)
        } catch {
            preconditionFailure("there is a 49-bit prime for every degree up to 65536: \(error)")
        }
    }
}

/// Parameters that the security table does not allow.
public struct SecurityError: Error, CustomStringConvertible {
    /// The ring degree n asked for.
    public let degree: Int
    /// The log2 of the modulus asked for.
    public let logModulus: Int
    /// The most that the table allows at this degree for 128 bits of security; nil where it covers none.
    public let allowed: Int?

    /// One line that says what is wrong.
    public var description: String {
        let limit =
            allowed.map { "the limit for 128 bits of security is \($0)" } ?? "the security table has no such degree"
        return "ring degree \(degree) with a modulus of \(logModulus) bits is not secure: \(limit)"
    }
}
