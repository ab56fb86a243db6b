import Foundation
import Ring
import Synchronization

/// The one way in which decrypted numbers leave the key holder's hands: flooded with noise, rounded, and counted.
///
/// A raw decryption is the result plus an error, and errors are linear in the secret: whoever knows the result learns
/// the error, and from enough of them the secret (Li and Micciancio, EUROCRYPT 2021). The gate rounds a number to a
/// grid finer than the bound of its error, adds a rounded Gaussian, and rounds again to the digits that it lets out.
///
/// What is proved: let a be the number of grid steps that the bounded error can move a number by, and q the numbers
/// that may pass. The outputs of exact results and of decryptions then differ by at most q a^2 / (2 sigma^2) in their
/// Kullback-Leibler divergence, also when each number is chosen after seeing the outputs before, and so by at most
/// a sqrt(q) / (2 sigma) in their statistical distance (Pinsker). sigma is chosen to make this 2^-`distanceBits`: but
/// for that, outputs are as good as made without the secret. The argument is that of Li, Micciancio, Schultz and
/// Sorrell (CRYPTO 2022); where bits of security count the square of an advantage, as theirs do, there are twice as
/// many.
///
/// What is not proved:
/// - that the bound holds, whose own probability of failure adds to the distance. It has to be one of the worst case,
///   such as ``ErrorBound``: an estimate was broken (Guo et al., USENIX Security 2024). It is one of the computation
///   that was asked for: whoever decrypts for a host that sends other ciphertexts than those may give the secret
///   away, gate or no gate.
/// - that the noise is Gaussian. It is sampled in doubles, whose distance from it has the order of 2^-45 for a number.
/// - anything about the results themselves. They are let out; the noise hides errors and is no privacy of data.
///
/// One gate serves everything that is let out under one secret: what a second gate lets out adds to the distance.
/// Shared freely; its counter is safe on many threads. Whoever outlives it keeps ``released`` for the next one.
public final class ReleaseGate: Sendable {
    /// The bound of the distance between a decrypted number and the exact result.
    public let errorBound: Double
    /// How many real numbers may pass.
    public let limit: Int
    /// -log2 of the statistical distance over all of them.
    public let distanceBits: Int
    /// Binary digits after the point that numbers are rounded to; negative for multiples of a power of two.
    public let bits: Int
    /// The standard deviation of the noise that is added, rounding included.
    public let deviation: Double
    /// Deviation of the noise in units of the grid.
    private let gridDeviation: Double
    /// -log2 of the grid's step.
    private let gridBits: Int
    private let count: Mutex<Int>

    /// A gate for numbers whose error is at most `errorBound`.
    ///
    /// - Parameters:
    ///   - numbers: how many real numbers may pass; a complex one is two.
    ///   - distanceBits: 1 to 64. Each costs a digit, and so does a fourfold number of numbers.
    ///   - released: how many have passed before, through a gate that is gone.
    ///   - bits: digits after the point to let out. When left out, so many that rounding adds less than a hundredth.
    /// - Throws: ``ReleaseError``.
    public init(
        errorBound: Double, numbers: Int, distanceBits: Int, released: Int = 0, bits: Int? = nil
    ) throws(ReleaseError) {
        guard errorBound.isNormal, errorBound > 0x1p-500, errorBound < 0x1p500 else { throw .errorBound(errorBound) }
        guard numbers >= 1 else { throw .numbers(numbers) }
        guard (0...numbers).contains(released) else { throw .released(released, limit: numbers) }
        guard (1...64).contains(distanceBits) else { throw .distanceBits(distanceBits) }
        self.errorBound = errorBound
        limit = numbers
        count = Mutex(released)
        self.distanceBits = distanceBits
        // A grid of an eighth to a fourth of the bound, so that rounding to it adds little to what an error does.
        gridBits = 2 - Int(errorBound.exponent)
        let shift = (errorBound * Self.power(gridBits)).rounded(.down) + 1
        gridDeviation = shift * Double(numbers).squareRoot() * Self.power(distanceBits - 1)
        guard gridDeviation <= GaussianNoise.largestDeviation else {
            throw .tooMuchNoise(numbers: numbers, distanceBits: distanceBits)
        }
        let finest = gridBits - max(0, Int(gridDeviation.exponent) - 2)
        self.bits = bits ?? finest
        guard self.bits <= gridBits, self.bits > gridBits - Self.largestDrop else {
            throw .bits(self.bits, smallest: gridBits - Self.largestDrop + 1, largest: gridBits)
        }
        let noise = gridDeviation * Self.power(-gridBits)
        let step = Self.power(-self.bits)
        deviation = (noise * noise + step * step / 12).squareRoot()
    }

