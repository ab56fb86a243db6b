import CKernels
import Testing

@Suite("Automorphisms")
struct AutomorphismTests {
    private func automorphism(
        _ backend: Backend, _ x: Buffer<UInt64>, logN: Int, exponent: Int, q: UInt64
    ) -> Buffer<UInt64> {
        let out = Buffer<UInt64>(output: x.count)
        withUnsafePointer(to: makeModulus(q)) { modulus in
            withPointers(out, x) {
                backend.kernels.automorphism($0, $1, UInt32(logN), UInt32(exponent), modulus)
            }
        }
        return out
    }

    @Test("coefficients move to the powers of X^g", arguments: Backend.all, ModulusCase.all)
    func coefficients(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        for logN in [3, 4, 5, 10, 12] {
            let n = 1 << logN
            let x = Buffer(input: mixture(of: [0, 1, q - 1, 0, q / 2], below: q, count: n, seed: UInt64(logN)))
            for exponent in [1, 3, 5, n - 1, n + 1, 2 * n - 3, 2 * n - 1] {
                var expected = [UInt64](repeating: 0, count: n)
                for (i, value) in x.values.enumerated() {
                    let power = i * exponent
                    expected[power % n] = power / n % 2 == 0 ? value : (q - value) % q
                }
                let out = automorphism(backend, x, logN: logN, exponent: exponent, q: q)
                expect(out, equals: expected, "n = \(n), g = \(exponent)")
            }
        }
    }

    @Test("permutations follow their table", arguments: Backend.all)
    func permutations(backend: Backend) {
        var generator = TestGenerator(seed: 1)
        for count in lengths {
            let x = Buffer(input: (0..<count).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) })
            let order = (0..<UInt32(count)).shuffled(using: &generator)
            for indices in [order, order.map { _ in UInt32(count - 1) }] {
                let out = Buffer<UInt64>(output: count)
                withPointers(out, x, Buffer(input: indices, offset: 4)) {
                    backend.kernels.permute($0, $1, $2, count)
                }
                let values = x.values
                expect(out, equals: indices.map { values[Int($0)] }, "\(count) values")
            }
        }
    }

    @Test("permuting evaluations is the automorphism of coefficients", arguments: Backend.all)
    func agreement(backend: Backend) throws {
        let logN = 10
        let n = 1 << logN
        let q = try #require(prime(bits: 49, step: UInt64(2 * n), .highest))
        let transform = Transform(logN: logN, q: q)
        let x = mixture(of: [0, 1, q - 1], below: q, count: n, seed: 2)
        func evaluations(_ coefficients: [UInt64]) -> Buffer<UInt64> {
            let values = Buffer(inPlace: coefficients)
            transform.withTables { tables in
                withPointers(values) { backend.kernels.ntt_forward($0, tables) }
            }
            withUnsafePointer(to: transform.modulus) { modulus in
                withPointers(values) { backend.kernels.reduce($0, $0, n, modulus) }
            }
            return values
        }
        let exponents = (0..<n).map { Int(transform.exponent(at: $0)) }
        let positions = Dictionary(uniqueKeysWithValues: exponents.enumerated().map { ($1, UInt32($0)) })
        for g in [5, 25, 2 * n - 1] {
            let image = automorphism(backend, Buffer(input: x), logN: logN, exponent: g, q: q)
            let out = Buffer<UInt64>(output: n)
            // The image's value at psi^e is that of x at psi^(e g).
            let indices = try exponents.map { try #require(positions[$0 * g % (2 * n)]) }
            withPointers(out, evaluations(x), Buffer(input: indices)) {
                backend.kernels.permute($0, $1, $2, n)
            }
            expect(out, equals: evaluations(image.values).values, "g = \(g)")
        }
    }
}
