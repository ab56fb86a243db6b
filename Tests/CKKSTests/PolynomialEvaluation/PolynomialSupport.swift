import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

extension ParametersLiteral {
    /// A small chain of `depth` levels.
    static func levels(_ depth: Int, primeBits: Int = 40, logScale: Double = 40) -> ParametersLiteral {
        ParametersLiteral(
            degree: 1 << 10, primeBits: [49] + [Int](repeating: primeBits, count: depth), specialPrimeBits: [49],
            logScale: logScale, security: .insecure)
    }
}

extension Scheme {
    /// No slot's error is so many times the predicted one, but with a probability of exp(-30). What rounding a
    /// ciphertext leaves in a slot is the product of two nearly Gaussian values, of the rounded part and of the secret:
    /// it exceeds t times its root mean square with a probability of 2 t K_1(2t), about sqrt(pi t) exp(-2t).
    static let largestErrorFactor = 16.0

    /// Expects each slot to be within `error` of what it should be, and the noise that is predicted for the worst slot.
    func expect(
        _ ciphertext: Ciphertext, near expected: [Complex], within error: Double = 0, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let noise = ciphertext.noise.slotError(slots: ciphertext.slotCount, scale: ciphertext.scale)
        let limit = error + noise * Self.largestErrorFactor
        let found = precision(ciphertext, expected).distance.max
        #expect(
            found <= limit, "\(comment): off by \(found), where noise of \(noise) was predicted",
            sourceLocation: sourceLocation)
    }

    func expect(
        _ ciphertext: Ciphertext, near expected: [Double], within error: Double = 0, _ comment: String = "",
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(
            ciphertext, near: expected.map { Complex($0) }, within: error, comment, sourceLocation: sourceLocation)
    }
}

extension TestGenerator {
    /// Numbers in an interval: its ends, and as dense at them as Chebyshev nodes.
    mutating func numbers(_ count: Int, in interval: ClosedRange<Double>) -> [Double] {
        let ends = [interval.lowerBound, interval.upperBound]
        let others = (2..<count).map { _ in
            ChebyshevSeries.position(cos(Double.random(in: 0...Double.pi, using: &self)), in: interval)
        }
        return ends + others
    }

    /// A series or polynomial's coefficients: all, or those of even or of odd index.
    mutating func coefficients(degree: Int, parity: Parity = .neither) -> [Double] {
        (0...degree).map { index in
            let value = Double.random(in: 0.1...1, using: &self) * (Bool.random(using: &self) ? 1 : -1)
            switch parity {
            case .neither: return value
            case .even: return index.isMultiple(of: 2) ? value : 0
            case .odd: return index.isMultiple(of: 2) ? 0 : value
            }
        }
    }
}
