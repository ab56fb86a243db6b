import CKernels
import Testing

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

@Suite("Reals and residues")
struct EncodingTests {
    private static let widths: [UInt64] = [20, 24, 30, 40, 49]

    private static let primes = widths.flatMap { bits in
        Extreme.allCases.compactMap { prime(bits: bits, step: 1 << 11, $0) }
    }

    @Test("the largest magnitude, whatever its place and sign", arguments: Backend.all)
    func largestMagnitude(backend: Backend) {
        var generator = TestGenerator(seed: 1)
        for count in lengths {
            var values = (0..<count).map { _ in Double.random(in: -1...1, using: &generator) }
            func check(_ expected: Double) {
                let input = Buffer(input: values, offset: 8)
                let found = withPointers(input) { backend.kernels.largest_magnitude($0, count) }
                #expect(found == expected || found.isNaN && expected.isNaN, "\(count) values")
            }
            check(values.map(\.magnitude).max() ?? 0)
            for special in [-2, 1e300, -.infinity, .nan, -Double.nan] where count > 0 {
                values[Int.random(in: 0..<count, using: &generator)] = special
                check(special.magnitude)
            }
        }
    }

    /// The nearest integer to a double, modulo q, from its binary digits.
    private func residue(_ value: Double, modulo q: UInt64) -> UInt64 {
        let rounded = value.rounded(.toNearestOrEven)
        guard rounded != 0 else { return 0 }
        let significand = rounded.significandBitPattern | 1 << 52
        let exponent = Int(rounded.exponent) - 52
        let magnitude =
            exponent < 0
            ? (significand >> UInt64(-exponent)) % q
            : multiply(significand, power(2, UInt64(exponent), modulo: q), modulo: q)
        return rounded < 0 && magnitude > 0 ? q - magnitude : magnitude
    }

    /// Values up to 2^bits / factor: powers of two and their neighbours, halves, and random ones of all sizes.
    private func reals(upTo bits: Int, factor: Double, count: Int) -> [Double] {
        var generator = TestGenerator(seed: UInt64(bits))
        let bound = pow(2, Double(bits))
        return (0..<count).map { index in
            let size = pow(2, Double(Int.random(in: -3...bits, using: &generator)))
            let sign: Double = Bool.random(using: &generator) ? 1 : -1
            let magnitude =
                switch index % 5 {
                case 0: bound
                case 1: size
                case 2: size.nextDown
                case 3: (Double.random(in: 0...size, using: &generator)).rounded(.down) + 0.5
                default: Double.random(in: 0...size, using: &generator)
                }
            return sign * min(magnitude, bound) / factor
        }
    }

    @Test("rounding to residues is exact", arguments: Backend.all, primes)
    func rounding(backend: Backend, q: UInt64) {
        let modulus = makeModulus(q)
        let bits = Int(modulus.bits)
        // Around the bounds of one, two and three reductions, and of limbs of 52 bits.
        let magnitudes = [0, 1, 30, 51, 52, 53, 62, 104, 156, 1000] + [50, 51, 100, 101, 150, 151].map { $0 + bits }
        for magnitude in magnitudes {
            for factor in [1, 0x1p-13, 0x1.8p5] {
                let values = reals(upTo: magnitude, factor: factor, count: 203)
                // A factor that is no power of two may round upwards.
                let allowed = UInt32(factor == 0x1.8p5 ? magnitude + 1 : magnitude)
                guard allowed <= 1000 else { continue }
                let input = Buffer(input: values)
                let out = Buffer<UInt64>(output: values.count)
                withPointers(out, input) { out, input in
                    withUnsafePointer(to: modulus) {
                        backend.kernels.round_to_residues(out, input, factor, values.count, allowed, $0)
                    }
                }
                expect(
                    out, equals: values.map { residue($0 * factor, modulo: q) }, "up to 2^\(magnitude) modulo \(q)")
            }
        }
    }

    @Test("any number of reals can be rounded", arguments: Backend.all)
    func roundingLengths(backend: Backend) {
        let modulus = makeModulus(Self.primes[Self.primes.count - 1])
        for count in lengths {
            let values = reals(upTo: 62, factor: 1, count: count)
            let input = Buffer(input: values, offset: 8)
            let out = Buffer<UInt64>(output: count)
            withPointers(out, input) { out, input in
                withUnsafePointer(to: modulus) { backend.kernels.round_to_residues(out, input, 1, count, 62, $0) }
            }
            expect(out, equals: values.map { residue($0, modulo: modulus.value) }, "\(count) values")
        }
    }

