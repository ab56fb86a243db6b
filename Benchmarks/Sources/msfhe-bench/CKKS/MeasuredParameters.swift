import CKKS
import Harness

/// What the rows of residue number systems and of CKKS are measured with: one chain of primes for each ring degree,
/// within the security table.
extension ParametersLiteral {
    static let measured = [n4096, n8192TwoLevels, n16384, n32768, n65536]

    /// 8,192 coefficients, two levels with primes as long as they can be: log2(QP) = 196, one level and the precision
    /// of what others do with primes of 60, 40, 40 and 60 bits.
    static let n8192TwoLevels = ParametersLiteral(
        degree: 1 << 13, primeBits: [49, 49, 49], specialPrimeBits: [49], logScale: 45)
    /// 16,384 coefficients, one level more than ``n16384`` within the same 427 bits: shorter scales, less precision.
    static let n16384EightLevels = ParametersLiteral(degree: 1 << 14, depth: 8, logScale: 35, specialPrimes: 2)
}

extension Row {
    /// The row called `name`, with the parameters that tell chains apart.
    init(_ name: String, _ literal: ParametersLiteral) {
        self.init(name)
        self["n"] = .integer(literal.degree)
        self["primes"] = .integer(literal.primeBits.count)
        self["specialPrimes"] = .integer(literal.specialPrimeBits.count)
        self["logQP"] = .integer(literal.logModulus)
    }
}
