/// The similarity that the vectors of a score approximate, computed from the peaks of two spectra.
///
/// Peaks match when they are at most ``tolerance`` apart, each with one other: for the cosines greedily, the largest
/// products first. Fragments and neutral losses are matched apart and add up.
///
/// - Cosines: the sum of the products of matched heights over the norms of all heights, as matchms' `CosineGreedy`
///   computes it from heights (m/z)^a I^b.
/// - Entropy: the sum of the kernel of matched weights. Peaks closer than 2.5 tolerances are merged before, as in
///   MSEntropy, so that no peak has two to match with.
public struct ExactSimilarity: Sendable {
    /// A spectrum, prepared for comparison with many others.
    public struct Subject: Sendable {
        /// Peaks whose intensities are heights, ascending: fragments, neutral losses, or both.
        fileprivate var lists: [[Peak]]
        /// The norm of all heights; 1 for the entropy score, whose weights have sum 1.
        fileprivate var norm: Double
    }

    /// How far apart matched peaks can be, in daltons.
    public let tolerance: Double
    private let recipe: VectorRecipe
    private let expansion: EntropyExpansion?

    /// The similarity of the score of `recipe`.
    ///
    /// - Parameter tolerance: how far apart matched peaks can be, in daltons.
    public init(recipe: VectorRecipe, tolerance: Double = 0.02) {
        self.init(recipe: recipe, tolerance: tolerance, expansion: nil)
    }

    /// The similarity with `expansion` in place of the entropy kernel, to tell its error apart from that of the sketch.
    package init(recipe: VectorRecipe, tolerance: Double = 0.02, expansion: EntropyExpansion?) {
        precondition(expansion == nil || recipe.score == .entropy, "only the entropy score has an expansion")
        self.recipe = recipe
        self.tolerance = tolerance
        self.expansion = expansion
    }

    /// Prepares `spectrum`.
    public func subject(_ spectrum: Spectrum) -> Subject {
        let cleaned = spectrum.cleanedPeaks(recipe)
        if recipe.score == .entropy {
            let separate = cleaned.merged(within: 2.5 * tolerance)
            let floor = (separate.map(\.intensity).max() ?? 0) * recipe.minimumRelativeIntensity
            return Subject(lists: [separate.filter { $0.intensity >= floor }.heights(recipe)], norm: 1)
        }
        let heights = cleaned.heights(recipe)
        var lists: [[Peak]] = []
        if recipe.score.usesFragments { lists.append(heights) }
        if recipe.score.usesLosses { lists.append(spectrum.neutralLosses(of: heights)) }
        return Subject(lists: lists, norm: lists.joined().reduce(0) { $0 + $1.intensity * $1.intensity }.squareRoot())
    }

    /// The similarity of two spectra, from 0 to 1; 0 where one of the two has no peaks.
    public func similarity(_ x: Spectrum, _ y: Spectrum) -> Double {
        var matching = GreedyMatching()
        return similarity(subject(x), subject(y), &matching)
    }

    /// The similarity, from 0 to 1; 0 where one of the two has no peaks.
    ///
    /// - Parameter matching: room for the work, which may be used again.
    public func similarity(_ x: Subject, _ y: Subject, _ matching: inout GreedyMatching) -> Double {
        guard x.norm > 0, y.norm > 0 else { return 0 }
        var sum = 0.0
        for (first, second) in zip(x.lists, y.lists) {
            sum += matching.sum(first, second, tolerance: tolerance, of: product)
        }
        return sum / (x.norm * y.norm)
    }

    private func product(_ a: Double, _ b: Double) -> Double {
        guard recipe.score == .entropy else { return a * b }
        guard let expansion else { return EntropyExpansion.kernel(a, b) }
        return zip(expansion.features(a), expansion.features(b)).reduce(0) { $0 + $1.0 * $1.1 }
    }
}

extension [Peak] {
    /// These peaks with those closer than `distance` merged, the most intense first: a merged peak has the sum of the
    /// intensities, at their mean m/z, weighted by intensity. Repeated until all are apart.
    func merged(within distance: Double) -> [Peak] {
        var peaks = self
        while zip(peaks, peaks.dropFirst()).contains(where: { $1.mz - $0.mz < distance }) {
            peaks = peaks.mergedOnce(within: distance)
        }
        return peaks
    }

    private func mergedOnce(within distance: Double) -> [Peak] {
        var isTaken = [Bool](repeating: false, count: count)
        var result: [Peak] = []
        for center in indices.sorted(by: { (-self[$0].intensity, $0) < (-self[$1].intensity, $1) })
        where !isTaken[center] {
            var group = center..<center + 1
            while let below = group.first.map({ $0 - 1 }), below >= 0, !isTaken[below],
                self[center].mz - self[below].mz < distance
            { group = below..<group.upperBound }
            while group.upperBound < count, !isTaken[group.upperBound],
                self[group.upperBound].mz - self[center].mz < distance
            { group = group.lowerBound..<group.upperBound + 1 }
            for index in group { isTaken[index] = true }
            let intensity = self[group].reduce(0) { $0 + $1.intensity }
            result.append(
                Peak(mz: self[group].reduce(0) { $0 + $1.mz * $1.intensity } / intensity, intensity: intensity))
        }
        return result.sorted { $0.mz < $1.mz }
    }
}
