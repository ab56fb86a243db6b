import RLWE
import Ring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

// Polynomials of a ciphertext.
//
// Scales are exact: an evaluation is handed the scale and the level of its result, and passes on to each of its parts
// those at which the part has to arrive, so that the summands of every sum meet at one scale. What makes them meet is
// the scale at which coefficients are encoded (Bossuat, Mouchet, Troncoso-Pastoriza, Hubaux, EUROCRYPT 2021, section 3).
extension ChebyshevSeries {
    /// Levels from x to u, the variable on [-1, 1]: none if the interval is no wider than 2, since then a ciphertext of
    /// x is one of u, read at a lower scale, plus a constant; else one.
    public var mappingDepth: Int { interval.upperBound - interval.lowerBound <= 2 ? 0 : 1 }

    /// Levels from a ciphertext of x to one of the result: ceil(log2(degree + 1)), and ``mappingDepth``. A constant
    /// takes none.
    public var evaluationDepth: Int { degree == 0 ? 0 : mappingDepth + depth }
}

extension PowerPolynomial {
    /// Levels from a ciphertext of x to one of the result: ceil(log2(degree + 1)).
    public var evaluationDepth: Int { depth }
}

extension Evaluator {
    /// The value of a Chebyshev series, in every slot: ``ChebyshevSeries/evaluationDepth`` levels below x.
    ///
    /// Costs `series.cost.multiplications` products of ciphertexts, about sqrt(2 d) + log2 d for degree d, sums of which
    /// are relinearised once, and d products by constants.
    ///
    /// The noise estimate follows errors at sample points of the interval and holds where they are largest.
    /// - Parameters:
    ///   - x: Its slots are real and lie in the series' interval, up to errors: outside, the values of a polynomial grow
    ///     without bound.
    ///   - targetScale: What the result's scale will be, exactly. When left out, that of x.
    /// - Throws: ``EvaluationError/depth(needed:available:)`` when x has too few primes; when x is not relinearised, or
    ///   the relinearisation key is missing.
    public func evaluate(
        _ series: ChebyshevSeries, on x: Ciphertext, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        let count = 4 * max(4, series.degree)
        let points = (0...count).map { index in
            ChebyshevSeries.position(cos(.pi * Double(index) / Double(count)), in: series.interval)
        }
        let input = TrackedCiphertext(ciphertext: x, errors: ErrorProfile(points: points))
        let result = try evaluate(series, on: input, targetScale: targetScale ?? x.scale)
        return result.estimated([Double](repeating: x.relativeVariance, count: points.count))
    }

    /// The value of a polynomial in powers of x, in every slot: ``PowerPolynomial/evaluationDepth`` levels below x.
    ///
    /// Costs `polynomial.cost.multiplications` products of ciphertexts. Slots may be complex. The declared magnitude of
    /// x bounds the powers for the noise estimate; where it is far from 1, so are they, and precision is lost.
    /// - Parameter targetScale: What the result's scale will be, exactly. When left out, that of x.
    /// - Throws: ``EvaluationError/depth(needed:available:)`` when x has too few primes; when x is not relinearised, or
    ///   the relinearisation key is missing.
    public func evaluate(
        _ polynomial: PowerPolynomial, on x: Ciphertext, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        try requireDepth(polynomial.evaluationDepth, of: x)
        let input = TrackedCiphertext(ciphertext: x, errors: ErrorProfile(points: [x.noise.magnitude]))
        var run = PolynomialRun(self, PolynomialPlan(polynomial), variable: input, referenceScale: x.scale)
        return try run.result(scale: targetScale ?? x.scale).estimated([x.relativeVariance])
    }

    /// The value of a series of x, with its errors at the sample points that x has, which lie in the interval.
    func evaluate(
        _ series: ChebyshevSeries, on x: TrackedCiphertext, targetScale: Double
    ) throws(EvaluationError) -> TrackedCiphertext {
        try requirePair(x.ciphertext)
        try requireDepth(series.evaluationDepth, of: x.ciphertext)
        let variable = series.degree == 0 ? x : try normalized(x, by: series)
        var run = PolynomialRun(
            self, PolynomialPlan(series), variable: variable, referenceScale: x.ciphertext.scale)
        return try run.result(scale: targetScale)
    }

    func requireDepth(_ depth: Int, of x: Ciphertext) throws(EvaluationError) {
        guard x.primes > depth else { throw .depth(needed: depth, available: x.primes - 1) }
    }

