import RLWE
import Ring

// Matrices of d rows and c columns are packed row by row: entry [i][j] in slot c i + j of d c slots.

extension LinearTransform {
    /// M X for a plaintext d x d matrix M and encrypted matrices X of d rows and `columns` columns: d diagonals, so
    /// about 2 sqrt(d) rotations, all multiples of `columns`. Depth one.
    ///
    /// - Throws: ``EvaluationError`` where M is not square, d or `columns` is no power of two, or M cannot be encoded.
    public convenience init(
        leftFactor matrix: [[Complex]], columns: Int, parameters: CKKSParameters, primes: Int? = nil,
        scale: Double? = nil
    ) throws(EvaluationError) {
        try requireSquare(matrix)
        let count = matrix.count
        let slots = try Self.slots(rows: count, columns: columns, parameters)
        // Entry [i][j] of the product takes from [k][j], which is (k - i) columns further on, cyclically.
        var diagonals: [Int: [Complex]] = [:]
        for k in 0..<count {
            diagonals[k * columns] = (0..<slots).map { matrix[$0 / columns][($0 / columns + k) % count] }
        }
        try self.init(
            diagonals: diagonals, slotCount: slots, parameters: parameters, primes: primes, scale: scale)
    }

    /// X M for a plaintext d x d matrix M and encrypted matrices X of `rows` rows and d columns: 2 d - 1 diagonals.
    /// Depth one.
    ///
    /// - Throws: ``EvaluationError`` where M is not square, d or `rows` is no power of two, or M cannot be encoded.
    public convenience init(
        rightFactor matrix: [[Complex]], rows: Int, parameters: CKKSParameters, primes: Int? = nil,
        scale: Double? = nil
    ) throws(EvaluationError) {
        try requireSquare(matrix)
        let count = matrix.count
        let slots = try Self.slots(rows: rows, columns: count, parameters)
        // Entry [i][j] of the product takes from [i][k], which is k - j further on.
        let entries = (0..<slots).flatMap { slot in
            (0..<count).map { (to: slot, from: slot - slot % count + $0, entry: matrix[$0][slot % count]) }
        }
        try self.init(
            diagonals: Self.diagonals(entries, slots: slots), slotCount: slots, parameters: parameters,
            primes: primes, scale: scale)
    }

    /// The matrix that puts into slot j of d^2, which are those of a d x d matrix, the slot `source` gives.
    fileprivate convenience init(
        permutation source: (_ row: Int, _ column: Int) -> (row: Int, column: Int), dimension: Int,
        parameters: CKKSParameters, primes: Int, babySteps: Int? = nil
    ) throws(EvaluationError) {
        let slots = dimension * dimension
        let entries = (0..<slots).map { slot in
            let from = source(slot / dimension, slot % dimension)
            return (to: slot, from: from.row % dimension * dimension + from.column % dimension, entry: Complex(1))
        }
        try self.init(
            diagonals: Self.diagonals(entries, slots: slots), slotCount: slots, parameters: parameters,
            primes: primes, babySteps: babySteps)
    }

    /// The diagonals of a matrix that has these entries, and zeros.
    private static func diagonals(
        _ entries: [(to: Int, from: Int, entry: Complex)], slots: Int
    ) -> [Int: [Complex]] {
        entries.reduce(into: [:]) { diagonals, place in
            let index = (place.from - place.to + slots) % slots
            diagonals[index, default: [Complex](repeating: Complex(0), count: slots)][place.to] = place.entry
        }
    }

    /// The number of slots of a matrix, checked.
    fileprivate static func slots(
        rows: Int, columns: Int, _ parameters: CKKSParameters
    ) throws(EvaluationError) -> Int {
        for count in [rows, columns] where count < 1 || count.nonzeroBitCount != 1 || count > parameters.slotCapacity {
            throw .matrix(.dimension(count, largest: parameters.slotCapacity))
        }
        let slots = rows * columns
        guard slots <= parameters.slotCapacity else {
            throw .encoding(.slotCount(slots, largest: parameters.slotCapacity))
        }
        return slots
    }
}

