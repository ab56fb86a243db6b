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
        checkLazyRange(output, transform)
        return output.values.map { $0 % transform.q }
    }

    private func checkLazyRange(_ output: Buffer<UInt64>, _ transform: Transform) {
        let lazy = output.values
        let bound = UInt64(1) << (transform.modulus.bits + 3)
        if let index = lazy.firstIndex(where: { $0 >= bound }) {
            Issue.record("\(lazy[index]) at \(index) is outside the lazy range, q = \(transform.q)")
        }
        #expect(output.guardsAreIntact)
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

    @Test("coefficients may be lazy, below 2q", arguments: Backend.all, TransformCase.all)
    func lazyInput(backend: Backend, parameters: TransformCase) {
        let transform = Transform(logN: parameters.logN, q: parameters.q)
        var generator = TestGenerator(seed: 4)
        let q = transform.q
        let random = (0..<transform.n).map { _ in UInt64.random(in: 0..<2 * q, using: &generator) }
        let extremes = (0..<transform.n).map { _ in Bool.random(using: &generator) ? 2 * q - 1 : 0 }
        let largest = [UInt64](repeating: 2 * q - 1, count: transform.n)
        for (number, input) in [random, extremes, largest].enumerated() {
            let canonical = input.map { $0 % q }
            expect(
                Buffer(inPlace: evaluations(backend, input, transform)),
                equals: evaluations(.specification, canonical, transform), "forward, lazy input \(number)")
        }
    }

    @Test("polynomials modulo another prime are lifted", arguments: Backend.all, TransformCase.all)
    func lifted(backend: Backend, parameters: TransformCase) {
        let transform = Transform(logN: parameters.logN, q: parameters.q)
        let q = transform.q
        // Smaller, nearly as large, nearly twice and more than twice as large as q.
        let sources: [UInt64] = [
            prime(bits: 20, step: 2, .lowest)!, q - 2, q + 2, 2 * q - 1, 2 * q + 1, 3 * q, (1 << 49) - 1,
        ]
        for source in sources where source < 1 << 49 {
            let x = mixture(
                of: [0, source - 1, source / 2, source / 2 + 1, 1, source / 2 - 1], below: source, count: transform.n,
                seed: source)
            let residues = x.map { $0 <= source / 2 ? $0 % q : (q - (source - $0) % q) % q }
            let out = Buffer<UInt64>(output: transform.n)
            withPointers(out, Buffer(input: x)) { out, x in
                transform.withTables { backend.kernels.ntt_forward_lifted(out, x, source, $0) }
            }
            checkLazyRange(out, transform)
            expect(
                Buffer(inPlace: out.values.map { $0 % q }), equals: evaluations(.specification, residues, transform),
                "modulo \(source)")
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
