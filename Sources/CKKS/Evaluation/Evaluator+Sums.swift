import RLWE
import Ring

// Sums. One pass over the limbs; no multiplication.
extension Evaluator {
    /// x + y, slot by slot, at the lower of the two levels.
    ///
    /// - Throws: ``EvaluationError`` when the scales differ.
    public func add(_ x: Ciphertext, _ y: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try combine(x, y, negatesSecond: false) { basis, x, y, output, threads in
            basis.add(x, y, into: output, threads: threads)
        }
    }

    /// x - y, slot by slot, at the lower of the two levels.
    ///
    /// - Throws: ``EvaluationError`` when the scales differ.
    public func subtract(_ x: Ciphertext, _ y: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try combine(x, y, negatesSecond: true) { basis, x, y, output, threads in
            basis.subtract(x, y, into: output, threads: threads)
        }
    }

    private func combine(
        _ x: Ciphertext, _ y: Ciphertext, negatesSecond: Bool,
        _ operation: (RNSBasis, LimbAddresses, LimbAddresses, LimbAddresses, Int) -> Void
    ) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        try requireOwn(y)
        try requireEqualScales(x.scale, y.scale)
        let packing = try commonPacking(x.packing, y.packing)
        let basis = x.primes <= y.primes ? x.basis : y.basis
        var sum = parameters.chain.makeVector(primes: basis.count, count: max(x.size, y.size))
        for index in 0..<sum.count {
            let output = sum.mutableLimbs(index)
            if index < min(x.size, y.size) {
                operation(basis, x.polynomials.limbs(index), y.polynomials.limbs(index), output, threads)
            } else if index < x.size {
                basis.copy(x.polynomials.limbs(index), to: output)
            } else if negatesSecond {
                basis.negate(y.polynomials.limbs(index), into: output, threads: threads)
            } else {
                basis.copy(y.polynomials.limbs(index), to: output)
            }
        }
        let noise = NoiseEstimate(
            variance: x.noise.variance + y.noise.variance, magnitude: x.noise.magnitude + y.noise.magnitude)
        return Ciphertext(parameters: parameters, polynomials: sum, scale: x.scale, packing: packing, noise: noise)
    }

    /// -x.
    ///
    /// - Throws: ``EvaluationError`` when x belongs to other parameters.
    public func negate(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        var result = x
        result.polynomials = parameters.chain.makeVector(primes: x.primes, count: x.size)
        for index in 0..<x.size {
            x.basis.negate(x.polynomials.limbs(index), into: result.polynomials.mutableLimbs(index), threads: threads)
        }
        return result
    }

    /// x + y for a plaintext y of at least as many primes.
    ///
    /// - Parameter magnitude: a public bound of the magnitude of y's slots, for the noise estimate.
    /// - Throws: ``EvaluationError`` when the scales differ.
    public func add(
        _ x: Ciphertext, _ y: borrowing Plaintext, magnitude: Double = 1
    ) throws(EvaluationError) -> Ciphertext {
        try combine(x, y, magnitude) { basis, x, y, threads in basis.add(x, y, into: x, threads: threads) }
    }

    /// x - y for a plaintext y of at least as many primes.
    ///
    /// - Parameter magnitude: a public bound of the magnitude of y's slots, for the noise estimate.
    /// - Throws: ``EvaluationError`` when the scales differ.
    public func subtract(
        _ x: Ciphertext, _ y: borrowing Plaintext, magnitude: Double = 1
    ) throws(EvaluationError) -> Ciphertext {
        try combine(x, y, magnitude) { basis, x, y, threads in basis.subtract(x, y, into: x, threads: threads) }
    }

    private func combine(
        _ x: Ciphertext, _ y: borrowing Plaintext, _ magnitude: Double,
        _ operation: (RNSBasis, LimbAddresses, LimbAddresses, Int) -> Void
    ) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        try requireEqualScales(x.scale, y.scale)
        try requirePrimes(of: y, atLeast: x.primes)
        var result = x
        result.packing = try commonPacking(x.packing, y.packing)
        operation(x.basis, result.polynomials.mutableLimbs(0), y.polynomial.limbs, threads)
        result.noise.variance += parameters.encodingVariance
        result.noise.magnitude += magnitude
        return result
    }

    func requirePrimes(of plaintext: borrowing Plaintext, atLeast primes: Int) throws(EvaluationError) {
        let count = plaintext.polynomial.basis.count
        guard parameters.chain.basis.starts(with: plaintext.polynomial.basis) else { throw .differentParameters }
        guard count >= primes else { throw .level(primes: primes, available: count) }
    }

    /// x + constant in every slot. For packed coefficients, the constant is added to the lowest.
    ///
    /// - Throws: ``EvaluationError`` when the constant does not fit the modulus.
    public func add(_ x: Ciphertext, _ constant: Double) throws(EvaluationError) -> Ciphertext {
        try requireOwn(x)
        let residues = try self.residues(of: constant, scale: x.scale, primes: x.primes)
        var result = x
        let limbs = result.polynomials.mutableLimbs(0)
        AlignedBuffer<UInt64>(uninitialized: parameters.degree).withUnsafeMutableBufferPointer { filled in
            for (index, ring) in x.basis.rings.enumerated() {
                filled.update(repeating: residues[index])
                withUnsafePointer(to: ring.modulus.constants) {
                    ring.backend.kernels.pointee.add(
                        limbs[index], limbs[index], filled.baseAddress, filled.count, $0)
                }
            }
        }
        result.noise.variance += parameters.encodingVariance / Double(parameters.degree)
        result.noise.magnitude += abs(constant)
        return result
    }

    /// round(constant scale) modulo each of the first `primes` primes. For public constants.
    func residues(of constant: Double, scale: Double, primes: Int) throws(EvaluationError) -> [UInt64] {
        let value = (constant * scale).rounded()
        guard constant.isFinite, scale > 0, value.isFinite else { throw .encoding(.scale(scale)) }
        let limit = parameters.encoder.coefficientLimit(primes: primes)
        guard abs(value) <= limit else { throw .encoding(.tooLarge(coefficient: abs(value), limit: limit)) }
        return parameters.chain.basis.moduli.prefix(primes).map { $0.residue(ofInteger: value) }
    }
}
