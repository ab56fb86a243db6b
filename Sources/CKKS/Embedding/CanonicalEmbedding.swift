import CKernels
import Ring

/// The canonical embedding: between the 2n real coefficients of a polynomial modulo X^(2n) + 1 and its values in n
/// complex slots.
///
/// Slot j holds the value at zeta^(5^j), zeta = exp(i pi / (2n)), so that X -> X^5 rotates the slots by one. The
/// other roots' values are conjugates of these. Each direction takes n/2 log2(n) complex butterflies in double
/// precision; the error's 2-norm is at most 4.25 log2(n) 2^-53 times the result's (`CKernels.h` derives it).
///
/// Immutable and shared freely.
public final class CanonicalEmbedding: @unchecked Sendable {
    /// The number n of slots: a power of two up to 2^15.
    public let slotCount: Int
    /// The kernels that transform.
    public let backend: Backend
    package let roots: AlignedBuffer<Double>
    package let tailRoots: AlignedBuffer<Double>
    private let tables: msfhe_embedding_tables

    /// The most slots.
    public static let largestSlotCount = 1 << 15

    /// The embedding of `slotCount` slots. Computes a quarter microsecond for each slot.
    ///
    /// - Precondition: `slotCount` is a power of two up to ``largestSlotCount``.
    public convenience init(slotCount: Int, backend: Backend = .selected) {
        self.init(slotCount: slotCount, roots: Self.roots(slotCount: slotCount), backend: backend)
    }

    /// The embedding of fewer slots, whose roots are some of this one's: they share them.
    package func narrowed(to slotCount: Int) -> CanonicalEmbedding {
        precondition(slotCount <= self.slotCount, "this embedding has the roots of up to \(self.slotCount) slots")
        return CanonicalEmbedding(slotCount: slotCount, roots: roots, backend: backend)
    }

    private init(slotCount: Int, roots: AlignedBuffer<Double>, backend: Backend) {
        precondition(
            slotCount.nonzeroBitCount == 1 && slotCount <= Self.largestSlotCount,
            "the number of slots is a power of two from 1 to \(Self.largestSlotCount)")
        self.slotCount = slotCount
        self.backend = backend
        self.roots = roots
        tailRoots = Self.tail(of: roots, slotCount: slotCount)
        tables = msfhe_embedding_tables(
            log_n: UInt32(slotCount.trailingZeroBitCount), roots: roots.unsafeBase, tail_roots: tailRoots.unsafeBase)
    }

    /// exp(i pi 5^j / 2^(d + 2)) at index 2^d + brv(j), for all layers d and 0 <= j < 2^d.
    private static func roots(slotCount: Int) -> AlignedBuffer<Double> {
        let roots = AlignedBuffer<Double>(count: 2 * slotCount)
        let unitRoots = UnitRoots(order: max(4 * slotCount, 8))
        for layer in 0..<slotCount.trailingZeroBitCount {
            let order = 8 << layer
            var exponent = 1
            for j in 0..<1 << layer {
                let root = unitRoots[exponent * (unitRoots.order / order)]
                let index = 1 << layer + j.bitReversed(layer)
                roots.unsafeBase[2 * index] = root.real
                roots.unsafeBase[2 * index + 1] = root.imaginary
                exponent = exponent * 5 % order
            }
        }
        return roots
    }

    /// The eighth of the polynomial that each lane of the last layers belongs to.
    private static let eighths = [0, 1, 4, 5, 2, 3, 6, 7]

    /// The roots of the last three layers again, for eight blocks of eight from different eighths at once.
    private static func tail(of roots: AlignedBuffer<Double>, slotCount: Int) -> AlignedBuffer<Double> {
        let blocks = slotCount / 64
        let tail = AlignedBuffer<Double>(count: blocks * 112)
        for block in 0..<blocks {
            for entry in 0..<7 {
                let layer = entry == 0 ? 0 : entry < 3 ? 1 : 2
                let child = entry - ((1 << layer) - 1)
                for (lane, eighth) in eighths.enumerated() {
                    let node = (slotCount / 8 + eighth * blocks + block) << layer + child
                    let first = block * 112 + entry * 16 + lane
                    tail.unsafeBase[first] = roots.unsafeBase[2 * node]
                    tail.unsafeBase[first + 8] = roots.unsafeBase[2 * node + 1]
                }
            }
        }
        return tail
    }

    /// Writes the slots of the polynomial with these coefficients: the first n in `real`, the last n in `imaginary`.
    /// Both are overwritten. n slots, n coefficients in each array; none overlap.
    public func forward(
        slots: UnsafeMutablePointer<Complex>, real: UnsafeMutablePointer<Double>,
        imaginary: UnsafeMutablePointer<Double>
    ) {
        slots.withMemoryRebound(to: Double.self, capacity: 2 * slotCount) { slots in
            withUnsafePointer(to: tables) { backend.kernels.pointee.embedding_forward(slots, real, imaginary, $0) }
        }
    }

    /// Writes n times the coefficients of the polynomial with these slots: the reverse of
    /// ``forward(slots:real:imaginary:)``.
    public func inverse(
        real: UnsafeMutablePointer<Double>, imaginary: UnsafeMutablePointer<Double>, slots: UnsafePointer<Complex>
    ) {
        slots.withMemoryRebound(to: Double.self, capacity: 2 * slotCount) { slots in
            withUnsafePointer(to: tables) { backend.kernels.pointee.embedding_inverse(real, imaginary, slots, $0) }
        }
    }
}
