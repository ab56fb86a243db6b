import RLWE
import Ring

/// The rotation keys of one researcher, ready for products with tall matrices of one layout.
///
/// Baby steps apply their automorphism after the key, to the two polynomials of the result. Giant steps apply it
/// before, so that the products of all of a block's giant steps add up before anything is divided by P: their keys are
/// turned by the automorphism once, here.
public struct TallMatrixKeys: Sendable {
    /// A giant step: its automorphism, and its key.
    struct Giant: Sendable {
        let permutation: Automorphism
        private let residues: AlignedBuffer<UInt64>

        init(_ key: SwitchingKey, _ permutation: Automorphism) {
            self.permutation = permutation
            let (chain, degree) = (key.chain, key.chain.degree)
            residues = AlignedBuffer(uninitialized: 4 * degree)
            for index in 0..<4 {
                permutation.permute(
                    key.limbs[index], into: residues.unsafeBase + index * degree, backend: chain.basis.backend)
            }
        }

        /// The residues of b modulo the prime at `position`; those of a follow.
        func row(position: Int) -> UnsafeMutablePointer<UInt64> {
            residues.unsafeBase + 2 * position * permutation.degree
        }
    }

    /// The parameters.
    public let parameters: CKKSParameters
    let babies: [(key: SwitchingKey, permutation: Automorphism)]
    let giants: [Giant]

    /// The keys among `keys` that `layout` needs.
    ///
    /// - Throws: ``KeyError`` when one is missing.
    public init(_ keys: EvaluationKeys, layout: TallMatrixLayout) throws(KeyError) {
        let parameters = keys.parameters
        parameters.requireOnePrime()
        precondition(layout.degree == parameters.degree, "the keys belong to the matrix's ring")
        func found(_ steps: Int) throws(KeyError) -> (key: SwitchingKey, permutation: Automorphism) {
            let exponent = Automorphism.rotationExponent(steps: steps, degree: parameters.degree)
            guard let pair = keys.automorphisms[exponent] else { throw .noRotationKey(steps: steps) }
            return pair
        }
        self.parameters = parameters
        babies = try (1..<layout.babySteps).map(found)
        giants = try (1..<layout.giantSteps).map { (step) throws(KeyError) in
            let (key, permutation) = try found(step * layout.babySteps)
            return Giant(key, permutation)
        }
    }
}
