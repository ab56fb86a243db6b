import Ring

/// The secrets of a run, for decrypting linear combinations of its rows.
///
/// A combination with integer weights L_j of the run's rows has the mask sum_j L_j a_j, common to all batches,
/// and for each batch the body sum_j L_j b_j. Its phase, body minus mask times the batch's secret, is the same
/// combination of the messages plus noise.
///
/// Immutable and shared freely between threads.
public final class DecryptionRun: Sendable {
    /// The parameters that the run was encrypted with.
    public let parameters: RLWEParameters
    /// Number of columns of the run, all batches together.
    public let columns: Int

    private let ring: PolynomialRing
    private let secrets: [SharedSecret]

    /// A noncopyable secret behind a reference, so that an array can hold it.
    private final class SharedSecret: Sendable {
        let secret: BatchSecret
        init(_ secret: consuming BatchSecret) { self.secret = secret }
    }

    /// The secrets of the run that `nonce` and `seed` name, under `key`. One transform for each batch.
    public init(
        key: SecretKey, nonce: RunNonce, seed: MaskSeed, parameters: RLWEParameters = .batch, columns: Int
    ) {
        precondition(columns >= 1, "a run has a column")
        self.parameters = parameters
        self.columns = columns
        let ring = RLWEParameters.productRing(degree: parameters.degree)
        self.ring = ring
        secrets = (0..<(columns + parameters.degree - 1) / parameters.degree).map { batch in
            SharedSecret(BatchSecret(key: key, nonce: nonce, seed: seed, batch: batch, ring: ring))
        }
    }

    /// Writes the phases of one combination: centred remainders in [-2^23, 2^23).
    ///
    /// - Parameters:
    ///   - mask: the n residues of the combination's mask.
    ///   - body: the residues of its bodies, ``columns`` in all, batch after batch.
    ///   - phases: ``columns`` results.
    ///
    /// Costs one forward transform, and one inverse transform for each batch.
    public func phases(
        mask: UnsafeBufferPointer<UInt32>, body: UnsafeBufferPointer<UInt32>,
        into phases: UnsafeMutableBufferPointer<Int32>
    ) {
        precondition(body.count == columns && phases.count == columns, "the run has \(columns) columns")
        let degree = parameters.degree
        let evaluated = Polynomial<Coefficient>(ring: ring, coefficients: mask).evaluated()
        let product = AlignedBuffer<UInt32>(count: degree, lifetime: .wiped)
        for (batch, shared) in secrets.enumerated() {
            shared.secret.multiply(evaluated, into: product.unsafeBase)
            product.withUnsafeBufferPointer { product in
                let first = batch * degree
                for column in first..<min(first + degree, columns) {
                    // The shift up and back down is the centred remainder modulo 2^24.
                    let difference = (body[column] &- product[column - first]) << 8
                    phases[column] = Int32(bitPattern: difference) >> 8
                }
            }
        }
    }
}
