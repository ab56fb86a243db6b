import Crypto
import CryptoExtras
import Foundation
import Harness
import Ring

/// Random bytes expanded from a seed, as masks and keys are.
struct ExpansionBenchmark: Benchmark {
    let byteCount: Int

    /// A mask of the batch search; what stays in the second-level cache; what goes to memory.
    static let all = [3 << 10, 1 << 18, 1 << 26].map(ExpansionBenchmark.init)

    private static let label = "benchmark"
    private static let seed = SymmetricKey(data: Array(0..<32 as Range<UInt8>))
    private static let number: UInt64 = 3

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    /// Whatever the backend, AES is the cryptographic library's.
    func isMeasured(on backend: Backend) -> Bool { backend.name == Backend.selected.name }

    func row() -> Row {
        var row = Row("random.expand")
        row["streamBytes"] = .integer(byteCount)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let stream = RandomStream(seed: Self.seed, label: Self.label)
        let output = AlignedBuffer<UInt8>(count: byteCount)
        var row = conditions.row(of: self)
        try output.withUnsafeMutableBufferPointer { output in
            let bytes = UnsafeMutableRawBufferPointer(output)
            let timing = conditions.loop.measure(Work { stream.fill(bytes, stream: Self.number) })
            try check(UnsafeRawBufferPointer(bytes), row)
            row["gigabytesPerSecond"] = .number(Double(byteCount) / timing.nanoseconds)
            row.set(timing)
        }
        return row
    }

    /// Every 101st block of 16 bytes, and the last, is the cipher's image of number and position.
    private func check(_ bytes: UnsafeRawBufferPointer, _ row: Row) throws {
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: Self.seed, salt: Data(), info: Data("massspecfhe/1 \(Self.label)".utf8),
            outputByteCount: 32)
        let last = bytes.count / 16 - 1
        for index in Array(stride(from: 0, to: last, by: 101)) + [last] {
            var block = withUnsafeBytes(of: (Self.number.bigEndian, UInt64(index).bigEndian)) { Array($0) }
            try AES.permute(&block, key: key)
            guard bytes[(16 * index)..<(16 * index + 16)].elementsEqual(block) else {
                throw WrongResult(row, "not AES-256 in counter mode at block \(index)")
            }
        }
    }
}
