import RLWE
import Ring

/// A plaintext matrix, prepared for multiplication with encrypted vectors: its diagonals, encoded modulo QP.
///
/// Slot j of the product is the sum over k of diagonal k, at j, times slot j + k of the vector; diagonal k of a
/// matrix M is M[j][j + k], indices modulo the number n of slots. Diagonals that are zero cost nothing.
///
/// Rotations are split into b giant steps of n1 baby steps, so that a full matrix needs about 2 sqrt(n) keys. Baby
/// steps share one decomposition, and neither they nor the sums leave the modulus QP (double hoisting: Bossuat,
/// Mouchet, Troncoso-Pastoriza, Hubaux, EUROCRYPT 2021, algorithm 6).
///
/// Immutable and shared freely.
public final class LinearTransform: Sendable {
    /// The parameters.
    public let parameters: CKKSParameters
    /// The level it is for: vectors of this many primes, or of more, which are dropped.
    public let primes: Int
    /// The number n of slots.
    public let slotCount: Int
    /// What the entries are multiplied by.
    public let scale: Double
    /// Rotations that share a giant step.
    public let babySteps: Int
    /// Giant steps, ascending, each with its diagonals in ascending order of their baby steps.
    let giants: [Giant]

    struct Giant: Sendable {
        /// The rotation of this giant step: a multiple of the number of baby steps.
        let rotation: Int
        let diagonals: [(baby: Int, values: AlignedBuffer<UInt64>)]
    }

    /// For noise: the mean over the slots of the sum of the squared magnitudes in a row, of all diagonals and of those
    /// whose baby step is a rotation.
    let meanSquaredNorm: (all: Double, rotated: Double)
    /// The largest sum of magnitudes in a row.
    let largestRowSum: Double

    /// A matrix given by its diagonals.
    ///
    /// - Parameters:
    ///   - diagonals: by their index, taken modulo `slotCount`; `slotCount` entries each.
    ///   - slotCount: a power of two, up to N/2.
    ///   - primes: the level of the vectors; the highest when left out.
    ///   - scale: of the entries. When left out, the level's last prime: after rescaling, the vector has its scale
    ///     again.
    ///   - babySteps: when left out, a power of two for which there are few rotations.
    /// - Throws: ``EvaluationError``: ``MatrixError`` where the diagonals are no matrix, ``EncodingError`` where
    ///   entries cannot be encoded, ``KeyError`` where the parameters have no special primes.
    public init(
        diagonals: [Int: [Complex]], slotCount: Int, parameters: CKKSParameters, primes: Int? = nil,
        scale: Double? = nil, babySteps: Int? = nil
    ) throws(EvaluationError) {
        let primes = primes ?? parameters.primeCount
        guard parameters.chain.special != nil else { throw .key(.noSpecialPrimes) }
        guard (1...parameters.primeCount).contains(primes) else {
            throw .level(primes: primes, available: parameters.primeCount)
        }
        guard slotCount.nonzeroBitCount == 1, (1...parameters.slotCapacity).contains(slotCount) else {
            throw .encoding(.slotCount(slotCount, largest: parameters.slotCapacity))
        }
        let matrix = try Self.checked(diagonals, slotCount: slotCount)
        self.parameters = parameters
        self.primes = primes
        self.slotCount = slotCount
        self.scale = scale ?? Double(parameters.chain.basis.moduli[primes - 1].value)
        let babySteps = babySteps ?? Self.fewestRotations(matrix.keys, slotCount: slotCount)
        guard babySteps >= 1 else { throw .matrix(.babySteps(babySteps)) }
        self.babySteps = babySteps
        giants = try Self.encode(
            matrix, slotCount: slotCount, babySteps: babySteps, scale: self.scale, primes: primes, parameters)
        let squaredNorm = { (diagonals: [Int: [Complex]]) in
            diagonals.values.joined().reduce(0) { $0 + $1.magnitude * $1.magnitude } / Double(slotCount)
        }
        meanSquaredNorm = (squaredNorm(matrix), squaredNorm(matrix.filter { $0.key % babySteps != 0 }))
        largestRowSum = (0..<slotCount).reduce(0) { largest, row in
            max(largest, matrix.values.reduce(0) { $0 + $1[row].magnitude })
        }
    }

    /// A square matrix, row by row, of as many slots as it has rows: a power of two.
    ///
    /// - Throws: ``EvaluationError`` where it is not square, or cannot be encoded.
    public convenience init(
        matrix: [[Complex]], parameters: CKKSParameters, primes: Int? = nil, scale: Double? = nil,
        babySteps: Int? = nil
    ) throws(EvaluationError) {
        try requireSquare(matrix)
        let count = matrix.count
        var diagonals: [Int: [Complex]] = [:]
        for k in 0..<count { diagonals[k] = (0..<count).map { matrix[$0][($0 + k) % count] } }
        try self.init(
            diagonals: diagonals, slotCount: count, parameters: parameters, primes: primes, scale: scale,
            babySteps: babySteps)
    }