    /// u of x. An integer multiple of x is a multiple by any constant, read at the right scale: the factor is not rounded.
    private func normalized(
        _ x: TrackedCiphertext, by series: ChebyshevSeries
    ) throws(EvaluationError) -> TrackedCiphertext {
        guard series.interval != -1...1 else { return x }
        let factor = 2 / (series.interval.upperBound - series.interval.lowerBound)
        let offset = series.normalized(0)
        var u = x
        u.errors.multiply(by: factor)
        u.errors.add(constant: offset)
        guard series.mappingDepth == 1 else {
            u.ciphertext.scale /= factor
            u.ciphertext = try add(u.ciphertext, offset)
            return u
        }
        let last = Double(x.ciphertext.basis.moduli[x.ciphertext.primes - 1].value)
        let integer = (factor * last).rounded()
        guard integer >= 1 else { throw .scaleMismatch(x.ciphertext.scale, x.ciphertext.scale / factor) }
        u.ciphertext = try multiply(x.ciphertext, by: factor, scale: integer / factor)
        u.ciphertext = try rescale(try add(u.ciphertext, offset))
        u.errors.add(variance: parameters.roundingVariance() / (u.ciphertext.scale * u.ciphertext.scale))
        return u
    }
}

extension TrackedCiphertext {
    /// The ciphertext, with its largest error and value over the sample points as the noise estimate.
    func estimated(_ inputVariances: [Double]) -> Ciphertext {
        ciphertext.estimated(
            errors.total(inputVariances), magnitude: errors.values.reduce(0) { max($0, abs($1)) })
    }
}

/// One evaluation: the elements of the basis that were computed for it.
private struct PolynomialRun {
    private let evaluator: Evaluator
    private let plan: PolynomialPlan
    /// What the scales of the elements are kept at or below, by less than a bit.
    private let referenceScale: Double
    private var elements: [Int: TrackedCiphertext]

    private var parameters: CKKSParameters { evaluator.parameters }

    init(
        _ evaluator: Evaluator, _ plan: PolynomialPlan, variable: TrackedCiphertext, referenceScale: Double
    ) {
        self.evaluator = evaluator
        self.plan = plan
        self.referenceScale = referenceScale
        elements = [1: variable]
    }

    mutating func result(scale: Double) throws(EvaluationError) -> TrackedCiphertext {
        let variable = elements[1]!
        guard plan.depth > 0 else {
            // 0 x + a constant.
            var result = TrackedCiphertext(
                ciphertext: try evaluator.multiply(
                    variable.ciphertext, by: 0, scale: scale / variable.ciphertext.scale),
                errors: ErrorProfile(zeroLike: variable.errors))
            result.ciphertext.scale = scale
            try add(plan.root.constant, to: &result)
            return result
        }
        for index in plan.elements { elements[index] = try element(index) }
        return try value(of: plan.root, primes: variable.ciphertext.primes - plan.depth, scale: scale)
    }

    /// Element i + j of the basis, from elements before it.
    ///
    /// Its scale is that of the product over a prime. Where that is below the reference, a whole multiple of product
    /// and scale brings it back: it drifts with the differences of scales and primes, which squares double every time.
    private func element(_ index: Int) throws(EvaluationError) -> TrackedCiphertext {
        let (i, j) = PolynomialPlan.factors(of: index)
        var sum = try product(elements[i]!, elements[j]!, isSquare: i == j)
        let multiple = max(1, (referenceScale / sum.ciphertext.scale * lastPrime(sum)).rounded(.down))
        let factor: Double = plan.basis == .chebyshev ? 2 : 1
        if factor * multiple != 1 {
            sum.ciphertext = try evaluator.multiply(sum.ciphertext, by: factor, scale: multiple)
            sum.errors.multiply(by: factor)
        }
        switch plan.basis {
        case .power: break
        case .chebyshev where i == j: try add(-1, to: &sum)
        case .chebyshev: try add(-1, times: elements[i - j]!, to: &sum)
        }
        return try rescaled(sum, scale: sum.ciphertext.scale / lastPrime(sum))
    }

