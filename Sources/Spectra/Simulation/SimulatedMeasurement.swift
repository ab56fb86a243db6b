/// What the simulation lets a measurement do to a spectrum.
package struct SimulatedMeasurement: Sendable {
    /// The probability that a peak is lost; 0 to 1.
    package var peakLoss = 0.35
    /// The standard deviation of the fragments' m/z, in parts per million.
    package var fragmentDeviation = 3.0
    /// The standard deviation of the precursor's m/z, in parts per million.
    package var precursorDeviation = 2.0
    /// The standard deviation of the natural logarithm of the factor on every intensity.
    package var intensityDeviation = 0.4
    /// The bounds of the number of contaminant peaks, as a fraction of the number of true peaks.
    package var contaminantFraction = 0.10..<0.25

    package init() {}

    /// A simulated measurement of `spectrum`, which keeps nothing that tells the compound but the peaks, the
    /// precursor and its charge.
    package func measure(_ spectrum: Spectrum, name: String, random: inout SplitMix64) -> Spectrum {
        let survivors = spectrum.peaks.compactMap { measure($0, random: &random) }
        let contaminants = contaminants(of: spectrum.peaks, random: &random)
        return Spectrum(
            name: name,
            precursorMZ: spectrum.precursorMZ.map {
                jitter($0, deviation: precursorDeviation, random: &random)
            },
            precursorCharge: spectrum.precursorCharge,
            ionMode: spectrum.ionMode,
            peaks: survivors + contaminants)
    }

    private func measure(_ peak: Peak, random: inout SplitMix64) -> Peak? {
        guard random.unit() >= peakLoss else { return nil }
        return Peak(
            mz: jitter(peak.mz, deviation: fragmentDeviation, random: &random),
            intensity: peak.intensity * random.logNormal(deviation: intensityDeviation))
    }

    private func jitter(_ mz: Double, deviation: Double, random: inout SplitMix64) -> Double {
        mz * (1 + deviation * random.normal() * 1e-6)
    }

    /// Peaks at random m/z from 100 to the last true peak, of 2 to 30 % of the base peak.
    private func contaminants(of peaks: [Peak], random: inout SplitMix64) -> [Peak] {
        guard let last = peaks.last, let base = peaks.map(\.intensity).max() else { return [] }
        let count = Int((random.uniform(in: contaminantFraction) * Double(peaks.count)).rounded())
        return (0..<count).map { _ in
            Peak(
                mz: random.uniform(in: 100..<max(last.mz, 101)),
                intensity: base * random.uniform(in: 0.02..<0.30))
        }
    }
}
