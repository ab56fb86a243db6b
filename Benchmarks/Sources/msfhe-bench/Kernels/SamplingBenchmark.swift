import CKernels
import Harness
import Ring

/// The polynomials that encryption draws, from seed to coefficients.
struct SamplingBenchmark: Benchmark {
    enum Distribution: String, CaseIterable {
        /// Residues modulo a prime: masks.
        case uniform
        /// Secrets.
        case ternary
        /// Errors.
        case gaussian
    }

    let distribution: Distribution
    let degree: Int

    private static let primeBits = 49
    private static let error = DiscreteGaussian(sigma: 3.19, bound: 20)
    private static let number: UInt64 = 3

    static var all: [SamplingBenchmark] {
        Distribution.allCases.flatMap { distribution in
            [8192, 65536].map { SamplingBenchmark(distribution: distribution, degree: $0) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    /// Uniform residues are not made by kernels.
    func isMeasured(on backend: Backend) -> Bool {
        distribution != .uniform || backend.name == Backend.selected.name
    }

    func row() -> Row {
        var row = Row("random.\(distribution.rawValue)")
        row["n"] = .integer(degree)
        if distribution == .uniform { row["primeBits"] = .integer(Self.primeBits) }
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let stream = RandomStream.fresh(label: "benchmark")
        var row = conditions.row(of: self)
        let timing =
            distribution == .uniform
            ? try measureUniform(conditions, stream, &row) : try measureSmall(conditions, stream, &row)
        row["nanosecondsPerCoefficient"] = .number(timing.nanoseconds / Double(degree))
        // A word each.
        row["gigabytesPerSecond"] = .number(8 * Double(degree) / timing.nanoseconds)
        row.set(timing)
        return row
    }

    private func measureUniform(
        _ conditions: Conditions, _ stream: RandomStream, _ row: inout Row
    ) throws -> Timing {
        let modulus = try Modulus.primes(
            bits: Self.primeBits, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
        let values = AlignedBuffer<UInt64>(count: degree)
        return try values.withUnsafeMutableBufferPointer { values in
            let base = values.baseAddress!
            let timing = conditions.loop.measure(
                Work { stream.fillUniform(base, count: degree, modulus: modulus, stream: Self.number) })
            let isRight = stream.withBytes(16 * degree, stream: Self.number) { words in
                words.bindMemory(to: UInt64.self).lazy.map { UInt64(littleEndian: $0) % (1 << Self.primeBits) }
                    .filter { $0 < modulus.value }.prefix(degree).elementsEqual(values)
            }
            guard isRight else { throw WrongResult(row, "not the stream's words below \(modulus)") }
            return timing
        }
    }

    /// The timing of samples made straight from the stream; that of the kernel alone, on words in the cache, goes to
    /// the row.
    private func measureSmall(_ conditions: Conditions, _ stream: RandomStream, _ row: inout Row) throws -> Timing {
        let values = AlignedBuffer<Int8>(count: degree)
        let expected = AlignedBuffer<Int8>(count: degree)
        return try values.withUnsafeMutableBufferPointer { values in
            try expected.withUnsafeMutableBufferPointer { expected in
                let timings = stream.withBytes(8 * degree, stream: Self.number) { words in
                    let timings = conditions.loop.measure([
                        Work { fill(values, stream, conditions.backend) },
                        Work { sample(values, words, conditions.backend) },
                    ])
                    fill(values, stream, conditions.backend)
                    sample(expected, words, Backend.available[0])
                    return timings
                }
                guard values.elementsEqual(expected) else {
                    throw WrongResult(row, "not what the portable backend makes of the stream")
                }
                row["kernelNanoseconds"] = .number(timings[1].nanoseconds)
                return timings[0]
            }
        }
    }

    private func fill(_ output: UnsafeMutableBufferPointer<Int8>, _ stream: RandomStream, _ backend: Backend) {
        if distribution == .ternary {
            stream.fillTernary(output, stream: Self.number, backend: backend)
        } else {
            stream.fillGaussian(output, distribution: Self.error, stream: Self.number, backend: backend)
        }
    }

    private func sample(
        _ output: UnsafeMutableBufferPointer<Int8>, _ words: UnsafeRawBufferPointer, _ backend: Backend
    ) {
        if distribution == .ternary {
            sampleTernary(into: output, from: words, backend: backend)
        } else {
            Self.error.sample(into: output, from: words, backend: backend)
        }
    }
}
