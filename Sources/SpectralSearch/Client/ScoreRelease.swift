/// The one way in which the scores of a researcher's search leave the key holder's hands: rounded, and counted.
/// (`validate` reports on scores too, under a key that exists only while it runs.)
///
/// A raw CKKS or ring-LWE decryption carries its noise, and noise can tell of the secret (Li and Micciancio,
/// EUROCRYPT 2021; Guo et al., USENIX Security 2024). The noise is about 6e-4 rms; multiples of a thousandth still
/// follow it, so rounding is a mitigation and not a proof. Scores that are to be published should be rounded further.
public struct ScoreRelease: Sendable {
    /// Scores are multiples of this.
    public static let step: Float = 1e-3
    /// How many scores have been released.
    public private(set) var count = 0

    /// A release that has let nothing out yet.
    public init() {}

    /// Lets `score` out: rounded, and counted.
    public mutating func release(_ score: Float) -> Double {
        count += 1
        return Self.rounded(score)
    }

    /// The form in which `score` may be released: the multiple of ``step`` nearest to it, as a decimal fraction.
    /// Comparing scores in this form tells no more than releasing them.
    package static func rounded(_ score: Float) -> Double { Double((score * 1000).rounded()) / 1000 + 0 }
}
