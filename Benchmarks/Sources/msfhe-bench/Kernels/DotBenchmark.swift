import CKernels
import Harness
import Ring

/// Sums of products modulo q with one reduction each: the inner loop of key switching.
struct DotBenchmark: Benchmark {
    let count: Int
    let terms: Int

    private static let primeBits = 49

    /// Operands that fit the first-level cache, the second, and neither.
    static let all = [
        DotBenchmark(count: 128, terms: 8), DotBenchmark(count: 1024, terms: 3), DotBenchmark(count: 4096, terms: 8),
        DotBenchmark(count: 65536, terms: 8),
    ]

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("mac.dot")
        row["n"] = .integer(count)
        row["terms"] = .integer(terms)
        row["primeBits"] = .integer(Self.primeBits)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let modulus = try Modulus.primes(bits: Self.primeBits, congruentToOneModulo: 1 << 17, count: 1)[0]
        // A ring's tables carry the modulus in the form of the kernels.
        let ring = try PolynomialRing(degree: 1024, modulus: modulus, backend: conditions.backend)
        let x = (0..<terms).map { _ in randomBuffer(below: 1 << 52) }
        let y = (0..<terms).map { _ in randomBuffer(below: modulus.value) }
        let out = AlignedBuffer<UInt64>(count: count)
        let repetitions = max(1, (1 << 16) / (count * terms))
        let timing = withPointers(to: x) { x in
            withPointers(to: y) { y in
                out.withUnsafeMutableBufferPointer { out in
                    conditions.loop.measure(
                        Work(operations: repetitions, restore: {}) {
                            ring.withTables { tables in
                                withUnsafePointer(to: tables.pointee.modulus) { modulus in
                                    for _ in 0..<repetitions {
                                        conditions.backend.kernels.pointee.dot(
                                            out.baseAddress, x, y, terms, count, modulus)
                                    }
                                }
                            }
                        })
                }
            }
        }
        var row = conditions.row(of: self)
        guard isSum(out, x, y, modulus.value) else { throw WrongResult(row, "not the sum of the products") }
        row["cyclesPerElement"] = .number(conditions.cycles(timing.nanoseconds) / Double(count * terms))
        row["bytesPerNanosecond"] = .number(Double(16 * count * terms) / timing.nanoseconds)
        row.set(timing)
        return row
    }

    private func randomBuffer(below bound: UInt64) -> AlignedBuffer<UInt64> {
        let buffer = AlignedBuffer<UInt64>(count: count)
        buffer.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = .random(in: 0..<bound) } }
        return buffer
    }

    /// Calls `body` with a table of the buffers' addresses; the buffers outlive the call.
    private func withPointers<Result>(
        to buffers: [AlignedBuffer<UInt64>], _ body: (UnsafePointer<UnsafePointer<UInt64>?>) -> Result
    ) -> Result {
        let addresses = buffers.map { buffer in buffer.withUnsafeBufferPointer { $0.baseAddress } }
        return withExtendedLifetime(buffers) { addresses.withUnsafeBufferPointer { body($0.baseAddress!) } }
    }

    /// out R = sum x y modulo q, in 128 bits.
    private func isSum(
        _ out: AlignedBuffer<UInt64>, _ x: [AlignedBuffer<UInt64>], _ y: [AlignedBuffer<UInt64>], _ modulus: UInt64
    ) -> Bool {
        let q = UInt128(modulus)
        let radix = UInt128(1) << 52 % q
        return (0..<count).allSatisfy { index in
            func element(_ buffer: AlignedBuffer<UInt64>) -> UInt128 {
                buffer.withUnsafeBufferPointer { UInt128($0[index]) }
            }
            let sum = zip(x, y).reduce(UInt128(0)) { ($0 + element($1.0) * element($1.1)) % q }
            return element(out) < q && element(out) * radix % q == sum
        }
    }
}