/// Products of encrypted d x d matrices, each in one ciphertext of d^2 slots, row by row (Jiang, Kim, Lauter, Song, CCS
/// 2018, section 4):
///
///     A B = sum over k of phi^k(sigma(A)) psi^k(tau(B)), slot by slot,
///
/// indices modulo d, with
///
///     sigma(A)[i][j] = A[i][i + j],    phi^k(A)[i][j] = A[i][j + k],
///     tau(B)[i][j] = B[i + j][j],      psi^k(B)[i][j] = B[i + k][j].
///
/// Depth three: sigma and tau, then phi, which masks two rotations (psi is one rotation, as rows are cyclic), then the
/// products, which are summed before they are relinearised. All keys of ``rotations`` and the relinearisation key are
/// needed. Costs about 6 sqrt(d) + 3 d key switchings and d products. Immutable and shared freely.
public final class MatrixProduct: Sendable {
    /// The number d of rows and columns: a power of two.
    public let dimension: Int
    /// The level of the factors: of this many primes, or of more, which are dropped.
    public let primes: Int
    let sigma: LinearTransform
    let tau: LinearTransform
    /// phi^k, k = 1 ... d - 1.
    let columnShifts: [LinearTransform]

    /// Rescalings that a product takes.
    public static let depth = 3

    /// Products of d x d matrices, d^2 up to N/2.
    ///
    /// - Parameter primes: the level of the factors, more than ``depth``; the highest when left out.
    /// - Throws: ``EvaluationError``.
    public init(dimension: Int, parameters: CKKSParameters, primes: Int? = nil) throws(EvaluationError) {
        let primes = primes ?? parameters.primeCount
        guard primes > Self.depth else { throw .level(primes: Self.depth + 1, available: primes) }
        let slots = try LinearTransform.slots(rows: dimension, columns: dimension, parameters)
        self.dimension = dimension
        self.primes = primes
        sigma = try LinearTransform(
            permutation: { ($0, $0 + $1) }, dimension: dimension, parameters: parameters, primes: primes)
        tau = try LinearTransform(
            permutation: { ($0 + $1, $1) }, dimension: dimension, parameters: parameters, primes: primes)
        var columnShifts: [LinearTransform] = []
        for k in 1..<max(dimension, 1) {
            // Baby steps only: all shifts share one decomposition.
            columnShifts.append(
                try LinearTransform(
                    permutation: { ($0, $1 + k) }, dimension: dimension, parameters: parameters, primes: primes - 1,
                    babySteps: slots))
        }
        self.columnShifts = columnShifts
    }

    /// The rotations of psi^k, k = 1 ... d - 1.
    var rowShifts: [Int] { (1..<max(dimension, 1)).map { $0 * dimension } }

    /// The rotations that an evaluator needs keys for.
    public var rotations: [Int] {
        Set(rowShifts).union(([sigma, tau] + columnShifts).flatMap(\.rotations)).sorted()
    }
}

extension Evaluator {
    /// The product of two encrypted matrices, rescaled: at the level of three primes fewer than `product` is for.
    ///
    /// - Throws: ``EvaluationError`` when a key is missing, or levels, scales or slots do not fit.
    public func multiply(
        _ x: Ciphertext, _ y: Ciphertext, by product: MatrixProduct
    ) throws(EvaluationError) -> Ciphertext {
        let left = try rescale(try apply(product.sigma, to: x))
        let right = try rescale(try apply(product.tau, to: y))
        // No column shift, and the others.
        let primes = product.primes - 2
        var lefts = [try drop(left, toPrimes: primes)]
        for shifted in try apply(product.columnShifts, to: left) { lefts.append(try rescale(shifted)) }
        let rights = try rotate(try drop(right, toPrimes: primes), by: [0] + product.rowShifts)
        var sum = try multiply(lefts[0], rights[0])
        for (left, right) in zip(lefts, rights).dropFirst() { sum = try add(sum, try multiply(left, right)) }
        return try relinearizeAndRescale(sum)
    }
}
