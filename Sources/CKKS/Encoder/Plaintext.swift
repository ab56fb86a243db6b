import Ring

/// What the coefficients of an encoded polynomial stand for.
public enum Packing: Sendable, Hashable {
    /// A number of complex slots, a power of two up to half the ring degree N. With fewer than N/2 (sparse packing),
    /// the polynomial is one in X^(N / (2 slots)), and its values at all N/2 roots repeat the slots.
    case slots(Int)
    /// The numbers are the coefficients themselves.
    case coefficients
}

/// An encoded message: a polynomial with integer coefficients, the message's times a scale, ready for point-wise
/// arithmetic. It can be multiplied and added like the ciphertexts it goes with; it is not encrypted.
public struct Plaintext: ~Copyable, Sendable {
    /// The polynomial, modulo the primes of its level.
    public let polynomial: RNSPolynomial<Evaluation>
    /// What the message was multiplied by.
    public let scale: Double
    /// What the coefficients stand for. Setting it reads the same polynomial in another way.
    public var packing: Packing

    /// The message that `polynomial` stands for: what decryption finds, or arithmetic on plaintexts.
    public init(polynomial: consuming RNSPolynomial<Evaluation>, scale: Double, packing: Packing) {
        self.polynomial = polynomial
        self.scale = scale
        self.packing = packing
    }
}
