import Foundation

/// What searches of a library cost its host, as it measured when it built the library: seconds on one core of its
/// machine, to two digits. Part of the card, and so of the card's digest.
public struct SearchCosts: Sendable, Hashable, Codable {
    /// Seconds of a batch search for all its queries together: the mask part; 0 where the library publishes its masks.
    public var batchRunSeconds: Double
    /// Seconds more of a batch search for each query.
    public var batchQuerySeconds: Double
    /// Seconds of an interactive query that is searched for alone.
    public var interactiveQuerySeconds: Double
    /// Seconds of ``InteractiveSearch/queriesPerPass`` interactive queries that share a pass over the index.
    public var interactivePassSeconds: Double

    /// Costs, rounded to two digits: more are not measured.
    init(
        batchRunSeconds: Double, batchQuerySeconds: Double, interactiveQuerySeconds: Double,
        interactivePassSeconds: Double
    ) {
        self.batchRunSeconds = Self.rounded(batchRunSeconds)
        self.batchQuerySeconds = Self.rounded(batchQuerySeconds)
        self.interactiveQuerySeconds = Self.rounded(interactiveQuerySeconds)
        self.interactivePassSeconds = Self.rounded(interactivePassSeconds)
    }

    private static func rounded(_ seconds: Double) -> Double { Double(String(format: "%.1e", seconds)) ?? seconds }

    /// What a cost can be: a search of 2^30 rows takes hours at most.
    static let range = 0.0...1e6

    /// Whether these are costs: finite numbers of seconds, and a pass that costs no less than one of its queries.
    var areSound: Bool {
        [batchRunSeconds, batchQuerySeconds, interactiveQuerySeconds, interactivePassSeconds]
            .allSatisfy(Self.range.contains) && interactivePassSeconds >= interactiveQuerySeconds
    }

    /// The most queries for which interactive search takes no longer than batch search, for these and any smaller number.
    var interactiveQueryLimit: Int {
        let most = InteractiveUpload.maximumQueryCount
        let slower = (1...most).first {
            seconds(.interactive, queryCount: $0) > seconds(.batch, queryCount: $0)
        }
        return slower.map { $0 - 1 } ?? most
    }

    /// Seconds of the search for `queryCount` queries in `mode`.
    ///
    /// A pass that is not full is taken to cost its first query, and for each other an equal share of what a full pass
    /// costs more.
    public func seconds(_ mode: SearchMode, queryCount: Int) -> Double {
        switch mode {
        case .batch:
            return batchRunSeconds + Double(queryCount) * batchQuerySeconds
        case .interactive:
            let full = InteractiveSearch.queriesPerPass
            let (passes, rest) = queryCount.quotientAndRemainder(dividingBy: full)
            let further = (interactivePassSeconds - interactiveQuerySeconds) / Double(full - 1)
            return Double(passes) * interactivePassSeconds
                + (rest > 0 ? interactiveQuerySeconds + Double(rest - 1) * further : 0)
        }
    }
}
