import Foundation
import Testing

@testable import CKKS

@Suite("Minimax approximation")
struct MinimaxApproximationTests {
    /// That errors at the alternation points alternate and are as level as stated, that nothing in between is larger,
    /// and so, by de la Vallee Poussin, that no polynomial of the degree is closer by more than 1e-6 of the error.
    private func expectOptimal(
        _ approximation: MinimaxApproximation, points: Int, on interval: ClosedRange<Double>,
        _ error: (Double) -> Double, scale: Double = 1, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let rounding = 0x1p-46 * scale + clenshawRounding(approximation.series)
        let (smallest, largest) = (approximation.smallestError, approximation.maximumError)
        #expect(largest - smallest <= 1e-6 * largest + rounding, sourceLocation: sourceLocation)
        #expect(approximation.alternation.count == points, sourceLocation: sourceLocation)
        #expect(approximation.alternation == approximation.alternation.sorted(), sourceLocation: sourceLocation)
        let errors = approximation.alternation.map(error)
        for (left, right) in zip(errors, errors.dropFirst()) {
            #expect(left * right < 0, sourceLocation: sourceLocation)
        }
        for value in errors {
            #expect(abs(value) >= smallest - rounding, sourceLocation: sourceLocation)
            #expect(abs(value) <= largest + rounding, sourceLocation: sourceLocation)
        }
        let largestOnGrid = grid(interval, count: 5003).map { abs(error($0)) }.max()!
        #expect(largestOnGrid <= largest + rounding, sourceLocation: sourceLocation)
    }

    /// What evaluating the series may add.
    private func clenshawRounding(_ series: ChebyshevSeries) -> Double {
        8 * Double(series.degree + 1) * 0x1p-53 * series.coefficients.reduce(0) { $0 + abs($1) }
    }

