import CKernels
import RLWE
import Ring

// Products. Scales multiply: rescale afterwards, or after a sum of products.
extension Evaluator {
    /// x y, slot by slot: three polynomials, at the lower of the two levels. Cheap; sums of products can be relinearised
    /// and rescaled once.
    ///
    /// - Throws: ``EvaluationError`` when an operand is not relinearised, or the scale exceeds the modulus.
    public func multiply(_ x: Ciphertext, _ y: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        try requirePair(y)
        let packing = try commonPacking(x.packing, y.packing)
        let basis = x.primes <= y.primes ? x.basis : y.basis
        let scale = x.scale * y.scale
        try requireRoom(
            scale: scale, magnitude: x.noise.magnitude * y.noise.magnitude, primes: basis.count)
        var product = parameters.chain.makeVector(primes: basis.count, count: 3)
        let outputs = [product.mutableLimbs(0), product.mutableLimbs(1), product.mutableLimbs(2)]
        let (x0, x1) = (x.polynomials.limbs(0), x.polynomials.limbs(1))
        let (y0, y1) = (y.polynomials.limbs(0), y.polynomials.limbs(1))
        basis.forEachPrime(threads: threads) { index, kernels, modulus in
            kernels.pointee.tensor(
                outputs[0][index], outputs[1][index], outputs[2][index], x0[index], x1[index], y0[index], y1[index],
                basis.degree, modulus)
        }
        var noise = NoiseEstimate(
            variance: parameters.productVariance(x.noise, scale: x.scale, y.noise, scale: y.scale),
            magnitude: x.noise.magnitude * y.noise.magnitude)
        // A ciphertext and itself have the same error, so the two parts of the product's do not average out.
        if x.polynomials.isSame(as: y.polynomials) { noise.variance *= 2 }
        return Ciphertext(
            parameters: parameters, polynomials: product, scale: scale, packing: packing, noise: noise)
    }

