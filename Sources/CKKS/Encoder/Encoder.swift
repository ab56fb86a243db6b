import CKernels
import Ring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Turns messages of complex or real numbers into polynomials with integer coefficients, and back.
///
/// A message of n slots is the polynomial's values at n roots of unity (``CanonicalEmbedding``), so that products of
/// polynomials are products slot by slot, and automorphisms rotate the slots. Its coefficients are multiplied by the
/// scale, any positive number, and rounded. That rounding is the main error: ``roundingError(slots:scale:)`` predicts
/// it. The transforms add a few units of 2^-53 of the message.
///
/// Scaled coefficients must stay below half the modulus and 2^128, beyond which doubles have nothing to say; larger
/// ones are refused. Rounding is exact for the doubles it is given, so scales from 2^53 on lose nothing but their
/// own precision.
///
/// Encoding and decoding branch on no message, except to refuse one. Immutable and shared freely; a workspace is
/// used by one call at a time.
public final class Encoder: Sendable {
    /// The ring, with the primes of the highest level.
    public let basis: RNSBasis
    /// By the logarithm of the number of slots.
    private let embeddings: [CanonicalEmbedding]
    package let composition: ResidueComposition

    /// The number of slots of full packing: half the ring degree.
    public var slotCapacity: Int { basis.degree / 2 }

    private static let largestCoefficientBits = 128

    /// An encoder for polynomials modulo the primes of `basis`, or the first of them.
    ///
    /// - Throws: ``EncodingError/tooManyPrimes(_:)`` for more than 64 primes.
    public init(basis: RNSBasis) throws(EncodingError) {
        guard basis.count <= ResidueComposition.largestCount else { throw .tooManyPrimes(basis.count) }
        self.basis = basis
        let full = CanonicalEmbedding(slotCount: basis.degree / 2, backend: basis.backend)
        embeddings = (0..<full.slotCount.trailingZeroBitCount).map { full.narrowed(to: 1 << $0) } + [full]
        composition = ResidueComposition(moduli: basis.moduli)
    }

    /// The transform between coefficients and `slots` slots.
    package func embedding(slots: Int) -> CanonicalEmbedding { embeddings[slots.trailingZeroBitCount] }

    /// The root mean square of the distance in the plane that rounding moves a slot by: each of the polynomial's 2n
    /// coefficients by an error of variance 1/12.
    public func roundingError(slots: Int, scale: Double) -> Double { (Double(2 * slots) / 12).squareRoot() / scale }

    /// The largest magnitude of a scaled coefficient modulo the first `primes` primes: just below half their product,
    /// so that no rounding goes beyond it, and 2^128 at most.
    public func coefficientLimit(primes: Int) -> Double {
        coefficientLimit(primes: primes, upTo: exp2(Double(Self.largestCoefficientBits)))
    }

    private func coefficientLimit(primes: Int, upTo largest: Double) -> Double {
        let product = basis.moduli.prefix(primes).reduce(1.0) { $0 * Double($1.value) }
        return min(product / 2, largest) * (1 - 0x1p-20)
    }
}

// MARK: - Encoding

extension Encoder {
    /// Encodes complex slots.
    ///
    /// - Parameters:
    ///   - slots: a power of two of them, up to ``slotCapacity``; fewer than that are packed sparsely.
    ///   - primes: how many of the basis's primes the polynomial gets; all when left out.
    ///   - workspace: made for this encoder; one is allocated when left out.
    /// - Throws: ``EncodingError``.
    public func encode(
        _ slots: [Complex], scale: Double, primes: Int? = nil, workspace: EncoderWorkspace? = nil
    ) throws(EncodingError) -> Plaintext {
        try checkSlotCount(slots.count)
        let workspace = checked(workspace)
        workspace.slots.update(from: slots, count: slots.count)
        return try encodeSlots(count: slots.count, scale: scale, primes: primes, workspace)
    }

    /// Encodes real slots: complex ones without an imaginary part.
    public func encode(
        _ slots: [Double], scale: Double, primes: Int? = nil, workspace: EncoderWorkspace? = nil
    ) throws(EncodingError) -> Plaintext {
        try checkSlotCount(slots.count)
        let workspace = checked(workspace)
        for (index, slot) in slots.enumerated() { workspace.slots[index] = Complex(slot) }
        return try encodeSlots(count: slots.count, scale: scale, primes: primes, workspace)
    }

