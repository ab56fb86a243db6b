/// The fragments of a library's spectra, as small as decoys can be made of them: 8 bytes for each peak that cleaning
/// keeps, 24 for each spectrum.
package struct FragmentTable: Sendable {
    /// Number of spectra.
    package var count: Int { ends.count }
    /// Number of fragments.
    package var fragmentCount: Int { mz.count }
    /// m/z of the fragments, spectrum after spectrum, ascending in each; rounded by less than 0.06 ppm.
    private(set) var mz: [Float] = []
    private var intensities: [Float] = []
    /// The place behind the last fragment of each spectrum.
    private var ends: [Int] = []
    private var precursors: [Double?] = []

    /// Positions of fragments are numbers of 32 bits.
    package static let largestFragmentCount = Int(UInt32.max)

    /// No spectrum yet.
    package init() {}

    /// Adds a spectrum of the cleaned peaks `peaks`.
    ///
    /// - Precondition: the table has room for them; see ``largestFragmentCount``.
    package mutating func add(_ peaks: [Peak], precursorMZ: Double?) {
        precondition(fragmentCount + peaks.count <= Self.largestFragmentCount, "2^32 fragments at most")
        mz += peaks.map { Float($0.mz) }
        intensities += peaks.map { Float($0.intensity) }
        ends.append(mz.count)
        precursors.append(precursorMZ)
    }

    /// The places of the fragments of a spectrum.
    func fragments(of spectrum: Int) -> Range<Int> { (spectrum == 0 ? 0 : ends[spectrum - 1])..<ends[spectrum] }

    /// The spectrum that the fragment at a place belongs to. Logarithmic in the number of spectra.
    func spectrum(ofFragment place: Int) -> Int { ends.firstIndex(from: { $0 > place }) }

    /// The peaks of a spectrum.
    func peaks(of spectrum: Int) -> [Peak] {
        fragments(of: spectrum).map { Peak(mz: Double(mz[$0]), intensity: Double(intensities[$0])) }
    }

    /// Precursor m/z of a spectrum in daltons; nil when unknown.
    func precursor(of spectrum: Int) -> Double? { precursors[spectrum] }
}

extension RandomAccessCollection where Index == Int {
    /// The first place from which on `holds`, by bisection; the end where it never does.
    ///
    /// - Precondition: once it holds, it holds to the end.
    func firstIndex(from holds: (Element) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
