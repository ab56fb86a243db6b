import Foundation
import Ring
import Testing

@testable import RLWE

/// A run of random messages, and what the host makes of it.
private struct Exchange {
    let dimension = 64
    let columns: [Int]
    let bodyBits: Int
    let key = SecretKey.generate()
    let messages: [[Int32]]
    let bodies: [Data]
    let seed: MaskSeed
    let nonce: RunNonce
    let parameters = RLWEParameters.batch

    init(columns: [Int], bodyBits: Int = 24) {
        self.columns = columns
        self.bodyBits = bodyBits
        var run = EncryptionRun(key: key, bodyBits: bodyBits, dimension: dimension)
        messages = columns.map { [dimension] count in
            (0..<dimension * count).map { _ in Int32.random(in: -10_000...10_000) }
        }
        bodies = zip(messages, columns).map { run.encrypt($0, columns: $1, threads: 2) }
        (seed, nonce) = (run.seed, run.nonce)
    }

    var total: Int { columns.reduce(0, +) }

    /// The combination of the run's rows with `weights`: its mask, and the bodies of all batches.
    func combination(_ weights: [Int8]) -> (mask: [UInt32], body: [UInt32]) {
        let masks = seed.masks(dimension: dimension, degree: parameters.degree, threads: 1)
        func combine(_ bytes: UnsafeRawBufferPointer, _ width: Int, bits: Int) -> [UInt32] {
            (0..<width).map { column in
                let sum = weights.indices.reduce(0) { sum, row in
                    let residue = (0..<bits / 8).reduce(0) {
                        $0 | Int(bytes[bits / 8 * (row * width + column) + $1]) << (8 * $1)
                    }
                    return sum + Int(weights[row]) * residue << (24 - bits)
                }
                return UInt32(truncatingIfNeeded: sum) & 0xff_ffff
            }
        }
        return (
            masks.withUnsafeBufferPointer { combine(UnsafeRawBufferPointer($0), parameters.degree, bits: 24) },
            zip(bodies, columns).flatMap { body, count in body.withUnsafeBytes { combine($0, count, bits: bodyBits) } }
        )
    }

    /// The same combination of the messages.
    func expected(_ weights: [Int8]) -> [Int] {
        zip(messages, columns).flatMap { message, count in
            (0..<count).map { column in
                weights.indices.reduce(0) { $0 + Int(weights[$1]) * Int(message[$1 * count + column]) }
            }
        }
    }

    func decrypt(
        _ combination: (mask: [UInt32], body: [UInt32]), key: SecretKey? = nil, nonce: RunNonce? = nil,
        seed: MaskSeed? = nil
    ) -> [Int] {
        let run = DecryptionRun(
            key: key ?? self.key, nonce: nonce ?? self.nonce, seed: seed ?? self.seed, columns: total)
        var phases = [Int32](repeating: 0, count: total)
        phases.withUnsafeMutableBufferPointer { phases in
            combination.mask.withUnsafeBufferPointer { mask in
                combination.body.withUnsafeBufferPointer { run.phases(mask: mask, body: $0, into: phases) }
            }
        }
        return phases.map(Int.init)
    }
}

/// Small weights, so that no combination of messages of 10,000 wraps around: 64 * 10 * 10,000 < 2^23.
private func randomWeights(_ count: Int) -> [Int8] { (0..<count).map { _ in Int8.random(in: -10...10) } }

struct EncryptionTests {
    /// Decryption of a combination is the combination of the messages, but for noise within its bound, whose size
    /// is what the formula says.
    @Test(arguments: [[1024, 1024], [1024, 1], [1000], [1]], [16, 24])
    func decryptionUndoesEncryption(columns: [Int], bodyBits: Int) {
        let exchange = Exchange(columns: columns, bodyBits: bodyBits)
        let full = WirePrecision(uploadBits: bodyBits, maskBits: 24, bodyBits: bodyBits)
        var square = 0.0
        var predicted = 0.0
        for _ in 0..<4 {
            let weights = randomWeights(exchange.dimension)
            let found = exchange.decrypt(exchange.combination(weights))
            let norm = weights.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            let sum = weights.reduce(0.0) { $0 + abs(Double($1)) }
            for (phase, expected) in zip(found, exchange.expected(weights)) {
                let noise = Double(phase - expected)
                #expect(abs(noise) <= exchange.parameters.phaseErrorBound(rowSum: sum, precision: full))
                square += noise * noise
            }
            let deviation = exchange.parameters.phaseStandardDeviation(rowNorm: norm, precision: full)
            predicted += Double(exchange.total) * deviation * deviation
        }
        if exchange.total >= 1000 {
            // 4,000 squares and more: their mean is within six standard errors, 6 sqrt(2 / 4000), of the variance.
            #expect(abs(square / predicted - 1) < 6 * (2 / (4 * Double(exchange.total))).squareRoot())
        }
    }

