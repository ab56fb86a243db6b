import Foundation

/// Turns spectra into vectors whose inner product is their similarity.
///
/// 1. Clean: drop peaks below 1 % of the base peak and above the precursor + 1.5 Da.
/// 2. Weight intensities as the score has it: for the default by entropy, then the square root. The entropy score gives
///    a peak r heights, its features; neutral losses are peaks at other places.
/// 3. Bin by 0.02 Da, each peak shared linearly between the two nearest bins; scale to unit length.
/// 4. Sketch: add each bin, with signs, to four hashed entries of the fragment half; scale to unit length. Components
///    of the entropy score and neutral losses have hash keys of their own in the same entries.
/// 5. Precursor: K pairs cos(nu_k p), sin(nu_k p), divided by sqrt(K), with nu_k normal of width 1/sigma: their
///    inner product is a Gaussian kernel of the precursor difference.
///
/// Sources: Charikar, Chen, Farach-Colton, "Finding frequent items in data streams" (count sketch), ICALP 2002;
/// Rahimi, Recht, "Random features for large-scale kernel machines", NIPS 2007.
public struct SpectrumVectorizer: Sendable {
    /// The recipe that vectors follow.
    public let recipe: VectorRecipe
    /// nu_k in radians per dalton.
    private let frequencies: [Double]
    /// Only for the entropy score.
    private let expansion: EntropyExpansion?

    /// A vectorizer for `recipe`; draws its frequencies.
    public init(recipe: VectorRecipe) {
        self.recipe = recipe
        frequencies = Self.frequencies(recipe)
        expansion = recipe.score == .entropy ? EntropyExpansion(rank: recipe.expansionRank) : nil
    }

    /// The vector of `spectrum`: `recipe.dimension` entries. The fragment half is zero when no peak survives
    /// cleaning, the precursor half when the precursor is unknown.
    public func vector(of spectrum: Spectrum) -> [Float] {
        var vector = sketch(channels(of: spectrum)).map(Float.init)
        vector += precursorHalf(spectrum.precursorMZ).map(Float.init)
        return vector
    }

    // MARK: Fragments

    /// Peaks with hash keys of their own; intensities are heights.
    private struct Channel {
        var number: UInt64
        var peaks: [Peak]
    }

    /// The number of the channel of neutral losses: beyond the components of any expansion.
    private static let lossChannel: UInt64 = 256

    private func channels(of spectrum: Spectrum) -> [Channel] {
        let heights = spectrum.cleanedPeaks(recipe).heights(recipe)
        if let expansion {
            let features = heights.map { expansion.features($0.intensity) }
            return (0..<expansion.rank).map { component in
                Channel(
                    number: UInt64(component),
                    peaks: zip(heights, features).map { Peak(mz: $0.mz, intensity: $1[component]) })
            }
        }
        var channels: [Channel] = []
        if recipe.score.usesFragments { channels.append(Channel(number: 0, peaks: heights)) }
        if recipe.score.usesLosses {
            channels.append(Channel(number: Self.lossChannel, peaks: spectrum.neutralLosses(of: heights)))
        }
        return channels
    }

    private struct Bin {
        var index: Int
        var value: Double
    }

    /// The heights, shared linearly between neighbouring bins, in ascending order of bin.
    private func binned(_ peaks: [Peak]) -> [Bin] {
        var bins: [Bin] = []
        func add(_ index: Int, _ value: Double) {
            // Peaks ascend, so an earlier entry of the same bin is one of the last two.
            if let position = bins.indices.suffix(2).first(where: { bins[$0].index == index }) {
                bins[position].value += value
            } else {
                bins.append(Bin(index: index, value: value))
            }
        }
        for peak in peaks {
            let position = peak.mz / recipe.binWidth
            let lower = position.rounded(.down)
            add(Int(lower), peak.intensity * (1 - (position - lower)))
            add(Int(lower) + 1, peak.intensity * (position - lower))
        }
        return bins
    }

    /// The count sketch of the bins of all channels, at unit length. The bins' own scale drops out of the last step, so
    /// it is not brought to unit length before.
    private func sketch(_ channels: [Channel]) -> [Double] {
        var sketch = [Double](repeating: 0, count: recipe.sketchDimension)
        for channel in channels {
            for bin in binned(channel.peaks) {
                for slot in 0..<recipe.slotsPerBin {
                    let hash = hash(channel: channel.number, bin: bin.index, slot: slot)
                    let entry = Int(hash.multipliedFullWidth(by: UInt64(sketch.count)).high)
                    sketch[entry] += hash & 1 == 0 ? bin.value : -bin.value
                }
            }
        }
        let norm = sketch.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return norm > 0 ? sketch.map { $0 / norm } : sketch
    }

    /// 64 uniform bits for a slot of a bin of a channel: the high bits choose the entry, the lowest the sign.
    private func hash(channel: UInt64, bin: Int, slot: Int) -> UInt64 {
        // Bins are below 2^30 and slots below 2^4: every key is another.
        let key = channel << 40 &+ UInt64(bin) &* UInt64(recipe.slotsPerBin) &+ UInt64(slot)
        return SplitMix64.mix(SplitMix64.mix(key &+ recipe.seed) &+ 0x9e37_79b9_7f4a_7c15)
    }

    // MARK: Precursor

    private func precursorHalf(_ precursorMZ: Double?) -> [Double] {
        guard let precursorMZ else { return [Double](repeating: 0, count: recipe.precursorDimension) }
        // Phases reach 1e5 radians: double precision leaves 1e-11 of them.
        let scale = 1 / Double(frequencies.count).squareRoot()
        return frequencies.flatMap { [cos($0 * precursorMZ) * scale, sin($0 * precursorMZ) * scale] }
    }

    /// Independent normal frequencies of standard deviation 1 / sigma, by the Box-Muller transform.
    private static func frequencies(_ recipe: VectorRecipe) -> [Double] {
        var generator = SplitMix64(seed: recipe.seed ^ 0x7072_6563_7572_736f)
        return (0..<recipe.precursorDimension / 2).map { _ in
            let radius = (-2 * log(generator.unit())).squareRoot()
            return radius * cos(2 * .pi * generator.unit()) / recipe.precursorWidth
        }
    }
}
