import CKernels

/// Arithmetic on limbs where they lie: the loops over the primes of a basis that every operation on polynomials is
/// made of. Limb i of an operand belongs to prime i. Values are canonical unless a function says otherwise; an output
/// may be an operand. On up to `threads` threads, limb by limb.
extension RNSBasis {
    /// Calls `body` for each prime with the kernels and the prime's constants.
    package func forEachPrime(
        threads: Int = 1,
        _ body: @Sendable (Int, UnsafePointer<msfhe_kernels>, UnsafePointer<msfhe_modulus>) -> Void
    ) {
        let rings = self.rings
        parallelFor(rings.count, threads: threads) { index in
            withUnsafePointer(to: rings[index].modulus.constants) { body(index, rings[index].backend.kernels, $0) }
        }
    }

    /// x + y.
    package func add(_ x: LimbAddresses, _ y: LimbAddresses, into output: LimbAddresses, threads: Int = 1) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.add(output[index], x[index], y[index], degree, modulus)
        }
    }

    /// x - y.
    package func subtract(_ x: LimbAddresses, _ y: LimbAddresses, into output: LimbAddresses, threads: Int = 1) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.subtract(output[index], x[index], y[index], degree, modulus)
        }
    }

    /// -x.
    package func negate(_ x: LimbAddresses, into output: LimbAddresses, threads: Int = 1) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.negate(output[index], x[index], degree, modulus)
        }
    }

    /// x y R^-1 for x below 2^52: the product where one of the two is in Montgomery form.
    package func multiplyMontgomery(
        _ x: LimbAddresses, _ y: LimbAddresses, into output: LimbAddresses, threads: Int = 1
    ) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.multiply_montgomery(output[index], x[index], y[index], degree, modulus)
        }
    }

    /// x w for a constant w of each prime, x below 2^52.
    package func multiply(
        _ x: LimbAddresses, by factors: [msfhe_factor], into output: LimbAddresses, threads: Int = 1
    ) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.multiply_factor(output[index], x[index], factors[index], degree, modulus)
        }
    }

    /// x + y w for a constant w of each prime, y below 2^52.
    package func multiplyAdd(
        _ x: LimbAddresses, _ y: LimbAddresses, by factors: [msfhe_factor], into output: LimbAddresses,
        threads: Int = 1
    ) {
        forEachPrime(threads: threads) { [degree] index, kernels, modulus in
            kernels.pointee.multiply_add_factor(output[index], x[index], y[index], factors[index], degree, modulus)
        }
    }

    /// The automorphism of evaluations. The output overlaps no operand.
    package func permute(
        _ x: LimbAddresses, by automorphism: Automorphism, into output: LimbAddresses, threads: Int = 1
    ) {
        let rings = self.rings
        parallelFor(count, threads: threads) { index in
            automorphism.permute(x[index], into: output[index], backend: rings[index].backend)
        }
    }

    /// The factors that bring values into Montgomery form: R modulo each prime.
    package var montgomeryFactors: [msfhe_factor] {
        moduli.map { $0.factor((1 << Modulus.wordBits) % $0.value) }
    }

    /// Transforms coefficients below 2q into evaluations, canonical, in place.
    package func evaluate(_ x: LimbAddresses, threads: Int = 1) {
        let rings = self.rings
        parallelFor(count, threads: threads) { index in
            let ring = rings[index]
            ring.withTables { tables in
                ring.backend.kernels.pointee.ntt_forward(x[index], tables)
                withUnsafePointer(to: ring.modulus.constants) {
                    ring.backend.kernels.pointee.reduce(x[index], x[index], ring.degree, $0)
                }
            }
        }
    }

    /// Transforms evaluations into coefficients, in place.
    package func interpolate(_ x: LimbAddresses, threads: Int = 1) {
        let rings = self.rings
        parallelFor(count, threads: threads) { index in
            rings[index].withTables { rings[index].backend.kernels.pointee.ntt_inverse(x[index], $0) }
        }
    }

    /// Copies the limbs of x.
    package func copy(_ x: LimbAddresses, to output: LimbAddresses) {
        output.base.update(from: x.base, count: count * degree)
    }
}
