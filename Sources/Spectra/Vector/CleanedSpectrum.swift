import Foundation

extension Spectrum {
    /// The peaks that a recipe keeps: at least its fraction of the base peak, and not above the precursor by more
    /// than its margin, where the precursor is known.
    package func cleanedPeaks(_ recipe: VectorRecipe) -> [Peak] {
        let ceiling = precursorMZ.map { $0 + recipe.precursorMargin } ?? .infinity
        let below = peaks.filter { $0.mz <= ceiling && $0.intensity > 0 }
        let floor = (below.map(\.intensity).max() ?? 0) * recipe.minimumRelativeIntensity
        return below.filter { $0.intensity >= floor }
    }
}

extension [Peak] {
    /// Shannon entropy of the intensities as fractions of their sum, natural logarithm; 0 for no peaks.
    package var entropy: Double {
        let total = reduce(0) { $0 + $1.intensity }
        guard total > 0 else { return 0 }
        return reduce(0) { sum, peak in
            let fraction = peak.intensity / total
            return fraction > 0 ? sum - fraction * log(fraction) : sum
        }
    }

    /// Intensities as the spectral entropy similarity weights them, with sum 1: spectra of low entropy S are
    /// flattened by the power 0.25 + 0.25 S (at the default cutoff of 3, where the power reaches 1).
    ///
    /// Source: Li, Kind, Folz, Vaniya, Mehta, Fiehn, "Spectral entropy outperforms MS/MS dot product similarity
    /// for small-molecule compound identification", Nature Methods 18, 1524 (2021).
    package func entropyWeighted(cutoff: Double) -> [Peak] {
        let entropy = entropy
        let power = entropy < cutoff ? 0.25 + (1 - 0.25) * entropy / cutoff : 1
        let weights = map { pow($0.intensity, power) }
        let total = weights.reduce(0, +)
        guard total > 0 else { return [] }
        return zip(self, weights).map { Peak(mz: $0.mz, intensity: $1 / total) }
    }
}

extension [Peak] {
    /// These cleaned peaks with the heights that the recipe's score gives them in place of intensities. For the entropy
    /// score these are the weights, of sum 1, which its kernel takes; all other scores multiply heights.
    package func heights(_ recipe: VectorRecipe) -> [Peak] {
        switch recipe.score.weighting {
        case .entropy: entropyWeighted(cutoff: recipe.entropyCutoff)
        case .entropyRoot:
            entropyWeighted(cutoff: recipe.entropyCutoff).map {
                Peak(mz: $0.mz, intensity: $0.intensity.squareRoot())
            }
        case .powers(let mzPower, let intensityPower):
            // Relative to the base peak and to 100 Da, so that no power overflows; the scale drops out.
            relativeToBasePeak.map {
                Peak(mz: $0.mz, intensity: pow($0.mz / 100, mzPower) * pow($0.intensity, intensityPower))
            }
        }
    }

    private var relativeToBasePeak: [Peak] {
        let base = self.map(\.intensity).max() ?? 1
        return map { Peak(mz: $0.mz, intensity: $0.intensity / base) }
    }
}