    /// The value of a part, at the level of `primes` primes and at `scale`. Everything is summed up one level above,
    /// before the sum is relinearised and rescaled.
    private func value(
        of part: PolynomialPlan.Part, primes: Int, scale: Double
    ) throws(EvaluationError) -> TrackedCiphertext {
        let sumScale = scale * Double(parameters.chain.basis.moduli[primes].value)
        try evaluator.requireRoom(scale: sumScale, primes: primes + 1)
        var products: TrackedCiphertext?
        for (quotient, index) in part.products {
            let giant = elements[index]!
            let quotient = try value(of: quotient, primes: primes + 1, scale: sumScale / giant.ciphertext.scale)
            var term = try product(quotient, giant)
            // So it is, up to the rounding of doubles.
            term.ciphertext.scale = sumScale
            if let others = products {
                term.ciphertext = try evaluator.add(others.ciphertext, term.ciphertext)
                term.errors.add(1, times: others.errors)
            }
            products = term
        }
        var sum = products ?? zero(primes: primes + 1, scale: sumScale)
        products = nil
        for (index, coefficient) in part.terms { try add(coefficient, times: elements[index]!, to: &sum) }
        if part.constant != 0 { try add(part.constant, to: &sum) }
        return try rescaled(sum, scale: scale)
    }

    // MARK: Parts of both

    private func lastPrime(_ x: TrackedCiphertext) -> Double {
        Double(x.ciphertext.basis.moduli[x.ciphertext.primes - 1].value)
    }

    /// 0.
    private func zero(primes: Int, scale: Double) -> TrackedCiphertext {
        var polynomials = parameters.chain.makeVector(primes: primes, count: 2)
        for index in 0..<2 {
            polynomials.mutableLimbs(index).base.update(repeating: 0, count: primes * parameters.degree)
        }
        return TrackedCiphertext(
            ciphertext: Ciphertext(
                parameters: parameters, polynomials: polynomials, scale: scale,
                packing: elements[1]!.ciphertext.packing, noise: NoiseEstimate(variance: 0, magnitude: 0)),
            errors: ErrorProfile(zeroLike: elements[1]!.errors))
    }

    /// x y, of three polynomials.
    private func product(
        _ x: TrackedCiphertext, _ y: TrackedCiphertext, isSquare: Bool = false
    ) throws(EvaluationError) -> TrackedCiphertext {
        TrackedCiphertext(
            ciphertext: try evaluator.multiply(x.ciphertext, y.ciphertext),
            errors: isSquare ? ErrorProfile(squareOf: x.errors) : ErrorProfile(x.errors, times: y.errors))
    }

    /// Adds a multiple of an element at a higher level or the same: the coefficient is encoded at the scale that takes the
    /// element to that of the sum. One pass over the limbs.
    private func add(
        _ coefficient: Double, times element: TrackedCiphertext, to sum: inout TrackedCiphertext
    ) throws(EvaluationError) {
        let basis = sum.ciphertext.basis
        let factorScale = sum.ciphertext.scale / element.ciphertext.scale
        guard factorScale >= 1 else { throw .scaleMismatch(element.ciphertext.scale, sum.ciphertext.scale) }
        let residues = try evaluator.residues(of: coefficient, scale: factorScale, primes: basis.count)
        let factors = zip(basis.moduli, residues).map { $0.factor($1) }
        for index in 0..<2 {
            let output = sum.ciphertext.polynomials.mutableLimbs(index)
            basis.multiplyAdd(
                output, element.ciphertext.polynomials.limbs(index), by: factors, into: output,
                threads: evaluator.threads)
        }
        sum.errors.add(effect(of: coefficient), times: element.errors)
        // The coefficient is rounded to a multiple of 1 / factorScale, alike in all slots.
        sum.errors.add(
            variance: 1 / (12 * Double(parameters.degree) * factorScale * factorScale), times: element.errors.values)
    }

    private func add(_ constant: Double, to sum: inout TrackedCiphertext) throws(EvaluationError) {
        sum.ciphertext = try evaluator.add(sum.ciphertext, constant)
        sum.errors.add(constant: effect(of: constant))
    }

    /// A sum, relinearised if it has products, and rescaled.
    private func rescaled(_ sum: TrackedCiphertext, scale: Double) throws(EvaluationError) -> TrackedCiphertext {
        var result = sum
        result.ciphertext = try evaluator.relinearizeAndRescale(sum.ciphertext)
        result.ciphertext.scale = scale
        let primes = result.ciphertext.primes
        result.errors.add(
            variance: sum.ciphertext.size == 3
                ? parameters.relinearizeAndRescaleVariance(primes: primes, scale: scale)
                : parameters.roundingVariance() / (scale * scale))
        return result
    }

    /// What a coefficient does to values and errors. Powers are followed at their largest magnitude, whatever their
    /// argument, and so are sums of them.
    private func effect(of coefficient: Double) -> Double {
        plan.basis == .power ? abs(coefficient) : coefficient
    }
}
