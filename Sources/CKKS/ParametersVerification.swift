import RLWE
import Ring

/// Recomputes the constants of parameters with GMP.
public enum ParametersVerification {
    /// What was recomputed for `parameters`, and whether it agrees: the transforms' tables of every prime, what every
    /// level needs for rescaling and key switching, what decoding puts numbers together with, and log2(QP) against the
    /// security table. Less than a microsecond for each of about 8 n constants a prime.
    public static func run(_ parameters: CKKSParameters) -> SetupFinding {
        var check = SetupCheck()
        check.check(parameters.chain.full)
        check.check(constantsOf: parameters)
        return check.finding("parameters \(parameters.name)")
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
