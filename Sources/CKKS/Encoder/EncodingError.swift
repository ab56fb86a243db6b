#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why numbers cannot be encoded, or an encoder not be built.
public enum EncodingError: Error, Equatable, CustomStringConvertible {
    case tooManyPrimes(Int)
    case slotCount(Int, largest: Int)
    case coefficientCount(Int, largest: Int)
    case level(primes: Int, available: Int)
    case scale(Double)
    case notFinite(index: Int)
    case aboveMagnitude(index: Int, magnitude: Double)
    case tooLarge(coefficient: Double, limit: Double)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .tooManyPrimes(let count):
            "an encoder for \(count) primes: there may be up to \(ResidueComposition.largestCount)"
        case .slotCount(let count, let largest):
            "\(count) slots: their number must be a power of two up to \(largest)"
        case .coefficientCount(let count, let largest):
            "\(count) coefficients: there may be up to \(largest)"
        case .level(let primes, let available):
            "a plaintext modulo \(primes) primes: this encoder has \(available), and at least one is needed"
        case .scale(let scale):
            "scale \(scale): it must be a positive number"
        case .notFinite(let index):
            "number \(index) of the message is infinite or not a number, or too large to be transformed"
        case .aboveMagnitude(let index, let magnitude):
            "number \(index) of the message is larger than its declared magnitude, \(magnitude): declare a larger one"
        case .tooLarge(let coefficient, let limit):
            "a coefficient of 2^\(Self.exponent(coefficient)) after scaling, where those up to 2^\(Self.exponent(limit)) fit: "
                + "use a smaller scale, smaller numbers or more primes"
        }
    }

    private static func exponent(_ value: Double) -> Double { (log2(value) * 10).rounded() / 10 }
}