    /// Rounding the answer adds what the formula says.
    @Test func roundedAnswersHaveThePredictedNoise() {
        let exchange = Exchange(columns: [1024])
        let precision = WirePrecision(uploadBits: 24, maskBits: 18, bodyBits: 16)
        func rounded(_ values: [UInt32], _ bits: Int) -> [UInt32] {
            values.map { value in
                let half: UInt32 = 1 << UInt32(23 - bits)
                return ((value &+ half) >> UInt32(24 - bits)) << UInt32(24 - bits) & 0xff_ffff
            }
        }
        var square = 0.0
        var predicted = 0.0
        for _ in 0..<8 {
            let weights = randomWeights(exchange.dimension)
            let whole = exchange.combination(weights)
            let found = exchange.decrypt(
                (rounded(whole.mask, precision.maskBits), rounded(whole.body, precision.bodyBits)))
            let norm = weights.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
            for (phase, expected) in zip(found, exchange.expected(weights)) {
                square += Double(phase - expected) * Double(phase - expected)
            }
            let deviation = exchange.parameters.phaseStandardDeviation(rowNorm: norm, precision: precision)
            predicted += 1024 * deviation * deviation
        }
        // The mask's rounding errors share one secret, whose weight varies by sqrt(n 2/9) / (n 2/3) = 2.2 %.
        let tolerance = 6 * (2.0 / 8192).squareRoot() + 3 * 0.022
        #expect(abs(square / predicted - 1) < tolerance)
    }

    /// With the wrong key, nonce or seed a phase is uniform: its variance is q^2 / 12.
    @Test func theWrongSecretGivesUniformPhases() {
        let exchange = Exchange(columns: [1024, 1024])
        let combination = exchange.combination(randomWeights(exchange.dimension))
        let other = Exchange(columns: [8])
        for phases in [
            exchange.decrypt(combination, key: .generate()), exchange.decrypt(combination, seed: other.seed),
            exchange.decrypt(combination, nonce: other.nonce),
        ] {
            let variance = phases.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(phases.count)
            // The square of a uniform number has relative deviation sqrt(4/5).
            #expect(abs(variance / (0x1p48 / 12) - 1) < 6 * (0.8 / Double(phases.count)).squareRoot())
        }
    }

    /// Equal messages under one key give unrelated ciphertexts, batch by batch and run by run.
    @Test func nothingRepeats() {
        let key = SecretKey.generate()
        let message = [Int32](repeating: 0, count: 4 * 16)
        var bodies: [Data] = []
        var seeds: Set<MaskSeed> = []
        var nonces: Set<RunNonce> = []
        for _ in 0..<3 {
            var run = EncryptionRun(key: key, dimension: 4)
            for batch in 0..<3 {
                #expect(run.batchCount == batch)
                bodies.append(run.encrypt(message, columns: 16))
            }
            seeds.insert(run.seed)
            nonces.insert(run.nonce)
        }
        #expect(seeds.count == 3 && nonces.count == 3)
        #expect(Set(bodies).count == bodies.count)
        // Bodies of one row under different secrets differ by uniform residues, not by small errors.
        for (first, second) in zip(bodies, bodies.dropFirst()) {
            let close = (0..<64).count { index in
                func residue(_ data: Data) -> Int {
                    Int(data[3 * index]) | Int(data[3 * index + 1]) << 8 | Int(data[3 * index + 2]) << 16
                }
                return abs(residue(first) - residue(second)) <= 80
            }
            #expect(close < 8)
        }
    }
}
