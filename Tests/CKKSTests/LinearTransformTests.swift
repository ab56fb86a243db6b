import Foundation
import RLWE
import Ring
import Testing

@testable import CKKS

/// Products of plaintext matrices with encrypted vectors are those of plaintext arithmetic, to the precision that the
/// noise estimate predicts, within two bits: vectors lie on the unit circle, so that slots' errors are independent.
@Suite("Linear transforms")
struct LinearTransformTests {
    /// A scheme with the keys that `transforms` announce, and no others.
    private func evaluator(_ scheme: Scheme, for transforms: [LinearTransform]) throws -> Evaluator {
        Evaluator(
            parameters: scheme.parameters,
            keys: try scheme.generator.evaluationKeys(
                relinearization: false, rotations: transforms.flatMap(\.rotations)))
    }

    private func expectProduct(
        _ scheme: Scheme, _ transform: LinearTransform, _ matrix: (([Complex]) -> [Complex]), seed: UInt64 = 1,
        within bits: Double? = nil, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var generator = TestGenerator(seed: seed)
        let x = generator.unitSlots(transform.slotCount)
        let encrypted = try scheme.encryptor.encrypt(x)
        let evaluator = try evaluator(scheme, for: [transform])
        let product = try evaluator.apply(transform, to: encrypted)
        #expect(product.primes == transform.primes && product.packing == encrypted.packing)
        let expected = matrix(x)
        scheme.expectPredicted(product, expected, within: bits, sourceLocation: sourceLocation)
        guard product.primes > 1 else { return }
        let rescaled = try evaluator.rescale(product)
        #expect(abs(rescaled.scale / encrypted.scale - 1) < 0x1p-50, "the default scale keeps the vector's")
        scheme.expectPredicted(rescaled, expected, within: bits, sourceLocation: sourceLocation)
    }

    @Test("dense matrices, whatever the baby steps, at all levels", arguments: SchemeCase.all)
    func dense(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        var generator = TestGenerator(seed: 11)
        for count in [1, 2, 16, 64] {
            let matrix = generator.matrix(count)
            for babySteps in [nil, 1, 3, count] {
                let transform = try LinearTransform(
                    matrix: matrix.rows, parameters: scheme.parameters, babySteps: babySteps)
                try expectProduct(scheme, transform, { matrix * $0 })
            }
        }
        let matrix = generator.matrix(64)
        for primes in 2...scheme.parameters.primeCount {
            let transform = try LinearTransform(
                matrix: matrix.rows, parameters: scheme.parameters, primes: primes)
            try expectProduct(scheme, transform, { matrix * $0 })
        }
        // At the lowest level, where there is room for few digits and no rescaling.
        guard scheme.parameters.literal.logScale <= 40 else { return }
        let diagonal = generator.message(count: 64)
        let transform = try LinearTransform(
            diagonals: [5: diagonal], slotCount: 64, parameters: scheme.parameters, primes: 1, scale: 0x1p7)
        try expectProduct(scheme, transform) { x in zip(diagonal, x.rotated(by: 5)).map { $0 * $1 } }
    }

    @Test("all slots, a few diagonals", arguments: SchemeCase.all)
    func sparseDiagonals(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        let count = scheme.parameters.slotCapacity
        var generator = TestGenerator(seed: 12)
        for indices in [[0], [7], [0, 1, 33, 40, 500], [-1, 0, 1], [5, count / 2 + 5]] {
            let diagonals = Dictionary(
                uniqueKeysWithValues: indices.map { ($0, generator.message(count: count)) })
            for babySteps in [nil, 1, count] {
                let transform = try LinearTransform(
                    diagonals: diagonals, slotCount: count, parameters: scheme.parameters, babySteps: babySteps)
                #expect(transform.rotations.count <= indices.count { $0 != 0 } * 2)
                try expectProduct(scheme, transform) { x in
                    x.indices.map { row in
                        diagonals.reduce(Complex(0)) { sum, diagonal in
                            sum + diagonal.value[row] * x[(row + diagonal.key + count) % count]
                        }
                    }
                }
            }
        }
    }

