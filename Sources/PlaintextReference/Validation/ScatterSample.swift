/// A deterministic sample of (plaintext, encrypted) scores, spread over the whole range of scores.
///
/// Nearly all pairs of spectra are unrelated and score close to zero, so that an even sample would show none
/// of the high scores that decide an identification. The range is therefore cut into bands, and each band
/// keeps a strided sample of its own: every s-th pair, where s doubles whenever the band is full.
package struct ScatterSample: Sendable {
    private var bands: [Band]
    private let range: ClosedRange<Float>

    /// An empty sample.
    ///
    /// - Parameters:
    ///   - range: The scores that the bands divide; what lies outside goes to the nearest band.
    ///   - bandCount: How many bands there are.
    ///   - bandCapacity: The most pairs that a band keeps: even and at least 2.
    package init(range: ClosedRange<Float> = -1...2, bandCount: Int = 60, bandCapacity: Int = 64) {
        precondition(bandCount >= 1, "a sample needs a band")
        precondition(bandCapacity >= 2 && bandCapacity.isMultiple(of: 2), "a band halves when it is full")
        precondition(range.lowerBound < range.upperBound, "a sample cannot divide \(range)")
        self.range = range
        bands = Array(repeating: Band(capacity: bandCapacity), count: bandCount)
    }

    /// Offers pairs to the sample, in the same order in every run. A pair with a NaN is left out, and
    /// one whose encrypted score is minus infinity, which stands for one that was not computed.
    package mutating func add(plaintext: Span<Float>, encrypted: Span<Float>) {
        precondition(
            plaintext.count == encrypted.count,
            "\(plaintext.count) plaintext scores for \(encrypted.count) encrypted ones")
        let scale = Float(bands.count) / (range.upperBound - range.lowerBound)
        for index in plaintext.indices {
            let pair = (plaintext: plaintext[index], encrypted: encrypted[index])
            guard !pair.plaintext.isNaN, !pair.encrypted.isNaN, pair.encrypted != -.infinity else { continue }
            let position = (pair.plaintext - range.lowerBound) * scale
            bands[Int(min(max(position, 0), Float(bands.count - 1)))].offer(pair)
        }
    }

    /// The pairs kept, in ascending order of bands.
    package var pairs: [(plaintext: Float, encrypted: Float)] { bands.flatMap(\.kept) }

    /// One band: the pairs number 0, s, 2s, ... of those offered.
    private struct Band {
        let capacity: Int
        var kept: [(plaintext: Float, encrypted: Float)] = []
        var stride = 1
        var untilNext = 0

        init(capacity: Int) { self.capacity = capacity }

        mutating func offer(_ pair: (plaintext: Float, encrypted: Float)) {
            guard untilNext == 0 else {
                untilNext -= 1
                return
            }
            // This is pair number `capacity` times the stride: the even capacity keeps it in step afterwards.
            if kept.count == capacity { thin() }
            kept.append(pair)
            untilNext = stride - 1
        }

        private mutating func thin() {
            kept = kept.enumerated().compactMap { $0.offset.isMultiple(of: 2) ? $0.element : nil }
            stride *= 2
        }
    }
}
