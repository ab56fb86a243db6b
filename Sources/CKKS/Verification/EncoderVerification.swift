import Ring

/// Recomputes the constants of encoding with GMP.
public enum EncoderVerification {
    /// What was recomputed, and whether it agrees.
    public static func run() -> [SetupFinding] {
        let embedding = CanonicalEmbedding(slotCount: CanonicalEmbedding.largestSlotCount)
        return (9...15).map { logCount in
            var check = SetupCheck()
            check.check(embedding.narrowed(to: 1 << logCount))
            return check.finding("embedding of \(1 << logCount) slots")
        }
    }
}
