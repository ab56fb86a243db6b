import Foundation
import Ring

/// Recomputes the constants of every parameter set with GMP.
public enum SetupVerification {
    /// What was recomputed, and whether it agrees.
    ///
    /// - Parameter progress: called now and then with the fraction done.
    public static func run(progress: (Double) -> Void = { _ in }) -> [SetupFinding] {
        let degrees = (10...16).map { 1 << $0 }
        var findings = RLWEParameters.all.map(check)
        for (number, degree) in degrees.enumerated() {
            progress(Double(number) / Double(degrees.count))
            var check = SetupCheck()
            let ring = RLWEParameters.productRing(degree: degree)
            check.check(ring)
            findings.append(check.finding("transform of length \(degree) modulo \(ring.modulus)"))
        }
        progress(1)
        return findings
    }

    private static func check(_ parameters: RLWEParameters) -> SetupFinding {
        var check = SetupCheck()
        check.check(parameters.error)
        // log2(QP) of every key: the modulus is 2^logModulus, and there are no special primes.
        let allowed = SecurityTable.maximumLogModulus(degree: parameters.degree, level: parameters.security)
        let modulus = BigInteger.powerOfTwo(parameters.logModulus)
        check.expect(
            allowed.map { modulus <= BigInteger.powerOfTwo($0) } ?? false,
            "log2(QP) = \(parameters.logModulus) exceeds the security table at n = \(parameters.degree)")
        // A product of a mask and a secret, of magnitude at most n q, must not wrap around modulo the product prime.
        let prime = BigInteger(RLWEParameters.productRing(degree: parameters.degree).modulus.value)
        let product = BigInteger(UInt64(parameters.degree)) * modulus
        check.expect(product + product < prime, "products of masks and secrets wrap around modulo \(prime)")
        return check.finding("parameters \(parameters.name)")
    }
}
