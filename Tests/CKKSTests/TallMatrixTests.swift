import RLWE
import Ring
import Testing

@testable import CKKS

struct TallMatrixTests {
    private static let literal = ParametersLiteral.n4096
    private static let (vectorScale, matrixScale, bits) = (0x1p28, 0x1p18, 27)

    struct Shape: CustomStringConvertible, Sendable {
        let rows: Int
        let columns: Int
        var babySteps: Int?
        var threads = 1
        var vectors = 1

        var description: String {
            "\(rows) x \(columns), \(babySteps ?? 0) baby steps, \(threads) threads, \(vectors) vectors"
        }
    }

    /// Products of a matrix with vectors of norm sqrt(2), each under a key of its own.
    private struct Products {
        let layout: TallMatrixLayout
        let parameters: CKKSParameters
        let rows: [[Float]]
        let vectors: [[Float]]
        let product: TallMatrixProduct
        let encrypted: [TallMatrixProduct.Vector]
        let results: [[RoundedCiphertext]]
        let decryptors: [Decryptor]

        init(_ shape: Shape, backend: Backend = .selected) throws {
            parameters = try CKKSParameters(literal, backend: backend)
            var generator = TestGenerator(seed: 11)
            func vector() -> [Float] {
                let raw = (0..<shape.columns).map { _ in Double.random(in: -1...1, using: &generator) }
                let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return raw.map { Float($0 / norm * 2.0.squareRoot()) }
            }
            let rows = (0..<shape.rows).map { _ in vector() }
            vectors = (0..<shape.vectors).map { _ in vector() }
            self.rows = rows
            let encoder = TallMatrixEncoder(
                parameters: parameters, columnCount: shape.columns, babySteps: shape.babySteps, scale: matrixScale)
            let matrix = try TallMatrix(encoder: encoder, rowCount: shape.rows, threads: shape.threads) { rows[$0] }
            layout = matrix.layout
            var encrypted: [TallMatrixProduct.Vector] = []
            var decryptors: [Decryptor] = []
            for vector in vectors {
                let keys = KeyGenerator(parameters: parameters, key: .generate())
                let slots = (0..<parameters.slotCapacity).map { Complex(Double(vector[$0 % shape.columns])) }
                let plaintext = try parameters.encoder.encode(slots, scale: vectorScale)
                encrypted.append(
                    (
                        Encryptor(parameters: parameters, secret: keys.secret).encrypt(plaintext),
                        try TallMatrixKeys(
                            keys.evaluationKeys(relinearization: false, rotations: layout.rotations), layout: layout)
                    ))
                decryptors.append(Decryptor(parameters: parameters, secret: keys.secret))
            }
            self.decryptors = decryptors
            self.encrypted = encrypted
            product = TallMatrixProduct(
                matrix: matrix, parameters: parameters, matrixScale: matrixScale, bits: bits)
            results = try product.multiply(encrypted, threads: shape.threads)
        }

        /// The distance of each row's product from the exact one.
        func errors(vector: Int) -> [Double] {
            let decrypted = results[vector].flatMap { decryptors[vector].decryptSlots($0) }
            return rows.indices.map { row in
                let slot = decrypted[row / 2]
                let exact = zip(rows[row], vectors[vector]).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
                return (row % 2 == 0 ? slot.real : slot.imaginary) - exact
            }
        }
    }

    /// The noise formula, two rows of norm sqrt(2) in a slot.
    private static func deviation(_ products: Products) -> Double {
        products.parameters.tallProductDeviation(
            layout: products.layout, pairNormSquared: 4, vectorNormSquared: 2, vectorScale: vectorScale,
            matrixScale: matrixScale, bits: bits)
    }

