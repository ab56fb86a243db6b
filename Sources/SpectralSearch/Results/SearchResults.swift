import Spectra

/// What a run's answer says: its hits, the spectra and the library that they are of, and the features that they make
/// up. All tables are written from this.
public struct SearchResults: Sendable {
    /// The run.
    public let record: RunRecord
    /// The library, one entry a row.
    public let entries: [LibraryEntry]
    /// The hits, by query and rank.
    public let hits: [Hit]
    /// How spectra were grouped into ``features``.
    public let grouping: FeatureGrouping
    /// The features, in order of retention time, those without one last.
    public let features: [Feature]
    /// Where the run is public; nil when it is not.
    public let collection: RunCollection?

    /// Where in ``hits`` those of each query are.
    private let ranges: [Range<Int>]

    /// The results `hits` of the run of `record` in the library of `entries`.
    ///
    /// - Precondition: hits are in order of their queries and ranks.
    public init(
        record: RunRecord, entries: [LibraryEntry], hits: [Hit], grouping: FeatureGrouping = FeatureGrouping(),
        collection: RunCollection? = nil
    ) {
        (self.record, self.entries, self.hits) = (record, entries, hits)
        (self.grouping, self.collection) = (grouping, collection)
        var position = 0
        let ranges = record.queries.indices.map { query in
            let first = position
            while position < hits.count, hits[position].query == query { position += 1 }
            return first..<position
        }
        precondition(position == hits.count, "hits are in order of their queries")
        self.ranges = ranges
        features = grouping.groups(record.queries)
            .map { members in
                Feature(
                    members: members, queries: record.queries, hits: members.flatMap { hits[ranges[$0]] },
                    entries: entries)
            }
            .sorted { a, b in
                func key(_ feature: Feature) -> (Double, Double, Int) {
                    (feature.retentionTime ?? .infinity, feature.mz ?? .infinity, feature.queries[0])
                }
                return key(a) < key(b)
            }
    }

    /// The hits of one query, by rank.
    func hits(of query: Int) -> ArraySlice<Hit> { hits[ranges[query]] }

    /// The Universal Spectrum Identifier of a query; nil where its source does not allow one.
    func usi(query: Int) -> String? {
        guard let collection, let source = record.source?.file else { return nil }
        return UniversalSpectrumIdentifier.query(record.queries[query], source: source, collection: collection)
    }

    /// The Universal Spectrum Identifier of a library spectrum; nil where its source does not allow one.
    func usi(row: Int) -> String? { UniversalSpectrumIdentifier.reference(entries[row].accession) }

    /// The charge of the ion of `hit`: as the query's file says, else as the adduct of the library spectrum.
    func charge(_ hit: Hit) -> Int? {
        record.queries[hit.query].charge ?? IonCharge.signed(adduct: entries[hit.row].adduct)
    }

    /// Whether the ion of `hit` can be of the adduct of the library spectrum: its charge does not speak against it.
    func adductFits(_ hit: Hit) -> Bool {
        IonCharge.signed(adduct: entries[hit.row].adduct).map { abs($0) == charge(hit).map(abs) } ?? true
    }
}
