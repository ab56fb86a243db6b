import RLWE
import Ring

/// A plaintext matrix, prepared for multiplication with encrypted vectors: its diagonals, encoded modulo QP.
///
/// Slot j of the product is the sum over k of diagonal k, at j, times slot j + k of the vector; diagonal k of a matrix M
/// is M[j][j + k], indices modulo the number n of slots. Diagonals that are zero cost nothing.
///
/// Rotations are split into b giant steps of n1 baby steps, so that a full matrix needs about 2 sqrt(n) keys. Baby steps
/// share one decomposition, and neither they nor the sums leave the modulus QP (double hoisting: Bossuat, Mouchet,
/// Troncoso-Pastoriza, Hubaux, EUROCRYPT 2021, algorithm 6).
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

    /// For noise: the mean over the slots of the sum of the squared magnitudes in a row.
    let meanSquaredRowNorm: Double
    /// The largest sum of magnitudes in a row.
    let largestRowSum: Double

    /// A matrix given by its diagonals.
    ///
    /// - Parameters:
    ///   - diagonals: by their index, taken modulo `slotCount`; `slotCount` entries each.
    ///   - slotCount: a power of two, up to N/2.
    ///   - primes: the level of the vectors; the highest when left out.
    ///   - scale: of the entries. When left out, the level's last prime: after rescaling, the vector has its scale again.
    ///   - babySteps: when left out, a power of two for which there are few rotations.
    /// - Throws: ``EncodingError`` where entries cannot be encoded.
    public init(
        diagonals: [Int: [Complex]], slotCount: Int, parameters: CKKSParameters, primes: Int? = nil,
        scale: Double? = nil, babySteps: Int? = nil
    ) throws(EncodingError) {
        let primes = primes ?? parameters.primeCount
        precondition(parameters.chain.special != nil, "linear transforms need special primes")
        guard (1...parameters.primeCount).contains(primes) else {
            throw .level(primes: primes, available: parameters.primeCount)
        }
        guard slotCount.nonzeroBitCount == 1, slotCount <= parameters.slotCapacity else {
            throw .slotCount(slotCount, largest: parameters.slotCapacity)
        }
        var reduced: [Int: [Complex]] = [:]
        for (index, diagonal) in diagonals where diagonal.contains(where: { $0.real != 0 || $0.imaginary != 0 }) {
            precondition(diagonal.count == slotCount, "a diagonal has an entry for each slot")
            let place = ((index % slotCount) + slotCount) % slotCount
            precondition(reduced.updateValue(diagonal, forKey: place) == nil, "a diagonal comes twice")
        }
        self.parameters = parameters
        self.primes = primes
        self.slotCount = slotCount
        self.scale = scale ?? Double(parameters.chain.basis.moduli[primes - 1].value)
        self.babySteps = babySteps ?? Self.fewestRotations(reduced.keys, slotCount: slotCount)
        precondition(self.babySteps >= 1, "there is a baby step")
        giants = try Self.encode(
            reduced, slotCount: slotCount, babySteps: self.babySteps, scale: self.scale, primes: primes, parameters)
        let squares = reduced.values.map { $0.reduce(0) { $0 + $1.magnitude * $1.magnitude } }
        meanSquaredRowNorm = squares.reduce(0, +) / Double(slotCount)
        largestRowSum = (0..<slotCount).reduce(0) { largest, row in
            max(largest, reduced.values.reduce(0) { $0 + $1[row].magnitude })
        }
    }

    /// A square matrix, row by row, of as many slots as it has rows: a power of two.
    ///
    /// - Throws: ``EncodingError`` where it cannot be encoded.
    public convenience init(
        matrix: [[Complex]], parameters: CKKSParameters, primes: Int? = nil, scale: Double? = nil
    ) throws(EncodingError) {
        let count = matrix.count
        precondition(matrix.allSatisfy { $0.count == count }, "the matrix is square")
        var diagonals: [Int: [Complex]] = [:]
        for k in 0..<count { diagonals[k] = (0..<count).map { matrix[$0][($0 + k) % count] } }
        try self.init(
            diagonals: diagonals, slotCount: count, parameters: parameters, primes: primes, scale: scale)
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
    ) throws(EncodingError) -> [Giant] {
        let basis = parameters.chain.level(primes: primes).basis
        let encoder = try Encoder(basis: basis)
        let workspace = EncoderWorkspace(for: encoder)
        let factors = basis.montgomeryFactors
        var giants: [Int: [(baby: Int, values: AlignedBuffer<UInt64>)]] = [:]
        for index in diagonals.keys.sorted() {
            let rotation = index / babySteps * babySteps
            // The giant rotation comes after the product, so the diagonal is turned back by it.
            let turned = (0..<slotCount).map { diagonals[index]![($0 - rotation + slotCount) % slotCount] }
            let plaintext = try encoder.encode(turned, scale: scale, workspace: workspace)
            let values = AlignedBuffer<UInt64>(uninitialized: basis.count * basis.degree)
            basis.multiply(
                plaintext.polynomial.limbs, by: factors,
                into: LimbAddresses(base: values.unsafeBase, degree: basis.degree))
            giants[rotation, default: []].append((index - rotation, values))
        }
        return giants.keys.sorted().map { Giant(rotation: $0, diagonals: giants[$0]!) }
    }
}

