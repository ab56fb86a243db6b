import RLWE
import Ring
import Testing

@testable import CKKS

/// Products of matrices are those of plaintext arithmetic. Entries lie on the unit circle, so that noise estimates are
/// exact but for what a comment says.
@Suite("Matrix products")
struct MatrixProductTests {
    /// Three levels; and with two special primes, four.
    static let cases = SchemeCase.all.filter { $0.literal.primeBits.count > MatrixProduct.depth }

    @Test("a plaintext matrix times an encrypted one, on either side", arguments: SchemeCase.all)
    func plaintext(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        var generator = TestGenerator(seed: 21)
        for (count, others) in [(8, 8), (16, 4), (4, 32), (1, 16), (8, 1)] {
            let matrix = generator.matrix(count)
            let x = generator.unitSlots(count * others)
            let encrypted = try scheme.encryptor.encrypt(x)
            let left = try LinearTransform(
                leftFactor: matrix.rows, columns: others, parameters: scheme.parameters)
            #expect(left.rotations.allSatisfy { $0 % others == 0 })
            let right = try LinearTransform(rightFactor: matrix.rows, rows: others, parameters: scheme.parameters)
            #expect(right.giants.reduce(0) { $0 + $1.diagonals.count } == min(2 * count - 1, count * others))
            let evaluator = Evaluator(
                parameters: scheme.parameters,
                keys: try scheme.generator.evaluationKeys(rotations: left.rotations + right.rotations))

            let columns = (0..<others).map { column in (0..<count).map { x[$0 * others + column] } }
            let products = columns.map { matrix * $0 }
            scheme.expectPredicted(
                try evaluator.rescale(try evaluator.apply(left, to: encrypted)),
                (0..<count * others).map { products[$0 % others][$0 / others] })
            let transposed = Matrix(count) { matrix.rows[$1][$0] }
            scheme.expectPredicted(
                try evaluator.rescale(try evaluator.apply(right, to: encrypted)),
                (0..<others).flatMap { row in transposed * Array(x[row * count..<(row + 1) * count]) })
        }
    }

    @Test("encrypted matrices", arguments: cases)
    func encrypted(_ parameters: SchemeCase) throws {
        let scheme = try Scheme(parameters.literal, backend: parameters.backend, relinearization: false)
        var generator = TestGenerator(seed: 22)
        for dimension in [1, 2, 4, 16] {
            for primes in Set([MatrixProduct.depth + 1, scheme.parameters.primeCount]) {
                let product = try MatrixProduct(
                    dimension: dimension, parameters: scheme.parameters, primes: primes)
                let evaluator = Evaluator(
                    parameters: scheme.parameters,
                    keys: try scheme.generator.evaluationKeys(rotations: product.rotations))
                let (a, b) = (generator.unitMatrix(dimension), generator.unitMatrix(dimension))
                let (x, y) = (try scheme.encryptor.encrypt(a.entries), try scheme.encryptor.encrypt(b.entries))
                let result = try evaluator.multiply(x, y, by: product)
                #expect(result.primes == primes - MatrixProduct.depth)
                #expect(result.packing == .slots(dimension * dimension))
                #expect(result.noise.magnitude == Double(dimension))
                scheme.expectPredicted(result, (a * b).entries)
            }
        }
    }

    @Test("products are associative with plaintext ones, and the identity changes nothing")
    func laws() throws {
        let scheme = try Scheme(SchemeCase.literals[1], relinearization: false)
        let dimension = 8
        var generator = TestGenerator(seed: 23)
        let (a, b) = (generator.unitMatrix(dimension), generator.unitMatrix(dimension))
        let m = generator.matrix(dimension)
        let left = try LinearTransform(leftFactor: m.rows, columns: dimension, parameters: scheme.parameters)
        let product = try MatrixProduct(dimension: dimension, parameters: scheme.parameters, primes: 4)
        let evaluator = Evaluator(
            parameters: scheme.parameters,
            keys: try scheme.generator.evaluationKeys(rotations: product.rotations + left.rotations))
        let (x, y) = (try scheme.encryptor.encrypt(a.entries), try scheme.encryptor.encrypt(b.entries))
        // (M A) B = M (A B). The estimate takes M A for as large as it could be, twice what it is.
        let scaled = try evaluator.rescale(try evaluator.apply(left, to: x))
        scheme.expectPredicted(try evaluator.multiply(scaled, y, by: product), (m * (a * b)).entries)
        let identity = Matrix(dimension) { Complex($0 == $1 ? 1 : 0) }
        let one = try scheme.encryptor.encrypt(identity.entries)
        for result in [
            try evaluator.multiply(x, one, by: product), try evaluator.multiply(one, x, by: product),
        ] {
            scheme.expectPredicted(result, a.entries)
        }
    }

    @Test("the rotations announced are what is needed, and what does not fit is refused")
    func refusals() throws {
        let scheme = try Scheme(SchemeCase.literals[0])
        let product = try MatrixProduct(dimension: 4, parameters: scheme.parameters)
        var generator = TestGenerator(seed: 24)
        let x = try scheme.encryptor.encrypt(generator.unitSlots(16))
        for left in product.rotations {
            let keys = try scheme.generator.evaluationKeys(rotations: product.rotations.filter { $0 != left })
            let evaluator = Evaluator(parameters: scheme.parameters, keys: keys)
            #expect(throws: EvaluationError.key(.noRotationKey(steps: left))) {
                try evaluator.multiply(x, x, by: product)
            }
        }
        #expect(throws: EvaluationError.level(primes: 4, available: 3)) {
            try MatrixProduct(dimension: 4, parameters: scheme.parameters, primes: 3)
        }
        #expect(throws: EvaluationError.level(primes: 5, available: 4)) {
            try MatrixProduct(dimension: 4, parameters: scheme.parameters, primes: 5)
        }
        for dimension in [0, 3, -4, 1 << 40] {
            #expect(throws: EvaluationError.matrix(.dimension(dimension, largest: 512))) {
                try MatrixProduct(dimension: dimension, parameters: scheme.parameters)
            }
        }
        #expect(throws: EvaluationError.encoding(.slotCount(1024, largest: 512))) {
            try MatrixProduct(dimension: 32, parameters: scheme.parameters)
        }
        #expect(throws: EvaluationError.matrix(.dimension(3, largest: 512))) {
            try LinearTransform(leftFactor: [[Complex(1)]], columns: 3, parameters: scheme.parameters)
        }
        let wide = try scheme.encryptor.encrypt(generator.unitSlots(64))
        #expect(throws: EvaluationError.packingMismatch(.slots(64), .slots(16))) {
            try scheme.evaluator.multiply(wide, wide, by: product)
        }
    }
}
