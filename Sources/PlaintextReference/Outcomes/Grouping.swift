extension AccuracyReport.Breakdown.Property {
    /// The outcomes by what the property says of their queries, in the order of the property. Every outcome is in one
    /// group, and no group is empty.
    func groups(of outcomes: [QueryOutcome]) -> [(name: String, members: [QueryOutcome])] {
        let names = outcomes.map { name(of: $0.traits) }
        let sizes = names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        let shown = order ?? Self.bySize(sizes)
        let members = Dictionary(grouping: zip(names, outcomes)) { name, _ in
            shown.contains(name) ? name : Self.others
        }
        return (shown + [Self.others]).compactMap { name in members[name].map { (name, $0.map(\.1)) } }
    }

    /// The group of a query.
    private func name(of traits: QueryOutcome.Traits) -> String {
        switch self {
        case .ionMode: traits.ionMode ?? Self.unknown
        case .instrumentType: traits.instrumentType ?? Self.unknown
        case .collisionEnergy: traits.collisionEnergy.map(Self.name) ?? Self.unknown
        case .peaks: Self.peakBins.name(of: Double(traits.peakCount))
        case .candidates: traits.candidateCount.map { Self.candidateNames[min($0, 3)] } ?? Self.unknown
        }
    }

    /// All groups that there can be; nil when they are what files say.
    private var order: [String]? {
        switch self {
        case .ionMode: ["positive", "negative", Self.unknown]
        case .instrumentType: nil
        case .collisionEnergy:
            Self.electronvolts.names + Self.normalised.names + [Self.withoutUnit, Self.several, Self.unknown]
        case .peaks: Self.peakBins.names
        case .candidates: Self.candidateNames + [Self.unknown]
        }
    }

    /// Names by falling size, the most frequent only: files can hold any number of names.
    private static func bySize(_ sizes: [String: Int]) -> [String] {
        let named = sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(12).map(\.key)
        return named.filter { $0 != unknown && $0 != others } + [unknown]
    }

    private static func name(_ energy: CollisionEnergy) -> String {
        switch energy {
        case .electronvolts(let value): electronvolts.name(of: value)
        case .normalised(let value): normalised.name(of: value)
        case .withoutUnit: withoutUnit
        case .several: several
        }
    }

    private static let unknown = "not given"
    private static let others = "all others"
    private static let withoutUnit = "no unit given"
    private static let several = "ramp or several energies"
    private static let candidateNames = ["none", "one", "two", "three or more (hard)"]
    private static let electronvolts = Bins(edges: [15, 25, 35, 45], unit: " eV")
    private static let normalised = Bins(edges: [25, 40, 55, 80], unit: " % NCE")
    private static let peakBins = Bins(edges: [3, 6, 11, 21, 51], unit: " peaks", isWhole: true)
}

/// Half-open ranges of numbers between given edges, the lower edge included, and their names.
private struct Bins {
    let edges: [Int]
    let unit: String
    /// Whether only whole numbers occur, so that a range can be named by its last.
    var isWhole = false

    var names: [String] {
        ["below \(edges[0])\(unit)"]
            + zip(edges, edges.dropFirst()).map {
                isWhole ? "\($0) to \($1 - 1)\(unit)" : "\($0) to below \($1)\(unit)"
            }
            + ["\(edges[edges.count - 1])\(unit) or more"]
    }

    func name(of value: Double) -> String { names[edges.count { Double($0) <= value }] }
}
