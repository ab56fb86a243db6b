import CKernels
import RLWE
import Ring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Products of one tall plaintext matrix with encrypted vectors, each under a key of its own.
///
/// A vector is rotated by all baby steps, hoisted, and brought back to the one prime, so that the matrix has one
/// residue for each entry: reading it from memory is what bounds the product. Sums of diagonals times rotations are
/// made while the matrix goes by once for all vectors. Each block's giant steps add up modulo q p and are divided by p
/// together; then the block's ciphertext is rounded (``RoundedCiphertext``).
///
/// A rotation costs 4 transforms for a baby step, and 2 for a giant step of a block, with 4 more for each block.
///
/// Immutable and shared freely.
public final class TallMatrixProduct: Sendable {
    /// The matrix.
    public let matrix: TallMatrix
    /// The parameters of the ciphertexts.
    public let parameters: CKKSParameters
    /// Bits of a coefficient of the results.
    public let bits: Int
    private let matrixScale: Double
    private let recycler: BufferRecycler

    private var layout: TallMatrixLayout { matrix.layout }
    private var ring: PolynomialRing { parameters.chain.basis.rings[0] }
    private var degree: Int { layout.degree }

    /// Sums whose part of the matrix, 256 KB of it, is read by all vectors while it is in the second-level cache.
    private static let sharedResidues = 1 << 15

    /// Products with `matrix`, whose entries are multiplied by `matrixScale`, rounded to `bits` bits.
    public init(matrix: TallMatrix, parameters: CKKSParameters, matrixScale: Double, bits: Int) {
        parameters.requireOnePrime()
        precondition(matrix.layout.degree == parameters.degree, "the matrix was encoded with other parameters")
        precondition(RoundedCiphertext.bitRange.contains(bits), "coefficients have 8 to 32 bits")
        self.matrix = matrix
        self.parameters = parameters
        self.matrixScale = matrixScale
        self.bits = bits
        recycler = BufferRecycler(limit: 256 << 20)
    }

    /// A vector, its D entries repeated in all slots, and the keys of whoever encrypted it.
    public typealias Vector = (ciphertext: Ciphertext, keys: TallMatrixKeys)

    /// The products with `vectors`: for each of them, each block's ciphertext.
    ///
    /// - Throws: ``EvaluationError`` when a vector was encrypted with other parameters or packed otherwise, or keys
    ///   were made ready for another layout.
    public func multiply(_ vectors: [Vector], threads: Int) throws(EvaluationError) -> [[RoundedCiphertext]] {
        try multiply(vectors, blocks: vectors.map { _ in 0..<layout.blockCount }, threads: threads)
    }

