import CKernels
import Harness
import Ring

/// Sums of products over a library that streams from memory, with a tile of ciphertexts in the first-level cache:
/// what interactive search spends its time on, and what memory bounds.
struct DotStreamBenchmark: Benchmark {
    /// Plaintext values that one sum reads: 16 KB of ciphertexts, half of a first-level cache of 32 KB.
    let terms: Int
    let width: Int

    /// A stream of 256 MiB: far more than the caches hold.
    private static let streamWords = 1 << 25
    private var sums: Int { Self.streamWords / terms / width }

    static let all = [DotStreamBenchmark(terms: 128, width: 8), DotStreamBenchmark(terms: 32, width: 32)]

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("mac.dotStream")
        row["rows"] = .integer(sums)
        row["terms"] = .integer(terms)
        row["columns"] = .integer(width)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let library = try ResidueArray(count: sums * terms * width)
        let tile = try ResidueArray(count: terms * 2 * width)
        let out = AlignedBuffer<UInt64>(count: sums * 2 * width)
        var row = conditions.row(of: self)
        let kernels = conditions.backend.kernels
        try library.values.withUnsafeBufferPointer { library in
            try tile.values.withUnsafeBufferPointer { ciphertexts in
                try out.withUnsafeMutableBufferPointer { out in
                    let timing = tile.withModulus { modulus in
                        conditions.loop.measure(
                            Work {
                                kernels.pointee.dot2_stream(
                                    out.baseAddress, library.baseAddress, ciphertexts.baseAddress, sums, terms, width,
                                    modulus)
                            })
                    }
                    try check(UnsafeBufferPointer(out), library, ciphertexts, tile, row)
                    setFigures(of: timing, in: &row, conditions)
                }
            }
        }
        return row
    }

    /// Every 1009th sum, and the last, from its definition.
    private func check(
        _ out: UnsafeBufferPointer<UInt64>, _ library: UnsafeBufferPointer<UInt64>,
        _ ciphertexts: UnsafeBufferPointer<UInt64>, _ tile: ResidueArray, _ row: Row
    ) throws {
        for index in Array(stride(from: 0, to: out.count, by: 1009)) + [out.count - 1] {
            let (sum, rest) = index.quotientAndRemainder(dividingBy: 2 * width)
            let pairs = (0..<terms).lazy.map { term in
                (library[(sum * terms + term) * width + rest % width], ciphertexts[term * 2 * width + rest])
            }
            guard out[index] == tile.montgomerySum(pairs) else {
                throw WrongResult(row, "not the sum of products at \(index)")
            }
        }
    }

    private func setFigures(of timing: Timing, in row: inout Row, _ conditions: Conditions) {
        let elements = Double(sums * terms * width)
        row["cyclesPerElement"] = .number(conditions.cycles(timing.nanoseconds) / elements)
        row["readBoundNanoseconds"] = .number(8 * elements / conditions.machine.memoryReadGBs)
        row.set(timing)
    }
}
