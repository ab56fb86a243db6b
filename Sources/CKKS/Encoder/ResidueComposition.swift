import CKernels
import Ring

/// Puts real numbers together from their residues modulo the primes of a basis: what decoding does with coefficients.
///
/// Immutable and shared freely.
package final class ResidueComposition: @unchecked Sendable {
    /// The primes.
    package let moduli: [Modulus]
    package let constants: AlignedBuffer<msfhe_modulus>
    package let inverses: AlignedBuffer<msfhe_factor>
    package let centredInverses: AlignedBuffer<Double>

    /// The most primes.
    package static let largestCount = 64

    package init(moduli: [Modulus]) {
        precondition((1...Self.largestCount).contains(moduli.count), "up to 64 residues make a number")
        self.moduli = moduli
        constants = AlignedBuffer(count: moduli.count)
        inverses = AlignedBuffer(count: moduli.count * (moduli.count - 1) / 2)
        centredInverses = AlignedBuffer(count: inverses.count)
        var place = 0
        for (index, modulus) in moduli.enumerated() {
            constants.unsafeBase[index] = modulus.constants
            for other in moduli[..<index] {
                let inverse = modulus.inverse(other.value % modulus.value)
                inverses.unsafeBase[place] = modulus.factor(inverse)
                centredInverses.unsafeBase[place] = modulus.centred(inverse)
                place += 1
            }
        }
    }

    /// Writes the centred integers with these residues modulo the first `primes` primes, times `factor`, to
    /// `output`. `count` values of each prime, in a limb of its own.
    func compose(
        _ output: UnsafeMutablePointer<Double>, limbs: LimbAddresses, first: Int, count: Int, primes: Int,
        factor: Double, backend: Backend
    ) {
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: primes) { residues in
            for index in 0..<primes { residues.initializeElement(at: index, to: UnsafePointer(limbs[index] + first)) }
            // The constants of fewer primes are the first ones of more.
            var tables = msfhe_composition_tables(
                count: primes, moduli: constants.unsafeBase, inverses: inverses.unsafeBase,
                centred_inverses: centredInverses.unsafeBase)
            backend.kernels.pointee.compose_residues(output, residues.baseAddress, factor, count, &tables)
        }
    }
}
