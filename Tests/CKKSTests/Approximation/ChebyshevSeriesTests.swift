import Foundation
import Testing

@testable import CKKS

/// Numbers in [-1, 1), repeatable.
func uniform(_ count: Int, seed: UInt64) -> [Double] {
    var generator = TestGenerator(seed: seed)
    return (0..<count).map { _ in .random(in: -1..<1, using: &generator) }
}

/// `count` + 1 numbers from one end of `interval` to the other, both included.
func grid(_ interval: ClosedRange<Double>, count: Int) -> [Double] {
    (0...count).map { index in
        let share = Double(index) / Double(count)
        return index == count ? interval.upperBound : interval.lowerBound * (1 - share) + interval.upperBound * share
    }
}

@Suite("Chebyshev series")
struct ChebyshevSeriesTests {
    @Test("Clenshaw agrees with cos(k arccos u)", arguments: [0, 1, 2, 3, 7, 31, 100, 1000])
    func definition(degree: Int) throws {
        let coefficients = uniform(degree + 1, seed: UInt64(degree))
        let norm = coefficients.reduce(0) { $0 + abs($1) }
        for interval in [-1...1, 2...5, -0x1p-10...0x1p20] {
            let series = try ChebyshevSeries(coefficients: coefficients, on: interval)
            for u in grid(-1...1, count: 97) {
                let x = ChebyshevSeries.position(u, in: interval)
                let angle = acos(min(1, max(-1, series.normalized(x))))
                let expected = coefficients.enumerated().reduce(0) { $0 + $1.element * cos(Double($1.offset) * angle) }
                // k times the rounding of the angle in the definition, and of each step in the recurrence.
                #expect(abs(series(x) - expected) <= 8 * Double(degree + 1) * 0x1p-53 * norm)
            }
        }
    }

    @Test("f = q T_m + r, exact where nothing is rounded", arguments: 1...24)
    func division(m: Int) throws {
        for degree in 0...48 {
            // Small integers: all sums are exact, and so must the law be, coefficient by coefficient.
            let coefficients = uniform(degree + 1, seed: UInt64(degree)).map { ($0 * 1000).rounded() }
            let series = try ChebyshevSeries(coefficients: coefficients)
            let (quotient, remainder) = try series.dividedByChebyshev(m)
            #expect(remainder.degree < m)
            var product = [Double](repeating: 0, count: m + quotient.degree + 1)
            for (k, value) in quotient.coefficients.enumerated() {
                product[m + k] += value / 2
                product[abs(m - k)] += value / 2
            }
            for (k, value) in remainder.coefficients.enumerated() { product[k] += value }
            #expect(try ChebyshevSeries(coefficients: product).coefficients == series.coefficients)
        }
    }

    @Test("division keeps parity, and rounds within 2^-53 per step", arguments: [Parity.even, .odd, .neither])
    func divisionRounding(parity: Parity) throws {
        for degree in [31, 32, 63, 100] {
            var coefficients = uniform(degree + 1, seed: UInt64(degree))
            if parity != .neither {
                for k in coefficients.indices where k.isMultiple(of: 2) != (parity == .even) { coefficients[k] = 0 }
            }
            let series = try ChebyshevSeries(coefficients: coefficients, on: -3...2)
            #expect(series.parity == parity)
            for m in [2, 4, 8, 16] {
                let (quotient, remainder) = try series.dividedByChebyshev(m)
                if parity != .neither {
                    #expect(quotient.parity == parity && remainder.parity == parity)
                }
                let norm = coefficients.reduce(0) { $0 + abs($1) }
                for x in grid(-3...2, count: 50) {
                    let angle = acos(min(1, max(-1, series.normalized(x))))
                    let found = quotient(x) * cos(Double(m) * angle) + remainder(x)
                    #expect(abs(found - series(x)) <= 16 * Double(degree) * 0x1p-53 * norm)
                }
            }
        }
    }

