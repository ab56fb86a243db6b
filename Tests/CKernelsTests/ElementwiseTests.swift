import CKernels
import Testing

struct ModulusCase: Sendable, CustomTestStringConvertible {
    let q: UInt64

    var testDescription: String { "q = \(q)" }

    static let all = [20, 26, 30, 40, 48, 49].flatMap { bits in
        Extreme.allCases.compactMap { prime(bits: bits, step: 2, $0).map(ModulusCase.init) }
    }
}

@Suite("Element-wise arithmetic")
struct ElementwiseTests {
    private typealias Unary = (
        UnsafeMutablePointer<UInt64>, UnsafePointer<UInt64>, Int, UnsafePointer<msfhe_modulus>
    ) -> Void
    private typealias Binary = (
        UnsafeMutablePointer<UInt64>, UnsafePointer<UInt64>, UnsafePointer<UInt64>, Int,
        UnsafePointer<msfhe_modulus>
    ) -> Void

    private func check(
        _ name: String, _ parameters: ModulusCase, _ x: (Int) -> [UInt64], _ kernel: Unary,
        _ expected: (UInt64) -> UInt64
    ) {
        withUnsafePointer(to: makeModulus(parameters.q)) { modulus in
            for count in lengths {
                let values = x(count)
                let (out, input) = (Buffer<UInt64>(output: count), Buffer(input: values))
                let inPlace = Buffer(inPlace: values)
                withPointers(out, input) { kernel($0, $1, count, modulus) }
                withPointers(inPlace) { kernel($0, $0, count, modulus) }
                expect(out, equals: values.map(expected), "\(name), \(count) values")
                expect(inPlace, equals: values.map(expected), "\(name) in place, \(count) values")
            }
        }
    }

    private func check(
        _ name: String, _ parameters: ModulusCase, _ x: (Int) -> [UInt64], _ y: (Int) -> [UInt64],
        _ kernel: Binary, _ expected: (UInt64, UInt64) -> UInt64
    ) {
        withUnsafePointer(to: makeModulus(parameters.q)) { modulus in
            for count in lengths {
                let (valuesX, valuesY) = (x(count), y(count))
                let (out, inputX, inputY) = (
                    Buffer<UInt64>(output: count), Buffer(input: valuesX), Buffer(input: valuesY)
                )
                let (inPlaceX, inPlaceY) = (Buffer(inPlace: valuesX), Buffer(inPlace: valuesY))
                withPointers(out, inputX, inputY) { kernel($0, $1, $2, count, modulus) }
                withPointers(inPlaceX, inputY) { kernel($0, $0, $1, count, modulus) }
                withPointers(inPlaceY, inputX) { kernel($0, $1, $0, count, modulus) }
                let results = zip(valuesX, valuesY).map(expected)
                expect(out, equals: results, "\(name), \(count) values")
                expect(inPlaceX, equals: results, "\(name) in place of x, \(count) values")
                expect(inPlaceY, equals: results, "\(name) in place of y, \(count) values")
            }
        }
    }

    private func canonical(_ q: UInt64, seed: UInt64) -> (Int) -> [UInt64] {
        // An even number of special values shifts by one place, so that two sequences meet in all pairs.
        { mixture(of: [0, 1, q / 2, q / 2 + 1, q - 2, q - 1], below: q, count: $0, seed: seed) }
    }

    private func shifted(_ q: UInt64, seed: UInt64) -> (Int) -> [UInt64] {
        { mixture(of: [q - 1, 0, q - 1, 1, q / 2], below: q, count: $0, seed: seed) }
    }

    private func below52(_ q: UInt64, seed: UInt64) -> (Int) -> [UInt64] {
        { mixture(of: [0, 1, q - 1, q, 2 * q, low52 - 1, low52], below: low52 + 1, count: $0, seed: seed) }
    }

    @Test("reduce", arguments: Backend.all, ModulusCase.all)
    func reduce(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let power = (1 as UInt64) << makeModulus(q).bits
        let multiples: [UInt64] = (1...7).flatMap { [$0 * q, $0 * power] }
        let edges: [UInt64] = [0, 8 * power - 1] + multiples.flatMap { [$0 - 1, $0, $0 + 1] }
        check(
            "reduce", parameters, { mixture(of: edges, below: 8 * power, count: $0, seed: 1) },
            { backend.kernels.reduce($0, $1, $2, $3) }, { $0 % q })
    }

    @Test("add, subtract, negate", arguments: Backend.all, ModulusCase.all)
    func additive(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let (kernels, x, y) = (backend.kernels, canonical(q, seed: 2), shifted(q, seed: 3))
        check("add", parameters, x, y, { kernels.add($0, $1, $2, $3, $4) }, { ($0 + $1) % q })
        check("subtract", parameters, x, y, { kernels.subtract($0, $1, $2, $3, $4) }, { ($0 + q - $1) % q })
        check("negate", parameters, x, { kernels.negate($0, $1, $2, $3) }, { (q - $0) % q })
    }

    @Test("products", arguments: Backend.all, ModulusCase.all)
    func products(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let modulus = makeModulus(q)
        let inverseR = power((1 << montgomeryBits) % q, q - 2, modulo: q)
        check(
            "multiply_montgomery", parameters, below52(q, seed: 4), shifted(q, seed: 5),
            { backend.kernels.multiply_montgomery($0, $1, $2, $3, $4) },
            { multiply(multiply($0, $1, modulo: q), inverseR, modulo: q) })
        for w in [0, 1, 2, q / 2, q - 1] {
            check(
                "multiply_factor by \(w)", parameters, below52(q, seed: 6),
                { backend.kernels.multiply_factor($0, $1, makeFactor(w, modulus), $2, $3) },
                { multiply($0, w, modulo: q) })
            check(
                "multiply_add_factor by \(w)", parameters, shifted(q, seed: 8), below52(q, seed: 9),
                { backend.kernels.multiply_add_factor($0, $1, $2, makeFactor(w, modulus), $3, $4) },
                { ($0 + multiply($1, w, modulo: q)) % q })
        }
    }

    @Test("centred representatives mod 2^24", arguments: Backend.all, ModulusCase.all)
    func centred(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        withUnsafePointer(to: makeModulus(q)) { modulus in
            for count in lengths {
                let x = Buffer(input: canonical(q, seed: 7)(count))
                let out = Buffer<UInt32>(output: count, offset: 4)
                withPointers(out, x) { backend.kernels.centred_low24($0, $1, count, modulus) }
                let expected = x.values.map { value in
                    let representative = value > (q - 1) / 2 ? Int64(value) - Int64(q) : Int64(value)
                    return UInt32(truncatingIfNeeded: representative) & 0xFF_FFFF
                }
                expect(out, equals: expected, "centred_low24, \(count) values")
            }
        }
    }
}
