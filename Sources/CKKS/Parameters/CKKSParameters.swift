import Crypto
import Foundation
import RLWE
import Ring

/// Checked parameters of CKKS (Cheon, Kim, Kim, Song, ASIACRYPT 2017, in the residue number systems of Cheon, Han, Kim,
/// Kim, Song, SAC 2018): the ring, the chain of moduli, the scale.
///
/// Parameters that exist keep the security table: log2(QP), that of the largest key, is at most what the table allows.
/// They are immutable and shared freely, hold all tables, and are compared by their digest.
public final class CKKSParameters: Sendable {
    /// What they were made from.
    public let literal: ParametersLiteral
    /// The primes.
    public let chain: ModulusChain
    /// Between messages and polynomials.
    public let encoder: Encoder
    /// The strength that the security table gives; nil for insecure parameters.
    public let security: SecurityLevel?
    /// SHA-256 of what the parameters are, which every serialized object carries.
    public let digest: Data

    /// The ring degree N.
    public var degree: Int { literal.degree }
    /// The number of slots of full packing, N/2.
    public var slotCapacity: Int { degree / 2 }
    /// The number of primes of fresh ciphertexts: one more than there are rescalings.
    public var primeCount: Int { chain.primeCount }
    /// The scale of fresh ciphertexts.
    public var scale: Double { exp2(literal.logScale) }
    /// log2 of the product of all primes, rounded up.
    public var logModulus: Int { chain.logModulus }
    /// The kernels in use.
    public var backend: Backend { chain.basis.backend }

    /// The parameters' specification, which is their name.
    public var name: String { literal.name }

    /// Checks `literal`, finds its primes and builds their tables.
    ///
    /// - Throws: ``ParametersError``.
    public init(_ literal: ParametersLiteral, backend: Backend = .selected) throws(ParametersError) {
        try Self.check(literal)
        self.literal = literal
        let moduli = try Self.primes(literal)
        // Before any table is built, so that nobody's literal makes work that is then refused.
        security = try Self.security(of: moduli, literal)
        do {
            let full = try RNSBasis(degree: literal.degree, moduli: moduli, backend: backend)
            let count = literal.primeBits.count
            chain = try ModulusChain(
                basis: full.prefix(count), special: count < full.count ? full[count..<full.count] : nil,
                digitSize: Self.digitSize(literal))
        } catch {
            throw .basis(error)
        }
        do {
            encoder = try Encoder(basis: chain.basis)
        } catch {
            preconditionFailure("a checked chain has few enough primes: \(error)")
        }
        digest = Self.digest(of: chain)
    }

    /// The most primes of a chain; there is room for one fewer special primes.
    static let largestPrimeCount = 48

    private static func check(_ literal: ParametersLiteral) throws(ParametersError) {
        guard literal.degree.nonzeroBitCount == 1, (1 << 10...1 << 16).contains(literal.degree) else {
            throw .degree(literal.degree)
        }
        if let primeDegree = literal.primeDegree {
            guard primeDegree.nonzeroBitCount == 1, (literal.degree...1 << 16).contains(primeDegree) else {
                throw .primeDegree(primeDegree, degree: literal.degree)
            }
        }
        guard (1...largestPrimeCount).contains(literal.primeBits.count) else {
            throw .primeCount(literal.primeBits.count, largest: largestPrimeCount)
        }
        guard literal.specialPrimeBits.count <= largestPrimeCount - 1 else {
            throw .primeCount(literal.specialPrimeBits.count, largest: largestPrimeCount - 1)
        }
        for bits in literal.primeBits + literal.specialPrimeBits where !(20...49).contains(bits) {
            throw .primeBits(bits)
        }
        if let digitSize = literal.digitSize, !(1...literal.primeBits.count).contains(digitSize) {
            throw .digitSize(digitSize, primes: literal.primeBits.count)
        }
        guard literal.logScale.isFinite, (1.0...120).contains(literal.logScale) else { throw .scale(literal.logScale) }
        let total = Double(literal.primeBits.reduce(0, +))
        guard literal.logScale < total else { throw .scale(literal.logScale) }
    }

