import Crypto
import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// The bytes are those that docs/ckks-wire-format.md says: read here bit by bit, without the reader.
@Suite("The wire format, as it is written down")
struct WireFormatTests {
    @Test("a header, its fields, and the digest at the end")
    func layout() throws {
        let scheme = try WireScheme()
        let ciphertext = try scheme.product()
        let bytes = ciphertext.serialized()
        #expect(bytes.prefix(16) == Data("MSFHE-CK".utf8) + Data([1, 0, 2, 0, 0, 0, 0, 0]))
        #expect(bytes[16..<48] == scheme.parameters.digest)
        let doubles = [ciphertext.scale, ciphertext.noise.variance, ciphertext.noise.magnitude]
        #expect(bytes[48..<72] == Data(doubles.flatMap { littleEndian($0.bitPattern) }))
        #expect(bytes[72..<80] == Data([2, 0, 3, 0, 0, 2, 0, 0]))
        #expect(bytes.suffix(32) == Data(SHA256.hash(data: bytes.dropLast(32))))
        var offset = 80
        for (limb, modulus) in zip(
            ciphertext.polynomials.residues, [0, 1, 2].flatMap { _ in scheme.parameters.chain.basis.moduli })
        {
            #expect(limb.indices.allSatisfy { bytes.field($0, bits: modulus.bits, at: offset) == limb[$0] })
            offset += 1024 * modulus.bits / 8
        }
        #expect(offset == bytes.count - 32)
    }

    /// The parameters' digest, computed apart from the project from the primes that the page's rule gives.
    @Test func digest() throws {
        let scheme = try WireScheme()
        #expect(scheme.parameters.chain.full.moduli.map(\.value) == [1_073_707_009, 4_188_161, 1_073_698_817])
        let expected = "40304af347eafa22a4e9eb933a7ffff5694a5ed5557ede8f5699b70fb1467714"
        #expect(scheme.parameters.digest.map { String(format: "%02x", $0) }.joined() == expected)
    }

    /// The polynomial X has the value psi^(2m + 1) in the place that the page gives to m.
    @Test("residues are evaluations in the order that is written down", arguments: Backend.available)
    func order(backend: Backend) throws {
        for degree in [1 << 10, 1 << 11] {
            let literal = ParametersLiteral(degree: degree, primeBits: [40, 30], logScale: 10, security: .insecure)
            let parameters = try CKKSParameters(literal, backend: backend)
            let plaintext = try parameters.encoder.encode(coefficients: [0, 1], scale: 1)
            var polynomials = PolynomialVector(uninitialized: parameters.chain.basis, count: 2)
            for index in 0..<2 {
                parameters.chain.basis.copy(plaintext.polynomial.limbs, to: polynomials.mutableLimbs(index))
            }
            let bytes = Ciphertext(
                parameters: parameters, polynomials: polynomials, scale: 1, packing: .coefficients,
                noise: NoiseEstimate(variance: 0, magnitude: 1)
            ).serialized()
            let logDegree = degree.trailingZeroBitCount
            var offset = 80
            for modulus in parameters.chain.basis.moduli {
                let q = modulus.value
                // The smallest base of which the power ((q - 1) / 2N) has order 2N.
                let psi = (2...).lazy.map { modulus.power($0, (q - 1) / UInt64(2 * degree)) }
                    .first { modulus.power($0, UInt64(degree)) == q - 1 }!
                for m in 0..<degree {
                    let reversed = (0..<logDegree).reduce(0) { $0 | (m >> $1 & 1) << (logDegree - 1 - $1) }
                    let place = reversed & ~63 | (reversed & 7) << 3 | reversed >> 3 & 7
                    let value = bytes.field(place, bits: modulus.bits, at: offset)
                    #expect(value == modulus.power(psi, UInt64(2 * m + 1)), "m = \(m) modulo \(q)")
                }
                offset += degree * modulus.bits / 8
            }
        }
    }

    /// The residues of a seed, computed apart from the project with OpenSSL's AES and Python's HMAC: the seed has the
    /// bytes 0 ... 31. The page has the same figures.
    @Test("a seed expands as it is written down")
    func seed() throws {
        let rings = try WireScheme().parameters.chain.full.rings
        let seed = UniformSeed(received: Data(0..<32))!
        let expected: [(row: Int, position: Int, first: [UInt64], last: UInt64)] = [
            (0, 0, [397_515_353, 653_408_024, 275_497_927], 843_089_096),
            (0, 1, [4_133_350, 2_985_855, 1_553_777], 1_353_480),
            (1, 2, [538_446_517, 120_566_054, 231_748_817], 322_953_879),
        ]
        for (row, position, first, last) in expected {
            let values = AlignedBuffer<UInt64>(count: 1024)
            seed.fill(values.unsafeBase, row: row, position: position, ring: rings[position])
            values.withUnsafeBufferPointer {
                #expect(Array($0.prefix(3)) == first)
                #expect($0[1023] == last)
            }
        }
    }

