import CKernels
import Harness
import PlaintextReference
import Ring
import Spectra

/// One component of the batch search: rows of small integers times a packed matrix of residues modulo a power of
/// two, in turn with OpenBLAS's product of floats of the same shape.
struct MatrixProductBenchmark: Benchmark {
    /// The products that a backend has, by the modulus that they serve.
    enum Product: CaseIterable {
        case bytesMod16, bytesMod24, wordsMod25

        func kernel(of backend: Backend) -> msfhe_gemm {
            switch self {
            case .bytesMod16: backend.kernels.pointee.gemm16.pointee
            case .bytesMod24: backend.kernels.pointee.gemm24.pointee
            case .wordsMod25: backend.kernels.pointee.gemm32.pointee
            }
        }

        var logQ: Int { self == .bytesMod16 ? 16 : self == .bytesMod24 ? 24 : 25 }
        /// The kernel of 2^25 works modulo 2^32, and is checked so.
        var residueBits: Int { self == .wordsMod25 ? 32 : logQ }
        var rowBits: Int { self == .wordsMod25 ? 16 : 8 }
        /// Parts of a residue as wide as a row's entry, each of which is multiplied by itself.
        var limbs: Int { residueBits / rowBits }

        /// The least nanoseconds of `multiplyAdds`, each once for every limb, where the backend multiplies vectors of
        /// 512 bits; nil where it works otherwise.
        func bound(_ multiplyAdds: Double, _ conditions: Conditions) -> Double? {
            guard conditions.backend.name == "avx512" else { return nil }
            return conditions.boundNanoseconds(multiplyAdds * Double(limbs * rowBits) / 512, "vnni512PerCycle")
        }
    }

    var product = Product.bytesMod24
    var dimension = 512
    let rows = 4096
    let columns = 1024

    static let all =
        Product.allCases.map { MatrixProductBenchmark(product: $0) } + [MatrixProductBenchmark(dimension: 1024)]

    func threadCounts(upTo limit: Int) -> [Int] { [limit] }

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
        let operands = Operands(rows: rows, dimension: dimension, columns: columns, product: product)
        let kernel = product.kernel(of: conditions.backend)
        let packed = operands.packed(by: kernel)
        let out = AlignedBuffer<UInt32>(count: rows * columns)
        let twin = PlaintextTwin(
            rows: rows, dimension: dimension, columns: columns, threads: conditions.threads)
        let timings = operands.rows.withUnsafeBufferPointer { rows in
            packed.withUnsafeBufferPointer { packed in
                out.withUnsafeMutableBufferPointer { out in
                    nonisolated(unsafe) let (rows, packed, out) = (rows, packed, out)
                    return conditions.loop.measure([
                        Work { multiply(kernel, rows, packed, into: out, threads: conditions.threads) }, twin.work,
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
        _ kernel: msfhe_gemm, _ rows: UnsafeBufferPointer<UInt8>, _ packed: UnsafeBufferPointer<UInt8>,
        into out: UnsafeMutableBufferPointer<UInt32>, threads: Int
    ) {
        let rowBytes = dimension * product.rowBits / 8
        // Whole tiles of eight rows for each thread.
        let share = (self.rows / 8 + threads - 1) / threads * 8
        nonisolated(unsafe) let (rows, packed, out) = (rows, packed, out)
        parallelFor((self.rows + share - 1) / share, threads: threads) { part in
            let first = part * share
            kernel.multiply(
                out.baseAddress! + first * columns, columns, rows.baseAddress! + first * rowBytes,
                min(share, self.rows - first), packed.baseAddress, dimension, columns)
        }
    }

    private func setFigures(of timing: Timing, twin: Timing, in row: inout Row, _ conditions: Conditions) {
        let multiplyAdds = Double(rows * dimension * columns)
        row["multiplyAddsPerCycle"] = .number(multiplyAdds / conditions.cycles(timing.nanoseconds))
        row["sgemmNanoseconds"] = .number(twin.nanoseconds)
        row["ratioToSgemm"] = .number(timing.nanoseconds / twin.nanoseconds)
        row["boundNanoseconds"] = product.bound(multiplyAdds, conditions).map { .number($0) }
        row.set(timing)
    }
}

/// Random operands of a modular product.
private struct Operands {
    private let rowCount: Int
    private let dimension: Int
    private let columns: Int
    private let residueBits: Int
    /// `rowCount` rows of `dimension` entries, and the same as the kernel wants them.
    private let entries: [Int32]
    let rows: AlignedBuffer<UInt8>
    /// `dimension` rows of `columns` residues.
    private let matrix: [UInt32]

    private var mask: UInt32 { .max >> (32 - residueBits) }

    init(rows rowCount: Int, dimension: Int, columns: Int, product: MatrixProductBenchmark.Product) {
        self.rowCount = rowCount
        self.dimension = dimension
        self.columns = columns
        residueBits = product.residueBits
        let largest = Int32(1) << (product.rowBits - 1) - 1
        let mask = UInt32.max >> (32 - product.residueBits)
        var generator = SplitMix64(seed: 1)
        entries = (0..<rowCount * dimension).map { _ in .random(in: -largest...largest, using: &generator) }
        matrix = (0..<dimension * columns).map { _ in .random(in: 0...mask, using: &generator) }
        rows = Self.littleEndian(entries.lazy.map(UInt32.init(bitPattern:)), byteCount: product.rowBits / 8)
    }

    /// The low bytes of each value, one value after the other.
    private static func littleEndian(_ values: some Collection<UInt32>, byteCount: Int) -> AlignedBuffer<UInt8> {
        let bytes = AlignedBuffer<UInt8>(count: values.count * byteCount)
        bytes.withUnsafeMutableBufferPointer { bytes in
            for (index, value) in values.enumerated() {
                for byte in 0..<byteCount {
                    bytes[index * byteCount + byte] = UInt8(truncatingIfNeeded: value >> (8 * byte))
                }
            }
        }
        return bytes
    }

    /// The matrix as the kernel wants it.
    func packed(by kernel: msfhe_gemm) -> AlignedBuffer<UInt8> {
        let residues = Self.littleEndian(matrix, byteCount: residueBits / 8)
        let packed = AlignedBuffer<UInt8>(count: kernel.entry_bytes * dimension * ((columns + 15) / 16 * 16))
        packed.withUnsafeMutableBufferPointer { packed in
            residues.withUnsafeBufferPointer { residues in
                kernel.pack(
                    packed.baseAddress, residues.baseAddress, residueBits / 8 * columns, dimension, columns)
            }
        }
        return packed
    }

    /// Freivalds' check: out v = rows (matrix v) modulo 2^k for random vectors v. Each vector finds a wrong product
    /// with probability 1/2 at least, and with 1 - 2^-k where an entry is wrong by an odd number.
    func hasProduct(_ out: AlignedBuffer<UInt32>) -> Bool {
        out.withUnsafeBufferPointer { out in
            out.allSatisfy { $0 <= mask }
                && (0..<8).allSatisfy { _ in
                    let vector = (0..<columns).map { _ in UInt32.random(in: 0...mask) }
                    let image = Self.product(matrix, dimension, columns) { $0 &* vector[$1] }
                    let left = Self.product(out, rowCount, columns) { $0 &* vector[$1] }
                    let right = Self.product(entries, rowCount, dimension) { UInt32(bitPattern: $0) &* image[$1] }
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
