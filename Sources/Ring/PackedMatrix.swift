import CKernels

/// A matrix of residues modulo 2^16, 2^24 or 2^32, packed once for products with many rows of small integers.
///
/// `dimension` rows (the summation index) by `columns` columns, padded to a multiple of 16; 2 to 4 bytes an
/// entry, as the backend prefers.
package final class PackedMatrix: Sendable {
    /// Length of the inner products, a multiple of 4.
    package let dimension: Int
    /// Number of columns in use.
    package let columns: Int
    /// log2 of the modulus: 16 or 24 for rows of bytes, 32 for rows of 16-bit words.
    package let logModulus: Int
    private let panels: AlignedBuffer<UInt8>
    private let backend: Backend
    private var product: msfhe_gemm { Self.product(logModulus, backend) }

    private static func product(_ logModulus: Int, _ backend: Backend) -> msfhe_gemm {
        let kernels = backend.kernels.pointee
        switch logModulus {
        case 16: return kernels.gemm16.pointee
        case 24: return kernels.gemm24.pointee
        default: return kernels.gemm32.pointee
        }
    }

    /// Bytes that a packed matrix takes.
    package static func byteCount(
        logModulus: Int, dimension: Int, columns: Int, backend: Backend = .selected
    ) -> Int {
        product(logModulus, backend).entry_bytes * dimension * ((columns + 15) / 16 * 16)
    }

    /// Packs little-endian residues of `logModulus` bits, 16, 24 or 32, given row by row.
    package init(
        residues: UnsafeRawBufferPointer, logModulus: Int, dimension: Int, columns: Int, backend: Backend = .selected
    ) {
        precondition([16, 24, 32].contains(logModulus), "the products are modulo 2^16, 2^24 or 2^32")
        precondition(dimension % 4 == 0 && dimension <= 65536, "the dimension is a multiple of 4, at most 65536")
        let residueBytes = logModulus / 8
        precondition(residues.count == residueBytes * dimension * columns, "a residue takes \(residueBytes) bytes")
        self.dimension = dimension
        self.columns = columns
        self.logModulus = logModulus
        self.backend = backend
        let product = Self.product(logModulus, backend)
        panels = AlignedBuffer(
            count: Self.byteCount(logModulus: logModulus, dimension: dimension, columns: columns, backend: backend))
        product.pack(
            panels.unsafeBase, residues.baseAddress?.assumingMemoryBound(to: UInt8.self), residueBytes * columns,
            dimension, columns)
    }

    /// Bytes of a row of a product of which `bits` bits a residue are kept.
    package func rowByteCount(bits: Int) -> Int { PackedResidues.byteCount(columns, bits: bits) }

    /// Writes the product of `rowCount` rows of `dimension` entries in [-127, 127] with the matrix, modulo
    /// 2^``logModulus``, rounded to its top `bits` bits and packed (``PackedResidues``), 8 to 24.
    ///
    /// - Parameters:
    ///   - output: the first row's ``rowByteCount(bits:)`` bytes; the others follow every `stride` bytes.
    package func multiply(
        rows: UnsafePointer<Int8>, rowCount: Int, keeping bits: Int, into output: UnsafeMutableRawPointer, stride: Int
    ) {
        precondition(logModulus < 32, "products modulo 2^32 have rows of words")
        product.multiply_and_pack(
            output.assumingMemoryBound(to: UInt8.self), stride, rows, rowCount, panels.unsafeBase, dimension, columns,
            UInt32(bits), UInt32(logModulus - bits))
    }
    /// Writes the product of `rowCount` rows of `dimension` words with a matrix modulo 2^32.
    ///
    /// - Parameters:
    ///   - output: 64-byte aligned; each row takes ``columns`` values, rounded up to a multiple of 16.
    package func multiply(words rows: UnsafePointer<Int16>, rowCount: Int, into output: UnsafeMutablePointer<UInt32>) {
        precondition(logModulus == 32, "rows of words are for products modulo 2^32")
        product.multiply(output, (columns + 15) / 16 * 16, rows, rowCount, panels.unsafeBase, dimension, columns)
    }
}