    @Test("the identity, zero, and permutations", arguments: SchemeCase.first)
    func special(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        let count = 64
        let identity = try LinearTransform(
            matrix: Matrix(count) { Complex($0 == $1 ? 1 : 0) }.rows, parameters: scheme.parameters)
        #expect(identity.rotations == [])
        try expectProduct(scheme, identity, { $0 })

        var generator = TestGenerator(seed: 13)
        let places = Array(0..<count).shuffled(using: &generator)
        let permutation = Matrix(count) { Complex($1 == places[$0] ? 1 : 0) }
        let transform = try LinearTransform(matrix: permutation.rows, parameters: scheme.parameters)
        try expectProduct(scheme, transform) { x in places.map { x[$0] } }

        let zero = try LinearTransform(
            matrix: Matrix(count) { _, _ in Complex(0) }.rows, parameters: scheme.parameters)
        #expect(zero.rotations == [])
        let nothing = try scheme.evaluator.apply(
            zero, to: try scheme.encryptor.encrypt(generator.unitSlots(count)))
        #expect(nothing.noise == NoiseEstimate(variance: 0, magnitude: 0))
        #expect(scheme.precision(nothing, [Complex](repeating: Complex(0), count: count)).distance.max == 0)
    }

    @Test("linearity, and products with several matrices at once", arguments: SchemeCase.first)
    func linearity(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        var generator = TestGenerator(seed: 14)
        let (a, b) = (generator.matrix(64), generator.matrix(64))
        let (x, y) = (generator.unitSlots(64), generator.unitSlots(64))
        let transforms = try [(a, nil), (b, 64), (b, 1)].map {
            try LinearTransform(matrix: $0.0.rows, parameters: scheme.parameters, babySteps: $0.1)
        }
        let evaluator = try evaluator(scheme, for: transforms)
        let (encryptedX, encryptedY) = (try scheme.encryptor.encrypt(x), try scheme.encryptor.encrypt(y))
        let products = try evaluator.apply(transforms, to: encryptedX)
        for (product, matrix) in zip(products, [a, b, b]) { scheme.expectPredicted(product, matrix * x) }
        // M(x + y) = Mx + My and (A + B) x = Ax + Bx.
        let sum = try evaluator.apply(transforms[0], to: try evaluator.add(encryptedX, encryptedY))
        let sums = try evaluator.add(products[0], try evaluator.apply(transforms[0], to: encryptedY))
        let expected = a * zip(x, y).map { $0 + $1 }
        scheme.expectPredicted(sums, expected)
        #expect(scheme.surplusBits(sum, expected) > -2)
        scheme.expectPredicted(try evaluator.add(products[0], products[1]), zip(a * x, b * x).map { $0 + $1 })
        #expect(try evaluator.apply([], to: encryptedX).isEmpty)
    }

