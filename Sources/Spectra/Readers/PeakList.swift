/// The peaks of one spectrum as they are read, each one checked.
struct PeakList {
    /// The peaks of more than zero intensity, in the order of the file.
    private(set) var peaks: [Peak] = []
    /// How many peaks were read, those of zero intensity among them.
    private(set) var count = 0

    /// Takes in a peak; one of zero intensity is counted and dropped.
    mutating func append(mz: Double, intensity: Double) throws(Malformed) {
        guard mz >= 0, mz <= SpectrumFileLimits.mz else {
            throw Malformed("m/z \(mz) is not a number from 0 to \(Int(SpectrumFileLimits.mz))")
        }
        guard intensity >= 0, intensity.isFinite else {
            throw Malformed("intensity \(intensity) is not a finite number of at least 0")
        }
        guard count < SpectrumFileLimits.peaks else {
            throw Malformed("the spectrum has more than \(SpectrumFileLimits.peaks) peaks")
        }
        count += 1
        guard intensity > 0 else { return }
        guard mz > 0 else { throw Malformed("m/z 0 with intensity \(intensity); an m/z is positive") }
        peaks.append(Peak(mz: mz, intensity: intensity))
    }
}
