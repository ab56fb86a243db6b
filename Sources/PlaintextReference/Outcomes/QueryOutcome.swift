/// How one query fared: what rankings, breakdowns and intervals are computed from.
package struct QueryOutcome: Sendable {
    /// The query's accession, or its name where it has none.
    package var name: String
    /// The query's compound, as ``Spectra/Spectrum/compound`` gives it.
    package var compound: String
    package var traits: Traits
    package var encrypted: Search
    package var plaintext: Search
    /// By the peaks themselves; nil where that was not asked for.
    package var exact: Search?
    package var agreement: RankingAgreement

    package init(
        name: String, compound: String, traits: Traits, encrypted: Search, plaintext: Search, exact: Search? = nil,
        agreement: RankingAgreement
    ) {
        self.name = name
        self.compound = compound
        self.traits = traits
        self.encrypted = encrypted
        self.plaintext = plaintext
        self.exact = exact
        self.agreement = agreement
    }

    /// What is known of a query before it is searched, and what the accuracy is broken down by.
    package struct Traits: Sendable, Hashable {
        /// `positive` or `negative`; nil when the file does not say.
        package var ionMode: String?
        /// The kind of instrument, as the file names it.
        package var instrumentType: String?
        package var collisionEnergy: CollisionEnergy?
        /// How many peaks cleaning leaves.
        package var peakCount: Int
        /// How many compounds of the library have a precursor within 0.01 Da; nil without a precursor.
        package var candidateCount: Int?

        package init(
            ionMode: String? = nil, instrumentType: String? = nil, collisionEnergy: CollisionEnergy? = nil,
            peakCount: Int, candidateCount: Int? = nil
        ) {
            self.ionMode = ionMode
            self.instrumentType = instrumentType
            self.collisionEnergy = collisionEnergy
            self.peakCount = peakCount
            self.candidateCount = candidateCount
        }
    }

    /// What one way of searching found.
    package struct Search: Sendable, Hashable {
        /// The place of the right compound; nil where it was not found.
        package var place: RankingAccuracy.Place?
        /// The score of the best compound, as decrypted: not rounded, so never to be shown.
        package var bestScore: Float
        /// By how much the best compound leads the second; nil in a library of one compound.
        package var margin: Float?

        package init(place: RankingAccuracy.Place?, bestScore: Float, margin: Float?) {
            self.place = place
            self.bestScore = bestScore
            self.margin = margin
        }
    }
}
