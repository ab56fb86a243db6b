import CKernels
import Harness
import Ring

/// X -> X^5, by which slots rotate, of the coefficients or of the evaluations of one limb: values only move.
struct AutomorphismBenchmark: Benchmark {
    enum Operation: String, CaseIterable {
        /// Of coefficients.
        case automorphism
        /// Of evaluations.
        case permute
    }

    let operation: Operation
    let degree: Int

    private static let exponent = 5

    static var all: [AutomorphismBenchmark] {
        Operation.allCases.flatMap { operation in
            [8192, 32768].map { AutomorphismBenchmark(operation: operation, degree: $0) }
        }
    }

    func threadCounts(upTo limit: Int) -> [Int] { [1] }

    func row() -> Row {
        var row = Row("ring.\(operation.rawValue)")
        row["n"] = .integer(degree)
        return row
    }

    func measure(_ conditions: Conditions) throws -> Row {
        let modulus = try Modulus.primes(bits: 49, congruentToOneModulo: UInt64(2 * degree), count: 1)[0]
        let ring = try PolynomialRing(degree: degree, modulus: modulus, backend: conditions.backend)
        let coefficients = AlignedBuffer<UInt64>(count: degree)
        coefficients.withUnsafeMutableBufferPointer {
            RandomStream.fresh(label: "benchmark").fillUniform(
                $0.baseAddress!, count: degree, modulus: modulus, stream: 0)
        }
        let evaluations = evaluated(coefficients, ring)
        let movedCoefficients = AlignedBuffer<UInt64>(count: degree)
        let movedEvaluations = AlignedBuffer<UInt64>(count: degree)
        let indices = evaluationIndices()

        let automorphism = Work { move(coefficients, to: movedCoefficients, ring) }
        let permutation = Work { permute(evaluations, by: indices, to: movedEvaluations, ring) }
        let timing = conditions.loop.measure(operation == .automorphism ? automorphism : permutation)
        // The other one as well, for they must agree.
        automorphism.body()
        permutation.body()

        var row = conditions.row(of: self)
        try check(movedCoefficients, against: coefficients, modulus, row)
        guard elementsEqual(evaluated(movedCoefficients, ring), movedEvaluations) else {
            throw WrongResult(row, "evaluations and coefficients disagree")
        }
        // Read and written, and an index of four bytes for each evaluation.
        let bytesPerValue = operation == .automorphism ? 16.0 : 20
        let rate = bytesPerValue * Double(degree) / timing.nanoseconds
        row["gigabytesPerSecond"] = .number(rate)
        row["ratioToMemoryRead"] = .number(rate / conditions.machine.memoryReadGBs)
        row.set(timing)
        return row
    }

    private func move(_ x: AlignedBuffer<UInt64>, to out: AlignedBuffer<UInt64>, _ ring: PolynomialRing) {
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                ring.withTables { tables in
                    withUnsafePointer(to: tables.pointee.modulus) {
                        ring.backend.kernels.pointee.automorphism(
                            out.baseAddress, x.baseAddress, tables.pointee.log_n, UInt32(Self.exponent), $0)
                    }
                }
            }
        }
    }

    private func permute(
        _ x: AlignedBuffer<UInt64>, by indices: [UInt32], to out: AlignedBuffer<UInt64>, _ ring: PolynomialRing
    ) {
        x.withUnsafeBufferPointer { x in
            out.withUnsafeMutableBufferPointer { out in
                ring.backend.kernels.pointee.permute(out.baseAddress, x.baseAddress, indices, degree)
            }
        }
    }

    /// Canonical evaluations of coefficients.
    private func evaluated(_ coefficients: AlignedBuffer<UInt64>, _ ring: PolynomialRing) -> AlignedBuffer<UInt64> {
        let values = AlignedBuffer<UInt64>(count: degree)
        coefficients.withUnsafeBufferPointer { coefficients in
            values.withUnsafeMutableBufferPointer { values in
                _ = values.update(fromContentsOf: coefficients)
                let kernels = ring.backend.kernels
                ring.withTables { tables in
                    kernels.pointee.ntt_forward(values.baseAddress, tables)
                    withUnsafePointer(to: tables.pointee.modulus) {
                        kernels.pointee.reduce(values.baseAddress, values.baseAddress, degree, $0)
                    }
                }
            }
        }
        return values
    }

    /// Where the image's evaluations come from: that at psi^e from the one at psi^(g e), g the exponent.
    private func evaluationIndices() -> [UInt32] {
        let exponents = (0..<degree).map(evaluationExponent)
        var positions = [UInt32](repeating: 0, count: 2 * degree)
        for (position, exponent) in exponents.enumerated() { positions[exponent] = UInt32(position) }
        return exponents.map { positions[$0 * Self.exponent % (2 * degree)] }
    }

    /// The exponent e of the evaluation psi^e at a position, in the order that `CKernels.h` specifies:
    /// bit-reversed, each run of 64 as a transposed matrix of 8 x 8.
    private func evaluationExponent(_ position: Int) -> Int {
        let index = position / 64 * 64 + position % 8 * 8 + position % 64 / 8
        let bits = degree.trailingZeroBitCount
        return 2 * (0..<bits).reduce(0) { $0 | (index >> $1 & 1) << (bits - 1 - $1) } + 1
    }

    /// Coefficient i moves to the power 5 i of X, and X^n is -1.
    private func check(
        _ found: AlignedBuffer<UInt64>, against x: AlignedBuffer<UInt64>, _ modulus: Modulus, _ row: Row
    ) throws {
        try found.withUnsafeBufferPointer { found in
            try x.withUnsafeBufferPointer { x in
                for (index, value) in x.enumerated() {
                    let power = Self.exponent * index
                    let isNegated = power / degree % 2 == 1
                    let expected = isNegated ? (modulus.value - value) % modulus.value : value
                    guard found[power % degree] == expected else {
                        throw WrongResult(row, "coefficient \(index) is not at X^\(power)")
                    }
                }
            }
        }
    }

    private func elementsEqual(_ x: AlignedBuffer<UInt64>, _ y: AlignedBuffer<UInt64>) -> Bool {
        x.withUnsafeBufferPointer { x in y.withUnsafeBufferPointer { x.elementsEqual($0) } }
    }
}