    /// How many real numbers have passed.
    public var released: Int { count.withLock { $0 } }

    /// Binary digits after the point that a number is expected to have right: -log2 of ``deviation``.
    public var precisionBits: Double { -log2(deviation) }

    /// Lets decrypted numbers out: flooded, rounded and counted, none or all of them. The same number again has other
    /// noise, and counts again. Numbers beyond 2^52 steps of the grid become that.
    ///
    /// - Throws: ``ReleaseError/usedUp(released:asked:limit:)``.
    public func release(_ values: [Double]) throws(ReleaseError) -> [Double] {
        try countUse(of: values.count)
        let noise = GaussianNoise.samples(values.count, deviation: gridDeviation)
        let drop = Int64(gridBits - bits)
        let half = drop > 0 ? Int64(1) << (drop - 1) : 0
        let step = Self.power(-bits)
        return zip(values, noise).map { value, noise in
            // Of a number that is none, the limit is taken.
            let scaled = Double.minimum(Double.maximum(value * Self.power(gridBits), -0x1p52), 0x1p52)
            let flooded = Int64(scaled.rounded(.toNearestOrEven)) + noise
            return Double((flooded + half) >> drop) * step
        }
    }

    /// Lets decrypted slots out: two numbers each.
    ///
    /// - Throws: ``ReleaseError/usedUp(released:asked:limit:)``.
    public func release(_ slots: [Complex]) throws(ReleaseError) -> [Complex] {
        let numbers = try release(slots.flatMap { [$0.real, $0.imaginary] })
        return slots.indices.map { Complex(numbers[2 * $0], numbers[2 * $0 + 1]) }
    }

    private func countUse(of numbers: Int) throws(ReleaseError) {
        let released = count.withLock { count in
            let before = count
            if numbers <= limit - count { count += numbers }
            return before
        }
        guard numbers <= limit - released else {
            throw .usedUp(released: released, asked: numbers, limit: limit)
        }
    }

    /// Bits below the last one let out, at most: sums of a number and noise stay below 2^53.
    private static let largestDrop = 50

    private static func power(_ exponent: Int) -> Double { Double(sign: .plus, exponent: exponent, significand: 1) }
}

extension Decryptor {
    /// Decrypts, and lets the slots at `places` out through `gate`; all when left out. Two numbers a slot.
    ///
    /// - Throws: ``ReleaseError/usedUp(released:asked:limit:)``.
    public func release(
        _ ciphertext: Ciphertext, slots places: Range<Int>? = nil, through gate: ReleaseGate
    ) throws(ReleaseError) -> [Complex] {
        let slots = decryptSlots(ciphertext)
        return try gate.release(Array(slots[places ?? slots.indices]))
    }

    /// Decrypts, and lets the real parts of the slots at `places` out through `gate`; all when left out. One number a
    /// slot.
    ///
    /// - Throws: ``ReleaseError/usedUp(released:asked:limit:)``.
    public func releaseReal(
        _ ciphertext: Ciphertext, slots places: Range<Int>? = nil, through gate: ReleaseGate
    ) throws(ReleaseError) -> [Double] {
        let slots = decryptReal(ciphertext)
        return try gate.release(Array(slots[places ?? slots.indices]))
    }
}

/// Why nothing is let out, or no gate made.
public enum ReleaseError: Error, Equatable, CustomStringConvertible {
    case usedUp(released: Int, asked: Int, limit: Int)
    case errorBound(Double)
    case numbers(Int)
    case released(Int, limit: Int)
    case distanceBits(Int)
    case bits(Int, smallest: Int, largest: Int)
    case tooMuchNoise(numbers: Int, distanceBits: Int)

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .usedUp(let released, let asked, let limit):
            "\(asked) more numbers after \(released), where \(limit) may be let out under this secret"
        case .errorBound(let bound): "an error bound of \(bound): it must be a positive number"
        case .numbers(let count): "a gate for \(count) numbers: there must be at least one"
        case .released(let count, let limit):
            "\(count) numbers let out before: there may be 0 to \(limit), as many as may pass in all"
        case .distanceBits(let bits): "a statistical distance of 2^-\(bits): the exponent must be from 1 to 64"
        case .bits(let bits, let smallest, let largest):
            "\(bits) digits after the point: with this bound of the error there may be \(smallest) to \(largest)"
        case .tooMuchNoise(let numbers, let distanceBits):
            "\(numbers) numbers at a statistical distance of 2^-\(distanceBits) need more noise than doubles hold: "
                + "let out fewer, or accept a larger distance"
        }
    }
}