    /// That the best error known in closed form is enclosed.
    private func expectEncloses(
        _ approximation: MinimaxApproximation, _ best: Double, scale: Double = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let rounding = 0x1p-46 * scale
        #expect(approximation.smallestError <= best + rounding, sourceLocation: sourceLocation)
        #expect(best <= approximation.maximumError + rounding, sourceLocation: sourceLocation)
        #expect(
            approximation.maximumError - approximation.smallestError <= 1e-6 * best + rounding,
            sourceLocation: sourceLocation)
    }

    @Test("errors equioscillate", arguments: [0, 1, 2, 3, 5, 8, 13, 16])
    func equioscillation(degree: Int) throws {
        let functions: [(@Sendable (Double) -> Double, ClosedRange<Double>)] = [
            ({ exp($0) }, -2...3), ({ 1 / (1 + exp(-$0)) }, -12...10), ({ 1 / $0 }, 0.02...1),
            ({ $0.squareRoot() }, 0...4), ({ sin(5 * $0) }, -1...1), ({ log($0) }, 0.25...8),
        ]
        for (function, interval) in functions {
            let approximation = try MinimaxApproximation(of: function, on: interval, degree: degree)
            let scale = max(abs(function(interval.lowerBound)), abs(function(interval.upperBound)), 1)
            expectOptimal(
                approximation, points: degree + 2, on: interval, { function($0) - approximation.series($0) },
                scale: scale)
        }
    }

    @Test("the sign, by odd polynomials", arguments: [1, 3, 5, 7, 15, 27, 31, 63])
    func sign(degree: Int) throws {
        for gap in [0.9, 0.5, 0.1, 0x1p-6, 0x1p-12, 0x1p-20, 0x1p-32] {
            guard let approximation = try? MinimaxApproximation.sign(gap: gap, degree: degree) else {
                // Nothing is left but rounding: the error of degree 2m + 1 shrinks like ((1 - gap) / (1 + gap))^m.
                #expect(pow((1 - gap) / (1 + gap), Double(degree - 1) / 2) < 0x1p-40)
                continue
            }
            #expect(approximation.series.parity == .odd)
            expectOptimal(
                approximation, points: (degree + 3) / 2, on: gap...1, { 1 - approximation.series($0) })
            // Within the gap it grows from 0 to 1 - error.
            let inside = grid(0...gap, count: 100).map { approximation.series($0) }
            for (left, right) in zip(inside, inside.dropFirst()) { #expect(left < right) }
            #expect(inside[0] == 0)
            #expect(abs(inside[100] - (1 - approximation.maximumError)) <= 1e-6 * approximation.maximumError + 1e-14)
        }
    }

    @Test("best odd polynomials of degree 1 and 3 for the sign, in closed form", arguments: [0.5, 0.1, 1e-3, 1e-9])
    func signInClosedForm(gap: Double) throws {
        // c x is 1 - e at the gap and 1 + e at 1.
        let line = try MinimaxApproximation.sign(gap: gap, degree: 1)
        #expect(abs(line.series.coefficients[1] - 2 / (1 + gap)) < 1e-14)
        expectEncloses(line, (1 - gap) / (1 + gap))
        // k x (A - x^2), A = 1 + gap + gap^2, is 1 - e at the gap and at 1, and 1 + e at sqrt(A/3) between.
        let a = 1 + gap + gap * gap
        let top = 2 * a / 3 * (a / 3).squareRoot()
        let k = 2 / (gap * (1 + gap) + top)
        let cubic = try MinimaxApproximation.sign(gap: gap, degree: 3)
        let powers = try PowerPolynomial(cubic.series).coefficients
        #expect(abs(powers[1] - k * a) < 1e-8)
        #expect(abs(powers[3] + k) < 1e-8)
        expectEncloses(cubic, k * top - 1)
        #expect(abs(cubic.alternation[1] - (a / 3).squareRoot()) < 1e-5)
    }

    @Test("1 / (x - c) and powers, in closed form by Chebyshev", arguments: 0...20)
    func closedForms(degree: Int) throws {
        for c in [1.01, 1.25, 2.0] {
            let root = (c * c - 1).squareRoot()
            let expected = pow(c - root, Double(degree)) / (c * c - 1)
            let scale = 1 / (c - 1)
            guard expected > 0x1p-40 * scale else { continue }
            let approximation = try MinimaxApproximation(of: { 1 / ($0 - c) }, on: -1...1, degree: degree)
            expectEncloses(approximation, expected, scale: scale)
        }
        let power = try MinimaxApproximation(of: { pow($0, Double(degree + 1)) }, on: -1...1, degree: degree)
        let expected = pow(2, -Double(degree))
        expectEncloses(power, expected)
        // With weight x, 1 - x p(x) is a Chebyshev polynomial divided by its value at x = 0, u = -(a + b) / (b - a).
        for lower in [0.5, 0.01] {
            let angle = Double(degree + 1) * acosh((1 + lower) / (1 - lower))
            guard 1 / cosh(angle) > 0x1p-40 else { continue }
            let relative = try MinimaxApproximation(
                of: { 1 / $0 }, on: lower...1, degree: degree, weight: { $0 })
            expectEncloses(relative, 1 / cosh(angle))
        }
    }

    @Test("|x|: 2n times the error of degree 2n nears Bernstein's constant, 0.2801694990")
    func bernstein() throws {
        // Varga and Carpenter 1985: it decreases to the constant as beta + O(1 / n^2).
        let errors = try [8, 16, 32, 64].map { degree in
            Double(degree) * (try MinimaxApproximation(of: { abs($0) }, on: -1...1, degree: degree)).maximumError
        }
        for (n, value) in zip([4.0, 8, 16, 32], errors) {
            #expect(abs(value - 0.2801694990) < 0.05 / (n * n))
        }
    }

    @Test("high degrees stay level")
    func highDegree() throws {
        let approximation = try MinimaxApproximation(of: { 1 / $0 }, on: 0x1p-10...1, degree: 255, weight: { $0 })
        let angle = 2 * atanh(0x1p-5)
        #expect(abs(approximation.maximumError * cosh(256 * angle) - 1) < 1e-3)
    }

    @Test("refuses what cannot be levelled")
    func hostile() {
        #expect(throws: ApproximationError.rounding(degree: 5)) {
            try MinimaxApproximation(of: { $0 * $0 }, on: -1...1, degree: 5)
        }
        for degree in [-1, 256] {
            #expect(throws: ApproximationError.degree(degree, lowest: 0, highest: 255)) {
                try MinimaxApproximation(of: { $0 }, on: -1...1, degree: degree)
            }
        }
        #expect(throws: ApproximationError.evenDegree(4)) { try MinimaxApproximation.sign(gap: 0.1, degree: 4) }
        for gap in [0, -0.5, 1, 2, Double.infinity] {
            #expect(throws: ApproximationError.gap(gap)) { try MinimaxApproximation.sign(gap: gap, degree: 3) }
        }
        #expect(throws: ApproximationError.self) { try MinimaxApproximation.sign(gap: .nan, degree: 3) }
        #expect(throws: ApproximationError.functionValue(.infinity, at: 0)) {
            try MinimaxApproximation(of: { 1 / $0 }, on: 0...1, degree: 3)
        }
        #expect(throws: ApproximationError.weight(-1, at: 1)) {
            try MinimaxApproximation(of: { $0 }, on: 0...1, degree: 3, weight: { _ in -1 })
        }
        // Noise differs at every point: that the points of the check show nothing larger happens to one in five.
        var refusals = 0
        for salt in 0..<16 as Range<UInt64> {
            do {
                _ = try MinimaxApproximation(
                    of: { Double(TestGenerator(seed: $0.bitPattern ^ salt << 60).first() >> 11) * 0x1p-53 },
                    on: 0...1, degree: 4)
            } catch ApproximationError.notLevelled(let smallest, let largest) {
                #expect(smallest < largest)
                refusals += 1
            } catch {
                Issue.record(error)
            }
        }
        #expect(refusals > 0)
    }
}

extension TestGenerator {
    /// The first number after this state.
    fileprivate func first() -> UInt64 {
        var copy = self
        return copy.next()
    }
}