    /// The products of blocks with `vectors`: for each of them, the ciphertext of each of its `blocks`. Of the matrix,
    /// only those blocks are read that some vector asks for.
    ///
    /// - Parameter blocks: for each vector, which blocks; there may be none.
    /// - Throws: ``EvaluationError`` when a vector was encrypted with other parameters or packed otherwise, or keys
    ///   were made ready for another layout.
    public func multiply(
        _ vectors: [Vector], blocks: [Range<Int>], threads: Int
    ) throws(EvaluationError) -> [[RoundedCiphertext]] {
        precondition(
            vectors.count == blocks.count
                && blocks.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= layout.blockCount },
            "a range of the matrix's \(layout.blockCount) blocks for each vector")
        for (vector, keys) in vectors { try check(vector, keys) }
        let runs = zip(vectors, blocks).map {
            Run(vector: $0.ciphertext, keys: $0.keys, blocks: $1, layout, recycler)
        }
        for run in runs where !run.blocks.isEmpty { rotate(run, threads: threads) }
        var results = runs.map { _ in [RoundedCiphertext]() }
        for (index, segment) in layout.segments.enumerated() {
            let places = runs.indices.flatMap { run in
                runs[run].blocks.clamped(to: segment).map { (run: run, block: $0 - segment.lowerBound) }
            }
            if places.isEmpty { continue }
            stream(segment: index, blocks: segment, past: runs, threads: threads)
            let finished = parallelMap(places, threads: threads) { [degree] place in
                let workspace = GiantWorkspace(degree: degree, steps: self.layout.giantSteps, self.recycler)
                return self.finish(block: place.block, of: runs[place.run], workspace)
            }
            for (place, ciphertext) in zip(places, finished) { results[place.run].append(ciphertext) }
        }
        return results
    }

    private func check(_ vector: Ciphertext, _ keys: TallMatrixKeys) throws(EvaluationError) {
        guard vector.parameters === parameters, keys.parameters === parameters else { throw .differentParameters }
        guard vector.size == 2 else { throw .notRelinearized(size: vector.size) }
        let wanted = Packing.slots(parameters.slotCapacity)
        guard vector.packing == wanted else { throw .packingMismatch(vector.packing, wanted) }
        guard keys.babies.count == layout.babySteps - 1, keys.giants.count == layout.giantSteps - 1 else {
            let (babies, giants) = (keys.babies.count + 1, keys.giants.count + 1)
            throw .argument(
                "keys for \(babies) baby and \(giants) giant steps: the matrix has \(layout.babySteps) and \(layout.giantSteps)"
            )
        }
    }

    /// One vector on its way through the matrix.
    private final class Run: Sendable {
        let vector: Ciphertext
        let keys: TallMatrixKeys
        /// The blocks of the matrix that it is multiplied with.
        let blocks: Range<Int>
        private let layout: TallMatrixLayout
        /// The vector's rotations: tile after tile, in each the baby steps' two polynomials.
        private let rotations: AlignedBuffer<UInt64>
        /// A segment's sums: block after block, giant steps, two polynomials.
        private let sums: AlignedBuffer<UInt64>

        init(
            vector: Ciphertext, keys: TallMatrixKeys, blocks: Range<Int>, _ layout: TallMatrixLayout,
            _ recycler: BufferRecycler
        ) {
            self.vector = vector
            self.keys = keys
            self.blocks = blocks
            self.layout = layout
            let blocks = min(layout.blockCount, TallMatrixLayout.blocksPerSegment)
            rotations = AlignedBuffer(uninitialized: 2 * layout.babySteps * layout.degree, recycler: recycler)
            sums = AlignedBuffer(
                uninitialized: 2 * blocks * layout.giantSteps * layout.degree, recycler: recycler)
        }

        /// A tile of all rotations.
        func tile(_ tile: Int) -> UnsafeMutablePointer<UInt64> {
            rotations.unsafeBase + tile * 2 * layout.babySteps * layout.tileWidth
        }

        /// A polynomial of the sum of giant step `giant` of a block.
        func sum(block: Int, giant: Int, _ polynomial: Int) -> UnsafeMutablePointer<UInt64> {
            sums.unsafeBase + (2 * (block * layout.giantSteps + giant) + polynomial) * layout.degree
        }

        /// Puts the polynomials of a rotation to their places in the tiles.
        func scatter(_ polynomial: UnsafePointer<UInt64>, index: Int, baby: Int) {
            let width = layout.tileWidth
            let stride = 2 * layout.babySteps * width
            let output = rotations.unsafeBase + (2 * baby + index) * width
            for tile in 0..<layout.tileCount { copyLines(polynomial + tile * width, output + tile * stride, width) }
        }

        /// Puts a tile of all sums, two polynomials each, to their places in the polynomials.
        func scatterSums(_ tileSums: UnsafePointer<UInt64>, first: Int, count: Int, tile: Int) {
            let width = layout.tileWidth
            let output = sums.unsafeBase + 2 * first * layout.degree + tile * width
            for index in 0..<2 * count {
                copyLines(tileSums + index * width, output + index * layout.degree, width)
            }
        }
    }

    // MARK: Baby steps

    private func rotate(_ run: Run, threads: Int) {
        let (c0, c1) = (run.vector.polynomials.limbs(0), run.vector.polynomials.limbs(1))
        run.scatter(c0.base, index: 0, baby: 0)
        run.scatter(c1.base, index: 1, baby: 0)
        let chain = parameters.chain
        parallelFor(run.keys.babies.count, threads: threads) {
            let workspace = BabyWorkspace(chain: chain)
            workspace.switcher.decompose(c1, primes: 1)
            return workspace
        } body: { index, workspace in
            let (key, permutation) = run.keys.babies[index]
            let (switcher, turned) = (workspace.switcher, workspace.turned.unsafeBase)
            switcher.multiply(by: key, polynomial: c1, primes: 1)
            for polynomial in 0..<2 {
                let sum = switcher.sums(polynomial)
                switcher.divideByP(sum, into: sum, primes: 1)
                if polynomial == 0 { chain.basis.add(sum, c0, into: sum) }
                permutation.permute(sum.base, into: turned, backend: chain.basis.backend)
                run.scatter(turned, index: polynomial, baby: index + 1)
            }
        }
    }

    private final class BabyWorkspace: Sendable {
        let switcher: KeySwitcher
        let turned: AlignedBuffer<UInt64>

        init(chain: ModulusChain) {
            switcher = KeySwitcher(chain: chain)
            turned = AlignedBuffer(uninitialized: chain.degree)
        }
    }

    // MARK: Diagonals

    /// The sums of diagonals times rotations, of all giant steps of the blocks of a segment that each run asks for.
    private func stream(segment: Int, blocks: Range<Int>, past runs: [Run], threads: Int) {
        let layout = self.layout
        let (width, terms) = (layout.tileWidth, layout.babySteps)
        let residuesOfSum = terms * width
        let wanted = runs.map { run in
            let range = run.blocks.clamped(to: blocks)
            return (range.lowerBound - blocks.lowerBound) * layout.giantSteps..<(range.upperBound - blocks.lowerBound)
                * layout.giantSteps
        }
        let some = wanted.filter { !$0.isEmpty }
        let all = (some.map(\.lowerBound).min() ?? 0)..<(some.map(\.upperBound).max() ?? 0)
        let atOnce = some.count == 1 ? all.count : max(1, min(all.count, Self.sharedResidues / residuesOfSum))
        let ring = self.ring
        nonisolated(unsafe) let base = matrix.segment(segment)
        parallelFor(layout.tileCount, threads: threads) {
            AlignedBuffer<UInt64>(uninitialized: 2 * atOnce * width)
        } body: { tile, sums in
            let residues = base + layout.place(tile: tile, block: 0, of: blocks.count, diagonal: 0)
            for first in stride(from: all.lowerBound, to: all.upperBound, by: atOnce) {
                let group = first..<min(first + atOnce, all.upperBound)
                for (run, wanted) in zip(runs, wanted) where wanted.overlaps(group) {
                    let part = wanted.clamped(to: group)
                    withUnsafePointer(to: ring.modulus.constants) {
                        ring.backend.kernels.pointee.dot2_stream(
                            sums.unsafeBase, residues + part.lowerBound * residuesOfSum, run.tile(tile), part.count,
                            terms, width, $0)
                    }
                    run.scatterSums(sums.unsafeBase, first: part.lowerBound, count: part.count, tile: tile)
                }
            }
        }
    }

    // MARK: Giant steps

    /// Rotates and adds a block's sums, and rounds the result.
    private func finish(block: Int, of run: Run, _ workspace: GiantWorkspace) -> RoundedCiphertext {
        let level = parameters.chain.level(primes: 1)
        let (ring, special) = (level.basis.rings[0], level.basis.rings[1])
        let kernels = ring.backend.kernels
        let giants = run.keys.giants
        for (index, giant) in giants.enumerated() {
            let (turned, scratch) = (workspace.turned(index), workspace.scratch.base)
            giant.permutation.permute(
                run.sum(block: block, giant: index + 1, 1), into: turned, backend: ring.backend)
            scratch.update(from: turned, count: degree)
            ring.withTables { kernels.pointee.ntt_inverse(scratch, $0) }
            special.withTables {
                kernels.pointee.ntt_forward_lifted(workspace.lifted(index), scratch, ring.modulus.value, $0)
            }
        }
        let totals = [workspace.total(0), workspace.total(1)]
        if giants.isEmpty {
            for total in totals { total.base.update(repeating: 0, count: degree) }
        } else {
            for position in 0..<2 { sumProducts(giants, position: position, into: totals, workspace) }
            for total in totals {
                level.divisionByP.divide(
                    total, remainder: total.dropping(first: 1), into: total, workspace: workspace.scratch, count: 1)
            }
        }
        withUnsafePointer(to: ring.modulus.constants) { modulus in
            func add(_ x: UnsafePointer<UInt64>, to total: LimbAddresses) {
                kernels.pointee.add(total.base, total.base, x, degree, modulus)
            }
            for index in 0..<2 { add(run.sum(block: block, giant: 0, index), to: totals[index]) }
            for (index, giant) in giants.enumerated() {
                giant.permutation.permute(
                    run.sum(block: block, giant: index + 1, 0), into: workspace.scratch.base, backend: ring.backend)
                add(workspace.scratch.base, to: totals[0])
            }
        }
        return rounded(totals, scale: run.vector.scale * matrixScale)
    }

    /// The sum of all giant steps' products with their keys, modulo the prime at `position`.
    private func sumProducts(
        _ giants: [TallMatrixKeys.Giant], position: Int, into totals: [LimbAddresses], _ workspace: GiantWorkspace
    ) {
        let ring = parameters.chain.full.rings[position]
        let count = giants.count
        withUnsafeTemporaryAllocation(of: UnsafePointer<UInt64>?.self, capacity: 3 * count) { table in
            for (index, giant) in giants.enumerated() {
                let row = giant.row(position: position)
                table.initializeElement(
                    at: index, to: UnsafePointer(position == 0 ? workspace.turned(index) : workspace.lifted(index)))
                table.initializeElement(at: count + index, to: UnsafePointer(row))
                table.initializeElement(at: 2 * count + index, to: UnsafePointer(row + degree))
            }
            let base = table.baseAddress!
            withUnsafePointer(to: ring.modulus.constants) {
                ring.backend.kernels.pointee.dot2(
                    totals[0][position], totals[1][position], base, base + count, base + 2 * count, count, degree, $0)
            }
        }
    }

    private func rounded(_ polynomials: [LimbAddresses], scale: Double) -> RoundedCiphertext {
        let byteCount = RoundedCiphertext.byteCount(bits: bits, degree: degree)
        let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { bytes, count in
            for (index, polynomial) in polynomials.enumerated() {
                RoundedCiphertext.pack(
                    polynomial.base, ring: ring, bits: bits, into: bytes.baseAddress! + index * byteCount / 2)
            }
            count = byteCount
        }
        return RoundedCiphertext(
            parameters: parameters, bits: bits,
            scale: RoundedCiphertext.scale(scale, modulus: ring.modulus, bits: bits), bytes: bytes)
    }

    private final class GiantWorkspace: Sendable {
        private let buffer: AlignedBuffer<UInt64>
        private let degree: Int
        private let steps: Int

        init(degree: Int, steps: Int, _ recycler: BufferRecycler) {
            buffer = AlignedBuffer(uninitialized: (2 * (steps - 1) + 5) * degree, recycler: recycler)
            self.degree = degree
            self.steps = steps
        }

        private func limbs(_ index: Int) -> LimbAddresses {
            LimbAddresses(base: buffer.unsafeBase + index * degree, degree: degree)
        }

        var scratch: LimbAddresses { limbs(0) }
        /// A polynomial modulo q and p.
        func total(_ index: Int) -> LimbAddresses { limbs(1 + 2 * index) }
        /// The second polynomial of a giant step's sum, rotated: modulo q,
        func turned(_ index: Int) -> UnsafeMutablePointer<UInt64> { limbs(5 + index).base }
        /// and modulo p, lazy.
        func lifted(_ index: Int) -> UnsafeMutablePointer<UInt64> { limbs(4 + steps + index).base }
    }
}