    /// A public key is an encryption of zero: with the fields of a ciphertext before it, it decrypts to small errors.
    @Test("a public key holds b and the seed of a as they are", arguments: Backend.available)
    func publicKey(backend: Backend) throws {
        let scheme = try WireScheme(backend: backend)
        let key = scheme.generator.publicKey().serialized()
        let fields =
            [1.0, 0, 1].flatMap { littleEndian($0.bitPattern) } + littleEndian(UInt16(2)) + littleEndian(UInt16(2))
            + littleEndian(UInt32(0))
        let bytes = (key.prefix(48) + fields + key.dropFirst(48)).replacing(at: 10, with: [3])
        let ciphertext = try SeededCiphertext(serialized: bytes, parameters: scheme.parameters).expanded()
        let errors = scheme.parameters.encoder.decodeCoefficients(scheme.decryptor.decrypt(ciphertext))
        #expect(errors.allSatisfy { abs($0) <= 20 && $0 == $0.rounded() })
        #expect(errors.contains { $0 != 0 })
    }

    /// Row d of the key is an encryption of P g_d s^2 modulo QP, times R = 2^52.
    @Test("switching keys hold b times 2^52", arguments: Backend.available)
    func switchingKey(backend: Backend) throws {
        let scheme = try WireScheme(backend: backend)
        let chain = scheme.parameters.chain
        let bytes = try scheme.generator.evaluationKeys().serialized()
        #expect(Array(bytes[48..<64]) == [1, 0, 0, 0] + [UInt8](repeating: 0, count: 12))
        let seed = UniformSeed(received: Data(bytes[64..<96]))!
        let special = chain.special!.moduli[0].value
        var offset = 96
        for (position, ring) in chain.full.rings.enumerated() {
            let modulus = ring.modulus
            let inverse = modulus.inverse((1 << 52) % modulus.value)
            for digit in 0..<chain.digitCount {
                let (values, a) = (AlignedBuffer<UInt64>(count: 1024), AlignedBuffer<UInt64>(count: 1024))
                seed.fill(a.unsafeBase, row: digit, position: position, ring: ring)
                for index in 0..<1024 {
                    let b = modulus.multiply(bytes.field(index, bits: modulus.bits, at: offset), inverse)
                    let s = modulus.multiply(scheme.generator.secret.limbs[position][index], inverse)
                    let phase = b + modulus.multiply(modulus.multiply(a.unsafeBase[index], inverse), s)
                    let message =
                        position == digit ? modulus.multiply(special % modulus.value, modulus.multiply(s, s)) : 0
                    values.unsafeBase[index] = (phase + modulus.value - message) % modulus.value
                }
                ring.withTables { backend.kernels.pointee.ntt_inverse(values.unsafeBase, $0) }
                values.withUnsafeBufferPointer { errors in
                    #expect(errors.allSatisfy { $0 <= 20 || $0 >= modulus.value - 20 })
                    #expect(errors.contains { $0 != 0 })
                }
                offset += 1024 * modulus.bits / 8
            }
        }
        #expect(offset == bytes.count - 32)
    }

    /// What the page's table says.
    @Test("the sizes of the named sets")
    func sizes() throws {
        func bytes(_ literal: ParametersLiteral) -> [Int] {
            let (chain, special) = (literal.primeBits.reduce(0, +), literal.specialPrimeBits.reduce(0, +))
            let digits = (literal.primeBits.count - 1) / literal.specialPrimeBits.count + 1
            let n = literal.degree / 8
            return [
                112 + 2 * n * chain, 144 + n * chain, 112 + n * chain, 40 + digits * n * (chain + special),
            ]
        }
        #expect(bytes(.n8192) == [333_936, 167_056, 167_024, 868_392])
        #expect(bytes(.n16384) == [1_347_696, 673_936, 673_904, 3_498_024])
        #expect(bytes(.n32768) == [5_316_720, 2_658_448, 2_658_416, 13_844_520])
        let scheme = try WireScheme(.n8192)
        let measured = [
            try scheme.ciphertext().serializedByteCount, try scheme.seeded().serializedByteCount,
            scheme.generator.publicKey().serializedByteCount,
            try scheme.generator.evaluationKeys().serializedByteCount - 88,
        ]
        #expect(measured == bytes(.n8192))
    }
}
