/// The ways of making decoy spectra.
public enum DecoyMethod: String, Sendable, Codable, CaseIterable {
    /// Fragments drawn from the whole library.
    case naive
    /// Fragments drawn from spectra that hold a fragment drawn before, beginning with the precursor.
    case spectrumBased = "spectrum-based"
}

/// Decoys: for each spectrum of a library one that belongs to no compound, with its precursor and its intensities, and
/// with fragments of other spectra.
///
/// A decoy has as many peaks as its target. Where the target shows its precursor, the decoy does too. All other
/// fragments are drawn: none above the precursor and the recipe's margin, none within 5 ppm of another. The naive method
/// draws them from all fragments of the library. The spectrum-based method draws them from candidates, to which each
/// fragment, and the precursor before them, adds five: each a fragment of a spectrum that has one within 5 ppm of it.
/// Where candidates run out, it draws like the naive method. The target's other intensities are dealt to them at random.
///
/// Source: Scheubert, Hufsky, Petras, Wang, Nothias, Dührkop, Bandeira, Dorrestein, Böcker, "Significance estimation for
/// large scale metabolomics annotations by spectral matching", Nature Communications 8, 1494 (2017). Intensities are
/// ours: they leave the entropy of a spectrum, and so its weights, as they are.
package struct DecoySpectra: Sendable {
    private let table: FragmentTable
    private let method: DecoyMethod
    private let recipe: VectorRecipe
    /// Places of the fragments in ascending order of m/z: 4 bytes for each.
    private let order: [UInt32]

    /// Two fragments closer than this part of their m/z count as one.
    private static let tolerance: Float = 5e-6
    /// Candidates that a fragment adds.
    private static let candidatesPerFragment = 5
    /// Draws for each peak before a decoy stays smaller than its target.
    private static let mostDrawsPerPeak = 200

    /// The decoys of the spectra in `table`. Sorts the fragments.
    package init(of table: FragmentTable, method: DecoyMethod, recipe: VectorRecipe) {
        self.table = table
        self.method = method
        self.recipe = recipe
        order = (0..<UInt32(table.fragmentCount)).sorted { table.mz[Int($0)] < table.mz[Int($1)] }
    }

    /// Number of decoys.
    package var count: Int { table.count }

    /// The decoy of the target at `position` in the table: the same whenever it is asked for.
    package subscript(position: Int) -> Spectrum {
        var random = SplitMix64(seed: SplitMix64.mix(recipe.seed ^ 0x6465_636f_7973) &+ UInt64(position))
        var target = table.peaks(of: position)
        let precursor = table.precursor(of: position)
        let shown = precursor.flatMap { precursor in
            target.indices.filter { abs(target[$0].mz - precursor) <= recipe.binWidth }
                .max { target[$0].intensity < target[$1].intensity }
        }.map { target.remove(at: $0) }
        let rest = target.map(\.intensity).shuffled(using: &random)
        let fragments = drawn(
            rest.count, beside: shown.map { Float($0.mz) }, precursor: precursor.map(Float.init), random: &random)
        return Spectrum(
            name: "decoy", precursorMZ: precursor,
            peaks: (shown.map { [$0] } ?? []) + zip(fragments, rest).map { Peak(mz: Double($0), intensity: $1) })
    }

    // MARK: Drawing

    private func drawn(
        _ count: Int, beside shown: Float?, precursor: Float?, random: inout SplitMix64
    ) -> [Float] {
        let ceiling = precursor.map { $0 + Float(recipe.precursorMargin) } ?? .infinity
        let below = order.firstIndex(from: { table.mz[Int($0)] > ceiling })
        guard below > 0 else { return [] }
        var taken = [shown].compactMap(\.self)
        var candidates: [Float] = []
        if let precursor { addCandidates(beside: precursor, to: &candidates, random: &random) }
        var fragments: [Float] = []
        for _ in 0..<Self.mostDrawsPerPeak * count where fragments.count < count {
            let fragment: Float
            if candidates.isEmpty {
                fragment = table.mz[Int(order[random.index(below: below)])]
            } else {
                candidates.swapAt(random.index(below: candidates.count), candidates.count - 1)
                fragment = candidates.removeLast()
            }
            guard fragment <= ceiling, !taken.contains(where: { abs($0 - fragment) <= Self.tolerance * fragment })
            else { continue }
            taken.append(fragment)
            fragments.append(fragment)
            addCandidates(beside: fragment, to: &candidates, random: &random)
        }
        return fragments
    }

    private func addCandidates(beside fragment: Float, to candidates: inout [Float], random: inout SplitMix64) {
        guard method == .spectrumBased else { return }
        let first = order.firstIndex(from: { table.mz[Int($0)] >= fragment * (1 - Self.tolerance) })
        let end = order.firstIndex(from: { table.mz[Int($0)] > fragment * (1 + Self.tolerance) })
        guard first < end else { return }
        for _ in 0..<Self.candidatesPerFragment {
            let place = Int(order[first + random.index(below: end - first)])
            let fragments = table.fragments(of: table.spectrum(ofFragment: place))
            candidates.append(table.mz[fragments.lowerBound + random.index(below: fragments.count)])
        }
    }
}
