/// The similarities of fragment spectra that vectors can express as an inner product.
///
/// `docs/scores.md` says of each what it is, where it was published and how it was checked.
public enum SpectralScore: String, Sendable, Codable, CaseIterable {
    /// Cosine of square roots of entropy-weighted intensities: the default.
    case cosine
    /// Cosine of (m/z)^2 I^0.5, as MassBank weights peaks.
    case massBankCosine = "cosine-massbank"
    /// Cosine of (m/z)^3 I^0.6, as NIST's search of electron ionisation spectra weights peaks.
    case nistCosine = "cosine-nist"
    /// Cosine of (m/z)^1.3 I^0.53, the weights that NIST's 2011 library of electron ionisation spectra calls for.
    case nist11Cosine = "cosine-nist11"
    /// Cosine of I^0.5, MZmine's default weights.
    case mzmineCosine = "cosine-mzmine"
    /// Spectral entropy similarity, by a separable expansion of its kernel.
    case entropy
    /// Cosine of neutral losses, the differences of precursor and fragments.
    case neutralLoss = "neutral-loss"
    /// Cosine of fragments and neutral losses together, with equal weight: also finds analogues, whose fragments are
    /// shifted by what the precursors differ in.
    case hybrid

    /// How intensities become peak heights.
    package enum Weighting: Sendable, Hashable {
        /// The square root of the entropy-weighted intensity.
        case entropyRoot
        /// (m/z)^``mzPower`` I^``intensityPower``.
        case powers(mz: Double, intensity: Double)
        /// The entropy-weighted intensity itself, whose kernel is not a product.
        case entropy
    }

    /// How intensities become peak heights.
    package var weighting: Weighting {
        switch self {
        // Horai et al., "MassBank", J. Mass Spectrom. 45, 703 (2010).
        case .massBankCosine: .powers(mz: 2, intensity: 0.5)
        // Stein and Scott, J. Am. Soc. Mass Spectrom. 5, 859 (1994).
        case .nistCosine: .powers(mz: 3, intensity: 0.6)
        // Kim, Koo, Wei, Zhang, "A method of finding optimal weight factors for compound identification in gas
        // chromatography-mass spectrometry", Bioinformatics 28, 1158 (2012).
        case .nist11Cosine: .powers(mz: 1.3, intensity: 0.53)
        case .mzmineCosine: .powers(mz: 0, intensity: 0.5)
        case .entropy: .entropy
        case .cosine, .neutralLoss, .hybrid: .entropyRoot
        }
    }

    /// Whether fragments count.
    package var usesFragments: Bool { self != .neutralLoss }
    /// Whether neutral losses count.
    package var usesLosses: Bool { self == .neutralLoss || self == .hybrid }
}

extension Spectrum {
    /// Whether a vector of `recipe` has anything of this spectrum's peaks: at least one survives cleaning, and, where
    /// only neutral losses count, one of those is below a known precursor.
    package func isSearchable(_ recipe: VectorRecipe) -> Bool {
        let peaks = cleanedPeaks(recipe)
        return recipe.score.usesFragments ? !peaks.isEmpty : !neutralLosses(of: peaks).isEmpty
    }

    /// The differences of the precursor and `peaks`, ascending, with the peaks' intensities; the precursor itself and
    /// what is above it have none. Empty where the precursor is unknown.
    package func neutralLosses(of peaks: [Peak]) -> [Peak] {
        guard let precursorMZ else { return [] }
        return peaks.reversed().compactMap { peak in
            let loss = precursorMZ - peak.mz
            return loss >= Self.leastLoss ? Peak(mz: loss, intensity: peak.intensity) : nil
        }
    }

    /// In daltons. Smaller differences are the precursor's own peak and its neighbours: nothing was lost.
    private static let leastLoss = 0.5
}