extension Evaluator {
    /// The product of a plaintext matrix with an encrypted vector, at the transform's level; rescale afterwards.
    ///
    /// Costs a decomposition and, for each baby step, a product with a key; for each giant step as much again and one
    /// division by P; and a product modulo QP for each diagonal.
    ///
    /// - Throws: ``EvaluationError`` when a key is missing, or levels or slots do not fit.
    public func apply(_ transform: LinearTransform, to vector: Ciphertext) throws(EvaluationError) -> Ciphertext {
        try requirePair(vector)
        guard transform.parameters === parameters else { throw .differentParameters }
        guard vector.packing == .slots(transform.slotCount) else {
            throw .packingMismatch(vector.packing, .slots(transform.slotCount))
        }
        let x = try drop(vector, toPrimes: transform.primes)
        try requireRoom(scale: x.scale * transform.scale, primes: x.primes)
        var keys: [Int: (SwitchingKey, Automorphism)] = [:]
        for steps in transform.rotations { keys[steps] = try rotation(steps, slots: transform.slotCount) }
        let polynomials = pool.withWorkspace { switcher in
            LinearTransformRun(transform: transform, keys: keys, switcher: switcher, threads: threads).run(x)
        }
        let noise = NoiseEstimate(
            variance: parameters.variance(of: transform, x),
            magnitude: x.noise.magnitude * transform.largestRowSum)
        return Ciphertext(
            parameters: parameters, polynomials: polynomials, scale: x.scale * transform.scale, packing: x.packing,
            noise: noise)
    }
}

extension CKKSParameters {
    /// A product with a matrix: the errors of vector and baby rotations times the entries, the rounding of the entries
    /// times the vector, and the giant rotations' own errors.
    func variance(of transform: LinearTransform, _ x: Ciphertext) -> Double {
        let entries = transform.meanSquaredRowNorm * transform.scale * transform.scale
        let vector = x.noise.magnitude * x.scale
        let diagonalCount = transform.giants.reduce(0) { $0 + $1.diagonals.count }
        let switching = keySwitchingVariance(primes: x.primes)
        return entries * (x.noise.variance + switching) + Double(diagonalCount) * encodingVariance * vector * vector
            + Double(transform.giants.count) * (switching + roundingVariance())
    }
}

