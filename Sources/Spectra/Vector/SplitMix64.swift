/// The SplitMix64 generator: small, fast and the same on every platform. Not cryptographic: it fixes public
/// hashes and simulations, never a secret.
///
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// The generator whose first state is `seed`.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits, uniform.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mix(state)
    }

    /// The generator's output function: a bijection of 64-bit words in which every input bit reaches every
    /// output bit.
    package static func mix(_ word: UInt64) -> UInt64 {
        var word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }

    /// A uniform number in the open interval (0, 1), from 53 bits.
    package mutating func unit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }
}
