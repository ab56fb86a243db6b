import CKernels

/// A matrix of residues modulo 2^24, packed once for products with many rows of small integers.
///
/// `dimension` rows (the summation index) by `columns` columns, padded to a multiple of 16; 3 or 4 bytes an
/// entry, as the backend prefers.
package final class PackedMatrix: Sendable {
    /// Length of the inner products, a multiple of 4.
    package let dimension: Int
    /// Number of columns in use.
    package let columns: Int
    /// Distance, in values, from one row of a product to the next: `columns` rounded up to 16.
    package var stride: Int { (columns + 15) / 16 * 16 }
    private let panels: AlignedBuffer<UInt8>
    private let backend: Backend
    private var product: msfhe_gemm { backend.kernels.pointee.gemm24.pointee }

    /// Packs three-byte little-endian residues, given row by row.
    package init(
        residues: UnsafeRawBufferPointer, dimension: Int, columns: Int, backend: Backend = .selected
    ) {
        precondition(dimension % 4 == 0 && dimension <= 65536, "the dimension is a multiple of 4, at most 65536")
        precondition(residues.count == 3 * dimension * columns, "a residue takes three bytes")
        self.dimension = dimension
        self.columns = columns
        self.backend = backend
        let product = backend.kernels.pointee.gemm24.pointee
        panels = AlignedBuffer(count: product.entry_bytes * dimension * ((columns + 15) / 16 * 16))
        product.pack(
            panels.unsafeBase, residues.baseAddress?.assumingMemoryBound(to: UInt8.self), 3 * columns, dimension,
            columns)
    }

    /// Writes the product of `rowCount` rows of `dimension` entries in [-127, 127] with the matrix, modulo 2^24,
    /// to `output`: ``stride`` values a row, 64-byte aligned.
    package func multiply(
        rows: UnsafePointer<Int8>, rowCount: Int, into output: UnsafeMutablePointer<UInt32>
    ) {
        product.multiply(output, stride, rows, rowCount, panels.unsafeBase, dimension, columns)
    }
}
