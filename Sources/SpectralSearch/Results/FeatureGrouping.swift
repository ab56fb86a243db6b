import Foundation

/// Which MS2 spectra are of one feature: of one ion that elutes at one time.
///
/// Two spectra are linked when charge and polarity are the same, their precursors differ by at most
/// ``tolerancePPM``, and their retention times by at most ``maximumGap``. A feature is what links connect (single-linkage
/// clustering), so it may be longer than the gap. A spectrum without precursor or retention time is a feature of its
/// own.
public struct FeatureGrouping: Sendable, Hashable {
    /// Largest difference of two linked precursors, in millionths of the smaller one.
    public var tolerancePPM = 10.0
    /// Longest time between two linked spectra, in seconds.
    public var maximumGap = 30.0

    /// A grouping by the usual tolerances: 10 ppm, 30 seconds.
    public init() {}

    /// The indices of `queries`, feature by feature, ascending in each. Features come in the order of their first
    /// query.
    ///
    /// Spectra pass by in ascending order of m/z, before a window of those within the tolerance, kept in order of
    /// retention time. Of these a spectrum is linked to its two neighbours in time only: whatever lies farther, on the
    /// same side and within the gap, is linked to the neighbour already. Costs O(n log n) comparisons, and shifting the
    /// window.
    func groups(_ queries: [RunRecord.Query]) -> [[Int]] {
        var sets = DisjointSets(count: queries.count)
        let placed = queries.indices.compactMap { Placed(index: $0, queries[$0]) }
        for ions in Dictionary(grouping: placed, by: \.ion).values { link(ions.sorted { $0.mz < $1.mz }, in: &sets) }
        let members = Dictionary(grouping: queries.indices) { sets.representative($0) }
        return members.values.sorted { $0[0] < $1[0] }
    }

    /// A spectrum with a precursor and a time.
    private struct Placed {
        struct Ion: Hashable {
            var charge: Int?
            var isNegative: Bool?
        }

        let index: Int
        let ion: Ion
        let mz: Double
        let time: Double

        init?(index: Int, _ query: RunRecord.Query) {
            guard let mz = query.precursorMZ, let time = query.retentionTime else { return nil }
            self.index = index
            ion = Ion(charge: query.charge, isNegative: query.ionMode.map { $0 == .negative })
            (self.mz, self.time) = (mz, time)
        }

        func isBefore(_ other: Placed) -> Bool { (time, index) < (other.time, other.index) }
    }

    private func link(_ ascending: [Placed], in sets: inout DisjointSets) {
        var window: [Placed] = []
        var oldest = 0
        for spectrum in ascending {
            while spectrum.mz > ascending[oldest].mz * (1 + tolerancePPM * 1e-6) {
                window.remove(at: Self.position(of: ascending[oldest], in: window))
                oldest += 1
            }
            let position = Self.position(of: spectrum, in: window)
            for neighbour in [position - 1, position] where window.indices.contains(neighbour) {
                if abs(window[neighbour].time - spectrum.time) <= maximumGap {
                    sets.unite(window[neighbour].index, spectrum.index)
                }
            }
            window.insert(spectrum, at: position)
        }
    }

    /// Where `spectrum` stands, or would stand, in `window`.
    private static func position(of spectrum: Placed, in window: [Placed]) -> Int {
        var (low, high) = (0, window.count)
        while low < high {
            let middle = (low + high) / 2
            if window[middle].isBefore(spectrum) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Sets of numbers that are united pair by pair (Tarjan 1975, with path halving).
private struct DisjointSets {
    private var parents: [Int]

    init(count: Int) { parents = Array(0..<count) }

    mutating func representative(_ element: Int) -> Int {
        var element = element
        while parents[element] != element {
            parents[element] = parents[parents[element]]
            element = parents[element]
        }
        return element
    }

    mutating func unite(_ a: Int, _ b: Int) {
        let (first, second) = (representative(a), representative(b))
        parents[max(first, second)] = min(first, second)
    }
}
