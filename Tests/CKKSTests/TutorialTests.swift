import Foundation
import RLWE
import Testing

@testable import CKKS

/// The tutorial of the documentation is one program: it runs here, finds what it says, and is the text of the page.
@Suite("Tutorial")
struct TutorialTests {
    @Test("the steps find what they say")
    func run() throws {
        // The page begins.
        let parameters = try CKKSParameters(.n16384)
        let key = SecretKey.generate()
        let generator = KeyGenerator(parameters: parameters, key: key)
        let evaluationKeys = try generator.evaluationKeys(rotations: Evaluator.innerSumRotations(count: 8) + [2, 4, 6])

        let encryptor = Encryptor(parameters: parameters, secret: generator.secret)
        let intensities = [0.9, 0.1, 0.4, 0.7, 0.2, 0.05, 0.6, 0.3]
        let plaintext = try parameters.encoder.encode(intensities, scale: parameters.scale)
        let upload = encryptor.encryptSeeded(plaintext).serialized()

        let evaluator = Evaluator(parameters: parameters, keys: evaluationKeys)
        let x = try SeededCiphertext(serialized: upload, parameters: parameters).expanded()
        let squares = try evaluator.relinearizeAndRescale(try evaluator.square(x))
        let tripled = try evaluator.multiply(x, by: 3, scale: 1)

        let squaredNorm = try evaluator.innerSum(squares, count: 8)

        let ones = [Complex](repeating: Complex(1), count: 8)
        let matrix = try LinearTransform(
            diagonals: [0: ones, 1: ones], slotCount: 8, parameters: parameters, babySteps: 2)
        let pairSums = try evaluator.rescale(try evaluator.apply(matrix, to: x))

        let sign = try CompositeSign(gap: 0.25, error: 0.05)
        let half = try parameters.encoder.encode([Double](repeating: 0.5, count: 8), scale: parameters.scale)
        let isLarge = try evaluator.compare(x, encryptor.encrypt(half), by: sign)

        let decryptor = Decryptor(parameters: parameters, secret: generator.secret)
        let download = squaredNorm.serialized()
        let answer = try Ciphertext(serialized: download, parameters: parameters)
        let norm = decryptor.decryptReal(answer)[0]
        let expectedBits = answer.precisionBits
        var bound = ErrorBound.fresh(parameters, slots: 8)
        bound = bound.multiplied(by: bound).switchingKey(parameters, primes: x.primes, scale: x.scale * x.scale)
        bound = bound.rescaled(parameters, to: squares.scale)
        for _ in 0..<3 { bound = bound + bound.switchingKey(parameters, primes: squares.primes, scale: squares.scale) }
        let gate = try ReleaseGate(errorBound: bound.distance, numbers: 1000, distanceBits: 10)
        let expectedAnswer = ExpectedAnswer(scale: squares.scale, packing: .slots(8))
        let published = try decryptor.releaseReal(answer, expecting: expectedAnswer, slots: 0..<1, through: gate)
        // The page ends.

        let expected = intensities.reduce(0) { $0 + $1 * $1 }
        #expect(expectedBits > 20)
        #expect(abs(norm - expected) < exp2(4 - expectedBits))
        #expect(abs(norm - expected) < bound.distance)
        #expect(abs(published[0] - expected) < 12 * gate.deviation)
        for (found, intensity) in zip(decryptor.decryptReal(tripled), intensities) {
            #expect(abs(found - 3 * intensity) < exp2(4 - tripled.precisionBits))
        }
        let neighbours = Array(intensities[1...]) + [intensities[0]]
        for (found, pair) in zip(decryptor.decryptReal(pairSums), zip(intensities, neighbours)) {
            #expect(abs(found - pair.0 - pair.1) < exp2(4 - pairSums.precisionBits))
        }
        for (found, intensity) in zip(decryptor.decryptReal(isLarge), intensities)
        where abs(intensity - 0.5) >= sign.gap {
            #expect(abs(found - (intensity > 0.5 ? 1 : 0)) < sign.maximumError / 2 + exp2(4 - isLarge.precisionBits))
        }
    }

    @Test("the README's program does what its comment says")
    func readme() throws {
        // The README begins.
        let parameters = try CKKSParameters(.n8192)
        let generator = KeyGenerator(parameters: parameters, key: .generate())
        let evaluator = Evaluator(parameters: parameters, keys: try generator.evaluationKeys(rotations: [1]))

        let x = try Encryptor(parameters: parameters, secret: generator.secret).encrypt([0.5, -0.25, 0.125, 1])
        let y = try evaluator.rotate(try evaluator.multiplyRelinearizeRescale(x, x), by: 1)
        // The README ends.
        let found = Decryptor(parameters: parameters, secret: generator.secret).decryptReal(y)
        for (found, expected) in zip(found, [0.0625, 0.015625, 1, 0.25]) {
            #expect(abs(found - expected) < exp2(6 - y.precisionBits))
        }
    }

    @Test(
        "the pages' code is in these programs",
        arguments: [("docs/MassSpecFHE.docc/Tutorial.md", "page"), ("README.md", "README")])
    func pages(path: String, name: String) throws {
        let tests = URL(filePath: #filePath)
        let root = tests.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: path), encoding: .utf8)
        let program = try String(contentsOf: tests, encoding: .utf8)
        func lines(_ text: some Sequence<Substring>) -> [String] {
            text.map { line in
                let code = line.components(separatedBy: "  //")[0]
                return code.split(separator: " ").joined(separator: " ")
            }.filter { !$0.isEmpty && !$0.hasPrefix("import ") && !$0.hasPrefix("print(") }
        }
        let inTests = program.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasSuffix("// The \(name) begins.") }.dropFirst().prefix {
                !$0.hasSuffix("// The \(name) ends.")
            }
        // Between fences, every second part is code: Swift where it says so.
        let parts = page.components(separatedBy: "```")
        let onPage = parts.indices.filter { $0 % 2 == 1 && parts[$0].hasPrefix("swift\n") }.flatMap {
            parts[$0].split(separator: "\n").dropFirst()
        }
        #expect(lines(onPage) == lines(inTests))
        #expect(lines(inTests).count > 4)
    }
}
