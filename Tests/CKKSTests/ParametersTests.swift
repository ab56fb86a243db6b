import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

@Suite("Parameters of CKKS")
struct ParametersTests {
    @Test("every named set keeps the security table", arguments: ParametersLiteral.named)
    func named(_ literal: ParametersLiteral) throws {
        // The portable tables are as good as any, and rings of 2^16 take a while to build.
        guard literal.degree <= 1 << 14 else {
            let logQP = (literal.primeBits + literal.specialPrimeBits).reduce(0, +)
            let level = try #require(SecurityTable.level(degree: literal.degree, logModulus: logQP))
            #expect("bits\(level.rawValue)" == literal.security.rawValue || level > .bits128)
            return
        }
        let parameters = try CKKSParameters(literal)
        let security = try #require(parameters.security)
        let limit = try #require(SecurityTable.maximumLogModulus(degree: literal.degree, level: security))
        #expect(parameters.logModulus <= limit)
        #expect(parameters.name.hasPrefix("ckks-n\(literal.degree)-q"))
        #expect(parameters.name.hasSuffix("-\(security.rawValue)"))
    }

    @Test("what is insecure or makes no sense is refused")
    func refusals() {
        func error(_ literal: ParametersLiteral) -> ParametersError? {
            do {
                _ = try CKKSParameters(literal)
                return nil
            } catch {
                return error
            }
        }
        #expect(
            error(ParametersLiteral(degree: 1 << 12, primeBits: [49, 40], specialPrimeBits: [49], logScale: 40))
                == .insecure(degree: 4096, logModulus: 138, required: .bits128, allowed: 106))
        #expect(
            error(ParametersLiteral(degree: 1 << 13, depth: 3, logScale: 38, security: .bits192))
                == .insecure(degree: 8192, logModulus: 212, required: .bits192, allowed: 147))
        #expect(error(ParametersLiteral(degree: 1000, depth: 1, logScale: 30)) == .degree(1000))
        #expect(error(ParametersLiteral(degree: 1 << 17, depth: 1, logScale: 30)) == .degree(1 << 17))
        #expect(error(ParametersLiteral(degree: 1 << 13, primeBits: [50], logScale: 30)) == .primeBits(50))
        #expect(error(ParametersLiteral(degree: 1 << 13, primeBits: [], logScale: 30)) == .primeCount(0, largest: 48))
        #expect(
            error(ParametersLiteral(degree: 1 << 13, primeBits: [49], digitSize: 2, logScale: 30))
                == .digitSize(2, primes: 1))
        #expect(error(ParametersLiteral(degree: 1 << 13, primeBits: [49], logScale: 49)) == .scale(49))
        #expect(error(ParametersLiteral(degree: 1 << 13, primeBits: [49], logScale: .nan)) != nil)
        #expect(
            error(ParametersLiteral(degree: 1 << 16, primeBits: [20], logScale: 10, security: .insecure))
                == .tooFewPrimes(bits: 20, degree: 1 << 16))
    }

    @Test("insecure parameters say so in their name")
    func insecure() throws {
        let parameters = try CKKSParameters(SchemeCase.literals[0])
        #expect(parameters.security == nil)
        #expect(parameters.name == "ckks-n1024-q49+3x40-p49-insecure")
    }

    @Test("parameters that agree in everything but the scale are equal, others are not")
    func digests() throws {
        var literal = SchemeCase.literals[0]
        let parameters = try CKKSParameters(literal)
        literal.logScale = 30
        #expect(try CKKSParameters(literal) == parameters)
        literal.primeBits[3] = 39
        #expect(try CKKSParameters(literal) != parameters)
    }
}

@Suite("Set-up of CKKS parameters")
struct ParametersSetupTests {
    @Test("GMP agrees with every constant of every level", arguments: SchemeCase.literals)
    func small(_ literal: ParametersLiteral) throws {
        let finding = try ParametersVerification.run([literal])[0]
        #expect(finding.failures == [])
        // The transforms of each prime have more than seven tables' worth of n constants.
        let primes = literal.primeBits.count + literal.specialPrimeBits.count
        #expect(finding.constants > 7 * literal.degree * primes)
    }

    @Test("GMP agrees with what the named sets' levels switch and rescale with", arguments: ParametersLiteral.named)
    func named(_ literal: ParametersLiteral) throws {
        // The tables of transforms are checked for smaller rings; `msfhe info --check` checks these, too.
        guard literal.degree <= 1 << 14 else { return }
        var check = SetupCheck()
        check.check(constantsOf: try CKKSParameters(literal))
        #expect(check.failures == [])
    }
}
