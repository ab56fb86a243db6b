import CInteger8
import Harness
import Ring
import Spectra

/// The plaintext product of bytes in the shape of one encrypted component: what plaintext search of quantised
/// vectors would cost. No search uses it; it is measured so that nobody takes the ratio to sgemm for the price of
/// encryption.
struct Integer8Benchmark: Benchmark {
    let rows: Int
    let dimension: Int
    let columns: Int

    static var all: [Integer8Benchmark] {
        // 1008 columns are 21 whole panels: the nearest to a batch of 1024.
        integer8_is_supported() != 0 ? [Integer8Benchmark(rows: 4096, dimension: 512, columns: 1008)] : []
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    /// It stands beside the backend that uses the same instructions.
    func isMeasured(on backend: Backend) -> Bool { backend.name == "avx512" }

    func row() -> Row {
        var row = Row("gemm.plaintext8")
        row["rows"] = .integer(rows)
        row["dimension"] = .integer(dimension)
        row["columns"] = .integer(columns)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let left = AlignedBuffer<Int8>(count: rows * dimension)
        let packed = AlignedBuffer<UInt8>(count: dimension * columns)
        let out = AlignedBuffer<Int32>(count: rows * columns)
        var generator = SplitMix64(seed: 1)
        left.withUnsafeMutableBufferPointer {
            for index in $0.indices { $0[index] = .random(in: -127...127, using: &generator) }
        }
        packed.withUnsafeMutableBufferPointer {
            for index in $0.indices { $0[index] = .random(in: 0...255, using: &generator) }
        }
        var row = conditions.row(of: self)
        try left.withUnsafeBufferPointer { left in
            try packed.withUnsafeBufferPointer { packed in
                try out.withUnsafeMutableBufferPointer { out in
                    let timing = conditions.loop.measure(
                        Work {
                            integer8_gemm(
                                out.baseAddress, left.baseAddress, rows, packed.baseAddress, dimension,
                                columns)
                        })
                    try check(UnsafeBufferPointer(out), left, packed, row)
                    setFigures(of: timing, in: &row, conditions)
                }
            }
        }
        return row
    }

    /// Every 1009th entry, a number without a factor in common with the shape, from its definition.
    private func check(
        _ out: UnsafeBufferPointer<Int32>, _ left: UnsafeBufferPointer<Int8>,
        _ packed: UnsafeBufferPointer<UInt8>,
        _ row: Row
    ) throws {
        for index in stride(from: 0, to: out.count, by: 1009) {
            let (r, column) = index.quotientAndRemainder(dividingBy: columns)
            let (panel, lane) = column.quotientAndRemainder(dividingBy: integer8_panel_columns)
            let sum = (0..<dimension).reduce(0) { sum, j in
                let entry = packed[panel * 48 * dimension + j / 4 * 192 + 4 * lane + j % 4]
                return sum + Int(left[r * dimension + j]) * Int(entry)
            }
            guard Int(out[index]) == sum else {
                throw WrongResult(row, "entry \(index) is \(out[index]), not \(sum)")
            }
        }
    }

    private func setFigures(of timing: Timing, in row: inout Row, _ conditions: Conditions) {
        let multiplyAdds = Double(rows * dimension * columns)
        row["multiplyAddsPerCycle"] = .number(multiplyAdds / conditions.cycles(timing.nanoseconds))
        row["boundNanoseconds"] =
            conditions.boundNanoseconds(multiplyAdds / 64, "vnni512PerCycle").map { .number($0) }
        row.set(timing)
    }
}
