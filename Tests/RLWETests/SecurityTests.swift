import Ring
import Testing

@testable import RLWE

struct SecurityTests {
    @Test func theTableGrowsWithTheDegreeAndFallsWithTheLevel() {
        for level in SecurityLevel.allCases {
            let limits = (10...16).compactMap { SecurityTable.maximumLogModulus(degree: 1 << $0, level: level) }
            #expect(zip(limits, limits.dropFirst()).allSatisfy { $0 < $1 })
        }
        for degree in (11...16).map({ 1 << $0 }) {
            let limits = SecurityLevel.allCases.compactMap {
                SecurityTable.maximumLogModulus(degree: degree, level: $0)
            }
            #expect(limits.count == 3 && limits == limits.sorted(by: >))
        }
    }

    @Test func insecureParametersCannotBeMade() throws {
        #expect(try RLWEParameters(degree: 1024, logModulus: 26).security == .bits128)
        #expect(try RLWEParameters(degree: 2048, logModulus: 27).security == .bits256)
        for (degree, bits) in [(1024, 27), (512, 10), (4096, 107), (65536, 1738), (1 << 17, 20)] {
            #expect(throws: SecurityError.self) { try RLWEParameters(degree: degree, logModulus: bits) }
        }
    }

    @Test func everyParameterSetAgreesWithGMP() {
        let findings = SetupVerification.run()
        #expect(findings.count == RLWEParameters.all.count + 7)
        for finding in findings { #expect(finding.failures == [], "\(finding.name)") }
    }

    @Test func aKeyShowsNothingOfItself() {
        let key = SecretKey.generate()
        let text = "\(key) \(String(reflecting: key))"
        key.withUnsafeBytes { bytes in
            #expect(bytes.count == SecretKey.byteCount)
            #expect(!text.contains(bytes.prefix(4).map { String($0, radix: 16) }.joined()))
        }
        #expect("\(key)" == "SecretKey(…)")
        #expect(SecretKey(bytes: [UInt8](repeating: 1, count: 31)) == nil)
    }
}
