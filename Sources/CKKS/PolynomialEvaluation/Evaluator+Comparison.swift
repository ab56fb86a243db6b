extension CompositeSign {
    /// Levels from a ciphertext of x to one of its sign or step, or of two numbers to their comparison: ``depth``.
    public var evaluationDepth: Int { depth }

    /// Levels from ciphertexts of two numbers to one of the greater.
    public var maximumEvaluationDepth: Int { depth + 1 }
}

// Signs, steps, comparisons and the greater of two numbers, by a composition of polynomials.
extension Evaluator {
    /// The sign of x, -1 or 1, in every slot: ``CompositeSign/evaluationDepth`` levels below x.
    ///
    /// Within ``CompositeSign/maximumError`` and the noise where `gap` <= |x| <= 1; between about -1 and 1 where |x| is
    /// below the gap. The noise estimate holds where the sign is decided, at the worst such x. Noise between two
    /// polynomials has to stay within ``CompositeSign/slack``.
    /// - Parameters:
    ///   - x: Its slots are real and lie in [-1, 1].
    ///   - targetScale: What the result's scale will be, exactly. When left out, that of x.
    /// - Throws: ``EvaluationError/depth(needed:available:)`` when x has too few primes; when x is not relinearised, or
    ///   the relinearisation key is missing.
    public func sign(
        _ x: Ciphertext, by sign: CompositeSign, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try multipleOfSign(x, by: sign, factor: 1, targetScale: targetScale ?? x.scale)
    }

    /// 1 for positive x, 0 for negative x, in every slot: (sign(x) + 1) / 2, within half of the error of
    /// ``sign(_:by:targetScale:)``, at the same depth and cost and for the same x.
    ///
    /// - Throws: ``EvaluationError``, as ``sign(_:by:targetScale:)``.
    public func step(
        _ x: Ciphertext, by sign: CompositeSign, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        var result = try add(
            try multipleOfSign(x, by: sign, factor: 0.5, targetScale: targetScale ?? x.scale), 0.5)
        result.noise.magnitude = (1 + (1 + sign.maximumError)) / 2
        return result
    }

    /// 1 where a > b, 0 where a < b, 1/2 where they are equal: the step of a - b, at its depth, cost and error. For
    /// slots in [0, 1] that differ by `gap` or more, or are equal.
    ///
    /// - Throws: ``EvaluationError`` when the scales differ; as ``sign(_:by:targetScale:)``.
    public func compare(
        _ a: Ciphertext, _ b: Ciphertext, by sign: CompositeSign, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try step(try subtract(a, b), by: sign, targetScale: targetScale)
    }

    /// The greater of a and b, in every slot: (a + b) / 2 + (a - b) sign(a - b) / 2, ``CompositeSign/maximumEvaluationDepth``
    /// levels below them. Costs one product more than the sign.
    ///
    /// Within max(error, gap (1 + error)) / 2 and the noise, for all a and b in [0, 1], however close to each other: where
    /// the sign is undecided its noise is larger, and what it is multiplied by is as much smaller.
    /// - Parameter targetScale: What the result's scale will be, exactly. When left out, that of a.
    /// - Throws: ``EvaluationError`` when the scales differ; as ``sign(_:by:targetScale:)``.
    public func maximum(
        _ a: Ciphertext, _ b: Ciphertext, by sign: CompositeSign, targetScale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        var difference = try subtract(a, b)
        try requirePair(difference)
        try requireDepth(sign.maximumEvaluationDepth, of: difference)
        // As a and b are in [0, 1], so are their difference and their mean.
        difference.noise.magnitude = 1
        let scale = targetScale ?? a.scale
        let primes = difference.primes - sign.depth
        let sumScale = scale * Double(parameters.chain.basis.moduli[primes - 1].value)
        let half = try multipleOfSign(
            difference, by: sign, factor: 0.5, targetScale: sumScale / difference.scale)
        var product = try multiply(half, difference)
        product.scale = sumScale
        let sum = try drop(try add(a, b), toPrimes: primes)
        let mean = try multiply(sum, by: 0.5, scale: sumScale / sum.scale)
        var result = try relinearizeAndRescale(try add(product, mean))
        result.scale = scale
        result.noise.magnitude = max(a.noise.magnitude, b.noise.magnitude)
        return result
    }

    /// The sign times `factor`, which the last polynomial's coefficients take in.
    private func multipleOfSign(
        _ x: Ciphertext, by sign: CompositeSign, factor: Double, targetScale: Double
    ) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        try requireDepth(sign.evaluationDepth, of: x)
        var result = x
        var variance = x.relativeVariance
        // What the values of a polynomial range over where the sign is decided; all is symmetric about 0. They go from
        // end to end of it many times: the largest error of one polynomial may meet the steepest slope of the next.
        var range = sign.gap...1
        for (index, stage) in sign.stages.enumerated() {
            let isLast = index == sign.stages.count - 1
            let errors = ErrorProfile(on: range, count: 8 * max(8, stage.degree))
            let value = try evaluate(
                isLast ? scaled(stage, by: factor) : stage, on: TrackedCiphertext(ciphertext: result, errors: errors),
                targetScale: isLast ? targetScale : x.scale)
            result = value.ciphertext
            variance = value.errors.total([Double](repeating: variance, count: errors.values.count)).max() ?? 0
            let (least, greatest) = (value.errors.values.min() ?? 0, value.errors.values.max() ?? 1)
            range = max(least, sign.gap)...greatest
        }
        return result.estimated([variance], magnitude: factor * (1 + sign.maximumError))
    }

    private func scaled(_ series: ChebyshevSeries, by factor: Double) -> ChebyshevSeries {
        do {
            return try series.scaled(by: factor)
        } catch {
            preconditionFailure("factors of at most 1 keep coefficients finite: \(error)")
        }
    }
}