    /// Encodes the coefficients of a polynomial, up to the ring degree of them, the lowest first; the others are zero.
    public func encode(
        coefficients: [Double], scale: Double, primes: Int? = nil, workspace: EncoderWorkspace? = nil
    ) throws(EncodingError) -> Plaintext {
        guard coefficients.count <= basis.degree else {
            throw .coefficientCount(coefficients.count, largest: basis.degree)
        }
        let workspace = checked(workspace)
        for index in 0..<basis.degree {
            let half = index < slotCapacity ? workspace.lower : workspace.upper
            half[index % slotCapacity] = index < coefficients.count ? coefficients[index] : 0
        }
        return try encodeCoefficients(
            half: slotCapacity, factor: scale, scale: scale, primes: primes, packing: .coefficients, workspace
        ) { coefficients.firstIndex { !$0.isFinite } }
    }

    private func checkSlotCount(_ count: Int) throws(EncodingError) {
        guard count.nonzeroBitCount == 1, count <= slotCapacity else {
            throw .slotCount(count, largest: slotCapacity)
        }
    }

    /// The workspace given, or a new one.
    private func checked(_ workspace: EncoderWorkspace?) -> EncoderWorkspace {
        guard let workspace else { return EncoderWorkspace(for: self) }
        precondition(
            workspace.degree == basis.degree && workspace.primes >= basis.count, "the workspace is another encoder's")
        return workspace
    }

    /// Encodes the first `count` slots of the workspace.
    private func encodeSlots(
        count: Int, scale: Double, primes: Int?, _ workspace: EncoderWorkspace
    ) throws(EncodingError) -> Plaintext {
        embedding(slots: count).inverse(real: workspace.lower, imaginary: workspace.upper, slots: workspace.slots)
        return try encodeCoefficients(
            half: count, factor: scale / Double(count), scale: scale, primes: primes, packing: .slots(count), workspace
        ) {
            // Numbers that are finite, but infinite when summed, are as bad as the first.
            (0..<count).first { !workspace.slots[$0].isFinite } ?? 0
        }
    }

    /// Encodes the workspace's coefficients, `half` in each half, times `factor`.
    private func encodeCoefficients(
        half: Int, factor: Double, scale: Double, primes: Int?, packing: Packing, _ workspace: EncoderWorkspace,
        firstNotFinite: () -> Int?
    ) throws(EncodingError) -> Plaintext {
        let primes = primes ?? basis.count
        guard (1...basis.count).contains(primes) else { throw .level(primes: primes, available: basis.count) }
        guard scale > 0, scale.isFinite, factor.isNormal else { throw .scale(scale) }
        // The pattern of bits orders NaN above all numbers, here and in the kernel.
        let kernels = basis.backend.kernels
        let lower = kernels.pointee.largest_magnitude(workspace.lower, half)
        let upper = kernels.pointee.largest_magnitude(workspace.upper, half)
        let largest = lower.isNaN || lower > upper ? lower : upper
        guard largest.isFinite else { throw .notFinite(index: firstNotFinite() ?? 0) }
        let limit = coefficientLimit(primes: primes)
        guard largest * factor <= limit else { throw .tooLarge(coefficient: largest * factor, limit: limit) }

        var coefficients = RNSPolynomial<Coefficient>(uninitializedOver: basis.prefix(primes), lifetime: .wiped)
        for index in 0..<primes {
            round(to: index, of: &coefficients, half: half, factor: factor, limit: limit, workspace)
        }
        return Plaintext(polynomial: coefficients.evaluated().reduced(), scale: scale, packing: packing)
    }

    /// Rounds the workspace's coefficients to residues modulo one prime, at their places in the polynomial.
    private func round(
        to index: Int, of polynomial: inout RNSPolynomial<Coefficient>, half: Int, factor: Double, limit: Double,
        _ workspace: EncoderWorkspace
    ) {
        let ring = basis.rings[index]
        let stride = slotCapacity / half
        let limb = polynomial.limbs[index]
        let residues = stride == 1 ? limb : workspace.residues[0]
        let magnitudeBits = UInt32(limit.exponent + 1)
        withUnsafePointer(to: ring.modulus.constants) { modulus in
            let round = ring.backend.kernels.pointee.round_to_residues!
            round(residues, workspace.lower, factor, half, magnitudeBits, modulus)
            round(residues + half, workspace.upper, factor, half, magnitudeBits, modulus)
        }
        guard stride > 1 else { return }
        limb.update(repeating: 0, count: basis.degree)
        for place in 0..<2 * half { limb[place * stride] = residues[place] }
    }
}

