import CKernels
import Testing

@Suite("Matrix products mod 2^24")
struct MatrixProductTests {
    /// A matrix of residues in the three-byte form that gemm_pack reads, its rows some bytes apart.
    private struct Residues {
        let dimension: Int
        let columns: Int
        let stride: Int
        let entries: [UInt32]  // row by row
        let bytes: Buffer<UInt8>

        init(dimension: Int, columns: Int, gap: Int, entry: () -> UInt32) {
            self.dimension = dimension
            self.columns = columns
            stride = 3 * columns + gap
            entries = (0..<dimension * columns).map { _ in entry() }
            var rows = [UInt8](repeating: 0xEE, count: max(0, dimension * stride - gap))
            for (index, entry) in entries.enumerated() {
                let start = index / columns * stride + index % columns * 3
                for limb in 0..<3 { rows[start + limb] = UInt8(truncatingIfNeeded: entry >> (8 * limb)) }
            }
            bytes = Buffer(input: rows, offset: 1)
        }

        func packed(by backend: Backend) -> Buffer<UInt8> {
            let packed = Buffer<UInt8>(output: 48 * dimension * ((columns + 15) / 16))
            withPointers(packed, bytes) {
                backend.kernels.gemm_pack($0, $1, stride, dimension, columns)
            }
            return packed
        }
    }

    @Test("packing follows the documented layout", arguments: Backend.all)
    func packing(backend: Backend) {
        var generator = TestGenerator(seed: 1)
        for columns in [0, 1, 5, 15, 16, 17, 31, 32, 33, 50] {
            for dimension in [0, 4, 8, 36] {
                let matrix = Residues(dimension: dimension, columns: columns, gap: 7) {
                    .random(in: 0..<1 << 24, using: &generator)
                }
                let packed = matrix.packed(by: backend)
                let expected = (0..<packed.count).map { index -> UInt8 in
                    let (panel, rest) = index.quotientAndRemainder(dividingBy: 48 * dimension)
                    let (group, limb, byte) = (rest / 192, rest % 192 / 64, rest % 64)
                    let (row, column) = (4 * group + byte % 4, 16 * panel + byte / 4)
                    guard column < columns else { return 0 }
                    return UInt8(truncatingIfNeeded: matrix.entries[row * columns + column] >> (8 * limb))
                }
                expect(packed, equals: expected, "\(dimension) x \(columns)")
            }
        }
    }

    /// Checks a product against 64-bit integers.
    private func checkProduct(
        _ backend: Backend, rows: [Int8], rowCount: Int, matrix: Residues,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let (dimension, columns) = (matrix.dimension, matrix.columns)
        let width = (columns + 15) / 16 * 16
        let outStride = width + 16
        let out = Buffer(inPlace: [UInt32](repeating: .max, count: rowCount * outStride))
        withPointers(out, Buffer(input: rows, offset: 3), matrix.packed(by: backend)) { out, rows, packed in
            backend.kernels.gemm(out, outStride, rows, rowCount, packed, dimension, columns)
        }
        var expected = [UInt32](repeating: .max, count: rowCount * outStride)
        for row in 0..<rowCount {
            var sums = [Int64](repeating: 0, count: width)
            for j in 0..<dimension {
                for column in 0..<columns {
                    sums[column] +=
                        Int64(rows[row * dimension + j]) * Int64(matrix.entries[j * columns + column])
                }
            }
            for column in 0..<width {
                expected[row * outStride + column] = UInt32(truncatingIfNeeded: sums[column]) & 0xFF_FFFF
            }
        }
        expect(
            out, equals: expected, "\(rowCount) x \(dimension) x \(columns)", sourceLocation: sourceLocation)
    }

    @Test("products agree with 64-bit integers", arguments: Backend.all)
    func products(backend: Backend) {
        var generator = TestGenerator(seed: 2)
        let shapes = [
            (0, 8, 16), (3, 0, 16), (5, 8, 0), (1, 4, 1), (7, 12, 15), (8, 16, 16), (9, 20, 17), (17, 64, 40),
            (15, 512, 33), (239, 8, 5), (240, 8, 16), (241, 12, 17), (249, 8, 3), (487, 4, 18),
        ]
        for (rowCount, dimension, columns) in shapes {
            let matrix = Residues(dimension: dimension, columns: columns, gap: 0) {
                .random(in: 0..<1 << 24, using: &generator)
            }
            let rows = (0..<rowCount * dimension).map { _ in Int8.random(in: -127...127, using: &generator) }
            checkProduct(backend, rows: rows, rowCount: rowCount, matrix: matrix)
        }
    }

    @Test("the largest sums do not overflow", arguments: Backend.all, [127, -127] as [Int8])
    func extremes(backend: Backend, entry: Int8) {
        let matrix = Residues(dimension: 65536, columns: 2, gap: 0) { 0xFF_FFFF }
        let rows = [Int8](repeating: entry, count: 9 * matrix.dimension)
        checkProduct(backend, rows: rows, rowCount: 9, matrix: matrix)
    }
}