/// Copies `count` words, a multiple of eight, between aligned places.
@inline(__always)
private func copyLines(_ source: UnsafePointer<UInt64>, _ output: UnsafeMutablePointer<UInt64>, _ count: Int) {
    for offset in stride(from: 0, to: count, by: 8) {
        UnsafeMutableRawPointer(output + offset).storeBytes(
            of: UnsafeRawPointer(source + offset).load(as: SIMD8<UInt64>.self), as: SIMD8<UInt64>.self)
    }
}

extension CKKSParameters {
    /// The expected root mean square of a row's error in a product with a tall matrix.
    ///
    /// The errors, as variances of a coefficient: those of the vector and of its baby rotations times the entries; the
    /// rounding of the entries times the vector; the giant steps' key switching; the rounding of the result. N of them
    /// add up in a slot, of which a row has one part, half.
    ///
    /// - Parameters:
    ///   - pairNormSquared: the sum of the squared norms of the two rows that share the slot.
    ///   - vectorNormSquared: the squared norm of the vector.
    public func tallProductDeviation(
        layout: TallMatrixLayout, pairNormSquared: Double, vectorNormSquared: Double, vectorScale: Double,
        matrixScale: Double, bits: Int
    ) -> Double {
        let switching = keySwitchingVariance(primes: 1)
        let fresh = secretEncryptionVariance + encodingVariance
        let rotated = fresh + switching * (1 - 1 / Double(layout.babySteps))
        let unit = Double(chain.basis.moduli[0].value) / exp2(Double(bits))
        let variance =
            pairNormSquared * matrixScale * matrixScale * rotated
            + vectorNormSquared * vectorScale * vectorScale * encodingVariance
            + Double(layout.giantSteps - 1) * switching + roundingVariance() * unit * unit
        return (Double(degree) / 2 * variance).squareRoot() / (vectorScale * matrixScale)
    }
}