    /// x^2, slot by slot: three polynomials.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or the scale exceeds the modulus.
    public func square(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext { try multiply(x, x) }

    /// A ciphertext of three polynomials as one of two. Costs a key switching.
    ///
    /// - Throws: ``EvaluationError`` when the key is missing.
    public func relinearize(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        guard x.size == 3 else { return x }
        guard let key = keys.relinearization else { throw .key(.noRelinearizationKey) }
        var result = parameters.chain.makeVector(primes: x.primes, count: 2)
        pool.withWorkspace { switcher in
            let third = x.polynomials.limbs(2)
            switcher.product(of: third, by: key, primes: x.primes)
            for index in 0..<2 {
                let output = result.mutableLimbs(index)
                switcher.divideByP(switcher.sums(index), into: output, primes: x.primes)
                x.basis.add(output, x.polynomials.limbs(index), into: output, threads: threads)
            }
        }
        var noise = x.noise
        noise.variance += parameters.keySwitchingVariance(primes: x.primes)
        return Ciphertext(parameters: parameters, polynomials: result, scale: x.scale, packing: x.packing, noise: noise)
    }

    /// Relinearises and rescales in one: P and the level's last prime are divided away together, which saves the
    /// transforms of one of the two divisions.
    ///
    /// - Throws: ``EvaluationError`` when the key is missing, or one prime is left.
    public func relinearizeAndRescale(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        guard x.primes > 1 else { throw .lowestLevel }
        guard x.size == 3 else { return try rescale(x) }
        try requireRoomToRescale(x)
        guard let key = keys.relinearization else { throw .key(.noRelinearizationKey) }
        let special = parameters.chain.level(primes: x.primes).specialProduct
        var result = parameters.chain.makeVector(primes: x.primes - 1, count: 2)
        pool.withWorkspace { switcher in
            let third = x.polynomials.limbs(2)
            switcher.product(of: third, by: key, primes: x.primes)
            for index in 0..<2 {
                let sum = switcher.sums(index)
                x.basis.multiplyAdd(sum, x.polynomials.limbs(index), by: special, into: sum, threads: threads)
                switcher.divideByPAndLast(sum, into: result.mutableLimbs(index), primes: x.primes)
            }
        }
        var switched = x
        // The rounding of this division is that of the rescaling.
        switched.noise.variance += parameters.keySwitchingVariance(primes: x.primes) - parameters.roundingVariance()
        return rescaled(switched, result)
    }

    /// x y with two polynomials, rescaled: the product as it is mostly wanted.
    ///
    /// - Throws: ``EvaluationError``.
    public func multiplyRelinearizeRescale(_ x: Ciphertext, _ y: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try relinearizeAndRescale(try multiply(x, y))
    }

    /// x y for a plaintext y of at least as many primes.
    ///
    /// - Parameter magnitude: a public bound of the magnitude of y's slots, for the noise estimate.
    /// - Throws: ``EvaluationError`` when the scale exceeds the modulus.
    public func multiply(
        _ x: Ciphertext, _ y: borrowing Plaintext, magnitude: Double = 1
    ) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        try requirePrimes(of: y, atLeast: x.primes)
        let packing = try commonPacking(x.packing, y.packing)
        let scale = x.scale * y.scale
        try requireRoom(scale: scale, magnitude: x.noise.magnitude * magnitude, primes: x.primes)
        var product = parameters.chain.makeVector(primes: x.primes, count: x.size)
        let prepared = AlignedBuffer<UInt64>(
            uninitialized: x.primes * parameters.degree, recycler: parameters.chain.recycler)
        let factor = LimbAddresses(base: prepared.unsafeBase, degree: parameters.degree)
        x.basis.multiply(y.polynomial.limbs, by: x.basis.montgomeryFactors, into: factor, threads: threads)
        withExtendedLifetime(prepared) {
            for index in 0..<x.size {
                x.basis.multiplyMontgomery(
                    x.polynomials.limbs(index), factor, into: product.mutableLimbs(index), threads: threads)
            }
        }
        let plain = NoiseEstimate(variance: parameters.encodingVariance, magnitude: magnitude)
        let noise = NoiseEstimate(
            variance: parameters.productVariance(x.noise, scale: x.scale, plain, scale: y.scale),
            magnitude: x.noise.magnitude * magnitude)
        return Ciphertext(parameters: parameters, polynomials: product, scale: scale, packing: packing, noise: noise)
    }

    /// x times a public constant, which is rounded to a multiple of 1 / scale. Without a `scale`, the level's last prime:
    /// after rescaling, the scale is what it was. A whole number at scale 1 adds no error and needs no rescaling.
    ///
    /// - Throws: ``EvaluationError`` when constant or scale exceed the modulus.
    public func multiply(
        _ x: Ciphertext, by constant: Double, scale: Double? = nil
    ) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        let factorScale = scale ?? Double(x.basis.moduli[x.primes - 1].value)
        let residues = try self.residues(of: constant, scale: factorScale, primes: x.primes)
        try requireRoom(
            scale: x.scale * factorScale, magnitude: x.noise.magnitude * abs(constant), primes: x.primes)
        let factors = zip(x.basis.moduli, residues).map { $0.factor($1) }
        var result = x
        result.polynomials = parameters.chain.makeVector(primes: x.primes, count: x.size)
        for index in 0..<x.size {
            x.basis.multiply(
                x.polynomials.limbs(index), by: factors, into: result.polynomials.mutableLimbs(index), threads: threads)
        }
        result.scale = x.scale * factorScale
        let integer = (constant * factorScale).rounded()
        // What the constant's rounding does to the message is its distance from the constant, the same in all slots.
        let rounding = abs(integer - constant * factorScale) * x.scale * x.noise.magnitude
        result.noise.variance =
            x.noise.variance * integer * integer + rounding * rounding / Double(parameters.degree)
        result.noise.magnitude = x.noise.magnitude * abs(constant)
        return result
    }
}