    /// The tables of a composition, and the integers by Swift's wide arithmetic.
    private struct Composition {
        let moduli: [msfhe_modulus]
        var primes: [UInt64] { moduli.map(\.value) }
        let inverses: [msfhe_factor]
        let centredInverses: [Double]

        init(primes: [UInt64]) {
            moduli = primes.map(makeModulus)
            var inverses: [(UInt64, msfhe_modulus)] = []
            for (index, modulus) in moduli.enumerated() {
                for other in primes[..<index] {
                    inverses.append((power(other, modulus.value - 2, modulo: modulus.value), modulus))
                }
            }
            self.inverses = inverses.map { makeFactor($0, $1) }
            centredInverses = inverses.map { centred($0, modulo: $1.value) }
        }

        func compose(_ backend: Backend, _ residues: [Buffer<UInt64>], factor: Double) -> Buffer<Double> {
            let count = residues[0].count
            let out = Buffer<Double>(output: count)
            moduli.withUnsafeBufferPointer { moduli in
                inverses.withUnsafeBufferPointer { inverses in
                    centredInverses.withUnsafeBufferPointer { centredInverses in
                        var tables = msfhe_composition_tables(
                            count: moduli.count, moduli: moduli.baseAddress, inverses: inverses.baseAddress,
                            centred_inverses: centredInverses.baseAddress)
                        withPointers(out) { out in
                            withTable(of: residues) {
                                backend.kernels.compose_residues(out, $0, factor, count, &tables)
                            }
                        }
                    }
                }
            }
            return out
        }
    }

    /// Distinct primes of many widths, wide and narrow ones in turn.
    private static let chain: [UInt64] = {
        let wide = stride(from: UInt64(1) << 49 - 1, to: UInt64(1) << 49 - 1 << 43, by: -2).lazy.filter(isPrime)
        var chain = Array(wide.prefix(30))
        chain.insert(contentsOf: [20, 24, 30, 40].map { prime(bits: $0, step: 1 << 11, .highest)! }, at: 2)
        return chain
    }()

    @Test("small integers come back exactly, larger ones within the stated error", arguments: Backend.all)
    func composition(backend: Backend) {
        var generator = TestGenerator(seed: 5)
        for count in [1, 2, 3, 4, 5, 8, 34] {
            let composition = Composition(primes: Array(Self.chain.prefix(count)))
            // Integers of up to 2^120 in magnitude, below half the product of the primes.
            let logProduct = composition.primes.reduce(0.0) { $0 + log2(Double($1)) }
            let most = min(Int(logProduct) - 2, 120)
            var integers = (0..<1003).map { _ -> Int128 in
                let magnitude = Int128(
                    UInt128.random(
                        in: 0...(1 << UInt128(Int.random(in: 0...most, using: &generator))), using: &generator))
                return Bool.random(using: &generator) ? magnitude : -magnitude
            }
            let half = Int128(composition.primes[0] / 2)
            integers += [0, 1, -1, half, -half, 0]
            if count > 1 { integers += [half + 1, -half - 1, half * 2 + 1, -half * 2 - 1] }
            let residues = composition.primes.map { q in
                Buffer(input: integers.map { UInt64(($0 % Int128(q) + Int128(q)) % Int128(q)) })
            }
            let found = composition.compose(backend, residues, factor: 1)
            #expect(found.guardsAreIntact)
            for (value, integer) in zip(found.values, integers) {
                // The difference of two integers, both multiples of the value's last place.
                let error = Double(Int128(value) - integer).magnitude
                let allowed =
                    integer.magnitude < 1 << 53 ? 0 : Double(count) * 2.5 * 0x1p-53 * Double(integer.magnitude)
                #expect(error <= allowed, "\(integer) from \(count) residues")
            }
            let scaled = composition.compose(backend, residues, factor: 0x1.3p-30)
            expect(scaled, equals: found.values.map { $0 * 0x1.3p-30 }, "scaled")
        }
    }

    @Test("every backend composes the same doubles", arguments: Backend.all)
    func compositionAgreement(backend: Backend) {
        var generator = TestGenerator(seed: 6)
        for count in [1, 2, 3, 4, 7, 34] {
            let composition = Composition(primes: Array(Self.chain.prefix(count)))
            for length in lengths {
                let residues = composition.primes.map { q in
                    Buffer(
                        input: (0..<length).map { index in
                            index % 3 == 0
                                ? [0, 1, q - 1, q / 2, q / 2 + 1].randomElement(using: &generator)!
                                : UInt64.random(in: 0..<q, using: &generator)
                        })
                }
                expect(
                    composition.compose(backend, residues, factor: 0x1p-40),
                    equals: composition.compose(.specification, residues, factor: 0x1p-40).values,
                    "\(length) values of \(count) residues")
            }
        }
    }
}