    /// The diagonals that are not zero, by their indices from 0 to the number of slots.
    private static func checked(
        _ diagonals: [Int: [Complex]], slotCount: Int
    ) throws(EvaluationError) -> [Int: [Complex]] {
        var places = Set<Int>()
        var matrix: [Int: [Complex]] = [:]
        for (index, diagonal) in diagonals.sorted(by: { $0.key < $1.key }) {
            guard diagonal.count == slotCount else {
                throw .matrix(.diagonal(index, entries: diagonal.count, slotCount: slotCount))
            }
            let place = ((index % slotCount) + slotCount) % slotCount
            guard places.insert(place).inserted else { throw .matrix(.repeatedDiagonal(index)) }
            guard diagonal.contains(where: { $0.real != 0 || $0.imaginary != 0 }) else { continue }
            matrix[place] = diagonal
        }
        return matrix
    }

    /// The rotations that an evaluator needs keys for.
    public var rotations: [Int] {
        let babies = Set(giants.flatMap { $0.diagonals.map(\.baby) })
        return Set(giants.map(\.rotation)).union(babies).subtracting([0]).sorted()
    }

    /// The power of two for which baby and giant steps are fewest.
    static func fewestRotations(_ indices: some Collection<Int>, slotCount: Int) -> Int {
        let candidates = (0...slotCount.trailingZeroBitCount).map { 1 << $0 }
        let cost = { (steps: Int) in
            // Giant steps cost a decomposition each, baby steps share one.
            Set(indices.map { $0 % steps }).count + 2 * Set(indices.map { $0 / steps }).count
        }
        return candidates.min { cost($0) < cost($1) } ?? 1
    }

    private static func encode(
        _ diagonals: [Int: [Complex]], slotCount: Int, babySteps: Int, scale: Double, primes: Int,
        _ parameters: CKKSParameters
    ) throws(EvaluationError) -> [Giant] {
        let basis = parameters.chain.level(primes: primes).basis
        let factors = basis.montgomeryFactors
        var giants: [Int: [(baby: Int, values: AlignedBuffer<UInt64>)]] = [:]
        do throws(EncodingError) {
            let encoder = try Encoder(basis: basis)
            let workspace = EncoderWorkspace(for: encoder)
            for (index, diagonal) in diagonals.sorted(by: { $0.key < $1.key }) {
                let baby = index % babySteps
                // The giant rotation comes after the product, so the diagonal is turned back by it.
                let turned = (0..<slotCount).map { diagonal[($0 - (index - baby) + slotCount) % slotCount] }
                let plaintext = try encoder.encode(turned, scale: scale, workspace: workspace)
                let values = AlignedBuffer<UInt64>(uninitialized: basis.count * basis.degree)
                basis.multiply(
                    plaintext.polynomial.limbs, by: factors,
                    into: LimbAddresses(base: values.unsafeBase, degree: basis.degree))
                giants[index - baby, default: []].append((baby, values))
            }
        } catch {
            throw .encoding(error)
        }
        let largest = giants.values.reduce(0) { max($0, $1.count) }
        guard largest <= MatrixError.largestTermCount else {
            throw .matrix(.tooManyTerms(largest, babySteps: babySteps))
        }
        return giants.sorted { $0.key < $1.key }.map { Giant(rotation: $0.key, diagonals: $0.value) }
    }

    /// The rotations taken before the products; zero is none.
    var babies: Set<Int> { Set(giants.flatMap { $0.diagonals.map(\.baby) }) }
}

/// Refuses what is not square.
func requireSquare(_ matrix: [[Complex]]) throws(EvaluationError) {
    for (row, entries) in matrix.enumerated() where entries.count != matrix.count {
        throw .matrix(.notSquare(row: row, entries: entries.count, rows: matrix.count))
    }
}

extension Evaluator {
    /// The product of a plaintext matrix with an encrypted vector, at the transform's level; rescale afterwards.
    ///
    /// Costs a decomposition and, for each baby step, a product with a key; for each giant step as much again and one
    /// division by P; and a product modulo QP for each diagonal. Takes memory for a ciphertext modulo QP for each baby
    /// step and each giant step.
    ///
    /// - Throws: ``EvaluationError`` when a key is missing, or levels or slots do not fit.
    public func apply(_ transform: LinearTransform, to vector: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try apply([transform], to: vector)[0]
    }