    @Test("power basis and back", arguments: [0, 1, 2, 5, 12, 20])
    func powers(degree: Int) throws {
        for interval in [-1...1, 0.5...2, -3...1] {
            let coefficients = uniform(degree + 1, seed: 5 + UInt64(degree))
            let series = try ChebyshevSeries(coefficients: coefficients, on: interval)
            let polynomial = try PowerPolynomial(series)
            #expect(polynomial.degree == series.degree)
            let amplification = try polynomial.amplification(on: interval)
            let norm = coefficients.reduce(0) { $0 + abs($1) }
            let allowed = 16 * Double(degree + 1) * 0x1p-53 * norm * amplification
            let back = try ChebyshevSeries(polynomial, on: interval)
            for x in grid(interval, count: 50) {
                #expect(abs(polynomial(x) - series(x)) <= allowed)
                #expect(abs(back(x) - series(x)) <= allowed)
            }
        }
        // T_k itself: the magnitudes of its coefficients add up to ((1 + sqrt 2)^k + (1 - sqrt 2)^k) / 2.
        let chebyshev = try PowerPolynomial(
            ChebyshevSeries(coefficients: [Double](repeating: 0, count: degree) + [1]))
        let root = 2.0.squareRoot()
        let sum = (pow(1 + root, Double(degree)) + pow(1 - root, Double(degree))) / 2
        #expect(abs(try chebyshev.amplification(on: -1...1) / sum - 1) < 1e-12)
    }

    @Test("division by powers is a split")
    func powerDivision() throws {
        let polynomial = try PowerPolynomial(coefficients: [1, 2, 3, 4, 5])
        let (quotient, remainder) = try polynomial.dividedByPower(3)
        #expect(quotient.coefficients == [4, 5])
        #expect(remainder.coefficients == [1, 2, 3])
        #expect(try polynomial.dividedByPower(7).quotient.coefficients == [0])
    }

