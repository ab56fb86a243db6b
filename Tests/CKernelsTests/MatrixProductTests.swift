import CKernels
import Testing

/// One of the three matrix products: signed rows times residues modulo a power of two.
enum MatrixProduct: Int, CaseIterable, Sendable {
    case modulo16 = 16
    case modulo24 = 24
    case modulo32 = 32

    var residueBytes: Int { rawValue / 8 }
    /// The largest residue, all ones.
    var mask: UInt32 { .max >> UInt32(32 - rawValue) }
    /// Entries of the rows are of 16 bits, not of 8.
    var hasWideRows: Bool { self == .modulo32 }
    var entries: ClosedRange<Int> { hasWideRows ? -32768...32767 : -127...127 }

    func kernel(_ backend: Backend) -> msfhe_gemm {
        switch self {
        case .modulo16: backend.kernels.gemm16.pointee
        case .modulo24: backend.kernels.gemm24.pointee
        case .modulo32: backend.kernels.gemm32.pointee
        }
    }
}

@Suite("Matrix products modulo powers of two")
struct MatrixProductTests {
    /// A matrix of residues as the wire has them, its rows some bytes apart.
    private struct Residues {
        let dimension: Int
        let columns: Int
        let stride: Int
        let entries: [UInt32]  // row by row
        let bytes: Buffer<UInt8>

        init(_ product: MatrixProduct, dimension: Int, columns: Int, gap: Int, entry: () -> UInt32) {
            self.dimension = dimension
            self.columns = columns
            let width = product.residueBytes
            stride = width * columns + gap
            entries = (0..<dimension * columns).map { _ in entry() }
            var rows = [UInt8](repeating: 0xEE, count: max(0, dimension * stride - gap))
            for (index, entry) in entries.enumerated() {
                let start = index / columns * stride + index % columns * width
                for limb in 0..<width { rows[start + limb] = UInt8(truncatingIfNeeded: entry >> (8 * limb)) }
            }
            bytes = Buffer(input: rows, offset: 1)
        }

        func packed(by kernel: msfhe_gemm) -> Buffer<UInt8> {
            let packed = Buffer<UInt8>(output: kernel.entry_bytes * dimension * ((columns + 15) / 16 * 16))
            withPointers(packed, bytes) { kernel.pack($0, $1, stride, dimension, columns) }
            return packed
        }
    }

    /// Checks a product against 64-bit integers.
    private func check(
        _ product: MatrixProduct, by backend: Backend, rows: [Int], rowCount: Int, matrix: Residues,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let kernel = product.kernel(backend)
        let (dimension, columns) = (matrix.dimension, matrix.columns)
        let width = (columns + 15) / 16 * 16
        let outStride = width + 16
        let circumstances = "\(rowCount) x \(dimension) x \(columns)"
        let out = Buffer(inPlace: [UInt32](repeating: .max, count: rowCount * outStride))
        let packed = matrix.packed(by: kernel)
        func multiply(_ rows: Buffer<some FixedWidthInteger>) {
            withPointers(out, rows, packed) {
                kernel.multiply($0, outStride, $1, rowCount, $2, dimension, columns)
            }
        }
        if product.hasWideRows {
            multiply(Buffer(input: rows.map(Int16.init), offset: 6))
        } else {
            multiply(Buffer(input: rows.map(Int8.init), offset: 3))
        }
        var expected = [UInt32](repeating: .max, count: rowCount * outStride)
        for row in 0..<rowCount {
            var sums = [Int](repeating: 0, count: width)
            for j in 0..<dimension {
                let factor = rows[row * dimension + j]
                for column in 0..<columns {
                    sums[column] += factor * Int(matrix.entries[j * columns + column])
                }
            }
            for column in 0..<width {
                expected[row * outStride + column] = UInt32(truncatingIfNeeded: sums[column]) & product.mask
            }
        }
        expect(out, equals: expected, circumstances, sourceLocation: sourceLocation)
        checkPacking(product, by: backend, rows: rows, rowCount: rowCount, matrix: matrix, results: out.values)
        #expect(packed.guardsAreIntact, "packing wrote outside: \(circumstances)", sourceLocation: sourceLocation)
    }