    /// The products of several matrices, of one level, with an encrypted vector: baby steps that they have in common
    /// are taken once, and share one decomposition.
    ///
    /// - Throws: ``EvaluationError`` when a key is missing, or levels or slots do not fit.
    public func apply(
        _ transforms: [LinearTransform], to vector: Ciphertext
    ) throws(EvaluationError) -> [Ciphertext] {
        guard let first = transforms.first else { return [] }
        try requirePair(vector)
        let x = try drop(vector, toPrimes: first.primes)
        var keys: [Int: (SwitchingKey, Automorphism)] = [:]
        for transform in transforms {
            guard transform.parameters === parameters else { throw .differentParameters }
            guard vector.packing == .slots(transform.slotCount) else {
                throw .packingMismatch(vector.packing, .slots(transform.slotCount))
            }
            guard transform.primes == x.primes else {
                throw .matrix(.differentLevels(x.primes, transform.primes))
            }
            try requireRoom(scale: x.scale * transform.scale, primes: x.primes)
            for steps in transform.rotations { keys[steps] = try rotation(steps, slots: transform.slotCount) }
        }
        return pool.withWorkspace { switcher in
            let run = LinearTransformRun(x, keys: keys, switcher: switcher, threads: threads)
            run.rotateBabies(transforms.reduce(into: []) { $0.formUnion($1.babies) })
            return transforms.map { transform in
                Ciphertext(
                    parameters: parameters, polynomials: run.product(transform), scale: x.scale * transform.scale,
                    packing: x.packing,
                    noise: NoiseEstimate(
                        variance: parameters.variance(of: transform, x),
                        magnitude: x.noise.magnitude * transform.largestRowSum))
            }
        }
    }
}

extension CKKSParameters {
    /// A product with a matrix, slots independent: the vector's error and those of its baby rotations times the
    /// entries; the rounding of the entries times the vector; a division of each giant step and its key's errors; the
    /// last division. Matrices whose diagonals are constant have no rounding, so that the estimate is too large for
    /// them.
    func variance(of transform: LinearTransform, _ x: Ciphertext) -> Double {
        guard !transform.giants.isEmpty else { return 0 }
        let keyProduct = keyProductVariance(primes: transform.primes)
        let (all, rotated) = transform.meanSquaredNorm
        let vector = x.noise.magnitude * x.scale
        let diagonalCount = transform.giants.reduce(0) { $0 + $1.diagonals.count }
        let giantRotations = transform.giants.count { $0.rotation != 0 }
        return transform.scale * transform.scale * (all * x.noise.variance + rotated * keyProduct)
            + Double(diagonalCount) * encodingVariance * vector * vector
            + Double(giantRotations) * (keyProduct + roundingVariance()) + roundingVariance()
    }
}

/// Products of matrices with one vector: its intermediate values, all modulo QP.
private final class LinearTransformRun {
    private let x: Ciphertext
    private let keys: [Int: (SwitchingKey, Automorphism)]
    private let switcher: KeySwitcher
    private let threads: Int
    private let level: KeySwitchingLevel
    private let primes: Int
    private let pairSize: Int
    /// The vector under each baby step, times P.
    private var babies: [Int: AlignedBuffer<UInt64>] = [:]

    /// Of the vector `x`, with the keys of all rotations.
    init(_ x: Ciphertext, keys: [Int: (SwitchingKey, Automorphism)], switcher: KeySwitcher, threads: Int) {
        self.x = x
        self.keys = keys
        self.switcher = switcher
        self.threads = threads
        primes = x.primes
        level = x.parameters.chain.level(primes: primes)
        pairSize = 2 * level.basis.count * level.basis.degree
    }

    /// The product with the matrix of `transform`, whose baby steps have been taken.
    func product(_ transform: LinearTransform) -> PolynomialVector {
        let sums = transform.giants.map { _ in makePair() }
        multiplyDiagonals(transform.giants, into: sums)
        var result = x.parameters.chain.makeVector(primes: primes, count: 2)
        guard let total = rotateAndAdd(transform.giants, sums) else {
            for index in 0..<2 {
                result.mutableLimbs(index).base.update(repeating: 0, count: x.basis.count * x.basis.degree)
            }
            return result
        }
        withExtendedLifetime(total) {
            for index in 0..<2 {
                switcher.divideByP(polynomial(index, of: total), into: result.mutableLimbs(index), primes: primes)
            }
        }
        return result
    }

    private func makePair() -> AlignedBuffer<UInt64> {
        AlignedBuffer(uninitialized: pairSize, recycler: x.parameters.chain.recycler)
    }

    private func polynomial(_ index: Int, of pair: AlignedBuffer<UInt64>) -> LimbAddresses {
        LimbAddresses(base: pair.unsafeBase + index * pairSize / 2, degree: level.basis.degree)
    }

