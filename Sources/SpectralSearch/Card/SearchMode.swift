/// The ways of searching.
public enum SearchMode: String, Sendable, CaseIterable {
    /// Up to thousands of queries at once, each a column of a matrix: least work for each, no keys on the host.
    case batch
    /// Single queries, answered at once: rotation keys on the host.
    case interactive
}

/// What a library is made ready for.
public enum LibraryLayout: String, Sendable, CaseIterable {
    case batch, interactive, both

    /// The ways of searching that the library then has.
    public var modes: [SearchMode] {
        switch self {
        case .batch: [.batch]
        case .interactive: [.interactive]
        case .both: SearchMode.allCases
        }
    }
}
