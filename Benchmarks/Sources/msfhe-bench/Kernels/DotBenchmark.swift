import CKernels
import Harness
import Ring

/// Point-wise inner products of polynomials in the second-level cache, as those of digits with a switching key.
struct DotBenchmark: Benchmark {
    let degree: Int
    let terms: Int

    static let all = [
        DotBenchmark(degree: 4096, terms: 4), DotBenchmark(degree: 8192, terms: 3),
        DotBenchmark(degree: 1024, terms: 32),
    ]

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("mac.dot")
        row["n"] = .integer(degree)
        row["terms"] = .integer(terms)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let (x, y) = (try ResidueArray(count: terms * degree), try ResidueArray(count: terms * degree))
        let out = AlignedBuffer<UInt64>(count: degree)
        var row = conditions.row(of: self)
        let kernels = conditions.backend.kernels
        try x.values.withUnsafeBufferPointer { x in
            try y.values.withUnsafeBufferPointer { values in
                try out.withUnsafeMutableBufferPointer { out in
                    let left = starts(x), right = starts(values)
                    let timing = y.withModulus { modulus in
                        conditions.loop.measure(
                            Work { kernels.pointee.dot(out.baseAddress, left, right, terms, degree, modulus) })
                    }
                    for column in out.indices {
                        let pairs = (0..<terms).lazy.map { (x[$0 * degree + column], values[$0 * degree + column]) }
                        guard out[column] == y.montgomerySum(pairs) else {
                            throw WrongResult(row, "not the sum of products at \(column)")
                        }
                    }
                    setFigures(of: timing, in: &row, conditions)
                }
            }
        }
        return row
    }

    private func starts(_ values: UnsafeBufferPointer<UInt64>) -> [UnsafePointer<UInt64>?] {
        (0..<terms).map { values.baseAddress! + $0 * degree }
    }

    private func setFigures(of timing: Timing, in row: inout Row, _ conditions: Conditions) {
        let elements = Double(terms * degree)
        row["cyclesPerElement"] = .number(conditions.cycles(timing.nanoseconds) / elements)
        // Two multiplications, for the low and the high half of a product; eight in a vector.
        row["boundNanoseconds"] =
            conditions.backend.name == "avx512"
            ? conditions.boundNanoseconds(2 * elements / 8, "ifma512PerCycle").map { .number($0) } : nil
        row.set(timing)
    }
}
