/// The mode in which a library is to be searched for some number of queries, and what it costs there and in the other
/// mode: a function of the number and the card.
public struct ModeChoice: Sendable, Hashable {
    /// What a search costs.
    public struct Cost: Sendable, Hashable {
        /// The mode of the search.
        public let mode: SearchMode
        /// Seconds on one core of the host; nil where the card does not say.
        public let seconds: Double?
        /// Bytes of upload and answer, and of rotation keys, which may be there already.
        public let byteCount: Int
    }

    /// The number of queries.
    public let queryCount: Int
    /// The mode chosen.
    public let chosen: Cost
    /// The other mode, where the library is laid out for both.
    public let other: Cost?
    /// The mode chosen.
    public var mode: SearchMode { chosen.mode }

    /// The choice for `queryCount` queries, at least one, to the library of `card`: the only mode that it is laid out for,
    /// or interactive search up to ``interactiveQueryLimit(card:)``.
    public init(queryCount: Int, card: LibraryCard) {
        precondition(queryCount > 0, "a run has a query")
        self.queryCount = queryCount
        let mode = queryCount <= Self.interactiveQueryLimit(card: card) ? SearchMode.interactive : .batch
        chosen = Cost(mode, queryCount: queryCount, card: card)
        other = card.modes.first { $0 != mode }.map { Cost($0, queryCount: queryCount, card: card) }
    }

    /// The most queries that go interactively to the library of `card`: the host answers them, and any smaller number,
    /// at least as fast as in batch mode. A reader of queries need not count further to know the mode.
    public static func interactiveQueryLimit(card: LibraryCard) -> Int {
        guard card.modes.contains(.interactive) else { return 0 }
        guard card.modes.contains(.batch) else { return .max }
        guard let costs = card.content.costs else { return limitWithoutCosts }
        return costs.interactiveQueryLimit
    }

    /// The limit for cards that do not say what a search costs: near the measured ones of 5,000 to 100,000 spectra.
    static let limitWithoutCosts = 16
}

extension ModeChoice.Cost {
    fileprivate init(_ mode: SearchMode, queryCount: Int, card: LibraryCard) {
        self.mode = mode
        seconds = card.content.costs?.seconds(mode, queryCount: queryCount)
        let rowCount = card.content.library.spectra
        switch mode {
        case .batch:
            byteCount =
                card.content.precision.uploadBits / 8 * card.content.vector.dimension * queryCount
                + rowCount * AnswerLayout(card: card, queryCount: queryCount).answeredByteCount
        case .interactive:
            let scheme = InteractiveScheme(card: card)
            byteCount =
                InteractiveUpload.byteCount(queryCount, scheme) + RotationKeys.byteCount(scheme)
                + queryCount * scheme.layout(rowCount: rowCount).blockCount * scheme.answerBlockByteCount
        }
    }
}
