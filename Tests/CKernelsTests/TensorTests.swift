import CKernels
import Testing

@Suite("Products of ciphertexts")
struct TensorTests {
    /// Which input each output replaces, if any, and whether the factors are the same arrays: a square.
    struct Placement: CustomTestStringConvertible, Sendable {
        var replaced: [Int?] = [nil, nil, nil]
        var isSquare = false
        var testDescription: String {
            let names = ["x0", "x1", "y0", "y1"]
            return (isSquare ? "square" : "product")
                + replaced.enumerated().map { index, input in
                    input.map { ", out\(index) in place of \(names[$0])" } ?? ""
                }.joined()
        }

        /// No place, every place of one output, x overwritten in both orders, y overwritten, and all at once.
        static let all: [Placement] =
            [Placement()]
            + (0..<3).flatMap { output in
                (0..<4).map { input in
                    var replaced: [Int?] = [nil, nil, nil]
                    replaced[output] = input
                    return Placement(replaced: replaced)
                }
            }
            + [[0, 1, nil], [1, 0, nil], [2, 3, nil], [3, 2, 1], [nil, 3, 0], [1, 2, 3]].map {
                Placement(replaced: $0)
            }
            + [[nil, nil, nil], [0, 1, nil], [1, nil, 0]].map { Placement(replaced: $0, isSquare: true) }
    }

    /// The coefficients of (x0 + x1 s) (y0 + y1 s) in s, by the definition.
    private func expected(_ x: [[UInt64]], _ y: [[UInt64]], modulo q: UInt64) -> [[UInt64]] {
        let indices = x[0].indices
        return [
            indices.map { multiply(x[0][$0], y[0][$0], modulo: q) },
            indices.map { (multiply(x[0][$0], y[1][$0], modulo: q) + multiply(x[1][$0], y[0][$0], modulo: q)) % q },
            indices.map { multiply(x[1][$0], y[1][$0], modulo: q) },
        ]
    }

    private func check(
        _ backend: Backend, _ q: UInt64, _ inputs: [[UInt64]], _ placement: Placement,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let count = inputs[0].count
        let x = [inputs[0], inputs[1]]
        let sums = expected(x, placement.isSquare ? x : [inputs[2], inputs[3]], modulo: q)
        var buffers = inputs.map { Buffer(input: $0) }
        let outputs = placement.replaced.map { input in
            guard let input else { return Buffer<UInt64>(output: count) }
            buffers[input] = Buffer(inPlace: inputs[input])
            return buffers[input]
        }
        let y = placement.isSquare ? [buffers[0], buffers[1]] : [buffers[2], buffers[3]]
        withUnsafePointer(to: makeModulus(q)) { modulus in
            withPointers(outputs[0], outputs[1], outputs[2], buffers[0], buffers[1], y[0], y[1]) {
                backend.kernels.tensor($0, $1, $2, $3, $4, $5, $6, count, modulus)
            }
        }
        for (index, output) in outputs.enumerated() {
            expect(
                output, equals: sums[index], "out\(index), \(placement.testDescription), \(count) values",
                sourceLocation: sourceLocation)
        }
    }

    @Test("products agree with the definition", arguments: Backend.all, ModulusCase.all)
    func products(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        // Lists of different lengths, so that the special values meet in every way.
        let special = [
            [q - 1, 0, q / 2, 1], [0, q - 1, q - 2, q - 1, 1], [q - 1, 1, 0],
            [q - 1, q - 2, 1, 0, q / 2, q - 1, q / 2],
        ]
        for count in lengths {
            let inputs = special.enumerated().map { index, special in
                mixture(of: special, below: q, count: count, seed: UInt64(index))
            }
            check(backend, q, inputs, Placement())
        }
        for count in [9, 77] {
            let inputs = special.enumerated().map { index, special in
                mixture(of: special, below: q, count: count, seed: UInt64(index + 4))
            }
            for placement in Placement.all { check(backend, q, inputs, placement) }
        }
    }

    @Test("the largest values do not overflow", arguments: Backend.all, ModulusCase.all)
    func extremes(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let edges = [0, 1, q / 2, q / 2 + 1, q - 2, q - 1]
        let all = edges.flatMap { a in edges.flatMap { b in edges.flatMap { c in edges.map { [a, b, c, $0] } } } }
        check(backend, q, (0..<4).map { input in all.map { $0[input] } }, Placement())
    }
}
