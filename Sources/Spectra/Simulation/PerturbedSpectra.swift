/// Perturbed copies of given spectra, as many as wanted: libraries for measuring how searches grow. None of them was
/// measured, whatever the originals are.
///
/// Copies of all originals come in their order, then the next copies. In a copy each peak is lost with probability
/// 0.1, m/z is off by 3 ppm (one standard deviation), intensities by 5 %, and contaminants are added, 5 to 15 % of the
/// number of peaks. Copy k of a compound has its precursor shifted by k times 0.05 Da, five widths of the default
/// precursor kernel, so that copies can be told apart, and is named `perturbed copy k of NAME`; what would claim a
/// structure (formula, InChIKey, SMILES) is gone. Every copy keeps a peak to search by where its original has one.
///
/// A copy is made when it is asked for, of the seed and its position alone: memory holds the originals.
public struct PerturbedSpectra: RandomAccessCollection, Sendable {
    private let originals: [Spectrum]
    private let seed: UInt64
    /// The number of copies.
    public let endIndex: Int
    /// The position of the first copy.
    public var startIndex: Int { 0 }

    /// Daltons between the precursors of two copies that follow each other.
    private static let precursorStep = 0.05

    private static let measurement: SimulatedMeasurement = {
        var measurement = SimulatedMeasurement()
        measurement.peakLoss = 0.1
        measurement.precursorDeviation = 0
        measurement.intensityDeviation = 0.05
        measurement.contaminantFraction = 0.05..<0.15
        return measurement
    }()

    /// `count` copies of `originals`; none where there is no original to copy.
    public init(of originals: [Spectrum], count: Int, seed: UInt64) {
        self.originals = originals
        self.seed = seed
        endIndex = originals.isEmpty ? 0 : Swift.max(count, 0)
    }

    /// The copy at `position`.
    public subscript(position: Int) -> Spectrum {
        let original = originals[position % originals.count]
        let number = position / originals.count + 1
        var random = random(position, purpose: 0)
        var copy = Self.measurement.measure(
            original, name: "perturbed copy \(number) of \(original.name)", random: &random)
        copy.precursorMZ = original.precursorMZ.map { $0 + Double(number) * Self.precursorStep }
        copy.accession = "perturbed-\(number)-\(original.accession ?? "\(position % originals.count)")"
        copy.adduct = original.adduct
        if !copy.hasPeakBelowPrecursor { copy.peaks = original.peaks }
        return copy
    }

    /// A simulated query whose right answer is the copy at `position`: measured as ``SimulatedPeptides/queries(count:seed:)``
    /// measures.
    public func query(for position: Int) -> SimulatedQuery {
        let truth = self[position]
        var random = random(position, purpose: 1)
        return SimulatedQuery(
            spectrum: SimulatedMeasurement().measure(truth, name: "query \(position)", random: &random), truth: truth)
    }

    /// A generator for one position and purpose.
    private func random(_ position: Int, purpose: UInt64) -> SplitMix64 {
        SplitMix64(seed: SplitMix64.mix(SplitMix64.mix(seed &+ purpose) &+ UInt64(position)))
    }
}

extension Spectrum {
    /// Whether a peak is left that cleaning would keep.
    fileprivate var hasPeakBelowPrecursor: Bool { peaks.contains { $0.mz <= precursorMZ ?? .infinity } }
}
