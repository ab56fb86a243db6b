import SpectralSearch

/// What a search gave for one query, and whether that was right.
package struct HitOutcome: Sendable {
    /// The query's compound.
    package var compound: String
    /// What its scores tell, rounded as they are released.
    package var evidence: HitEvidence
    /// Whether the best compound is the query's.
    package var isRight: Bool

    package init(compound: String, evidence: HitEvidence, isRight: Bool) {
        self.compound = compound
        self.evidence = evidence
        self.isRight = isRight
    }
}

extension CompoundScores {
    /// What the search for a query would have given in a library of some of the compounds.
    ///
    /// - Parameters:
    ///   - decoys: the best scores of the decoys that were made of each compound's spectra; nil where there are none.
    ///   - right: the query's compound among those of the library; nil where it is none of them.
    ///   - isHeld: whether a compound, with its decoys, is in the library.
    /// - Returns: nil where no compound is.
    package func outcome(
        query: Int, compound: String, right: Int?, decoys: CompoundScores?, isHeld: (Int) -> Bool = { _ in true }
    ) -> HitOutcome? {
        var (best, second): (Int?, Int?)
        var decoy: Float?
        for other in 0..<compoundCount where isHeld(other) {
            let score = self[other, query]
            if score > best.map({ self[$0, query] }) ?? -.infinity {
                (best, second) = (other, best)
            } else if score > second.map({ self[$0, query] }) ?? -.infinity {
                second = other
            }
            if let decoys { decoy = max(decoy ?? -.infinity, decoys[other, query]) }
        }
        guard let best else { return nil }
        func released(_ score: Float) -> Double { ScoreRelease.rounded(score) }
        return HitOutcome(
            compound: compound,
            evidence: HitEvidence(
                best: released(self[best, query]), second: second.map { released(self[$0, query]) },
                decoy: decoy.map(released)),
            isRight: best == right)
    }
}
