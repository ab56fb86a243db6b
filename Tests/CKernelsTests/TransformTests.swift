import CKernels
import Testing

struct TransformCase: Sendable, CustomTestStringConvertible {
    let logN: Int
    let q: UInt64

    var testDescription: String { "N = 2^\(logN), q = \(q)" }

    /// Every length, with the lowest and the highest prime of some widths. Narrow ranges have none for long
    /// transforms.
    static let all = (10...16).flatMap { logN in
        [20, 24, 30, 40, 49].filter { $0 - 6 > logN }.flatMap { bits in
            Extreme.allCases.compactMap { extreme in
                prime(bits: UInt64(bits), step: 2 << UInt64(logN), extreme)
                    .map { TransformCase(logN: logN, q: $0) }
            }
        }
    }
    static let small = all.filter { $0.logN == 10 }
}

@Suite("Number-theoretic transform")
struct TransformTests {
    /// Vectors that reach the ends of the lazy ranges, and random ones.
    private func inputs(_ transform: Transform) -> [[UInt64]] {
        var generator = TestGenerator(seed: 1)
        let q = transform.q
        let extremes = (0..<transform.n).map { _ in Bool.random(using: &generator) ? q - 1 : 0 }
        let random = (0..<transform.n).map { _ in UInt64.random(in: 0..<q, using: &generator) }
        var monomial = [UInt64](repeating: 0, count: transform.n)
        monomial[transform.n - 1] = 1
        return [0, 1, q - 1].map { [UInt64](repeating: $0, count: transform.n) } + [
            extremes, random, monomial,
        ]
    }

    private func forward(_ backend: Backend, _ input: [UInt64], _ transform: Transform) -> Buffer<UInt64> {
        let values = Buffer(inPlace: input)
        withPointers(values) { pointer in
            transform.withTables { backend.kernels.ntt_forward(pointer, $0) }
        }
        return values
    }

    private func inverse(_ backend: Backend, _ input: [UInt64], _ transform: Transform) -> Buffer<UInt64> {
        let values = Buffer(inPlace: input)
        withPointers(values) { pointer in
            transform.withTables { backend.kernels.ntt_inverse(pointer, $0) }
        }
        return values
    }

    /// The canonical evaluations, after a check that the kernel's own are in the lazy range.
    private func evaluations(_ backend: Backend, _ input: [UInt64], _ transform: Transform) -> [UInt64] {
        let output = forward(backend, input, transform)
        let lazy = output.values
        let bound = UInt64(1) << (transform.modulus.bits + 3)
        if let index = lazy.firstIndex(where: { $0 >= bound }) {
            Issue.record("\(lazy[index]) at \(index) is outside the lazy range, q = \(transform.q)")
        }
        #expect(output.guardsAreIntact)
        return lazy.map { $0 % transform.q }
    }

    @Test(
        "every backend agrees with the specification, in both directions", arguments: Backend.all,
        TransformCase.all)
    func agreement(backend: Backend, parameters: TransformCase) {
        let transform = Transform(logN: parameters.logN, q: parameters.q)
        for (number, input) in inputs(transform).enumerated() {
            let specified = evaluations(.specification, input, transform)
            let actual = evaluations(backend, input, transform)
            expect(Buffer(inPlace: actual), equals: specified, "forward, input \(number)")
            expect(
                inverse(backend, specified, transform), equals: input, "inverse of forward, input \(number)")
            expect(
                inverse(backend, input, transform), equals: inverse(.specification, input, transform).values,
                "inverse, input \(number)")
        }
    }

    @Test(
        "values are the evaluations at the stated roots in the stated order", arguments: Backend.all,
        TransformCase.all)
    func evaluation(backend: Backend, parameters: TransformCase) {
        let transform = Transform(logN: parameters.logN, q: parameters.q)
        var generator = TestGenerator(seed: 2)
        let polynomial = (0..<transform.n).map { _ in UInt64.random(in: 0..<transform.q, using: &generator) }
        let values = evaluations(backend, polynomial, transform)
        for position in [0, 1, 8, transform.n - 1, Int.random(in: 0..<transform.n, using: &generator)] {
            let root = power(transform.psi, transform.exponent(at: position), modulo: transform.q)
            let direct = polynomial.reversed().reduce(0) { value, coefficient in
                (multiply(value, root, modulo: transform.q) + coefficient) % transform.q
            }
            #expect(values[position] == direct, "position \(position)")
        }
    }

    @Test(
        "products of values are values of the negacyclic product", arguments: Backend.all, TransformCase.small
    )
    func convolution(backend: Backend, parameters: TransformCase) {
        let transform = Transform(logN: parameters.logN, q: parameters.q)
        let (n, q) = (transform.n, transform.q)
        var generator = TestGenerator(seed: 3)
        let x = (0..<n).map { _ in UInt64.random(in: 0..<q, using: &generator) }
        let y = (0..<n).map { _ in UInt64.random(in: 0..<q, using: &generator) }
        var product = [UInt64](repeating: 0, count: n)
        for i in 0..<n {
            for j in 0..<n {
                let term = multiply(x[i], y[j], modulo: q)
                let k = (i + j) % n
                product[k] = (product[k] + (i + j < n ? term : q - term)) % q
            }
        }

        // By the kernels alone: y is reduced and brought into Montgomery form, x stays lazy.
        let (kernels, modulus) = (backend.kernels, transform.modulus)
        let (valuesX, valuesY) = (forward(backend, x, transform), forward(backend, y, transform))
        let toMontgomery = Buffer(input: [UInt64](repeating: modulus.montgomery_squared, count: n))
        withPointers(valuesX, valuesY, toMontgomery) { x, y, toMontgomery in
            withUnsafePointer(to: modulus) { modulus in
                kernels.reduce(y, y, n, modulus)
                kernels.multiply_montgomery(y, y, toMontgomery, n, modulus)
                kernels.multiply_montgomery(x, x, y, n, modulus)
            }
        }
        expect(inverse(backend, valuesX.values, transform), equals: product, "product")
    }
}