// MARK: - Decoding

extension Encoder {
    /// The complex slots of a plaintext: the number that it was packed with, or all for packed coefficients.
    ///
    /// The plaintext's level is that of its primes, the first of the basis, of which as many are read as coefficients of
    /// 2^128 or of 2^64 times the scale need; larger ones give undefined slots, and nothing that was encoded has them.
    public func decode(_ plaintext: borrowing Plaintext, workspace: EncoderWorkspace? = nil) -> [Complex] {
        let workspace = checked(workspace)
        let count = Self.slotCount(of: plaintext.packing, capacity: slotCapacity)
        composeCoefficients(of: plaintext, half: count, workspace)
        return [Complex](unsafeUninitializedCapacity: count) { slots, initialized in
            embedding(slots: count).forward(
                slots: slots.baseAddress!, real: workspace.lower, imaginary: workspace.upper)
            initialized = count
        }
    }

    /// The real parts of the slots.
    public func decodeReal(_ plaintext: borrowing Plaintext, workspace: EncoderWorkspace? = nil) -> [Double] {
        let workspace = checked(workspace)
        let count = Self.slotCount(of: plaintext.packing, capacity: slotCapacity)
        composeCoefficients(of: plaintext, half: count, workspace)
        embedding(slots: count).forward(slots: workspace.slots, real: workspace.lower, imaginary: workspace.upper)
        return (0..<count).map { workspace.slots[$0].real }
    }

    /// All coefficients of a plaintext, divided by its scale: as many as the ring degree, the lowest first. Each is
    /// the nearest integer's double, exact below 2^53, divided.
    public func decodeCoefficients(
        _ plaintext: borrowing Plaintext, workspace: EncoderWorkspace? = nil
    ) -> [Double] {
        let workspace = checked(workspace)
        composeCoefficients(of: plaintext, half: slotCapacity, workspace)
        return (0..<basis.degree).map { index in
            (index < slotCapacity ? workspace.lower : workspace.upper)[index % slotCapacity]
        }
    }

    /// How many of a plaintext's primes decoding reads: enough for coefficients of 2^128, which is the most that
    /// encoding makes, and for numbers of 2^64 times the scale.
    package func primesForDecoding(scale: Double, primes: Int) -> Int {
        let limit = max(exp2(Double(Self.largestCoefficientBits)), scale * 0x1p64)
        return (1...primes).first { coefficientLimit(primes: $0, upTo: .infinity) >= limit } ?? primes
    }

    private static func slotCount(of packing: Packing, capacity: Int) -> Int {
        switch packing {
        case .slots(let count):
            precondition(count.nonzeroBitCount == 1 && count <= capacity, "a power of two of slots fits the ring")
            return count
        case .coefficients: return capacity
        }
    }

    /// Writes the coefficients that `half` slots stand for, unscaled, to the workspace's halves.
    private func composeCoefficients(of plaintext: borrowing Plaintext, half: Int, _ workspace: EncoderWorkspace) {
        precondition(
            basis.starts(with: plaintext.polynomial.basis), "the plaintext's primes are the first of the encoder's")
        let level = plaintext.polynomial.basis.prefix(
            primesForDecoding(scale: plaintext.scale, primes: plaintext.polynomial.basis.count))
        let stride = slotCapacity / half
        for (index, ring) in level.rings.enumerated() {
            let limb = workspace.residues[index]
            limb.update(from: plaintext.polynomial.limbs[index], count: basis.degree)
            ring.withTables { ring.backend.kernels.pointee.ntt_inverse(limb, $0) }
            guard stride > 1 else { continue }
            for place in 0..<2 * half { limb[place] = limb[place * stride] }
        }
        for (first, output) in [(0, workspace.lower), (half, workspace.upper)] {
            composition.compose(
                output, limbs: workspace.residues, first: first, count: half, primes: level.count,
                factor: 1 / plaintext.scale, backend: basis.backend)
        }
    }
}
