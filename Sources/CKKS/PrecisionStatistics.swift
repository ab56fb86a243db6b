#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How far complex numbers are from what they should be: for the real parts, the imaginary parts, and as distances
/// in the plane.
public struct PrecisionStatistics: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The errors of one kind, absolute.
    public struct Errors: Sendable, Hashable, Codable {
        /// The largest.
        public let max: Double
        /// The arithmetic mean.
        public let mean: Double
        /// The root of the mean square.
        public let rms: Double

        /// Binary digits after the point that the worst number has right: -log2 of ``max``; infinite without errors.
        public var bits: Double { -log2(max) }
        /// The same of ``mean``.
        public var meanBits: Double { -log2(mean) }

        /// The statistics of `errors`, none of which is negative; one that is NaN makes all three NaN.
        init(_ errors: [Double]) {
            let count = Double(errors.count)
            max = errors.reduce(0) { $1.isNaN || $1 > $0 ? $1 : $0 }
            mean = errors.reduce(0, +) / count
            rms = (errors.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        }
    }

    /// Of the real parts.
    public let real: Errors
    /// Of the imaginary parts.
    public let imaginary: Errors
    /// Distances in the complex plane.
    public let distance: Errors

    /// The errors of `found` against `expected`, which has as many numbers, at least one.
    public init(of found: [Complex], against expected: [Complex]) {
        precondition(found.count == expected.count && !found.isEmpty, "precision compares as many numbers, and some")
        let differences = zip(found, expected).map { Complex($0.real - $1.real, $0.imaginary - $1.imaginary) }
        real = Errors(differences.map(\.real.magnitude))
        imaginary = Errors(differences.map(\.imaginary.magnitude))
        distance = Errors(differences.map(\.magnitude))
    }

    /// Largest and mean distance, and the bits that are right.
    public var description: String {
        let bits = { (value: Double) in (value * 10).rounded() / 10 }
        return
            "error at most \(distance.max), \(distance.mean) on average: \(bits(distance.bits)) bits, \(bits(distance.meanBits)) on average"
    }
}