    /// For each bit length, the largest primes below the power of two, in the order of the literal.
    private static func primes(_ literal: ParametersLiteral) throws(ParametersError) -> [Modulus] {
        let wanted = literal.primeBits + literal.specialPrimeBits
        let degree = literal.primeDegree ?? literal.degree
        var found: [Int: ArraySlice<Modulus>] = [:]
        for bits in Set(wanted) {
            do {
                found[bits] = try Modulus.primes(
                    bits: bits, congruentToOneModulo: UInt64(2 * degree), count: wanted.count { $0 == bits })[
                        ...]
            } catch {
                throw .tooFewPrimes(bits: bits, degree: degree)
            }
        }
        return wanted.map { found[$0]!.removeFirst() }
    }

    /// As many primes as there are special ones, where the literal says nothing.
    private static func digitSize(_ literal: ParametersLiteral) -> Int {
        literal.digitSize ?? min(max(1, literal.specialPrimeBits.count), literal.primeBits.count)
    }

    private static func security(
        of moduli: [Modulus], _ literal: ParametersLiteral
    ) throws(ParametersError) -> SecurityLevel? {
        let required: SecurityLevel
        switch literal.security {
        case .insecure: return nil
        case .bits128: required = .bits128
        case .bits192: required = .bits192
        case .bits256: required = .bits256
        }
        let logModulus = moduli.reduce(BigInteger(1)) { $0 * BigInteger($1.value) }.bitWidth
        guard let level = SecurityTable.level(degree: literal.degree, logModulus: logModulus), level >= required else {
            throw .insecure(
                degree: literal.degree, logModulus: logModulus, required: required,
                allowed: SecurityTable.maximumLogModulus(degree: literal.degree, level: required))
        }
        return level
    }

    /// Everything that two parties have to agree on: degree, primes, special primes, digits.
    static func digest(of chain: ModulusChain) -> Data {
        digest(
            degree: chain.degree, moduli: chain.full.moduli, primeCount: chain.primeCount, digitSize: chain.digitSize)
    }

    /// The digest of the parameters that `literal` makes, at the cost of finding the primes.
    ///
    /// - Throws: ``ParametersError``.
    static func digest(of literal: ParametersLiteral) throws(ParametersError) -> Data {
        try check(literal)
        let moduli = try primes(literal)
        _ = try security(of: moduli, literal)
        return digest(
            degree: literal.degree, moduli: moduli, primeCount: literal.primeBits.count,
            digitSize: digitSize(literal))
    }

    private static func digest(degree: Int, moduli: [Modulus], primeCount: Int, digitSize: Int) -> Data {
        let numbers =
            [degree, primeCount, moduli.count - primeCount, digitSize].map { UInt64($0) } + moduli.map(\.value)
        var bytes = Data("massspecfhe/ckks/1".utf8)
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
        return Data(SHA256.hash(data: bytes))
    }
}

extension CKKSParameters: Hashable {
    /// Whether two sets agree in everything but the scale of fresh ciphertexts.
    public static func == (x: CKKSParameters, y: CKKSParameters) -> Bool { x.digest == y.digest }
    /// Hashes the digest.
    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}

/// Why a literal makes no parameters.
public enum ParametersError: Error, Equatable, CustomStringConvertible {
    case degree(Int)
    case primeDegree(Int, degree: Int)
    case primeCount(Int, largest: Int)
    case primeBits(Int)
    case digitSize(Int, primes: Int)
    case scale(Double)
    case tooFewPrimes(bits: Int, degree: Int)
    case insecure(degree: Int, logModulus: Int, required: SecurityLevel, allowed: Int?)
    case basis(RNSBasisError)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .degree(let degree): "ring degree \(degree): it must be a power of two from 1024 to 65536"
        case .primeDegree(let shared, let degree):
            "primes shared with ring degree \(shared): it must be a power of two from \(degree) to 65536"
        case .primeCount(let count, let largest): "\(count) primes: there must be 1 to \(largest)"
        case .primeBits(let bits): "a prime of \(bits) bits: primes have 20 to 49"
        case .digitSize(let size, let primes): "digits of \(size) primes: a digit has 1 to \(primes)"
        case .scale(let logScale):
            "a scale of 2^\(logScale): it must be from 2^1 to 2^120, and less than the product of the primes"
        case .tooFewPrimes(let bits, let degree):
            "there are not as many primes of \(bits) bits for ring degree \(degree): take longer ones"
        case .insecure(let degree, let logModulus, let required, let allowed):
            "ring degree \(degree) with log2(QP) = \(logModulus) has less than \(required.rawValue) bits of security: "
                + (allowed.map { "at most \($0) bits are allowed" } ?? "the security table has no such degree")
        case .basis(let error): error.description
        }
    }
}
