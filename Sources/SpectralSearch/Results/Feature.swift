/// MS2 spectra of one ion that elutes at one time, and the compound that they name together.
public struct Feature: Sendable, Hashable {
    /// Indices of the queries, ascending; at least one.
    public let queries: [Int]
    /// Mean precursor m/z in daltons; nil when it is unknown.
    public let mz: Double?
    /// Retention times in seconds of the first and the last spectrum; nil when they are unknown.
    public let retentionTimes: ClosedRange<Double>?
    /// Mean retention time in seconds of the spectra.
    public let retentionTime: Double?
    /// The best compound; nil when no query has a hit.
    public let identification: Identification?

    /// What the spectra of a feature say of its best compound.
    public struct Identification: Sendable, Hashable {
        /// The compound's best hit in any of the spectra.
        public var best: Hit
        /// The sum of the compound's scores over the number of spectra of the feature: spectra that do not list it count
        /// as 0.
        public var score: Double
        /// In how many of the spectra the compound comes first.
        public var supportingCount: Int
    }

    /// The feature of the queries at `members`.
    ///
    /// - Parameter hits: the hits of these queries.
    init(members: [Int], queries: [RunRecord.Query], hits: [Hit], entries: [LibraryEntry]) {
        self.queries = members
        let masses = members.compactMap { queries[$0].precursorMZ }
        let times = members.compactMap { queries[$0].retentionTime }
        mz = masses.isEmpty ? nil : masses.reduce(0, +) / Double(masses.count)
        retentionTime = times.isEmpty ? nil : times.reduce(0, +) / Double(times.count)
        retentionTimes = times.min().flatMap { first in times.max().map { first...$0 } }
        identification = Self.identification(hits, spectrumCount: members.count, entries)
    }

    private static func identification(
        _ hits: [Hit], spectrumCount: Int, _ entries: [LibraryEntry]
    ) -> Identification? {
        let candidates = Dictionary(grouping: hits) { entries[$0.row].compound }.values.compactMap { hits in
            hits.min { $0.precedes($1) }.map { best in
                Identification(
                    best: best, score: hits.reduce(0) { $0 + $1.score } / Double(spectrumCount),
                    supportingCount: hits.count { $0.rank == 1 })
            }
        }
        return candidates.min { $0.score != $1.score ? $0.score > $1.score : $0.best.precedes($1.best) }
    }
}

extension Hit {
    /// Whether this hit stands before `other`: by score, then precursor error, then place in the library and the run.
    fileprivate func precedes(_ other: Hit) -> Bool {
        func key(_ hit: Hit) -> (Double, Double, Int, Int) {
            (-hit.score, abs(hit.precursorErrorPPM ?? .infinity), hit.row, hit.query)
        }
        return key(self) < key(other)
    }
}