    @Test("the rotations announced are what is needed: with one key fewer, the product is refused")
    func rotations() throws {
        let scheme = try Scheme(SchemeCase.literals[1], relinearization: false)
        var generator = TestGenerator(seed: 15)
        let matrix = generator.matrix(32)
        for babySteps in [nil, 1, 5, 32] {
            let transform = try LinearTransform(
                matrix: matrix.rows, parameters: scheme.parameters, babySteps: babySteps)
            try expectProduct(scheme, transform, { matrix * $0 })
            let x = try scheme.encryptor.encrypt(generator.unitSlots(32))
            for left in transform.rotations {
                let evaluator = Evaluator(
                    parameters: scheme.parameters,
                    keys: try scheme.generator.evaluationKeys(
                        relinearization: false, rotations: transform.rotations.filter { $0 != left }))
                #expect(throws: EvaluationError.key(.noRotationKey(steps: left))) {
                    try evaluator.apply(transform, to: x)
                }
            }
        }
        // A full matrix needs about 2 sqrt(n) of them.
        let full = try LinearTransform(matrix: generator.matrix(256).rows, parameters: scheme.parameters)
        #expect(full.rotations.count <= 40)
    }

    @Test("several threads find what one does")
    func threads() throws {
        let scheme = try Scheme(SchemeCase.literals[1], relinearization: false)
        var generator = TestGenerator(seed: 16)
        let matrix = generator.matrix(64)
        let transform = try LinearTransform(matrix: matrix.rows, parameters: scheme.parameters)
        let keys = try scheme.generator.evaluationKeys(relinearization: false, rotations: transform.rotations)
        let x = try scheme.encryptor.encrypt(generator.unitSlots(64))
        let products = try [1, 3].map { threads in
            try Evaluator(parameters: scheme.parameters, keys: keys, threads: threads).apply(transform, to: x)
        }
        for polynomial in 0..<2 {
            for prime in 0..<products[0].primes {
                products[0].polynomials.withLimb(polynomial: polynomial, prime: prime) { one in
                    products[1].polynomials.withLimb(polynomial: polynomial, prime: prime) { other in
                        #expect(one.elementsEqual(other))
                    }
                }
            }
        }
    }

    @Test("what is no matrix, or does not fit, is refused with the reason")
    func refusals() throws {
        let scheme = try Scheme(SchemeCase.literals[0], relinearization: false)
        let parameters = scheme.parameters
        let one = [Complex(1), Complex(1)]
        func error(_ make: () throws(EvaluationError) -> LinearTransform) -> EvaluationError? {
            do {
                _ = try make()
                return nil
            } catch {
                return error
            }
        }
        #expect(
            error { () throws(EvaluationError) in
                try LinearTransform(matrix: [one, [Complex(1)]], parameters: parameters)
            }
                == .matrix(.notSquare(row: 1, entries: 1, rows: 2)))
        #expect(
            error { () throws(EvaluationError) in try LinearTransform(matrix: [], parameters: parameters) }
                == .encoding(.slotCount(0, largest: 512)))
        func diagonals(
            _ diagonals: [Int: [Complex]], slotCount: Int = 2, primes: Int? = nil, scale: Double? = nil,
            babySteps: Int? = nil
        ) -> EvaluationError? {
            error { () throws(EvaluationError) in
                try LinearTransform(
                    diagonals: diagonals, slotCount: slotCount, parameters: parameters, primes: primes, scale: scale,
                    babySteps: babySteps)
            }
        }
        #expect(diagonals([0: one]) == nil)
        #expect(diagonals([3: [Complex(1)]]) == .matrix(.diagonal(3, entries: 1, slotCount: 2)))
        #expect(diagonals([-1: one, 1: one]) == .matrix(.repeatedDiagonal(1)))
        #expect(diagonals([0: one], babySteps: 0) == .matrix(.babySteps(0)))
        #expect(diagonals([0: one], slotCount: 3) == .encoding(.slotCount(3, largest: 512)))
        #expect(diagonals([0: one], slotCount: 1024) == .encoding(.slotCount(1024, largest: 512)))
        #expect(diagonals([0: one], primes: 5) == .level(primes: 5, available: 4))
        #expect(diagonals([0: one], primes: 0) == .level(primes: 0, available: 4))
        #expect(diagonals([0: one], scale: -1) == .encoding(.scale(-1)))
        #expect(diagonals([0: [Complex(.nan), Complex(1)]]) == .encoding(.notFinite(index: 0)))

        let plain = try CKKSParameters(
            ParametersLiteral(degree: 1 << 10, primeBits: [49], logScale: 30, security: .insecure))
        #expect(
            error { () throws(EvaluationError) in
                try LinearTransform(diagonals: [0: one], slotCount: 2, parameters: plain)
            } == .key(.noSpecialPrimes))

        let evaluator = scheme.evaluator
        let transform = try LinearTransform(diagonals: [0: one], slotCount: 2, parameters: parameters)
        let wide = try scheme.encryptor.encrypt([Complex](repeating: Complex(1), count: 4))
        #expect(throws: EvaluationError.packingMismatch(.slots(4), .slots(2))) {
            try evaluator.apply(transform, to: wide)
        }
        let x = try scheme.encryptor.encrypt(one)
        let low = try evaluator.drop(x, toPrimes: 3)
        #expect(throws: EvaluationError.level(primes: 4, available: 3)) { try evaluator.apply(transform, to: low) }
        let lower = try LinearTransform(diagonals: [0: one], slotCount: 2, parameters: parameters, primes: 3)
        #expect(throws: EvaluationError.matrix(.differentLevels(4, 3))) {
            try evaluator.apply([transform, lower], to: x)
        }
        let lowest = try LinearTransform(diagonals: [0: one], slotCount: 2, parameters: parameters, primes: 1)
        #expect(throws: (any Error).self) { try evaluator.apply(lowest, to: x) }
        let other = try Scheme(SchemeCase.literals[0])
        let stranger = try other.encryptor.encrypt(one)
        #expect(throws: EvaluationError.differentParameters) { try evaluator.apply(transform, to: stranger) }
        #expect(throws: EvaluationError.differentParameters) { try other.evaluator.apply(transform, to: stranger) }
    }
}