    @Test("degree, parity and trailing zeros")
    func shape() throws {
        #expect(try ChebyshevSeries(coefficients: []).coefficients == [0])
        let series = try ChebyshevSeries(coefficients: [0, 1, 0, 2, 0, 0])
        #expect(series.degree == 3 && series.parity == .odd && series.depth == 2)
        #expect(try ChebyshevSeries(coefficients: [1, 0, 2]).parity == .even)
        #expect(try ChebyshevSeries(coefficients: [1, 1]).parity == .neither)
        #expect(try series.scaled(by: 0.5).coefficients == [0, 0.5, 0, 1])
        #expect(
            throws: ApproximationError.coefficient(index: 3, value: .infinity),
            performing: { try series.scaled(by: .greatestFiniteMagnitude) })
    }

    @Test(
        "an evaluation takes the depth and products that are stated", arguments: [Parity.even, .odd, .neither], 0...80)
    func cost(parity: Parity, degree: Int) throws {
        if parity != .neither, degree.isMultiple(of: 2) != (parity == .even) { return }
        var coefficients = uniform(degree + 1, seed: 11)
        if parity != .neither {
            for k in coefficients.indices where k.isMultiple(of: 2) != (parity == .even) { coefficients[k] = 0 }
        }
        let series = try ChebyshevSeries(coefficients: coefficients)
        let cost = series.cost
        #expect(cost.depth == Int(log2(Double(degree + 1)).rounded(.up)))
        let norm = coefficients.reduce(0) { $0 + abs($1) }
        for u in [-1, -0.3, 0.7] {
            var evaluation = BabyStepGiantStep(u: u, babySteps: cost.babySteps)
            let result = try evaluation.value(of: series, levels: cost.depth)
            #expect(abs(result.value - series(u)) <= 64 * Double(degree + 1) * 0x1p-53 * norm)
            #expect(result.depth <= cost.depth)
            #expect(evaluation.products == cost.multiplications)
        }
    }

    @Test("products of odd polynomials, beside those of Lee, Lee, No, Kim 2021")
    func oddProducts() {
        let published = [
            3: 2, 5: 3, 7: 5, 9: 5, 11: 6, 13: 7, 15: 8, 17: 8, 19: 8, 21: 9, 23: 9, 25: 10, 27: 10, 29: 11, 31: 12,
        ]
        for (degree, count) in published {
            // Four of them take a giant step that is no power of two.
            let more = [5, 9, 17, 19].contains(degree) ? 1 : 0
            #expect(EvaluationCost(degree: degree, parity: .odd).multiplications == count + more, "degree \(degree)")
        }
    }

    @Test("refuses what is no series")
    func hostile() {
        let refused: [(ClosedRange<Double>, ApproximationError)] = [
            (1...1, .interval(lower: 1, upper: 1)),
            (ClosedRange(uncheckedBounds: (2, 1)), .interval(lower: 2, upper: 1)),
            (0...Double.infinity, .interval(lower: 0, upper: .infinity)),
            (
                -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
                .interval(lower: -.greatestFiniteMagnitude, upper: .greatestFiniteMagnitude)
            ),
        ]
        for (interval, error) in refused {
            #expect(throws: error) { try ChebyshevSeries(coefficients: [1], on: interval) }
            #expect(throws: error) { try ChebyshevSeries(approximating: { $0 }, on: interval, error: 0.1) }
            #expect(throws: error) { try MinimaxApproximation(of: { $0 }, on: interval, degree: 1) }
            #expect(throws: error) { try InverseApproximation(on: interval, error: 0.1) }
            #expect(throws: error) { try InverseSquareRootApproximation(on: interval, error: 0.1) }
            #expect(throws: error) { try PowerPolynomial(coefficients: [1]).amplification(on: interval) }
            #expect(!error.description.contains("\n"))
        }
        let unordered = ClosedRange(uncheckedBounds: (lower: Double.nan, upper: 1))
        #expect(throws: ApproximationError.self) { try ChebyshevSeries(coefficients: [1], on: unordered) }
        #expect(throws: ApproximationError.coefficient(index: 1, value: .infinity)) {
            try ChebyshevSeries(coefficients: [1, .infinity])
        }
        #expect(throws: ApproximationError.self) { try PowerPolynomial(coefficients: [.nan]) }
        #expect(throws: ApproximationError.degree(0, lowest: 1, highest: .max)) {
            try ChebyshevSeries(coefficients: [1, 2]).dividedByChebyshev(0)
        }
        for error in [0, -1, 1, Double.nan, .infinity, 0x1p-45] {
            #expect(throws: ApproximationError.self) {
                try ChebyshevSeries(approximating: { $0 }, on: 0...1, error: error)
            }
        }
        #expect(throws: ApproximationError.degree(-1, lowest: 0, highest: 4095)) {
            try ChebyshevSeries(approximating: { $0 }, on: 0...1, error: 0.1, maximumDegree: -1)
        }
        #expect(throws: ApproximationError.self) {
            try ChebyshevSeries(approximating: { log($0) }, on: 0...1, error: 0.1)
        }
    }
}

@Suite("Chebyshev interpolation")
struct ChebyshevInterpolationTests {
    @Test("meets the error it states, by the least degree", arguments: [1e-2, 1e-4, 1e-6, 1e-8, 1e-12])
    func meetsTheError(error: Double) throws {
        let functions: [(@Sendable (Double) -> Double, ClosedRange<Double>)] = [
            ({ exp($0) }, -1...1), ({ 1 / (1 + exp(-$0)) }, -8...8), ({ sin($0) }, -10...20), ({ 1 / $0 }, 0.1...1),
            ({ $0.squareRoot() }, 0.01...1),
        ]
        for (function, interval) in functions {
            let series = try ChebyshevSeries(approximating: function, on: interval, error: error)
            #expect(series.maximumError <= error)
            let measured = grid(interval, count: 20011).map { abs(function($0) - series($0)) }.max()!
            // Between the samples it refines, a curve of the series' degree rises by less than this.
            #expect(measured <= series.maximumError * (1 + 1e-4) + 1e-15)
            #expect(measured >= series.maximumError * (1 - 1e-3) - 1e-15)
            // Not one coefficient too many.
            let shorter = try ChebyshevSeries(coefficients: Array(series.coefficients.dropLast()), on: interval)
            #expect(grid(interval, count: 20011).contains { abs(function($0) - shorter($0)) > error * (1 - 1e-3) })
            // Nor much worse than the best of its degree: by the Lebesgue constant, and as much again for the cut.
            let best = try MinimaxApproximation(of: function, on: interval, degree: series.degree)
            let lebesgue = 2 + 2 / Double.pi * log(Double(series.degree + 1))
            #expect(best.maximumError <= series.maximumError * (1 + 1e-6))
            #expect(series.maximumError <= best.maximumError * 2 * lebesgue + 1e-14)
        }
    }