    /// Errors are of the size that the formula says: their mean square over 4096 values to within six of its
    /// deviations, and the secret's weight, which scales most of it, to within three. None is beyond twelve: most of an
    /// error is a product of two values that are nearly Gaussian, which exceeds t deviations with a probability of
    /// about sqrt(pi t) exp(-2 t), 2e-10 at twelve.
    private static func check(_ products: Products, sourceLocation: SourceLocation = #_sourceLocation) {
        let expected = deviation(products)
        for vector in products.vectors.indices {
            let errors = products.errors(vector: vector)
            let meanSquare = errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)
            let tolerance = 6 * (2 / Double(errors.count)).squareRoot() + 3 * 0.011
            #expect(abs(meanSquare / (expected * expected) - 1) < tolerance, sourceLocation: sourceLocation)
            #expect(errors.allSatisfy { abs($0) < 12 * expected }, sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: Backend.available.map(\.name))
    func productsAreExactButForThePredictedNoise(backend: String) throws {
        let backend = try #require(Backend.available.first { $0.name == backend })
        Self.check(try Products(Shape(rows: 4096, columns: 64), backend: backend))
    }

    /// Blocks that are not full, several blocks, one giant step, one baby step, all widths of tiles.
    @Test(arguments: [
        Shape(rows: 4099, columns: 512, threads: 2), Shape(rows: 1000, columns: 16, babySteps: 16),
        Shape(rows: 1000, columns: 16, babySteps: 1), Shape(rows: 2001, columns: 256, babySteps: 128),
        Shape(rows: 1500, columns: 32, vectors: 3), Shape(rows: 8200, columns: 128, threads: 2, vectors: 2),
    ])
    func everyShapeGivesItsProducts(shape: Shape) throws {
        Self.check(try Products(shape))
    }

    /// More blocks than a segment has.
    @Test func segmentsFollowEachOther() throws {
        Self.check(try Products(Shape(rows: 9 * 4096 + 5, columns: 16, threads: 2, vectors: 2)))
    }

    /// Whoever asks for some blocks gets those of the whole product, bit for bit, whatever others ask for.
    @Test func blocksAreThoseOfTheWholeProduct() throws {
        let products = try Products(Shape(rows: 9 * 4096 + 5, columns: 16, threads: 2, vectors: 3))
        for blocks in [
            [0..<1, 3..<5, 9..<10], [2..<2, 0..<10, 7..<9], [8..<10, 8..<10, 0..<0], [5..<6, 5..<5, 10..<10],
        ] {
            let parts = try products.product.multiply(products.encrypted, blocks: blocks, threads: 2)
            for (vector, range) in blocks.enumerated() {
                #expect(parts[vector].map(\.bytes) == products.results[vector][range].map(\.bytes))
            }
        }
    }

    /// A place for each residue, and each place once.
    @Test(arguments: [(5000, 64), (70000, 16), (40000, 32)])
    func layoutsFillTheirMemory(rows: Int, columns: Int) {
        let layout = TallMatrixLayout(degree: 4096, rowCount: rows, columnCount: columns)
        #expect(layout.segments.flatMap(\.self) == Array(0..<layout.blockCount))
        #expect((0..<layout.blockCount).flatMap { layout.rows(ofBlock: $0) } == Array(0..<rows))
        for blocks in Set(layout.segments.map(\.count)) {
            var places: [Int] = []
            for tile in 0..<layout.tileCount {
                for block in 0..<blocks {
                    for diagonal in 0..<columns {
                        places.append(layout.place(tile: tile, block: block, of: blocks, diagonal: diagonal))
                    }
                }
            }
            #expect(places == Array(stride(from: 0, to: blocks * layout.residuesPerBlock, by: layout.tileWidth)))
        }
    }

    @Test func missingKeysAndOtherPackingsAreRefused() throws {
        let parameters = try CKKSParameters(Self.literal)
        let keys = KeyGenerator(parameters: parameters, key: .generate())
        let layout = TallMatrixLayout(degree: 4096, rowCount: 10, columnCount: 16)
        #expect(throws: KeyError.noRotationKey(steps: layout.rotations.last!)) {
            try TallMatrixKeys(
                keys.evaluationKeys(relinearization: false, rotations: layout.rotations.dropLast()), layout: layout)
        }
        let encoder = TallMatrixEncoder(parameters: parameters, columnCount: 16, scale: Self.matrixScale)
        let matrix = try TallMatrix(encoder: encoder, rowCount: 10, threads: 1) { _ in [1] }
        let product = TallMatrixProduct(
            matrix: matrix, parameters: parameters, matrixScale: Self.matrixScale, bits: Self.bits)
        let ready = try TallMatrixKeys(
            keys.evaluationKeys(relinearization: false, rotations: layout.rotations), layout: layout)
        let other = TallMatrixLayout(degree: 4096, rowCount: 10, columnCount: 16, babySteps: 2)
        let elsewhere = try TallMatrixKeys(
            keys.evaluationKeys(relinearization: false, rotations: other.rotations), layout: other)
        let vector = try Encryptor(parameters: parameters, secret: keys.secret)
            .encrypt([Double](repeating: 1, count: 2048))
        #expect(throws: EvaluationError.self) { try product.multiply([(vector, elsewhere)], threads: 1) }
        let sparse = try Encryptor(parameters: parameters, secret: keys.secret).encrypt([1.0, 0.5])
        #expect(throws: EvaluationError.packingMismatch(.slots(2), .slots(2048))) {
            try product.multiply([(sparse, ready)], threads: 1)
        }
    }
}
