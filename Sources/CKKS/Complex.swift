#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A complex number of double precision: what a slot holds.
///
/// In memory, the real part and the imaginary part, as in C and BLAS.
public struct Complex: Sendable, Hashable, BitwiseCopyable {
    /// The real part.
    public var real: Double
    /// The imaginary part.
    public var imaginary: Double

    /// real + i imaginary.
    public init(_ real: Double, _ imaginary: Double = 0) {
        self.real = real
        self.imaginary = imaginary
    }

    /// The absolute value.
    public var magnitude: Double { (real * real + imaginary * imaginary).squareRoot() }
    /// Whether both parts are numbers and not infinite.
    public var isFinite: Bool { real.isFinite && imaginary.isFinite }
}

extension Double {
    /// log2.
    var binaryLogarithm: Double { log2(self) }
}