    /// P times the vector, and its baby rotations. The special primes' residues of P times anything are zero.
    func rotateBabies(_ steps: Set<Int>) {
        let (c0, c1) = (x.polynomials.limbs(0), x.polynomials.limbs(1))
        if steps.contains(where: { $0 != 0 }) { switcher.decompose(c1, primes: primes) }
        for step in steps {
            let pair = makePair()
            babies[step] = pair
            guard let (key, permutation) = keys[step] else {
                for (index, c) in [c0, c1].enumerated() {
                    let limbs = polynomial(index, of: pair)
                    x.basis.multiply(c, by: level.specialProduct, into: limbs, threads: threads)
                    let special = limbs.dropping(first: primes)
                    special.base.update(repeating: 0, count: (level.basis.count - primes) * level.basis.degree)
                }
                continue
            }
            switcher.multiply(by: key, polynomial: c1, primes: primes)
            x.basis.multiplyAdd(
                switcher.sums(0), c0, by: level.specialProduct, into: switcher.sums(0), threads: threads)
            for index in 0..<2 {
                level.basis.permute(
                    switcher.sums(index), by: permutation, into: polynomial(index, of: pair), threads: threads)
            }
        }
    }

    /// The sums of the giant steps' diagonals times the rotated vectors: block by block, so that the vectors' blocks
    /// stay in the second-level cache for all giant steps, and each diagonal is read once.
    private func multiplyDiagonals(_ giants: [LinearTransform.Giant], into sums: [AlignedBuffer<UInt64>]) {
        let degree = level.basis.degree
        let block = min(degree, Self.blockSize)
        let terms = giants.reduce(0) { max($0, $1.diagonals.count) }
        let addresses = { [self] (buffer: AlignedBuffer<UInt64>) in
            (polynomial(0, of: buffer), polynomial(1, of: buffer))
        }
        let factors = giants.map { $0.diagonals.map { LimbAddresses(base: $0.values.unsafeBase, degree: degree) } }
        let vectors = giants.map { $0.diagonals.map { addresses(babies[$0.baby]!) } }
        let outputs = sums.map(addresses)
        level.basis.forEachPrime(threads: threads) { limb, kernels, modulus in
            withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: 3 * terms) { table in
                let base = table.baseAddress!
                for first in stride(from: 0, to: degree, by: block) {
                    for giant in outputs.indices {
                        let count = factors[giant].count
                        for index in 0..<count {
                            let vector = vectors[giant][index]
                            (base + index).initialize(to: factors[giant][index][limb] + first)
                            (base + terms + index).initialize(to: vector.0[limb] + first)
                            (base + 2 * terms + index).initialize(to: vector.1[limb] + first)
                        }
                        kernels.pointee.dot2(
                            outputs[giant].0[limb] + first, outputs[giant].1[limb] + first, base, base + terms,
                            base + 2 * terms, count, block, modulus)
                    }
                }
            }
        }
    }

    /// Coefficients in a block: those of sixteen baby steps take 256 KB.
    private static let blockSize = 1 << 10

    /// The total of the sums, each rotated by its giant step, in the memory of some of them; nil for none.
    private func rotateAndAdd(
        _ giants: [LinearTransform.Giant], _ sums: [AlignedBuffer<UInt64>]
    ) -> AlignedBuffer<UInt64>? {
        var total: AlignedBuffer<UInt64>?
        var spare = makePair()
        for (giant, sum) in zip(giants, sums) {
            var turned = sum
            if giant.rotation != 0 {
                rotateGiant(giant, sum, into: spare)
                (turned, spare) = (spare, sum)
            }
            if let total { accumulate(turned, into: total) } else { total = turned }
        }
        return total
    }

    /// Rotates a sum by its giant step: only its second polynomial has to leave the modulus QP.
    private func rotateGiant(
        _ giant: LinearTransform.Giant, _ sum: AlignedBuffer<UInt64>, into output: AlignedBuffer<UInt64>
    ) {
        guard let (key, permutation) = keys[giant.rotation] else {
            preconditionFailure("keys were looked up for all rotations")
        }
        let (first, second) = (polynomial(0, of: sum), polynomial(1, of: sum))
        switcher.divideByP(second, into: second, primes: primes)
        switcher.decompose(second, primes: primes)
        switcher.multiply(by: key, polynomial: second, primes: primes)
        level.basis.add(switcher.sums(0), first, into: first, threads: threads)
        level.basis.permute(first, by: permutation, into: polynomial(0, of: output), threads: threads)
        level.basis.permute(switcher.sums(1), by: permutation, into: polynomial(1, of: output), threads: threads)
    }

    private func accumulate(_ pair: AlignedBuffer<UInt64>, into total: AlignedBuffer<UInt64>) {
        for index in 0..<2 {
            level.basis.add(
                polynomial(index, of: total), polynomial(index, of: pair), into: polynomial(index, of: total),
                threads: threads)
        }
    }
}
