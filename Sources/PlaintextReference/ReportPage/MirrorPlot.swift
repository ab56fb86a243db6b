import Spectra

/// A query and a library spectrum to be drawn back to back.
package struct MirrorPlot: Sendable {
    package var query: Spectrum
    package var hit: Spectrum
    /// The place of the hit among the answers to the query, from 1.
    package var rank: Int
    package var score: Double
    /// Whether the hit is the query's compound; nil where nobody knows.
    package var isRight: Bool?
    /// How far apart two peaks may lie and still count as the same fragment, in daltons.
    package var tolerance: Double

    package init(
        query: Spectrum, hit: Spectrum, rank: Int = 1, score: Double, isRight: Bool? = nil,
        tolerance: Double = 0.02
    ) {
        self.query = query
        self.hit = hit
        self.rank = rank
        self.score = score
        self.isRight = isRight
        self.tolerance = tolerance
    }

    /// A peak as it is drawn.
    struct DrawnPeak: Sendable, Equatable {
        var mz: Double
        /// Intensity over that of the base peak, from 0.01 to 1.
        var height: Double
        /// Whether the other spectrum has a peak for it.
        var isMatched = false
    }

    /// The most peaks drawn of one spectrum: more could not be told apart, and matching takes their square.
    static let peakLimit = 300

    /// The peaks of both spectra as they are drawn: those of at least 1 % of the base peak, with matches
    /// marked.
    ///
    /// Each peak has at most one partner. Partners are found as in the greedy cosine score: the pair with the
    /// largest product of intensities first, the closer one among equals.
    func drawnPeaks() -> (query: [DrawnPeak], hit: [DrawnPeak]) {
        var (upper, lower) = (MirrorPlot.drawn(query.peaks), MirrorPlot.drawn(hit.peaks))
        for (top, bottom) in MirrorPlot.candidates(upper, lower, tolerance: tolerance)
        where !upper[top].isMatched && !lower[bottom].isMatched {
            upper[top].isMatched = true
            lower[bottom].isMatched = true
        }
        return (upper, lower)
    }

    private static func drawn(_ peaks: [Peak]) -> [DrawnPeak] {
        let finite = peaks.filter { $0.mz.isFinite && $0.intensity.isFinite && $0.intensity > 0 }
        guard let base = finite.map(\.intensity).max() else { return [] }
        let visible = finite.filter { $0.intensity >= 0.01 * base }
        return visible.sorted { $0.intensity > $1.intensity }.prefix(peakLimit)
            .sorted { $0.mz < $1.mz }
            .map { DrawnPeak(mz: $0.mz, height: $0.intensity / base) }
    }

    /// The index pairs of peaks within the tolerance, in the order in which they become partners.
    private static func candidates(
        _ upper: [DrawnPeak], _ lower: [DrawnPeak], tolerance: Double
    ) -> [(Int, Int)] {
        var pairs: [(top: Int, bottom: Int, product: Double, distance: Double)] = []
        for (top, peak) in upper.enumerated() {
            for (bottom, other) in lower.enumerated() where abs(peak.mz - other.mz) <= tolerance {
                pairs.append((top, bottom, peak.height * other.height, abs(peak.mz - other.mz)))
            }
        }
        return pairs.sorted { ($1.product, $0.distance) < ($0.product, $1.distance) }.map {
            ($0.top, $0.bottom)
        }
    }
}
