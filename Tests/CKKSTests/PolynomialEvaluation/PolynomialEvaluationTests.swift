import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Polynomials of ciphertexts against Clenshaw's and Horner's rule, at the documented depth, with the predicted noise.
@Suite("Polynomials of ciphertexts")
struct PolynomialEvaluationTests {
    @Test("plans take the documented depth and number of products", arguments: [Parity.neither, .even, .odd])
    func plans(_ parity: Parity) throws {
        var generator = TestGenerator(seed: 1)
        for degree in 1...127 where parity == .neither || degree.isMultiple(of: 2) == (parity == .even) {
            let coefficients = generator.coefficients(degree: degree, parity: parity)
            let series = try ChebyshevSeries(coefficients: coefficients)
            let cost = EvaluationCost(degree: degree, parity: parity)
            for plan in [PolynomialPlan(series), PolynomialPlan(try PowerPolynomial(coefficients: coefficients))] {
                #expect(plan.depth == cost.depth, "degree \(degree)")
                // Powers of even polynomials need no odd ones.
                #expect(plan.multiplications == cost.multiplications, "degree \(degree)")
                #expect(plan.relinearizations <= plan.multiplications)
                #expect(
                    Double(plan.multiplications) <= (2 * Double(degree)).squareRoot() + 2 * log2(Double(degree)) + 1)
            }
            // A constant term changes nothing.
            var shifted = coefficients
            shifted[0] = 3
            #expect(PolynomialPlan(try ChebyshevSeries(coefficients: shifted)).multiplications == cost.multiplications)
        }
        // One power alone takes squares.
        let power = PolynomialPlan(try PowerPolynomial(coefficients: [Double](repeating: 0, count: 32) + [1]))
        #expect(power.elements == [2, 4, 8, 16, 32] && power.multiplications == 5)
        // Sums of products are relinearised once.
        let dense = PolynomialPlan(try ChebyshevSeries(coefficients: generator.coefficients(degree: 31)))
        #expect(dense.relinearizations < dense.multiplications)
    }

    @Test("a Chebyshev series, on every backend", arguments: Backend.available)
    func backends(_ backend: Backend) throws {
        var generator = TestGenerator(seed: 2)
        let scheme = try Scheme(.levels(3), backend: backend)
        try check(scheme, degree: 7, parity: .neither, generator: &generator)
    }

    @Test("Chebyshev series of every degree")
    func degrees() throws {
        var generator = TestGenerator(seed: 3)
        for depth in 1...5 {
            let scheme = try Scheme(.levels(depth))
            for degree in 1 << (depth - 1)..<1 << depth {
                try check(scheme, degree: degree, parity: .neither, generator: &generator)
                let parity = degree.isMultiple(of: 2) ? Parity.even : .odd
                try check(scheme, degree: degree, parity: parity, generator: &generator)
            }
        }
        try check(try Scheme(.levels(6), threads: 2), degree: 63, parity: .neither, generator: &generator)
    }

    /// Uses up all levels of the scheme.
    private func check(
        _ scheme: Scheme, degree: Int, parity: Parity, generator: inout TestGenerator
    ) throws {
        let series = try ChebyshevSeries(coefficients: generator.coefficients(degree: degree, parity: parity))
        let x = generator.numbers(scheme.parameters.slotCapacity, in: -1...1)
        let encrypted = try scheme.encryptor.encrypt(x)
        let result = try scheme.evaluator.evaluate(series, on: encrypted)
        #expect(series.evaluationDepth == EvaluationCost.ceilingLog2(degree + 1))
        #expect(encrypted.primes - result.primes == series.evaluationDepth, "degree \(degree)")
        #expect(result.primes == 1 && result.size == 2 && result.scale == encrypted.scale)
        scheme.expect(result, near: x.map { series($0) }, "degree \(degree), \(parity)")
        let largest = x.reduce(0) { max($0, abs(series($1))) }
        // The magnitude is measured at four points per degree.
        #expect(result.noise.magnitude >= 0.9 * largest)
    }

    @Test("the predicted noise is there: T_k at the ends", arguments: [2, 3, 6, 7, 16, 21, 31])
    func sharpness(_ degree: Int) throws {
        let scheme = try Scheme(.levels(6))
        let series = try ChebyshevSeries(coefficients: [Double](repeating: 0, count: degree) + [1])
        let x = (0..<scheme.parameters.slotCapacity).map { $0.isMultiple(of: 3) ? -1.0 : 1 }
        let result = try scheme.evaluator.evaluate(series, on: try scheme.encryptor.encrypt(x))
        let surplus = scheme.surplusBits(result, x.map { Complex(series($0)) })
        #expect(abs(surplus) <= 2, "\(surplus) bits from the predicted \(result.precisionBits)")
    }

    @Test("primes and scales that do not match: elements of the basis are brought back")
    func scales() throws {
        var generator = TestGenerator(seed: 4)
        for literal in [
            ParametersLiteral.levels(4, primeBits: 49, logScale: 40), .levels(4, primeBits: 40, logScale: 38.3),
            .levels(4, primeBits: 36, logScale: 36),
        ] {
            let scheme = try Scheme(literal)
            let series = try ChebyshevSeries(coefficients: generator.coefficients(degree: 15))
            let x = generator.numbers(scheme.parameters.slotCapacity, in: -1...1)
            let encrypted = try scheme.encryptor.encrypt(x)
            for targetScale in [encrypted.scale, 0x1.8p37] {
                let result = try scheme.evaluator.evaluate(series, on: encrypted, targetScale: targetScale)
                #expect(result.scale == targetScale && result.primes == 1)
                scheme.expect(result, near: x.map { series($0) })
                // An error of x is one of k^2 times as much in T_k; those of the evaluation add three bits at most.
                let slope = series.coefficients.enumerated().reduce(1) { $0 + Double($1.0 * $1.0) * abs($1.1) }
                #expect(result.precisionBits > encrypted.precisionBits - log2(slope) - 3)
            }
        }
    }

    @Test("intervals: narrow ones need no level, wide ones one")
    func intervals() throws {
        var generator = TestGenerator(seed: 5)
        for (interval, mapping) in [
            (0.0...1, 0), (0.25...1, 0), (3...3.125, 0), (-1...1.0, 0), (-4...3, 1), (0...1000, 1),
        ] {
            for degree in [1, 6, 15] {
                let series = try ChebyshevSeries(coefficients: generator.coefficients(degree: degree), on: interval)
                #expect(series.mappingDepth == mapping)
                let scheme = try Scheme(.levels(series.evaluationDepth))
                let x = generator.numbers(scheme.parameters.slotCapacity, in: interval)
                let magnitude = max(abs(interval.lowerBound), abs(interval.upperBound))
                let encrypted = try scheme.encryptor.encrypt(x, magnitude: magnitude)
                let result = try scheme.evaluator.evaluate(series, on: encrypted)
                #expect(result.primes == 1 && result.scale == encrypted.scale)
                scheme.expect(result, near: x.map { series($0) }, "degree \(degree) on \(interval)")
            }
        }
    }

    @Test("polynomials in powers, of complex slots")
    func powers() throws {
        var generator = TestGenerator(seed: 6)
        let scheme = try Scheme(.levels(6))
        let x = generator.unitSlots(scheme.parameters.slotCapacity)
        let encrypted = try scheme.encryptor.encrypt(x)
        for degree in [Int](1...17) + [31, 63] {
            for parity in [Parity.neither, degree.isMultiple(of: 2) ? .even : .odd] {
                let polynomial = try PowerPolynomial(
                    coefficients: generator.coefficients(degree: degree, parity: parity))
                let result = try scheme.evaluator.evaluate(polynomial, on: encrypted)
                #expect(encrypted.primes - result.primes == polynomial.evaluationDepth)
                #expect(polynomial.evaluationDepth == EvaluationCost.ceilingLog2(degree + 1))
                #expect(result.scale == encrypted.scale)
                let expected = x.map { x in
                    polynomial.coefficients.reversed().reduce(Complex(0)) { $0 * x + Complex($1) }
                }
                scheme.expect(result, near: expected, "degree \(degree), \(parity)")
            }
        }
        // x^32 on the unit circle: no slot escapes its magnitude, and the error is 32 times that of x.
        let power = try PowerPolynomial(coefficients: [Double](repeating: 0, count: 32) + [1])
        let result = try scheme.evaluator.evaluate(power, on: encrypted)
        let expected = x.map { x in (0..<5).reduce(x) { square, _ in square * square } }
        #expect(abs(scheme.surplusBits(result, expected)) <= 2)
    }

    @Test("results of different degrees can be added at the scale asked for")
    func sums() throws {
        var generator = TestGenerator(seed: 7)
        let scheme = try Scheme(.levels(5))
        let x = generator.numbers(scheme.parameters.slotCapacity, in: -1...1)
        let encrypted = try scheme.encryptor.encrypt(x)
        let series = try [3, 10, 25].map { try ChebyshevSeries(coefficients: generator.coefficients(degree: $0)) }
        let terms = try series.map { try scheme.evaluator.evaluate($0, on: encrypted, targetScale: 0x1p38) }
        let sum = try scheme.evaluator.add(try scheme.evaluator.add(terms[0], terms[1]), terms[2])
        scheme.expect(sum, near: x.map { x in series.reduce(0) { $0 + $1(x) } })
        // A constant takes no level; sparse slots are as good as full ones.
        let constant = try scheme.evaluator.evaluate(
            try ChebyshevSeries(coefficients: [0.75], on: 0...5), on: encrypted, targetScale: 0x1p38)
        #expect(constant.primes == encrypted.primes && constant.scale == 0x1p38)
        scheme.expect(constant, near: x.map { _ in 0.75 }, within: 0x1p-38)
        let few = generator.numbers(16, in: -1...1)
        let result = try scheme.evaluator.evaluate(series[1], on: try scheme.encryptor.encrypt(few))
        #expect(result.packing == .slots(16))
        scheme.expect(result, near: few.map { series[1]($0) })
    }

    @Test("what cannot be right is refused, with the reason")
    func refusals() throws {
        var generator = TestGenerator(seed: 8)
        let scheme = try Scheme(.levels(3))
        let evaluator = scheme.evaluator
        let x = try scheme.encryptor.encrypt([0.5, 0.25])
        let series = try ChebyshevSeries(coefficients: generator.coefficients(degree: 8))
        let error = EvaluationError.depth(needed: 4, available: 3)
        #expect(throws: error) { try evaluator.evaluate(series, on: x) }
        #expect(throws: error) { try evaluator.evaluate(try PowerPolynomial(series), on: x) }
        #expect(error.description == "4 levels are needed, where 3 are left: begin with 5 primes")
        let wide = try ChebyshevSeries(coefficients: generator.coefficients(degree: 7), on: -2...2)
        #expect(throws: error) { try evaluator.evaluate(wide, on: x) }
        let square = try ChebyshevSeries(coefficients: [0, 0, 1])
        #expect(throws: EvaluationError.notRelinearized(size: 3)) {
            try evaluator.evaluate(square, on: try evaluator.multiply(x, x))
        }
        #expect(throws: EvaluationError.key(.noRelinearizationKey)) {
            try Evaluator(parameters: scheme.parameters).evaluate(square, on: x)
        }
        #expect(throws: EvaluationError.self) { try evaluator.evaluate(square, on: x, targetScale: 0x1p150) }
        #expect(throws: EvaluationError.self) { try evaluator.evaluate(square, on: x, targetScale: 0x1p-20) }
        let other = try Scheme(.levels(3))
        #expect(throws: EvaluationError.differentParameters) { try other.evaluator.evaluate(square, on: x) }
    }
}