    @Test("parity of the function is that of the series")
    func parity() throws {
        #expect(try ChebyshevSeries(approximating: { cos(3 * $0) }, on: -2...2, error: 1e-9).parity == .even)
        #expect(try ChebyshevSeries(approximating: { tanh($0) }, on: -4...4, error: 1e-6).parity == .odd)
    }

    @Test("a polynomial is found again")
    func polynomial() throws {
        let series = try ChebyshevSeries(approximating: { 4 * $0 * $0 * $0 - 3 * $0 }, on: -1...1, error: 1e-12)
        #expect(series.degree == 3 && series.parity == .odd)
        #expect(abs(series.coefficients[3] - 1) < 1e-15)
    }

    @Test("says what was reached where the degree does not suffice")
    func tooLow() throws {
        // The best polynomial of degree n is about 0.28 / n away from |x| (Bernstein).
        do {
            _ = try ChebyshevSeries(approximating: { abs($0) }, on: -1...1, error: 1e-3, maximumDegree: 100)
            Issue.record("not thrown")
        } catch ApproximationError.notReached(let error, let reached, let degree) {
            #expect(error == 1e-3 && degree == 100)
            #expect(reached > 0.28 / 100 && reached < 0.02)
        }
        let enough = try ChebyshevSeries(approximating: { abs($0) }, on: -1...1, error: 1e-3)
        #expect(enough.degree > 280)
    }
}

/// The evaluation that ``EvaluationCost`` describes, on numbers that know their depth, counting products.
private struct BabyStepGiantStep {
    struct Leveled {
        var value: Double
        var depth: Int
    }

    private var powers: [Int: Leveled]
    private let babySteps: Int
    private(set) var products = 0

    init(u: Double, babySteps: Int) {
        powers = [1: Leveled(value: u, depth: 0)]
        self.babySteps = babySteps
    }

    private mutating func chebyshev(_ k: Int) -> Leveled {
        if let known = powers[k] { return known }
        let high = 1 << (Int.bitWidth - (k - 1).leadingZeroBitCount - 1)
        let (x, y) = (chebyshev(high), chebyshev(k - high))
        let difference = high == k - high ? Leveled(value: 1, depth: 0) : chebyshev(2 * high - k)
        products += 1
        let power = Leveled(
            value: 2 * x.value * y.value - difference.value, depth: max(1 + max(x.depth, y.depth), difference.depth))
        powers[k] = power
        return power
    }

    mutating func value(of series: ChebyshevSeries, levels: Int) throws -> Leveled {
        let degree = series.degree
        if degree == 0 { return Leveled(value: series.coefficients[0], depth: 0) }
        if degree < babySteps, EvaluationCost.ceilingLog2(degree) + 1 <= levels {
            var sum = Leveled(value: series.coefficients[0], depth: 0)
            for (k, coefficient) in series.coefficients.enumerated().dropFirst() where coefficient != 0 {
                let power = chebyshev(k)
                sum.value += coefficient * power.value
                sum.depth = max(sum.depth, power.depth + 1)
            }
            return sum
        }
        let split = 1 << (degree.bitWidth - degree.leadingZeroBitCount - 1)
        let (quotient, remainder) = try series.dividedByChebyshev(split)
        let power = chebyshev(split)
        let left = try value(of: quotient, levels: levels - 1)
        let right = try value(of: remainder, levels: levels)
        if quotient.degree > 0 { products += 1 }
        return Leveled(
            value: left.value * power.value + right.value, depth: max(1 + max(left.depth, power.depth), right.depth))
    }
}