    /// Checks the packed product against the packed results of the product, `results`.
    private func checkPacking(
        _ product: MatrixProduct, by backend: Backend, rows: [Int], rowCount: Int, matrix: Residues, results: [UInt32]
    ) {
        let kernel = product.kernel(backend)
        let (dimension, columns) = (matrix.dimension, matrix.columns)
        let resultStride = (columns + 15) / 16 * 16 + 16
        for bits in [8, 12, 16, 18, 23, 24] as [UInt32] where bits <= product.rawValue {
            let dropped = UInt32(product.rawValue) - bits
            let byteCount = (columns * Int(bits) + 7) / 8
            let stride = byteCount + 3
            let out = Buffer<UInt8>(inPlace: [UInt8](repeating: 0xEE, count: rowCount * stride))
            func multiply(_ rows: Buffer<some FixedWidthInteger>) {
                withPointers(out, rows, matrix.packed(by: kernel)) {
                    kernel.multiply_and_pack($0, stride, $1, rowCount, $2, dimension, columns, bits, dropped)
                }
            }
            if product.hasWideRows {
                multiply(Buffer(input: rows.map(Int16.init), offset: 6))
            } else {
                multiply(Buffer(input: rows.map(Int8.init), offset: 3))
            }
            var expected = [UInt8](repeating: 0xEE, count: rowCount * stride)
            for row in 0..<rowCount {
                expected.withUnsafeMutableBufferPointer { expected in
                    results.withUnsafeBufferPointer { results in
                        Backend.all[0].kernels.round_and_pack(
                            expected.baseAddress! + row * stride, results.baseAddress! + row * resultStride, columns,
                            bits, dropped)
                    }
                }
            }
            expect(out, equals: expected, "\(rowCount) x \(dimension) x \(columns), \(bits) bits")
        }
    }

    @Test("products agree with 64-bit integers", arguments: Backend.all, MatrixProduct.allCases)
    func products(backend: Backend, product: MatrixProduct) {
        var generator = TestGenerator(seed: 2)
        let shapes = [
            (0, 8, 16), (3, 0, 16), (5, 8, 0), (1, 4, 1), (7, 12, 15), (8, 16, 16), (9, 20, 17), (12, 8, 31),
            (17, 64, 40), (23, 36, 33), (15, 512, 33), (479, 8, 5), (480, 8, 16), (481, 12, 17), (489, 8, 3),
            (967, 4, 18), (50, 1028, 17),
        ]
        for (rowCount, dimension, columns) in shapes {
            for gap in [0, 7] {
                let matrix = Residues(product, dimension: dimension, columns: columns, gap: gap) {
                    .random(in: 0...product.mask, using: &generator)
                }
                let rows = (0..<rowCount * dimension).map { _ in
                    Int.random(in: product.entries, using: &generator)
                }
                check(product, by: backend, rows: rows, rowCount: rowCount, matrix: matrix)
            }
        }
    }

    @Test("every number of columns and of rows", arguments: Backend.all, MatrixProduct.allCases)
    func oddShapes(backend: Backend, product: MatrixProduct) {
        var generator = TestGenerator(seed: 3)
        for count in 0...70 {
            for (rowCount, columns) in [(count, 5), (3, count)] {
                let matrix = Residues(product, dimension: 4, columns: columns, gap: 1) {
                    .random(in: 0...product.mask, using: &generator)
                }
                let rows = (0..<rowCount * 4).map { _ in Int.random(in: product.entries, using: &generator) }
                check(product, by: backend, rows: rows, rowCount: rowCount, matrix: matrix)
            }
        }
    }

    @Test("the largest sums are right", arguments: Backend.all, MatrixProduct.allCases)
    func extremes(backend: Backend, product: MatrixProduct) {
        // All ones, and for signed limbs of 16 bits the extremes of each: 7FFF, 8000 and the pair of them.
        for residue in [product.mask, 0x7FFF_7FFF & product.mask, 0x8000_8000 & product.mask, 0x8000] {
            let matrix = Residues(product, dimension: 65536, columns: 2, gap: 0) { residue }
            for entry in [product.entries.lowerBound, product.entries.upperBound] {
                let rows = [Int](repeating: entry, count: 2 * matrix.dimension)
                check(product, by: backend, rows: rows, rowCount: 2, matrix: matrix)
            }
        }
    }

    @Test("a product mod 2^32 is one modulo any smaller power of two", arguments: Backend.all)
    func smallerModulus(backend: Backend) {
        var generator = TestGenerator(seed: 4)
        let (dimension, columns, modulus) = (8, 16, UInt32(1 << 26))
        let product = MatrixProduct.modulo32
        let kernel = product.kernel(backend)
        let rows = Buffer(
            input: (0..<dimension).map { _ in Int16(Int.random(in: product.entries, using: &generator)) })
        let matrix = Residues(product, dimension: dimension, columns: columns, gap: 0) {
            .random(in: 0..<modulus, using: &generator)
        }
        let disturbed = zip(matrix.entries, 0...).map { $0 &+ UInt32($1) &* modulus }
        var next = disturbed.makeIterator()
        let congruent = Residues(product, dimension: dimension, columns: columns, gap: 0) { next.next()! }
        let results = [matrix, congruent].map { residues in
            let out = Buffer<UInt32>(output: columns)
            withPointers(out, rows, residues.packed(by: kernel)) {
                kernel.multiply($0, columns, $1, 1, $2, dimension, columns)
            }
            return out.values.map { $0 % modulus }
        }
        #expect(results[0] == results[1])
    }
}
