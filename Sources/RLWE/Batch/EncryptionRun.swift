import Foundation
import Ring

/// A run of encryptions: matrices of up to n columns each ("batches"), all under one public mask seed, each
/// under a secret of its own.
///
/// A ciphertext of a batch is, for each row j of its matrix M, the pair (a_j, b_j = a_j s + e_j + M_j) over
/// Z_q[X] / (X^n + 1): column i of the matrix is coefficient i. The masks a_j come from the seed, so only the
/// bodies b_j travel. Sharing the masks between secrets is multi-secret ring learning with errors; using one
/// mask twice with one secret would give the difference of two messages away. That cannot be written: a run
/// draws its nonce itself, from which its secrets derive, is not copyable, and counts its batches. So even runs that
/// share a library's published masks never share a secret.
///
/// Source: Bae, Cheon, Hanrot, Park, Stehlé, "Plaintext-Ciphertext Matrix Multiplication and FHE Bootstrapping:
/// Fast and Fused", CRYPTO 2024.
public struct EncryptionRun: ~Copyable {
    /// The parameters that the run encrypts with.
    public let parameters: RLWEParameters
    /// Bits kept of each residue of a body, 16 or 24; the rest is rounded away.
    public let bodyBits: Int
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

    /// Starts a run under `key`, with a fresh nonce.
    ///
    /// - Parameter sharedSeed: the seed that a library publishes for all runs; nil for a fresh one.
    public init(
        key: SecretKey, parameters: RLWEParameters = .batch, bodyBits: Int = 24, dimension: Int,
        sharedSeed: MaskSeed? = nil
    ) {
        precondition(parameters.logModulus == 24, "the kernels work modulo 2^24")
        self.key = key
        precondition(bodyBits == 16 || bodyBits == 24, "the host multiplies residues of whole bytes")
        self.parameters = parameters
        self.bodyBits = bodyBits
        self.dimension = dimension
        seed = sharedSeed ?? .fresh()
        nonce = .fresh()
        ring = RLWEParameters.productRing(degree: parameters.degree)
    }

    /// Encrypts one matrix as the run's next batch.
    ///
    /// - Parameters:
    ///   - matrix: `dimension` rows of `columns` signed entries, row by row, of magnitude below 2^23.
    ///   - columns: 1 to n.
    ///   - threads: number of cores to use.
    /// - Returns: the bodies: `dimension` rows of `columns` little-endian residues, ``bodyBits`` each.
    ///
    /// Costs two transforms of length n and `columns` error samples a row.
    public mutating func encrypt(_ matrix: [Int32], columns: Int, threads: Int = 1) -> Data {
        let degree = parameters.degree
        precondition((1...degree).contains(columns), "a batch has 1 to \(degree) columns")
        precondition(matrix.count == dimension * columns, "the matrix has \(dimension) rows of \(columns) columns")
        let secret = BatchSecret(key: key, nonce: nonce, seed: seed, batch: batchCount, ring: ring)
        batchCount += 1

        let encryptor = RowEncryptor(
            parameters: parameters, bodyBits: bodyBits, ring: ring, seed: seed,
            errors: .fresh(label: "encryption error"))
        let rowByteCount = PackedResidues.byteCount(columns, bits: bodyBits)
        var bodies = Data(count: rowByteCount * dimension)
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
                                rebasing: bodies[row * rowByteCount..<(row + 1) * rowByteCount]))
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
    let bodyBits: Int
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
            errors.fillGaussian(noise, distribution: parameters.error, stream: UInt64(row), backend: ring.backend)
            product.withUnsafeMutableBufferPointer { product in
                for column in message.indices {
                    product[column] &+= UInt32(bitPattern: message[column] &+ Int32(noise[column]))
                    product[column] &= 1 << UInt32(parameters.logModulus) - 1
                }
            }
        }
        PackedResidues.roundAndPack(
            product.unsafeBase, count: message.count, bits: bodyBits, logModulus: parameters.logModulus,
            into: body.baseAddress!.assumingMemoryBound(to: UInt8.self), backend: ring.backend)
    }

    private func evaluatedMask(_ row: Int) -> Polynomial<LazyEvaluation> {
        let mask = AlignedBuffer<UInt32>(count: parameters.degree)
        seed.withMask(row, degree: parameters.degree) {
            PackedResidues.unpack(
                $0.baseAddress!.assumingMemoryBound(to: UInt8.self), count: parameters.degree, bits: 24,
                logModulus: parameters.logModulus, into: mask.unsafeBase, backend: ring.backend)
        }
        return mask.withUnsafeBufferPointer { Polynomial<Coefficient>(ring: ring, coefficients: $0).evaluated() }
    }
}
