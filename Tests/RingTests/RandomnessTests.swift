import Crypto
import Foundation
import Testing

@testable import Ring

struct RandomnessTests {
    private let seed = SymmetricKey(size: .bits256)

    private func bytes(_ stream: RandomStream, _ number: UInt64, count: Int = 64) -> [UInt8] {
        stream.withBytes(count, stream: number) { Array($0) }
    }

    @Test func streamsAreReproducibleAndIndependent() {
        let stream = RandomStream(seed: seed, label: "a")
        #expect(bytes(stream, 7) == bytes(RandomStream(seed: seed, label: "a"), 7))
        #expect(bytes(stream, 7, count: 32) == Array(bytes(stream, 7).prefix(32)))
        let others = [
            bytes(stream, 8), bytes(RandomStream(seed: seed, label: "b"), 7),
            bytes(RandomStream(seed: seed, label: "a", salt: [1]), 7),
            bytes(RandomStream(seed: SymmetricKey(size: .bits256), label: "a"), 7),
            bytes(.fresh(label: "a"), 7), bytes(stream, 7 << 56),
        ]
        #expect(Set(others + [bytes(stream, 7)]).count == others.count + 1)
    }

    /// The bytes are those of HKDF and AES-256 in counter mode, whatever the pieces: files rely on them. The digest
    /// was computed with OpenSSL.
    @Test(arguments: [16, 48, 1008, RandomStream.largestPiece]) func bytesAreThoseOfTheSpecification(piece: Int) {
        var stream = RandomStream(seed: SymmetricKey(data: Array(0..<32 as Range<UInt8>)), label: "known")
        stream.pieceByteCount = piece
        stream.withBytes(100_000, stream: 7) { bytes in
            #expect(hexadecimal(bytes.prefix(16)) == "0cc7455018971f42098f9f5227ddb5a7")
            #expect(
                hexadecimal(SHA256.hash(data: bytes))
                    == "0ba7a5afc4cc96fdd3f75939a50c9f1f7c4649b6849efba6628d8562adf4c164")
        }
        // Ends within a piece and within a block, and nothing beyond is written.
        for count in [0, 1, 15, 17, 1009, 32_769] {
            var found = [UInt8](repeating: 0, count: count + 1)
            found.withUnsafeMutableBytes {
                stream.fill(UnsafeMutableRawBufferPointer(rebasing: $0[..<count]), stream: 7)
            }
            #expect(found == bytes(stream, 7, count: 100_000).prefix(count) + [0])
        }
    }

    private func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String(format: "%02x", $0) }.joined()
    }

    /// Pieces give the samples of the whole stream at once.
    @Test func samplesDoNotDependOnPieces() {
        let distribution = DiscreteGaussian(sigma: 3.19, bound: 20)
        for backend in Backend.available {
            for count in [0, 1, 2, 4095, 4096, 4097, 9001] {
                for piece in [16, 1008, RandomStream.largestPiece] {
                    var stream = RandomStream(seed: seed, label: "samples")
                    let whole = stream
                    stream.pieceByteCount = piece
                    let ternary = samples(count) { stream.fillTernary($0, stream: 3, backend: backend) }
                    #expect(
                        ternary
                            == samples(count) { output in
                                whole.withBytes(8 * count, stream: 3) {
                                    sampleTernary(into: output, from: $0, backend: backend)
                                }
                            })
                    let gaussian = samples(count) {
                        stream.fillGaussian($0, distribution: distribution, stream: 3, backend: backend)
                    }
                    #expect(
                        gaussian
                            == samples(count) { output in
                                whole.withBytes(8 * count, stream: 3) {
                                    distribution.sample(into: output, from: $0, backend: backend)
                                }
                            })
                }
            }
        }
    }

    private func samples(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Int8>) -> Void) -> [Int8] {
        var samples = [Int8](repeating: .max, count: count)
        samples.withUnsafeMutableBufferPointer { fill($0) }
        return samples
    }

    /// Moduli that reject many words, and few: the smallest and the largest of a width.
    private static func moduli() throws -> [Modulus] {
        try [20, 33, 49].flatMap { bits in
            let lowest = (UInt64(1) << bits) - (UInt64(1) << (bits - 6)) + 1
            let smallest = (lowest...).first { (try? Modulus(prime: $0)) != nil }!
            return [try Modulus(prime: smallest)] + (try Modulus.primes(bits: bits, congruentToOneModulo: 2, count: 1))
        }
    }

    private func residues(_ stream: RandomStream, count: Int, _ modulus: Modulus) -> [UInt64] {
        [UInt64](unsafeUninitializedCapacity: count) { values, initialized in
            stream.fillUniform(values.baseAddress!, count: count, modulus: modulus, stream: 5)
            initialized = count
        }
    }

    /// Residues are the stream's accepted words in order, whatever the pieces, and nothing beyond them is written.
    @Test func uniformResiduesAreThoseOfTheSpecification() throws {
        for modulus in try Self.moduli() {
            let stream = RandomStream(seed: seed, label: "uniform")
            let expected = stream.withBytes(16 * 20_000, stream: 5) { bytes in
                bytes.bindMemory(to: UInt64.self).map { UInt64(littleEndian: $0) % (1 << modulus.bits) }
                    .filter { $0 < modulus.value }
            }
            for piece in [16, 48, 1008, RandomStream.largestPiece] {
                var pieces = stream
                pieces.pieceByteCount = piece
                for count in [1, 2, 31, 33, 4096, 20_000] {
                    #expect(residues(pieces, count: count, modulus).elementsEqual(expected.prefix(count)))
                }
            }
            var found: [UInt64] = [7, 7, 7, 7]
            stream.fillUniform(&found, count: 3, modulus: modulus, stream: 5)
            #expect(found == expected.prefix(3) + [7])
        }
    }

    /// Mean and variance are those of the uniform distribution within six standard errors; so is the number of
    /// residues in each 256th of the range, by the chi-square statistic. Its tails are bounded by
    /// P(X > k + 2 sqrt(k x) + 2 x) and P(X < k - 2 sqrt(k x)) <= exp(-x) for k degrees of freedom (Laurent and Massart
    /// 2000, lemma 1): here x = 30.
    @Test func uniformResiduesAreUniform() throws {
        let count = 1 << 20
        for modulus in try Self.moduli() {
            let found = residues(.fresh(label: "uniform"), count: count, modulus)
            #expect(found.allSatisfy { $0 < modulus.value })
            let q = Double(modulus.value)
            let mean = found.reduce(0.0) { $0 + Double($1) } / Double(count)
            #expect(abs(mean - (q - 1) / 2) < 6 * q / (12 * Double(count)).squareRoot())
            let variance = found.reduce(0.0) { $0 + (Double($1) - (q - 1) / 2) * (Double($1) - (q - 1) / 2) }
            // The square of the distance from the mean has the variance q^4 (1/80 - 1/144) = q^4 / 180.
            #expect(abs(variance / Double(count) - (q * q - 1) / 12) < 6 * q * q / (180 * Double(count)).squareRoot())

            var cells = [Double](repeating: 0, count: 256)
            for residue in found { cells[Int(residue * 256 / modulus.value)] += 1 }
            let statistic = cells.enumerated().reduce(0.0) { sum, cell in
                // Cell c begins at the least w with 256 w >= c q.
                let start = { (index: Int) in (UInt64(index) * modulus.value + 255) / 256 }
                let expected = Double(start(cell.offset + 1) - start(cell.offset)) / q * Double(count)
                return sum + (cell.element - expected) * (cell.element - expected) / expected
            }
            #expect(statistic < 255 + 2 * (255.0 * 30).squareRoot() + 60)
            #expect(statistic > 255 - 2 * (255.0 * 30).squareRoot())
        }
    }

    /// Mean, variance and range of a million samples are those of the distribution, within six standard errors.
    @Test func gaussianSamplesHaveTheirDistribution() {
        let distribution = DiscreteGaussian(sigma: 3.19, bound: 20)
        #expect(abs(distribution.standardDeviation - 3.19) < 1e-6)
        let count = 1 << 20
        for backend in Backend.available {
            let samples = AlignedBuffer<Int8>(count: count)
            samples.withUnsafeMutableBufferPointer { samples in
                RandomStream.fresh(label: "test").withBytes(8 * count, stream: 0) {
                    distribution.sample(into: samples, from: $0, backend: backend)
                }
                let mean = samples.reduce(0.0) { $0 + Double($1) } / Double(count)
                let square = samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(count)
                let deviation = distribution.standardDeviation
                #expect(abs(mean) < 6 * deviation / Double(count).squareRoot())
                // The variance of a normal sample's square is 2 sigma^4.
                #expect(
                    abs(square - deviation * deviation) < 6 * deviation * deviation * (2 / Double(count)).squareRoot())
                #expect(samples.allSatisfy { abs(Int($0)) <= 20 })
                #expect(samples.contains { abs(Int($0)) > 12 })
            }
        }
    }

    @Test func ternarySamplesAreUniform() {
        let count = 3 << 18
        for backend in Backend.available {
            let samples = AlignedBuffer<Int8>(count: count)
            samples.withUnsafeMutableBufferPointer { samples in
                RandomStream.fresh(label: "test").withBytes(8 * count, stream: 0) {
                    sampleTernary(into: samples, from: $0, backend: backend)
                }
                for value in -1...1 {
                    let found = samples.count { $0 == value }
                    #expect(abs(Double(found - count / 3)) < 6 * (Double(count) * 2 / 9).squareRoot())
                }
            }
        }
    }
}
