/// What the scores of a query tell of its best hit.
package struct HitEvidence: Sendable, Hashable {
    /// The best score of a compound.
    package var best: Double
    /// The best score of another compound; nil where the library has but one.
    package var second: Double?
    /// The best score of a decoy; nil where the library has none.
    package var decoy: Double?

    package init(best: Double, second: Double?, decoy: Double?) {
        self.best = best
        self.second = second
        self.decoy = decoy
    }

    /// How far the best compound is ahead of the next one.
    package var margin: Double { best - (second ?? 0) }

    /// The numbers that a calibration weighs: the best score and the margin. The lead over the decoys, the number of peaks
    /// and their entropy were tried beside them and told no more.
    package var features: [Double] { [best, margin] }
}
