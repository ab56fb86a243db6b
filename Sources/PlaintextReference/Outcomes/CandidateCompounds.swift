/// How many compounds of a library a precursor m/z leaves.
struct CandidateCompounds {
    /// Half width of the precursor window in daltons, as in the MassBank benchmark in `datasets`.
    static let halfWidth = 0.01

    /// The library's precursors in ascending order, with the numbers of their compounds.
    private let entries: [(precursor: Double, compound: Int)]

    /// - Parameters:
    ///   - precursors: of each library spectrum, in daltons; nil where it has none.
    ///   - compounds: of each library spectrum.
    init(precursors: [Double?], compounds: [Int]) {
        entries = zip(precursors, compounds).compactMap { precursor, compound in precursor.map { ($0, compound) } }
            .sorted { $0.0 < $1.0 }
    }

    /// Whether two precursors may be those of one compound.
    static func match(_ first: Double, _ second: Double) -> Bool { abs(first - second) <= halfWidth }

    /// How many compounds have a spectrum whose precursor matches.
    ///
    /// Costs a binary search and one step for each spectrum in the window.
    func count(precursor: Double) -> Int {
        // Twice the half width leaves the decision at the very edge to `match`.
        var (first, end) = (0, entries.count)
        while first < end {
            let middle = (first + end) / 2
            if entries[middle].precursor < precursor - 2 * Self.halfWidth { first = middle + 1 } else { end = middle }
        }
        let window = entries[first...].prefix { $0.precursor <= precursor + 2 * Self.halfWidth }
        return Set(window.lazy.filter { Self.match($0.precursor, precursor) }.map(\.compound)).count
    }
}
