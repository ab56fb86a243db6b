import RLWE
import Ring

/// An encrypted message: polynomials c_0, c_1 (and c_2 after a product that is not relinearised) with
/// c_0 + c_1 s + c_2 s^2 = the encoded message plus an error.
///
/// A value: copies share memory. Scale, packing and the noise estimate are public; they travel with the ciphertext.
public struct Ciphertext: Sendable {
    /// What it was encrypted with.
    public let parameters: CKKSParameters
    /// The polynomials, modulo the primes of the level.
    package var polynomials: PolynomialVector
    /// What the message is multiplied by.
    public package(set) var scale: Double
    /// What the coefficients stand for.
    public package(set) var packing: Packing
    /// The expected error.
    public package(set) var noise: NoiseEstimate

    package init(
        parameters: CKKSParameters, polynomials: PolynomialVector, scale: Double, packing: Packing,
        noise: NoiseEstimate
    ) {
        self.parameters = parameters
        self.polynomials = polynomials
        self.scale = scale
        self.packing = packing
        self.noise = noise
    }

    /// The number of polynomials: two, or three after a product.
    public var size: Int { polynomials.count }
    /// The number of primes left; each rescaling takes one.
    public var primes: Int { polynomials.basis.count }
    /// The number of slots that the packing has, N/2 for packed coefficients.
    public var slotCount: Int {
        switch packing {
        case .slots(let count): count
        case .coefficients: parameters.slotCapacity
        }
    }
    /// The primes of the level.
    package var basis: RNSBasis { polynomials.basis }

    /// The binary digits after the point that a decrypted slot, or coefficient, is expected to have right: -log2 of the
    /// expected root mean square of its error. A message that fills its declared magnitude is within two bits of it, unless
    /// errors are correlated that the estimate takes for independent: those of copies of a ciphertext that were computed
    /// with and then added.
    public var precisionBits: Double {
        switch packing {
        case .slots(let count): -noise.slotError(slots: count, scale: scale).binaryLogarithm
        case .coefficients: -(noise.variance.squareRoot() / scale).binaryLogarithm
        }
    }

    /// Replaces the noise estimate: by a closer bound of the magnitude, or by one that tells nothing of the matrices and
    /// constants that the message was computed with. Public like the old one; the evaluator believes it.
    public mutating func declare(noise: NoiseEstimate) { self.noise = noise }
}

/// A fresh ciphertext of which the second polynomial is given by its seed: half the bytes.
public struct SeededCiphertext: Sendable {
    /// What it was encrypted with.
    public let parameters: CKKSParameters
    /// The first polynomial.
    package let body: PolynomialVector
    /// The seed of the second polynomial.
    public let seed: UniformSeed
    /// What the message is multiplied by.
    public let scale: Double
    /// What the coefficients stand for.
    public let packing: Packing
    /// The expected error.
    public let noise: NoiseEstimate

    /// The number of primes.
    public var primes: Int { body.basis.count }

    /// The ciphertext with both polynomials. Expands the seed.
    public func expanded() -> Ciphertext {
        let basis = body.basis
        var polynomials = parameters.chain.makeVector(primes: primes, count: 2)
        basis.copy(body.limbs(0), to: polynomials.mutableLimbs(0))
        let a = polynomials.mutableLimbs(1)
        for (position, ring) in basis.rings.enumerated() {
            seed.fill(a[position], row: 0, position: position, ring: ring)
        }
        return Ciphertext(
            parameters: parameters, polynomials: polynomials, scale: scale, packing: packing, noise: noise)
    }
}
