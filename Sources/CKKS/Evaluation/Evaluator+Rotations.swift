import RLWE
import Ring

// Automorphisms: each costs a key switching.
extension Evaluator {
    /// The slots moved by `steps` to the left, cyclically: slot j of the result is slot j + steps of x. With fewer slots
    /// than N/2, modulo their number.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or the key is missing.
    public func rotate(_ x: Ciphertext, by steps: Int) throws(EvaluationError) -> Ciphertext {
        try rotate(x, by: [steps])[0]
    }

    /// The complex conjugates of the slots.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or the key is missing.
    public func conjugate(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        let exponent = Automorphism.conjugationExponent(degree: parameters.degree)
        guard let (key, permutation) = keys.automorphisms[exponent] else { throw .key(.noConjugationKey) }
        return pool.withWorkspace { switcher in
            switcher.product(of: x.polynomials.limbs(1), by: key, primes: x.primes)
            return finish(permutation, of: x, switcher)
        }
    }

    /// Several rotations of one ciphertext, which is taken apart once (hoisting: Halevi and Shoup, CRYPTO 2018): the
    /// rotations after the first cost about half.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or a key is missing.
    public func rotate(_ x: Ciphertext, by steps: [Int]) throws(EvaluationError) -> [Ciphertext] {
        try requirePair(x)
        let automorphisms = try steps.map { (steps) throws(EvaluationError) in try rotation(steps, slots: x.slotCount) }
        let second = x.polynomials.limbs(1)
        return pool.withWorkspace { switcher in
            let isHoisted = automorphisms.count { $0 != nil } > 1
            if isHoisted { switcher.decompose(second, primes: x.primes) }
            return automorphisms.map { automorphism in
                guard let (key, permutation) = automorphism else { return x }
                if isHoisted {
                    switcher.multiply(by: key, polynomial: second, primes: x.primes)
                } else {
                    switcher.product(of: second, by: key, primes: x.primes)
                }
                return finish(permutation, of: x, switcher)
            }
        }
    }

    /// The key and the permutation of a rotation; nil for none.
    func rotation(_ steps: Int, slots: Int) throws(EvaluationError) -> (SwitchingKey, Automorphism)? {
        let reduced = ((steps % slots) + slots) % slots
        guard reduced != 0 else { return nil }
        // Rotations that agree modulo the number of slots do the same: any key serves.
        for candidate in stride(from: reduced, to: parameters.slotCapacity, by: slots) {
            let exponent = Automorphism.rotationExponent(steps: candidate, degree: parameters.degree)
            if let found = keys.automorphisms[exponent] { return (found.key, found.permutation) }
        }
        throw .key(.noRotationKey(steps: steps))
    }

    /// Finishes an automorphism of x, whose second polynomial has been multiplied with the key that leads to the secret
    /// which the automorphism turns into the old one.
    private func finish(_ permutation: Automorphism, of x: Ciphertext, _ switcher: KeySwitcher) -> Ciphertext {
        var result = parameters.chain.makeVector(primes: x.primes, count: 2)
        for index in 0..<2 {
            let sum = switcher.sums(index)
            switcher.divideByP(sum, into: sum, primes: x.primes)
            if index == 0 { x.basis.add(sum, x.polynomials.limbs(0), into: sum, threads: threads) }
            x.basis.permute(sum, by: permutation, into: result.mutableLimbs(index), threads: threads)
        }
        var noise = x.noise
        noise.variance += parameters.keySwitchingVariance(primes: x.primes)
        return Ciphertext(parameters: parameters, polynomials: result, scale: x.scale, packing: x.packing, noise: noise)
    }

    /// The sum of `count` slots, a power of two, `stride` apart, from each slot on: log2(count) rotations, by stride,
    /// 2 stride, 4 stride and so on.
    ///
    /// - Throws: ``EvaluationError`` when a key is missing.
    public func innerSum(_ x: Ciphertext, count: Int, stride: Int = 1) throws(EvaluationError) -> Ciphertext {
        guard count.nonzeroBitCount == 1, count <= x.slotCount else {
            throw .argument("a sum of \(count) slots: their number must be a power of two up to \(x.slotCount)")
        }
        var sum = x
        var step = 1
        while step < count {
            sum = try add(sum, try rotate(sum, by: step * stride))
            step *= 2
        }
        return sum
    }

    /// The rotations that ``innerSum(_:count:stride:)`` needs keys for.
    public static func innerSumRotations(count: Int, stride: Int = 1) -> [Int] {
        Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < count }).map { $0 * stride }
    }
}
