import CKernels
import Harness
import PlaintextReference
import Ring

/// One component of the batch search: rows of small integers times a packed matrix of residues modulo a power of
/// two, in turn with OpenBLAS's product of floats of the same shape.
struct MatrixProductBenchmark: Benchmark {
    /// The products that the kernels have.
    enum Product: CaseIterable {
        case gemm16, gemm24, gemm32

        /// log2 of the modulus for which the product is used.
        var logQ: Int {
            switch self {
            case .gemm16: 16
            case .gemm24: 24
            case .gemm32: 25
            }
        }
        var rowBits: Int { self == .gemm32 ? 16 : 8 }
        /// Bytes of a residue that the matrix is packed from.
        var residueBytes: Int {
            switch self {
            case .gemm16: 2
            case .gemm24: 3
            case .gemm32: 4
            }
        }
        /// Bits in which the kernel's sums wrap.
        var resultMask: UInt32 { .max >> UInt32(32 - 8 * residueBytes) }
        /// Vector multiplications of 64 bytes that 64 multiply-adds take: one for each limb, and twice as many for
        /// limbs of 16 bits.
        var multiplications: Double {
            switch self {
            case .gemm16: 2
            case .gemm24: 3
            case .gemm32: 4
            }
        }

        func kernels(_ backend: Backend) -> msfhe_gemm {
            switch self {
            case .gemm16: backend.kernels.pointee.gemm16.pointee
            case .gemm24: backend.kernels.pointee.gemm24.pointee
            case .gemm32: backend.kernels.pointee.gemm32.pointee
            }
        }
    }

    var product = Product.gemm24
    var rows = 4096
    var dimension = 512
    let columns = 1024

    static let all =
        Product.allCases.map { MatrixProductBenchmark(product: $0) } + [MatrixProductBenchmark(dimension: 1024)]

    func threadCounts(upTo limit: Int) -> [Int] { limit == 1 ? [1] : [1, limit] }

    func row() -> Row {
        var row = Row("gemm.modular")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["columns"] = .integer(columns)
        row["logQ"] = .integer(product.logQ)
        row["rowBits"] = .integer(product.rowBits)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let operands = Operands(self)
        let packed = operands.packed(by: conditions.backend)
        let out = AlignedBuffer<UInt32>(count: rows * columns)
        let twin = PlaintextTwin(
            rows: rows, dimension: dimension, columns: columns, threads: conditions.threads)
        let timings = operands.rows.withUnsafeBufferPointer { rows in
            packed.withUnsafeBufferPointer { packed in
                out.withUnsafeMutableBufferPointer { out in
                    nonisolated(unsafe) let (rows, packed, out) = (rows, packed, out)
                    return conditions.loop.measure([
                        Work { multiply(UnsafeRawBufferPointer(rows), packed, into: out, conditions) }, twin.work,
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
        _ rows: UnsafeRawBufferPointer, _ packed: UnsafeBufferPointer<UInt8>,
        into out: UnsafeMutableBufferPointer<UInt32>, _ conditions: Conditions
    ) {
        let kernels = product.kernels(conditions.backend)
        let rowBytes = dimension * product.rowBits / 8
        // Whole tiles of rows for each thread.
        let share = (self.rows / 24 + conditions.threads - 1) / conditions.threads * 24
        nonisolated(unsafe) let (rows, packed, out) = (rows, packed, out)
        parallelFor((self.rows + share - 1) / share, threads: conditions.threads) { part in
            let first = part * share
            kernels.multiply(
                out.baseAddress! + first * columns, columns, rows.baseAddress! + first * rowBytes,
                min(share, self.rows - first), packed.baseAddress, dimension, columns)
        }
    }

    private func setFigures(of timing: Timing, twin: Timing, in row: inout Row, _ conditions: Conditions) {
        let multiplyAdds = Double(rows * dimension * columns)
        row["multiplyAddsPerCycle"] = .number(multiplyAdds / conditions.cycles(timing.nanoseconds))
        row["sgemmNanoseconds"] = .number(twin.nanoseconds)
        row["ratioToSgemm"] = .number(timing.nanoseconds / twin.nanoseconds)
        row["boundNanoseconds"] = Self.bound(multiplyAdds, conditions, product).map { .number($0) }
        row.set(timing)
    }

    /// The time in which the vector multiplications of AVX-512 can start. Nil where the backend works otherwise.
    static func bound(_ multiplyAdds: Double, _ conditions: Conditions, _ product: Product = .gemm24) -> Double? {
        conditions.backend.name == "avx512"
            ? conditions.boundNanoseconds(multiplyAdds * product.multiplications / 64, "vnni512PerCycle") : nil
    }
}

/// Random operands of a modular product.
private struct Operands {
    let shape: MatrixProductBenchmark
    /// The entries of the rows as the kernel reads them, one or two bytes each.
    let rows: AlignedBuffer<UInt8>
    /// The same entries.
    let entries: [Int32]
    /// `dimension` rows of `columns` residues.
    let matrix: [UInt32]

    init(_ shape: MatrixProductBenchmark) {
        self.shape = shape
        var generator = SystemRandomNumberGenerator()
        let isByte = shape.product.rowBits == 8
        let range: ClosedRange<Int32> = isByte ? -127...127 : -32768...32767
        entries = (0..<shape.rows * shape.dimension).map { _ in .random(in: range, using: &generator) }
        let bytes = entries.flatMap { entry -> [UInt8] in
            isByte
                ? [UInt8(truncatingIfNeeded: entry)]
                : [UInt8(truncatingIfNeeded: entry), UInt8(truncatingIfNeeded: entry >> 8)]
        }
        rows = AlignedBuffer(count: bytes.count)
        rows.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: bytes) }
        let mask = shape.product.resultMask
        matrix = (0..<shape.dimension * shape.columns).map { _ in .random(in: 0...mask, using: &generator) }
    }

    /// The matrix as the kernel wants it.
    func packed(by backend: Backend) -> AlignedBuffer<UInt8> {
        let residues = matrix.flatMap { residue in
            (0..<shape.product.residueBytes).map { UInt8(truncatingIfNeeded: residue >> UInt32(8 * $0)) }
        }
        let kernels = shape.product.kernels(backend)
        let packed = AlignedBuffer<UInt8>(
            count: kernels.entry_bytes * shape.dimension * 16 * ((shape.columns + 15) / 16))
        packed.withUnsafeMutableBufferPointer { packed in
            kernels.pack(
                packed.baseAddress, residues, shape.product.residueBytes * shape.columns, shape.dimension,
                shape.columns)
        }
        return packed
    }

    /// Freivalds' check: out v = rows (matrix v) modulo 2^k for random vectors v. Each vector finds a wrong
    /// product with probability 1/2 at least, and with 1 - 2^-k where an entry is wrong by an odd number.
    func hasProduct(_ out: AlignedBuffer<UInt32>) -> Bool {
        let mask = shape.product.resultMask
        return (0..<8).allSatisfy { _ in
            let vector = (0..<shape.columns).map { _ in UInt32.random(in: 0...mask) }
            let image = Self.product(matrix, shape.dimension, shape.columns) { $0 &* vector[$1] }
            return out.withUnsafeBufferPointer { out in
                let left = Self.product(out, shape.rows, shape.columns) { $0 &* vector[$1] }
                let right = Self.product(entries, shape.rows, shape.dimension) { UInt32(bitPattern: $0) &* image[$1] }
                return zip(left, right).allSatisfy { ($0 ^ $1) & mask == 0 }
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
