import CKernels
import Harness
import Ring
import Spectra

/// The number-theoretic transform, in one direction and of one length.
struct TransformBenchmark: Benchmark {
    enum Direction: String {
        case forward, inverse
    }

    let direction: Direction
    let degree: Int
    /// Whether the result is left unreduced; a forward transform that is not lazy is followed by a reduction.
    let isLazy: Bool

    private static let primeBits = 49
    /// Words of the polynomials that are transformed one after the other in one sample. They fit the second-level
    /// cache: the next polynomial comes from there, as the limbs of a ciphertext do, not from the first level.
    private static let pooledWords = 1 << 15

    static var all: [TransformBenchmark] {
        [(.forward, true), (.forward, false), (.inverse, false)].flatMap { direction, isLazy in
            (10...16).map { TransformBenchmark(direction: direction, degree: 1 << $0, isLazy: isLazy) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("ntt.\(direction.rawValue)")
        row["n"] = .integer(degree)
        row["primeBits"] = .integer(Self.primeBits)
        row["lazy"] = .flag(isLazy)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let modulus = try Modulus.primes(
            bits: Self.primeBits, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
        let ring = try PolynomialRing(degree: degree, modulus: modulus, backend: conditions.backend)
        let specification = try PolynomialRing(
            degree: degree, modulus: modulus, backend: Backend.available[0])
        let count = max(1, Self.pooledWords / degree)
        var generator = SplitMix64(seed: 1)
        let inputs = AlignedBuffer<UInt64>(count: count * degree)
        inputs.withUnsafeMutableBufferPointer { inputs in
            for index in inputs.indices { inputs[index] = .random(in: 0..<modulus.value, using: &generator) }
        }
        let values = AlignedBuffer<UInt64>(count: count * degree)
        var row = conditions.row(of: self)
        try inputs.withUnsafeBufferPointer { inputs in
            try values.withUnsafeMutableBufferPointer { values in
                let restore = { _ = values.update(fromContentsOf: inputs) }
                let timing = conditions.loop.measure(
                    Work(operations: count, restore: restore) {
                        for first in stride(from: 0, to: values.count, by: degree) {
                            run(ring, values.baseAddress! + first)
                        }
                    })
                try check(UnsafeBufferPointer(rebasing: values[..<degree]), input: inputs, specification, row)
                setFigures(of: timing, in: &row, conditions)
            }
        }
        return row
    }

    private func run(_ ring: PolynomialRing, _ polynomial: UnsafeMutablePointer<UInt64>) {
        ring.withTables { tables in
            let kernels = ring.backend.kernels
            switch direction {
            case .forward:
                kernels.pointee.ntt_forward(polynomial, tables)
                if !isLazy { reduce(ring, polynomial) }
            case .inverse:
                kernels.pointee.ntt_inverse(polynomial, tables)
            }
        }
    }

    private func reduce(_ ring: PolynomialRing, _ polynomial: UnsafeMutablePointer<UInt64>) {
        ring.withTables { tables in
            withUnsafePointer(to: tables.pointee.modulus) {
                ring.backend.kernels.pointee.reduce(polynomial, polynomial, degree, $0)
            }
        }
    }

    /// Transforming there and back gives the input, and the portable backend, which is the specification, the
    /// same values; one of them is also computed from its definition.
    private func check(
        _ output: UnsafeBufferPointer<UInt64>, input: UnsafeBufferPointer<UInt64>, _ ring: PolynomialRing,
        _ row: Row
    ) throws {
        let expected = AlignedBuffer<UInt64>(count: degree)
        try expected.withUnsafeMutableBufferPointer { expected in
            _ = expected.update(fromContentsOf: input[..<degree])
            run(ring, expected.baseAddress!)
            let modulus = ring.modulus.value
            guard zip(output, expected).allSatisfy({ $0 % modulus == $1 % modulus }) else {
                throw WrongResult(row, "not that of the portable backend")
            }
            let (coefficients, evaluations) =
                direction == .forward
                ? (UnsafeBufferPointer(rebasing: input[..<degree]), output)
                : (output, UnsafeBufferPointer(rebasing: input[..<degree]))
            guard evaluations[0] % modulus == valueAtRoot(coefficients, ring) else {
                throw WrongResult(row, "not the polynomial's value at the root of unity")
            }
        }
    }

    /// The polynomial's value at psi, by Horner's rule: the first of its evaluations.
    private func valueAtRoot(_ coefficients: UnsafeBufferPointer<UInt64>, _ ring: PolynomialRing) -> UInt64 {
        let modulus = ring.modulus.value
        // Entry n/2 of the table is psi itself, times R: R = 2^52 is divided out by multiplying with the kernel.
        let root = ring.withTables { tables in
            var (one, root): (UInt64, UInt64) = (1, 0)
            withUnsafePointer(to: tables.pointee.modulus) {
                ring.backend.kernels.pointee.multiply_factor(
                    &root, &one, tables.pointee.roots[degree / 2], 1, $0)
            }
            return root
        }
        return coefficients.reversed().reduce(0) { value, coefficient in
            let product = modulus.dividingFullWidth(value.multipliedFullWidth(by: root)).remainder
            return (product + coefficient) % modulus
        }
    }

    private func setFigures(of timing: Timing, in row: inout Row, _ conditions: Conditions) {
        let butterflies = Double(degree / 2 * degree.trailingZeroBitCount)
        row["cyclesPerButterfly"] = .number(conditions.cycles(timing.nanoseconds) / butterflies)
        row["boundNanoseconds"] = bound(butterflies, conditions).map { .number($0) }
        row.set(timing)
    }

    /// A butterfly takes three 52-bit multiplications, or four of doubles; they come in vectors of eight and four.
    private func bound(_ butterflies: Double, _ conditions: Conditions) -> Double? {
        switch conditions.backend.name {
        case "avx512": conditions.boundNanoseconds(3 * butterflies / 8, "ifma512PerCycle")
        case "avx2": conditions.boundNanoseconds(4 * butterflies / 4, "fma256PerCycle")
        default: nil
        }
    }
}
