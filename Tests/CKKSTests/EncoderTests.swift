import CKernels
import Ring
import Testing

@testable import CKKS

@Suite("Encoder")
struct EncoderTests {
    @Test("a message comes back within the predicted error", arguments: Backend.available, 10...16)
    func roundTrip(backend: Backend, logDegree: Int) throws {
        let encoder = try makeEncoder(degree: 1 << logDegree, bits: [49, 40], backend: backend)
        var generator = TestGenerator(seed: UInt64(logDegree))
        let message = generator.message(count: encoder.slotCapacity)
        for scale in [0x1p20, 0x1.23p30, 0x1p60] {
            let decoded = encoder.decode(try encoder.encode(message, scale: scale))
            let statistics = PrecisionStatistics(of: decoded, against: message)
            let predicted = encoder.roundingError(slots: message.count, scale: scale)
            let transform = transformError(message)
            #expect(
                statistics.distance.max <= largestRoundingError(encoder, slots: message.count, scale: scale) + transform
            )
            if predicted > 100 * transform {
                // Of at least 512 slots, each an independent sample of the same distribution.
                #expect((0.8...1.2).contains(statistics.distance.rms / predicted), "\(statistics) at scale \(scale)")
            }
        }
    }

    @Test("sparse packing of every number of slots", arguments: Backend.available)
    func sparsePacking(backend: Backend) throws {
        let encoder = try makeEncoder(degree: 4096, backend: backend)
        var generator = TestGenerator(seed: 2)
        let scale = 0x1p35
        for logCount in 0...11 {
            let message = generator.message(count: 1 << logCount, magnitude: 100)
            let plaintext = try encoder.encode(message, scale: scale)
            let decoded = encoder.decode(plaintext)
            let allowed =
                largestRoundingError(encoder, slots: message.count, scale: scale) + transformError(message)
            #expect(PrecisionStatistics(of: decoded, against: message).distance.max <= allowed)

            // Seen at all roots, the slots repeat.
            var everywhere = plaintext
            everywhere.packing = .slots(encoder.slotCapacity)
            let full = encoder.decode(everywhere)
            let repeated = (0..<full.count).map { message[$0 % message.count] }
            #expect(
                PrecisionStatistics(of: full, against: repeated).distance.max
                    <= allowed + transformError(repeated))
        }
    }

    @Test("real slots are complex ones without imaginary parts")
    func realSlots() throws {
        let encoder = try makeEncoder(degree: 2048)
        var generator = TestGenerator(seed: 3)
        for count in [1, 64, 1024] {
            let message = generator.message(count: count).map(\.real)
            let plaintext = try encoder.encode(message, scale: 0x1p40)
            let complex = try encoder.encode(message.map { Complex($0) }, scale: 0x1p40)
            #expect(encoder.decodeCoefficients(plaintext) == encoder.decodeCoefficients(complex))
            let allowed =
                largestRoundingError(encoder, slots: count, scale: 0x1p40)
                + transformError(message.map { Complex($0) })
            for (found, expected) in zip(encoder.decodeReal(plaintext), message) {
                #expect(abs(found - expected) <= allowed)
            }
            #expect(encoder.decodeReal(plaintext) == encoder.decode(plaintext).map(\.real))
        }
    }

    @Test("coefficients come back as they were rounded", arguments: Backend.available)
    func coefficientPacking(backend: Backend) throws {
        let encoder = try makeEncoder(degree: 1024, bits: [49, 30, 20], backend: backend)
        var generator = TestGenerator(seed: 4)
        for count in [0, 1, 511, 512, 513, 1024] {
            let message = (0..<count).map { _ in Double.random(in: -9...9, using: &generator) }
            let plaintext = try encoder.encode(coefficients: message, scale: 0x1p40)
            let rounded = message.map { ($0 * 0x1p40).rounded(.toNearestOrEven) / 0x1p40 }
            #expect(
                encoder.decodeCoefficients(plaintext) == rounded + [Double](repeating: 0, count: 1024 - count))
        }
    }

    @Test("decoding agrees with integers of any size", arguments: Backend.available)
    func exactReference(backend: Backend) throws {
        let encoder = try makeEncoder(degree: 1024, bits: [49, 40, 40, 30, 49, 20], backend: backend)
        var generator = TestGenerator(seed: 5)
        for primes in 1...6 {
            for scale in [0x1p10, 0x1.9p45, 0x1p100] {
                let message = generator.message(count: 512)
                let fits = scale * 1.5 < encoder.coefficientLimit(primes: primes)
                guard fits else { continue }
                let plaintext = try encoder.encode(message, scale: scale, primes: primes)
                #expect(plaintext.polynomial.basis.count == primes)
                let exact = encoder.decodeCoefficients(variableTime: plaintext)
                for (found, reference) in zip(encoder.decodeCoefficients(plaintext), exact) {
                    // The bound of the kernel, of its scaling, and of the reference's two roundings.
                    #expect(abs(found - reference) <= (Double(primes) * 2.5 + 4) * 0x1p-53 * abs(reference))
                }
            }
            // Any residues, so integers of up to half the modulus.
            var polynomial = RNSPolynomial<Evaluation>(zeroOf: encoder.basis.prefix(primes))
            for index in 0..<primes {
                let q = encoder.basis.moduli[index].value
                polynomial.withMutableLimb(index) { limb in
                    for place in limb.indices { limb[place] = .random(in: 0..<q, using: &generator) }
                }
            }
            let plaintext = Plaintext(polynomial: polynomial, scale: 3, packing: .coefficients)
            let exact = encoder.decodeCoefficients(variableTime: plaintext)
            let modulus = encoder.coefficientLimit(primes: primes)
            for (found, reference) in zip(encoder.decodeCoefficients(plaintext), exact)
            where abs(reference) * 3 < modulus {
                #expect(abs(found - reference) <= (Double(primes) * 2.5 + 4) * 0x1p-53 * abs(reference))
            }
        }
    }

    @Test("sums and multiples of plaintexts are those of their messages")
    func linearity() throws {
        let encoder = try makeEncoder(degree: 2048, bits: [49, 49])
        var generator = TestGenerator(seed: 6)
        let (x, y) = (generator.message(count: 1024), generator.message(count: 1024))
        let scale = 0x1p40
        let factor: UInt64 = 3
        let first = try encoder.encode(x, scale: scale)
        let second = try encoder.encode(y, scale: scale)
        var combined = RNSPolynomial<Evaluation>(zeroOf: encoder.basis)
        for (index, modulus) in encoder.basis.moduli.enumerated() {
            let (left, right) = (first.polynomial.limbs[index], second.polynomial.limbs[index])
            combined.withMutableLimb(index) { limb in
                for place in limb.indices {
                    limb[place] = (modulus.multiply(factor, left[place]) + right[place]) % modulus.value
                }
            }
        }
        let found = encoder.decode(Plaintext(polynomial: combined, scale: scale, packing: .slots(1024)))
        let expected = zip(x, y).map { Complex(3 * $0.real + $1.real, 3 * $0.imaginary + $1.imaginary) }
        #expect(
            PrecisionStatistics(of: found, against: expected).distance.max
                <= 4 * largestRoundingError(encoder, slots: 1024, scale: scale) + 4 * transformError(expected))
    }

    @Test("products of plaintexts are products slot by slot")
    func products() throws {
        let encoder = try makeEncoder(degree: 1024, bits: [49, 49])
        var generator = TestGenerator(seed: 7)
        let (x, y) = (generator.message(count: 512), generator.message(count: 512))
        let scale = 0x1p40
        let first = try encoder.encode(x, scale: scale)
        let second = try encoder.encode(y, scale: scale)
        var product = RNSPolynomial<Evaluation>(zeroOf: encoder.basis)
        for (index, modulus) in encoder.basis.moduli.enumerated() {
            let (left, right) = (first.polynomial.limbs[index], second.polynomial.limbs[index])
            product.withMutableLimb(index) { limb in
                for place in limb.indices { limb[place] = modulus.multiply(left[place], right[place]) }
            }
        }
        let found = encoder.decode(Plaintext(polynomial: product, scale: scale * scale, packing: .slots(512)))
        let expected = zip(x, y).map {
            Complex(
                $0.real * $1.real - $0.imaginary * $1.imaginary, $0.real * $1.imaginary + $0.imaginary * $1.real)
        }
        let rounding = largestRoundingError(encoder, slots: 512, scale: scale)
        let transform = transformError(x) + transformError(y)
        #expect(
            PrecisionStatistics(of: found, against: expected).distance.max
                <= (rounding + transform) * (largestMagnitude(x) + largestMagnitude(y)) + transformError(expected))
    }

    @Test("X to X^5 rotates the slots", arguments: [1, 8, 512])
    func rotation(count: Int) throws {
        let encoder = try makeEncoder(degree: 1024, bits: [49])
        var generator = TestGenerator(seed: 8)
        let message = generator.message(count: count)
        let coefficients = encoder.decodeCoefficients(try encoder.encode(message, scale: 0x1p40))
        var rotated = [Double](repeating: 0, count: 1024)
        for (index, coefficient) in coefficients.enumerated() {
            let exponent = 5 * index % 2048
            rotated[exponent % 1024] = exponent < 1024 ? coefficient : -coefficient
        }
        var plaintext = try encoder.encode(coefficients: rotated, scale: 0x1p40)
        plaintext.packing = .slots(count)
        let found = encoder.decode(plaintext)
        let expected = (0..<count).map { message[($0 + 1) % count] }
        #expect(
            PrecisionStatistics(of: found, against: expected).distance.max
                <= largestRoundingError(encoder, slots: count, scale: 0x1p40) + 2 * transformError(message))
    }

    @Test("a workspace can be used again, for other packings too")
    func workspace() throws {
        let encoder = try makeEncoder(degree: 1024)
        let workspace = EncoderWorkspace(for: encoder)
        var generator = TestGenerator(seed: 9)
        for count in [512, 2, 512, 64] {
            let message = generator.message(count: count)
            let first = encoder.decode(try encoder.encode(message, scale: 0x1p30))
            let second = encoder.decode(
                try encoder.encode(message, scale: 0x1p30, workspace: workspace), workspace: workspace)
            #expect(first == second)
        }
    }

    @Test("scales beyond the doubles' precision are exact; those beyond the modulus are refused")
    func limits() throws {
        let encoder = try makeEncoder(degree: 1024)
        let message = [Complex](repeating: Complex(0.75), count: 512)
        // One constant coefficient, 0.75 * scale, up to 2^128 and half the modulus, of 147 bits.
        for exponent in [2, 52, 62, 100, 128] {
            let scale = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(encoder.decodeCoefficients(try encoder.encode(message, scale: scale))[0] == 0.75)
        }
        for (primes, scale) in [(3, 0x1p129), (2, 0x1p98), (1, 0x1p49)] {
            #expect(
                throws: EncodingError.tooLarge(
                    coefficient: 0.75 * scale, limit: encoder.coefficientLimit(primes: primes))
            ) { _ = try encoder.encode(message, scale: scale, primes: primes) }
        }
        #expect(throws: EncodingError.self) { _ = try encoder.encode(message, scale: 1e300) }
    }

    @Test("what cannot be encoded is refused in one line")
    func refusals() throws {
        let encoder = try makeEncoder(degree: 1024)
        let zeros = [Double](repeating: 0, count: 512)
        func refusal(_ encode: () throws -> Void) -> EncodingError? {
            do {
                try encode()
                return nil
            } catch { return error as? EncodingError }
        }
        for count in [0, 3, 511, 1024] {
            let error = refusal { _ = try encoder.encode([Double](repeating: 0, count: count), scale: 1) }
            #expect(error == .slotCount(count, largest: 512))
        }
        let long = [Double](repeating: 0, count: 1025)
        #expect(
            refusal { _ = try encoder.encode(coefficients: long, scale: 1) } == .coefficientCount(1025, largest: 1024))
        for scale in [0, -1, .infinity, .leastNonzeroMagnitude] {
            #expect(refusal { _ = try encoder.encode(zeros, scale: scale) } == .scale(scale))
        }
        #expect(refusal { _ = try encoder.encode(zeros, scale: .nan) }?.description.isEmpty == false)
        for primes in [0, 4, -1] {
            #expect(
                refusal { _ = try encoder.encode(zeros, scale: 1, primes: primes) }
                    == .level(primes: primes, available: 3))
        }
        for bad in [Double.nan, .infinity, -.infinity] {
            for index in [0, 100, 511] {
                var message = zeros
                message[index] = bad
                #expect(refusal { _ = try encoder.encode(message, scale: 1) } == .notFinite(index: index))
                #expect(
                    refusal { _ = try encoder.encode(message.map { Complex(1, $0) }, scale: 1) }
                        == .notFinite(index: index))
                #expect(
                    refusal { _ = try encoder.encode(coefficients: message, scale: 1) } == .notFinite(index: index))
            }
        }
        let huge = [Double](repeating: .greatestFiniteMagnitude, count: 512)
        #expect(refusal { _ = try encoder.encode(huge, scale: 1) } == .notFinite(index: 0))
        let basis = try makeBasis(degree: 1024, bits: [Int](repeating: 49, count: 65))
        #expect(refusal { _ = try Encoder(basis: basis) } == .tooManyPrimes(65))
        for error in [EncodingError.tooLarge(coefficient: 5, limit: 4), .slotCount(3, largest: 4)] {
            #expect(!error.description.contains("\n"))
        }
    }
}

