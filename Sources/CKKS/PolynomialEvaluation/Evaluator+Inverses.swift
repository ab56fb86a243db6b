extension InverseApproximation {
    /// Levels from a ciphertext of x to one of 1/x: those of the first polynomial, one for x times its value, one for
    /// each step. ``ChebyshevSeries/mappingDepth`` is 0 on an interval no wider than 2, where ``depth`` counts 1.
    public var evaluationDepth: Int {
        start.evaluationDepth + (constants.isEmpty ? 0 : 1 + constants.count)
    }
}

extension InverseSquareRootApproximation {
    /// Levels from a ciphertext of x to one of 1/sqrt(x): those of the first polynomial, two for each step.
    /// ``ChebyshevSeries/mappingDepth`` is 0 on an interval no wider than 2, where ``depth`` counts 1.
    public var evaluationDepth: Int { start.evaluationDepth + 2 * constants.count }
}

// Inverses, by a polynomial and steps that about square the error.
extension Evaluator {
    /// 1/x in every slot: ``InverseApproximation/evaluationDepth`` levels below x.
    ///
    /// Within the relative error ``InverseApproximation/maximumError``, and the noise. The noise estimate holds for the
    /// worst x of the interval.
    /// - Parameters:
    ///   - x: Its slots are real and lie in the approximation's interval, up to errors.
    ///   - targetScale: What the result's scale will be, exactly. When left out, that of x.
    /// - Throws: ``EvaluationError/depth(needed:available:)`` when x has too few primes; when x is not relinearised, or
    ///   the relinearisation key is missing.
    public func inverse(
        _ x: Ciphertext, by inverse: InverseApproximation, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        try requireDepth(inverse.evaluationDepth, of: x)
        let target = targetScale ?? x.scale
        let steps = inverse.constants.count
        let input = TrackedCiphertext(ciphertext: x, errors: ErrorProfile(on: inverse.interval))
        let primes = x.primes - inverse.start.evaluationDepth
        // x y arrives at the size of its prime, and each step multiplies the scale of y by that of x y over the prime.
        var startScale = target
        var sScale = steps == 0 ? 1 : lastPrime(primes - 1)
        for step in 0..<steps {
            let last = lastPrime(primes - 1 - step)
            startScale /= sScale / last
            sScale *= sScale / last
        }
        var y = try evaluate(inverse.start, on: input, targetScale: startScale)
        if steps > 0 {
            var s = try product(
                y, try brought(input, toPrimes: primes, scale: lastPrime(primes - 1) * lastPrime(primes) / startScale))
            for (step, constant) in inverse.constants.enumerated() {
                let rest = try difference(constant, s)
                y = try product(y, rest)
                if step < steps - 1 { s = try product(s, rest) }
            }
            y.ciphertext.scale = target
        }
        return y.estimated([Double](repeating: x.relativeVariance, count: y.errors.values.count))
    }

    /// 1/sqrt(x) in every slot: ``InverseSquareRootApproximation/evaluationDepth`` levels below x.
    ///
    /// Within the relative error ``InverseSquareRootApproximation/maximumError``, and the noise. The noise estimate holds
    /// for the worst x of the interval.
    /// - Parameters:
    ///   - x: Its slots are real and lie in the approximation's interval, up to errors.
    ///   - targetScale: What the result's scale will be, exactly. When left out, that of x.
    /// - Throws: ``EvaluationError/depth(needed:available:)`` when x has too few primes; when x is not relinearised, or
    ///   the relinearisation key is missing.
    public func inverseSquareRoot(
        _ x: Ciphertext, by inverse: InverseSquareRootApproximation, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        try requireDepth(inverse.evaluationDepth, of: x)
        let target = targetScale ?? x.scale
        let input = TrackedCiphertext(ciphertext: x, errors: ErrorProfile(on: inverse.interval))
        var y = try evaluate(inverse.start, on: input, targetScale: target)
        for constant in inverse.constants {
            let primes = y.ciphertext.primes
            // A y - (x/2 y) y^2, the sum at the target's scale times the second prime: x is brought to the scale for that.
            let (first, second) = (lastPrime(primes), lastPrime(primes - 1))
            let scale = y.ciphertext.scale
            var half = input
            half.ciphertext.scale *= 2
            half.errors.multiply(by: 0.5)
            half = try brought(
                half, toPrimes: primes, scale: target / scale * (first / scale) * (first / scale) * second)
            let (xy, square) = (try product(half, y), try product(y, y, isSquare: true))
            let cubic = try multiply(xy.ciphertext, square.ciphertext)
            let lower = try drop(y.ciphertext, toPrimes: primes - 1)
            var sum = try multiply(lower, by: constant, scale: target * second / lower.scale)
            sum.scale = cubic.scale
            sum = try relinearizeAndRescale(try subtract(sum, cubic))
            sum.scale = target
            y.errors.multiply(by: constant)
            y.errors.add(-1, times: ErrorProfile(xy.errors, times: square.errors))
            y.errors.add(
                variance: parameters.relinearizeAndRescaleVariance(primes: primes - 2, scale: target))
            y.ciphertext = sum
        }
        return y.estimated([Double](repeating: x.relativeVariance, count: y.errors.values.count))
    }

    // MARK: Parts of a step

    /// The last of `primes` primes.
    private func lastPrime(_ primes: Int) -> Double { Double(parameters.chain.basis.moduli[primes - 1].value) }

    private func product(
        _ x: TrackedCiphertext, _ y: TrackedCiphertext, isSquare: Bool = false
    ) throws(EvaluationError) -> TrackedCiphertext {
        let ciphertext = try multiplyRelinearizeRescale(x.ciphertext, y.ciphertext)
        var errors = isSquare ? ErrorProfile(squareOf: x.errors) : ErrorProfile(x.errors, times: y.errors)
        errors.add(
            variance: parameters.relinearizeAndRescaleVariance(
                primes: ciphertext.primes, scale: ciphertext.scale))
        return TrackedCiphertext(ciphertext: ciphertext, errors: errors)
    }

    /// constant - x.
    private func difference(
        _ constant: Double, _ x: TrackedCiphertext
    ) throws(EvaluationError) -> TrackedCiphertext {
        var result = TrackedCiphertext(
            ciphertext: try add(try negate(x.ciphertext), constant), errors: ErrorProfile(zeroLike: x.errors))
        result.errors.add(-1, times: x.errors)
        result.errors.add(constant: constant)
        return result
    }

    private func brought(
        _ x: TrackedCiphertext, toPrimes primes: Int, scale: Double
    ) throws(EvaluationError) -> TrackedCiphertext {
        var result = x
        result.ciphertext = try bring(x.ciphertext, toPrimes: primes, scale: scale)
        result.errors.add(variance: parameters.roundingVariance() / (scale * scale))
        return result
    }
}
