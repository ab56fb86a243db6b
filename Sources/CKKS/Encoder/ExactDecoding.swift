import Ring

extension Encoder {
    /// All coefficients of a plaintext, divided by its scale, by way of integers of any size: the reference for
    /// ``decodeCoefficients(_:workspace:)``. The integers are exact; each becomes a double and is divided.
    ///
    /// - Parameter plaintext: in variable time, so for messages that are not secret, such as those of tests.
    package func decodeCoefficients(variableTime plaintext: borrowing Plaintext) -> [Double] {
        let level = plaintext.polynomial.basis
        let product = level.product
        let residues = level.rings.enumerated().map { index, ring in
            let limb = AlignedBuffer<UInt64>(count: basis.degree)
            limb.unsafeBase.update(from: plaintext.polynomial.limbs[index], count: basis.degree)
            ring.withTables { ring.backend.kernels.pointee.ntt_inverse(limb.unsafeBase, $0) }
            return limb
        }
        let weights = level.moduli.map { modulus in
            let cofactor = product / BigInteger(modulus.value)
            guard let inverse = cofactor.inverse(modulo: BigInteger(modulus.value)) else {
                preconditionFailure("the primes of a basis are distinct")
            }
            return cofactor * inverse % product
        }
        let scale = plaintext.scale
        return (0..<basis.degree).map { index in
            var sum = BigInteger(0)
            for (limb, weight) in zip(residues, weights) { sum = sum + BigInteger(limb.unsafeBase[index]) * weight }
            let value = sum % product
            return (value + value > product ? -(product - value).double : value.double) / scale
        }
    }
}
