import CKernels
import Testing

/// A residue number system and moduli to bring its values to, with the constants by the shortest way.
final class ConversionCase: Sendable, CustomTestStringConvertible {
    let name: String
    let sources: [UInt64]
    let targets: [UInt64]

    var testDescription: String { name }

    init(_ name: String, from sources: [UInt64], to targets: [UInt64]) {
        self.name = name
        self.sources = sources
        self.targets = targets
    }

    /// The product of all the primes but one, modulo p; of all of them without an exception.
    func product(without omitted: Int? = nil, modulo p: UInt64) -> UInt64 {
        sources.indices.filter { $0 != omitted }.reduce(1 % p) { multiply($0, sources[$1], modulo: p) }
    }

    /// (Q / q_t) mod p for each t, and -Q mod p.
    func factors(modulo p: UInt64) -> [UInt64] {
        sources.indices.map { product(without: $0, modulo: p) } + [(p - product(modulo: p)) % p]
    }

    /// The quotients by the definition: products with reciprocals, added one by one, rounded.
    func quotient(_ values: [UInt64]) -> UInt64 {
        UInt64(zip(values, sources).reduce(0.0) { $0 + Double($1.0) * (1 / Double($1.1)) }.rounded(.toNearestOrEven))
    }

    func expected(_ values: [UInt64], modulo p: UInt64) -> UInt64 {
        zip(values + [quotient(values)], factors(modulo: p)).reduce(0) { ($0 + multiply($1.0, $1.1, modulo: p)) % p }
    }

    private static func largest(_ count: Int, bits: UInt64, below bound: UInt64? = nil) -> [UInt64] {
        var candidate = (bound ?? 1 << bits) - 1
        return (0..<count).map { _ in
            while !isPrime(candidate) { candidate -= 1 }
            defer { candidate -= 1 }
            return candidate
        }
    }

    private static let targets = [20, 30, 40, 48, 49].flatMap { bits in
        [
            prime(bits: bits, step: 2, .lowest)!,
            largest(1, bits: bits, below: (1 << bits) - (1 << (bits - 8)))[0],
        ]
    }

    /// One prime of each size, where each target has another way; some primes of one size and of many; as many as
    /// there may be, and those around the lengths that sums are cut into.
    static let all: [ConversionCase] =
        [20, 30, 40, 48, 49].map { bits in
            ConversionCase("one prime of \(bits) bits", from: largest(1, bits: bits), to: targets)
        }
        + [2, 3, 5, 7, 8, 9, 16, 17, 48].map { count in
            ConversionCase("\(count) primes of 49 bits", from: largest(count, bits: 49), to: targets)
        }
        + [
            ConversionCase("two primes of 30 bits", from: largest(2, bits: 30), to: targets),
            ConversionCase("eight primes of 36 bits", from: largest(8, bits: 36), to: targets),
            ConversionCase(
                "primes of all sizes", from: [30, 49, 40, 36, 45].flatMap { largest(1, bits: $0) }, to: targets),
        ]
}

@Suite("Residue number systems")
struct BasisConversionTests {
    private func check(_ backend: Backend, _ parameters: ConversionCase, count: Int) {
        let values = parameters.sources.enumerated().map { index, q in
            // The shift makes the special values of different primes meet in every way.
            Array(
                mixture(
                    of: [0, q - 1, q / 2, q / 2 + 1, 1, q - 1], below: q, count: count + index, seed: UInt64(index)
                )
                .dropFirst(index))
        }
        let outputs = parameters.targets.map { _ in Buffer<UInt64>(output: count) }
        let factors = parameters.targets.map(parameters.factors)
        let montgomery = zip(parameters.targets, factors).map { p, factors in
            Buffer(input: factors.map { multiply($0, 1 << montgomeryBits, modulo: p) })
        }
        let centredFactors = zip(parameters.targets, factors).map { p, factors in
            Buffer(input: factors.map { centred($0, modulo: p) })
        }
        withExtendedLifetime((montgomery, centredFactors)) {
            let targets = parameters.targets.indices.map { index in
                withPointers(montgomery[index], centredFactors[index]) {
                    msfhe_conversion(
                        modulus: makeModulus(parameters.targets[index]), factors: $0, centred_factors: $1)
                }
            }
            withTable(of: values.map { Buffer(input: $0) }) { x in
                withMutableTable(of: outputs) { out in
                    backend.kernels.convert_basis(
                        out, x, parameters.sources, parameters.sources.count, targets, targets.count, count)
                }
            }
        }
        for (p, output) in zip(parameters.targets, outputs) {
            let lazy = output.values
            #expect(lazy.allSatisfy { $0 < 2 * p }, "outside [0, 2p), p = \(p)")
            let expected = (0..<count).map { i in parameters.expected(values.map { $0[i] }, modulo: p) }
            expect(Buffer(inPlace: lazy.map { $0 % p }), equals: expected, "modulo \(p), \(count) values")
            #expect(output.guardsAreIntact)
        }
    }

    @Test("conversions agree with the definition", arguments: Backend.all, ConversionCase.all)
    func conversion(backend: Backend, parameters: ConversionCase) {
        let counts = parameters.sources.count <= 3 ? lengths : [0, 1, 7, 33, 255, 256, 257, 600]
        for count in counts { check(backend, parameters, count: count) }
    }

    @Test("no targets, no work", arguments: Backend.all)
    func noTargets(backend: Backend) {
        check(backend, ConversionCase("nowhere", from: ConversionCase.all[5].sources, to: []), count: 9)
    }

    @Test("products with differences", arguments: Backend.all, ModulusCase.all)
    func differences(backend: Backend, parameters: ModulusCase) {
        let q = parameters.q
        let modulus = makeModulus(q)
        let bound = UInt64(1) << (modulus.bits + 3)
        for count in lengths {
            let x = mixture(of: [0, 2 * q - 1, q, q - 1, 1], below: 2 * q, count: count, seed: 1)
            let y = mixture(
                of: [0, bound - 1, bound - 1, q, q - 1, 7 * q, bound - q, 1 << modulus.bits], below: bound,
                count: count, seed: 2)
            for w in [0, 1, q / 2, q - 1] {
                let expected = zip(x, y).map { multiply(($0 % q + q - $1 % q) % q, w, modulo: q) }
                for place in 0..<3 {
                    let xBuffer = Buffer(inPlace: x)
                    let yBuffer = Buffer(inPlace: y)
                    let out = [Buffer<UInt64>(output: count), xBuffer, yBuffer][place]
                    withPointers(out, xBuffer, yBuffer) { out, x, y in
                        withUnsafePointer(to: modulus) {
                            backend.kernels.subtract_multiply(out, x, y, makeFactor(w, modulus), count, $0)
                        }
                    }
                    expect(out, equals: expected, "times \(w), \(count) values, place \(place)")
                }
            }
        }
    }
}
