import Foundation
import Ring

/// A run of encryptions: matrices of up to n columns each ("batches"), all under one public mask seed, each
/// under a secret of its own.
///
/// A ciphertext of a batch is, for each row j of its matrix M, the pair (a_j, b_j = a_j s + e_j + M_j) over
/// Z_q[X] / (X^n + 1): column i of the matrix is coefficient i. The masks a_j come from the seed, so only the
/// bodies b_j travel. Sharing the masks between secrets is multi-secret ring learning with errors; using one
/// mask twice with one secret would give the difference of two messages away. That cannot be written: a run
/// draws its seed and nonce itself, is not copyable, and counts its batches.
///
/// Source: Bae, Cheon, Hanrot, Park, Stehlé, "Plaintext-Ciphertext Matrix Multiplication and FHE Bootstrapping:
/// Fast and Fused", CRYPTO 2024.
public struct EncryptionRun: ~Copyable {
    /// The parameters that the run encrypts with.
    public let parameters: RLWEParameters
    /// Number of rows of every matrix of the run.
    public let dimension: Int
    /// The public seed of the masks: goes into the upload.
    public let seed: MaskSeed
    /// The run's nonce: goes into the researcher's record.
    public let nonce: RunNonce
    /// Number of batches encrypted so far.
    public private(set) var batchCount = 0

    private let key: SecretKey
    private let ring: PolynomialRing

    /// Starts a run under `key`, with a fresh seed and a fresh nonce.
    public init(key: SecretKey, parameters: RLWEParameters = .batch, dimension: Int) {
        precondition(parameters.logModulus == 24, "the kernels work modulo 2^24")
        self.key = key
        self.parameters = parameters
        self.dimension = dimension
        seed = .fresh()
        nonce = .fresh()
        ring = RLWEParameters.productRing(degree: parameters.degree)
    }

    /// Encrypts one matrix as the run's next batch.
    ///
    /// - Parameters:
    ///   - matrix: `dimension` rows of `columns` signed entries, row by row, of magnitude below 2^23.
    ///   - columns: 1 to n.
    ///   - threads: number of cores to use.
    /// - Returns: the bodies: `dimension` rows of `columns` three-byte little-endian residues.
    ///
    /// Costs two transforms of length n and `columns` error samples a row.
    public mutating func encrypt(_ matrix: [Int32], columns: Int, threads: Int = 1) -> Data {
        let degree = parameters.degree
        precondition((1...degree).contains(columns), "a batch has 1 to \(degree) columns")
        precondition(matrix.count == dimension * columns, "the matrix has \(dimension) rows of \(columns) columns")
        let secret = BatchSecret(key: key, nonce: nonce, seed: seed, batch: batchCount, ring: ring)
        batchCount += 1

        let encryptor = RowEncryptor(
            parameters: parameters, ring: ring, seed: seed, errors: .fresh(label: "encryption error"))
        var bodies = Data(count: 3 * dimension * columns)
        let dimension = dimension
        bodies.withUnsafeMutableBytes { bodies in
            matrix.withUnsafeBufferPointer { matrix in
                withUnsafePointer(to: secret) { secret in
                    nonisolated(unsafe) let secret = secret
                    nonisolated(unsafe) let bodies = bodies
                    nonisolated(unsafe) let matrix = matrix
                    parallelFor(dimension, threads: threads) { row in
                        encryptor.encrypt(
                            row: row,
                            message: UnsafeBufferPointer(rebasing: matrix[row * columns..<(row + 1) * columns]),
                            secret: secret.pointee,
                            into: UnsafeMutableRawBufferPointer(
                                rebasing: bodies[3 * row * columns..<3 * (row + 1) * columns]))
                    }
                }
            }
        }
        return bodies
    }
}

/// What the rows of one batch share. The errors come from a generator seeded afresh for the batch, never from
/// key and nonce; each row reads a stream of its own.
private struct RowEncryptor: Sendable {
    let parameters: RLWEParameters
    let ring: PolynomialRing
    let seed: MaskSeed
    let errors: RandomStream

    func encrypt(
        row: Int, message: UnsafeBufferPointer<Int32>, secret: borrowing BatchSecret,
        into body: UnsafeMutableRawBufferPointer
    ) {
        let degree = parameters.degree
        let product = AlignedBuffer<UInt32>(count: degree, lifetime: .wiped)
        let noise = AlignedBuffer<Int8>(count: message.count, lifetime: .wiped)
        secret.multiply(evaluatedMask(row), into: product.unsafeBase)
        noise.withUnsafeMutableBufferPointer { noise in
            errors.withBytes(8 * message.count, stream: UInt64(row)) {
                parameters.error.sample(into: noise, from: $0, backend: ring.backend)
            }
            product.withUnsafeBufferPointer { product in
                for column in message.indices {
                    let sum =
                        product[column]
                        &+ UInt32(bitPattern: message[column] &+ Int32(noise[column]))
                    body[3 * column] = UInt8(truncatingIfNeeded: sum)
                    body[3 * column + 1] = UInt8(truncatingIfNeeded: sum >> 8)
                    body[3 * column + 2] = UInt8(truncatingIfNeeded: sum >> 16)
                }
            }
        }
    }

    private func evaluatedMask(_ row: Int) -> Polynomial<LazyEvaluation> {
        let mask = AlignedBuffer<UInt32>(count: parameters.degree)
        seed.withMask(row, degree: parameters.degree) {
            PackedResidues.unpack(
                $0.baseAddress!.assumingMemoryBound(to: UInt8.self), count: parameters.degree, bits: 24,
                into: mask.unsafeBase, backend: ring.backend)
        }
        return mask.withUnsafeBufferPointer { Polynomial<Coefficient>(ring: ring, coefficients: $0).evaluated() }
    }
}