/// One product of a matrix and a vector: its intermediate values, all modulo QP.
private final class LinearTransformRun {
    private let transform: LinearTransform
    private let keys: [Int: (SwitchingKey, Automorphism)]
    private let switcher: KeySwitcher
    private let threads: Int
    private let level: KeySwitchingLevel
    private let primes: Int
    private let pairSize: Int
    /// The vector under each baby step, times P.
    private var babies: [Int: AlignedBuffer<UInt64>] = [:]

    init(
        transform: LinearTransform, keys: [Int: (SwitchingKey, Automorphism)], switcher: KeySwitcher, threads: Int
    ) {
        self.transform = transform
        self.keys = keys
        self.switcher = switcher
        self.threads = threads
        primes = transform.primes
        level = transform.parameters.chain.level(primes: primes)
        pairSize = 2 * level.basis.count * level.basis.degree
    }

    func run(_ x: Ciphertext) -> PolynomialVector {
        rotateBabies(x)
        let total = makePair()
        let (sum, turned) = (makePair(), makePair())
        for (index, giant) in transform.giants.enumerated() {
            // The first giant step's sum starts the total.
            let isFirst = index == 0
            multiplyDiagonals(giant, into: giant.rotation == 0 && isFirst ? total : sum)
            if giant.rotation == 0 {
                if !isFirst { accumulate(sum, into: total) }
                continue
            }
            rotateGiant(giant, sum, into: isFirst ? total : turned)
            if !isFirst { accumulate(turned, into: total) }
        }
        var result = PolynomialVector(uninitialized: x.basis, count: 2)
        for index in 0..<2 {
            guard !transform.giants.isEmpty else {
                let limbs = result.mutableLimbs(index)
                limbs.base.update(repeating: 0, count: x.basis.count * x.basis.degree)
                continue
            }
            switcher.divideByP(polynomial(index, of: total), into: result.mutableLimbs(index), primes: primes)
        }
        return result
    }

    private func makePair() -> AlignedBuffer<UInt64> { AlignedBuffer(uninitialized: pairSize) }

    private func polynomial(_ index: Int, of pair: AlignedBuffer<UInt64>) -> LimbAddresses {
        LimbAddresses(base: pair.unsafeBase + index * pairSize / 2, degree: level.basis.degree)
    }

    /// P times the vector, and its baby rotations. The special primes' residues of P times anything are zero.
    private func rotateBabies(_ x: Ciphertext) {
        let (c0, c1) = (x.polynomials.limbs(0), x.polynomials.limbs(1))
        let wanted = Set(transform.giants.flatMap { $0.diagonals.map(\.baby) })
        if wanted.contains(where: { $0 != 0 }) { switcher.decompose(c1, primes: primes) }
        for step in wanted.sorted() {
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

    /// The sum of the giant step's diagonals times the rotated vectors.
    private func multiplyDiagonals(_ giant: LinearTransform.Giant, into output: AlignedBuffer<UInt64>) {
        let degree = level.basis.degree
        let count = giant.diagonals.count
        let factors = giant.diagonals.map { LimbAddresses(base: $0.values.unsafeBase, degree: degree) }
        let vectors = giant.diagonals.map { babies[$0.baby]! }
        let firsts = vectors.map { polynomial(0, of: $0) }
        let seconds = vectors.map { polynomial(1, of: $0) }
        let outputs = [polynomial(0, of: output), polynomial(1, of: output)]
        level.basis.forEachPrime(threads: threads) { limb, kernels, modulus in
            withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: 3 * count) { table in
                for index in 0..<count {
                    table.initializeElement(at: index, to: UnsafePointer(factors[index][limb]))
                    table.initializeElement(at: count + index, to: UnsafePointer(firsts[index][limb]))
                    table.initializeElement(at: 2 * count + index, to: UnsafePointer(seconds[index][limb]))
                }
                let base = table.baseAddress!
                kernels.pointee.dot2(
                    outputs[0][limb], outputs[1][limb], base, base + count, base + 2 * count, count, degree, modulus)
            }
        }
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
