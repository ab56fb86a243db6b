import RLWE
import Ring

/// Recomputes the constants of parameters with GMP.
public enum ParametersVerification {
    /// What was recomputed for each of `sets`, and whether it agrees: the transforms' tables of every prime, what every
    /// level needs for rescaling and key switching, what decoding puts numbers together with, and log2(QP) against the
    /// security table. Tables of a prime that an earlier set of the same degree has, too, are not checked twice. A
    /// quarter of a microsecond for each of about 8 n constants a prime, on `threads` threads.
    ///
    /// - Throws: ``ParametersError`` when a set makes no parameters.
    public static func run(
        _ sets: [ParametersLiteral], threads: Int = 1, progress: (Double) -> Void = { _ in }
    ) throws(ParametersError) -> [SetupFinding] {
        var checkedPrimes: [Int: Set<UInt64>] = [:]
        var findings: [SetupFinding] = []
        for (index, literal) in sets.enumerated() {
            progress(Double(index) / Double(sets.count))
            let parameters = try CKKSParameters(literal)
            var check = SetupCheck()
            let rings = parameters.chain.full.rings.filter {
                checkedPrimes[$0.degree, default: []].insert($0.modulus.value).inserted
            }
            check.check(rings, threads: threads)
            check.check(constantsOf: parameters)
            findings.append(check.finding("parameters \(parameters.name)"))
        }
        return findings
    }
}

extension SetupCheck {
    /// All constants of parameters but the tables of the transforms.
    package mutating func check(constantsOf parameters: CKKSParameters) {
        check(parameters.chain)
        check(parameters.encoder.composition)
        let logModulus = parameters.chain.full.product.bitWidth
        expect(parameters.logModulus == logModulus, "log2(QP) is \(parameters.logModulus), GMP says \(logModulus)")
        if let security = parameters.security {
            let limit = SecurityTable.maximumLogModulus(degree: parameters.degree, level: security)
            expect(limit.map { logModulus <= $0 } ?? false, "log2(QP) = \(logModulus) exceeds the security table")
        }
    }
}
