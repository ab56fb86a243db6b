import RLWE
import Ring

// Levels and scales.
extension Evaluator {
    /// Divides by the level's last prime, and the scale with it: the message stays, its error shrinks, one prime fewer is
    /// left. One transform for each prime and polynomial.
    ///
    /// - Throws: ``EvaluationError/lowestLevel``; when the message does not fit the primes that are left.
    public func rescale(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        guard x.primes > 1 else { throw .lowestLevel }
        try requireRoomToRescale(x)
        var result = parameters.chain.makeVector(primes: x.primes - 1, count: x.size)
        pool.withWorkspace { switcher in
            for index in 0..<x.size {
                switcher.divideByLast(
                    x.polynomials.limbs(index), into: result.mutableLimbs(index), primes: x.primes)
            }
        }
        return rescaled(x, result)
    }

    /// What scale and noise become when the last prime of x is divided away.
    func rescaled(_ x: Ciphertext, _ polynomials: PolynomialVector) -> Ciphertext {
        let last = Double(x.basis.moduli[x.primes - 1].value)
        return Ciphertext(
            parameters: parameters, polynomials: polynomials, scale: x.scale / last, packing: x.packing,
            noise: NoiseEstimate(
                variance: x.noise.variance / (last * last) + parameters.roundingVariance(size: polynomials.count),
                magnitude: x.noise.magnitude))
    }

    private static let largestDeviation = 0x1p-20

    /// The same message modulo the first `primes` primes only. Costs a copy.
    ///
    /// - Throws: ``EvaluationError/level(primes:available:)``; when the message does not fit these primes.
    public func drop(_ x: Ciphertext, toPrimes primes: Int) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        guard (1...x.primes).contains(primes) else { throw .level(primes: primes, available: x.primes) }
        try requireRoom(scale: x.scale, magnitude: x.noise.magnitude, primes: primes)
        var result = x
        result.polynomials = x.polynomials.prefix(primes: primes)
        return result
    }

    /// The same message at another scale and a lower level, so that it can be added to ciphertexts there: multiplied by
    /// the quotient of the scales times the level's last prime, and rescaled. Takes at least one prime.
    ///
    /// - Throws: ``EvaluationError`` when x is not above the level of `primes` primes, or when the scales are so far apart
    ///   that the factor between them cannot be met to 2^-20 of the message.
    public func bring(_ x: Ciphertext, toPrimes primes: Int, scale: Double) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        guard primes >= 1, primes < x.primes else { throw .level(primes: primes, available: x.primes - 1) }
        let above = try drop(x, toPrimes: primes + 1)
        let last = Double(above.basis.moduli[primes].value)
        // The factor is a whole number. By what it is off, the message is, too: that has to be little.
        let exact = scale / x.scale * last
        let factor = exact.rounded()
        let deviation = abs(factor - exact) / exact
        guard deviation < Self.largestDeviation else { throw .scaleMismatch(x.scale, scale) }
        var product = try multiply(above, by: 1, scale: factor)
        product.scale = scale * last
        let error = deviation * product.scale * product.noise.magnitude
        product.noise.variance += error * error / Double(parameters.degree)
        return try rescale(product)
    }
}