@Suite("Precision statistics")
struct PrecisionStatisticsTests {
    @Test func largestMeanAndBits() {
        let expected = [Complex(1, 2), Complex(3, 4), Complex(0, 0), Complex(-1, 0)]
        let found = [Complex(1.25, 2), Complex(3, 3.75), Complex(3.0 / 8, -0.5), Complex(-1, 0)]
        let statistics = PrecisionStatistics(of: found, against: expected)
        #expect(statistics.real.max == 0.375 && statistics.real.mean == 0.625 / 4)
        #expect(statistics.imaginary.max == 0.5 && statistics.imaginary.bits == 1)
        #expect(statistics.distance.max == 0.625 && statistics.distance.mean == 1.125 / 4)
        #expect(statistics.distance.rms == ((0.0625 + 0.0625 + 0.390625) / 4).squareRoot())
    }

    @Test func nothingAndNaN() {
        let zero = PrecisionStatistics(of: [Complex(1)], against: [Complex(1)])
        #expect(zero.distance.max == 0 && zero.distance.bits == .infinity)
        let undefined = PrecisionStatistics(
            of: [Complex(.nan, 1), Complex(5, 5)], against: [Complex(1, 1), Complex(1, 1)])
        #expect(undefined.real.max.isNaN && undefined.distance.max.isNaN && undefined.imaginary.max == 4)
    }
}
