import CKernels
import Harness
import PlaintextReference
import Ring

/// One component of the batch search: rows of small integers times a packed matrix of residues modulo 2^24, in
/// turn with OpenBLAS's product of floats of the same shape.
struct MatrixProductBenchmark: Benchmark {
    let rows: Int
    let dimension: Int
    let columns: Int

    private static let logQ = 24
    private static let rowBits = 8

    static let all = [
        MatrixProductBenchmark(rows: 4096, dimension: 512, columns: 1024),
        MatrixProductBenchmark(rows: 4096, dimension: 1024, columns: 1024),
    ]

    func threadCounts(upTo limit: Int) -> [Int] { [limit] }

    func row() -> Row {
        var row = Row("gemm.modular")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["columns"] = .integer(columns)
        row["logQ"] = .integer(Self.logQ)
        row["rowBits"] = .integer(Self.rowBits)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let operands = Operands(rows: rows, dimension: dimension, columns: columns)
        let packed = operands.packed(by: conditions.backend)
        let out = AlignedBuffer<UInt32>(count: rows * columns)
        let twin = PlaintextTwin(
            rows: rows, dimension: dimension, columns: columns, threads: conditions.threads)
        let timings = operands.rows.withUnsafeBufferPointer { rows in
            packed.withUnsafeBufferPointer { packed in
                out.withUnsafeMutableBufferPointer { out in
                    nonisolated(unsafe) let (rows, packed, out) = (rows, packed, out)
                    return conditions.loop.measure([
                        Work { multiply(rows, packed, into: out, conditions) }, twin.work,
                    ])
                }
            }
        }
        var row = conditions.row(of: self)
        guard operands.hasProduct(out) else { throw WrongResult(row, "not the product of its operands") }
        setFigures(of: timings[0], twin: timings[1], in: &row, conditions)
        return row
    }

    private func multiply(
        _ rows: UnsafeBufferPointer<Int8>, _ packed: UnsafeBufferPointer<UInt8>,
        into out: UnsafeMutableBufferPointer<UInt32>, _ conditions: Conditions
    ) {
        let kernels = conditions.backend.kernels
        // Whole tiles of eight rows for each thread.
        let share = (self.rows / 8 + conditions.threads - 1) / conditions.threads * 8
        nonisolated(unsafe) let (rows, packed, out, kernelTable) = (rows, packed, out, kernels)
        parallelFor((self.rows + share - 1) / share, threads: conditions.threads) { part in
            let first = part * share
            kernelTable.pointee.gemm(
                out.baseAddress! + first * columns, columns, rows.baseAddress! + first * dimension,
                min(share, self.rows - first), packed.baseAddress, dimension, columns)
        }
    }

    private func setFigures(of timing: Timing, twin: Timing, in row: inout Row, _ conditions: Conditions) {
        let multiplyAdds = Double(rows * dimension * columns)
        row["multiplyAddsPerCycle"] = .number(multiplyAdds / conditions.cycles(timing.nanoseconds))
        row["sgemmNanoseconds"] = .number(twin.nanoseconds)
        row["ratioToSgemm"] = .number(timing.nanoseconds / twin.nanoseconds)
        row["boundNanoseconds"] = Self.bound(multiplyAdds, conditions).map { .number($0) }
        row.set(timing)
    }

    /// Three limbs, and 64 products of bytes an instruction. Nil where the backend works otherwise.
    static func bound(_ multiplyAdds: Double, _ conditions: Conditions) -> Double? {
        conditions.backend.name == "avx512"
            ? conditions.boundNanoseconds(multiplyAdds * 3 / 64, "vnni512PerCycle") : nil
    }
}

/// Random operands of a modular product.
private struct Operands {
    let rowCount: Int
    let dimension: Int
    let columns: Int
    /// `rowCount` rows of `dimension` entries.
    let rows: AlignedBuffer<Int8>
    /// `dimension` rows of `columns` residues.
    let matrix: [UInt32]

    private static let mask: UInt32 = 0xFF_FFFF

    init(rows rowCount: Int, dimension: Int, columns: Int) {
        self.rowCount = rowCount
        self.dimension = dimension
        self.columns = columns
        var generator = SystemRandomNumberGenerator()
        rows = AlignedBuffer(count: rowCount * dimension)
        rows.withUnsafeMutableBufferPointer { rows in
            for index in rows.indices { rows[index] = .random(in: -127...127, using: &generator) }
        }
        matrix = (0..<dimension * columns).map { _ in .random(in: 0...Self.mask, using: &generator) }
    }

    /// The matrix as the kernel wants it.
    func packed(by backend: Backend) -> AlignedBuffer<UInt8> {
        let residues = matrix.flatMap {
            [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8), UInt8($0 >> 16)]
        }
        let packed = AlignedBuffer<UInt8>(count: 48 * dimension * ((columns + 15) / 16))
        packed.withUnsafeMutableBufferPointer { packed in
            backend.kernels.pointee.gemm_pack(packed.baseAddress, residues, 3 * columns, dimension, columns)
        }
        return packed
    }

    /// Freivalds' check: out v = rows (matrix v) modulo 2^24 for random vectors v. Each vector finds a wrong
    /// product with probability 1/2 at least, and with 1 - 2^-24 where an entry is wrong by an odd number.
    func hasProduct(_ out: AlignedBuffer<UInt32>) -> Bool {
        (0..<8).allSatisfy { _ in
            let vector = (0..<columns).map { _ in UInt32.random(in: 0...Self.mask) }
            let image = Self.product(matrix, dimension, columns) { $0 &* vector[$1] }
            return out.withUnsafeBufferPointer { out in
                rows.withUnsafeBufferPointer { rows in
                    let left = Self.product(out, rowCount, columns) { $0 &* vector[$1] }
                    let right = Self.product(rows, rowCount, dimension) {
                        UInt32(bitPattern: Int32($0)) &* image[$1]
                    }
                    return zip(left, right).allSatisfy { ($0 ^ $1) & Self.mask == 0 }
                }
            }
        }
    }

    /// For each row of a matrix, the sum of its entries' terms modulo 2^32.
    private static func product<Matrix: RandomAccessCollection>(
        _ matrix: Matrix, _ rows: Int, _ columns: Int, term: (Matrix.Element, Int) -> UInt32
    ) -> [UInt32] where Matrix.Index == Int {
        (0..<rows).map { row in
            (0..<columns).reduce(0) { $0 &+ term(matrix[row * columns + $1], $1) }
        }
    }
}
