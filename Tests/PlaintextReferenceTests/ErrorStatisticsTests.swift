import Testing

import PlaintextReference

@Suite struct ErrorStatisticsTests {
    private let range = -0.5...0.5

    private func statistics(_ values: [Float], _ references: [Float], blocks: [Range<Int>]) -> ErrorStatistics {
        var statistics = ErrorStatistics(histogram: Histogram(range: range, binCount: 20))
        for block in blocks {
            statistics.add(values.span.extracting(block), minus: references.span.extracting(block))
        }
        return statistics
    }

    @Test func streamingEqualsTwoPasses() {
        var generator = TestGenerator(seed: 11)
        let (values, references) = (generator.floats(5000), generator.floats(5000))
        let differences = zip(values, references).map { Double($0) - Double($1) }
        let rms = (differences.map { $0 * $0 }.reduce(0, +) / 5000).squareRoot()
        let streamed = statistics(values, references, blocks: [0..<1, 1..<1, 1..<3000, 3000..<5000])
        #expect(streamed.count == 5000)
        #expect(streamed.maximum == differences.map(\.magnitude).max())
        #expect(abs(streamed.rms - rms) < 1e-12)
        for (bin, count) in streamed.histogram.counts.enumerated() {
            // Bin edges are multiples of 1/20, which no difference meets: compare in units of a bin.
            let inBin = differences.count { (($0 + 0.5) * 20).rounded(.down) == Double(bin) }
            #expect(count == inBin)
        }
        #expect(streamed.histogram.outside == differences.count { !($0 >= -0.5 && $0 < 0.5) })
        #expect(streamed.histogram.total == 5000)
    }

    @Test func addingStatisticsEqualsOneStream() {
        var generator = TestGenerator(seed: 12)
        let (values, references) = (generator.floats(1000), generator.floats(1000))
        var sum = statistics(values, references, blocks: [0..<400])
        sum.add(statistics(values, references, blocks: [400..<1000]))
        let whole = statistics(values, references, blocks: [0..<1000])
        #expect(sum.count == whole.count && sum.maximum == whole.maximum)
        #expect(abs(sum.rms - whole.rms) < 1e-12)
        #expect(sum.histogram.counts == whole.histogram.counts)
    }

    @Test func nothingHasNoError() {
        let nothing = statistics([], [], blocks: [])
        #expect(nothing.maximum == 0 && nothing.rms == 0 && nothing.count == 0)
    }

    @Test func whatDoesNotFitIsCountedOutside() {
        var histogram = Histogram(range: 0...1, binCount: 2)
        for value in [0, 0.49, 0.5, 0.99, 1, -1e-300, .nan, .infinity, -.infinity, 1e300] {
            histogram.add(value)
        }
        #expect(histogram.counts == [2, 2])
        #expect(histogram.outside == 6)
        #expect(Histogram(aroundZeroWithRms: 0).range.lowerBound < 0)
    }
}

@Suite struct ScatterSampleTests {
    @Test func eachBandKeepsEveryNthPair() {
        // Two bands; the encrypted score carries the number of the pair within its band.
        let count = 1000
        let plaintext = (0..<2 * count).map { Float($0.isMultiple(of: 2) ? -1 : 1) }
        let encrypted = (0..<2 * count).map { Float($0 / 2) }
        var sample = ScatterSample(range: -2...2, bandCount: 2, bandCapacity: 8)
        sample.add(plaintext: plaintext.span, encrypted: encrypted.span)
        for side in [-1, 1] as [Float] {
            let kept = sample.pairs.filter { $0.plaintext == side }.map { Int($0.encrypted) }
            #expect((4...8).contains(kept.count))
            let stride = kept[1] - kept[0]
            #expect(kept == Array(Swift.stride(from: 0, to: count, by: stride)))
        }
    }

    @Test func theSampleDoesNotDependOnTheBlocks() {
        var generator = TestGenerator(seed: 13)
        let (plaintext, encrypted) = (generator.floats(3000, in: -3...3), generator.floats(3000))
        var (whole, parts) = (ScatterSample(bandCapacity: 6), ScatterSample(bandCapacity: 6))
        whole.add(plaintext: plaintext.span, encrypted: encrypted.span)
        for block in [0..<7, 7..<1999, 1999..<3000] {
            parts.add(
                plaintext: plaintext.span.extracting(block), encrypted: encrypted.span.extracting(block))
        }
        #expect(whole.pairs.map(\.plaintext) == parts.pairs.map(\.plaintext))
        #expect(whole.pairs.map(\.encrypted) == parts.pairs.map(\.encrypted))
        #expect(whole.pairs.count <= 60 * 6)
    }

    @Test func rareHighScoresStayInTheSample() {
        var plaintext = [Float](repeating: 0.01, count: 100_000)
        plaintext[77_777] = 1.9
        var sample = ScatterSample()
        sample.add(plaintext: plaintext.span, encrypted: plaintext.span)
        #expect(sample.pairs.contains { $0.plaintext == 1.9 })
    }

    @Test func pairsWithoutANumberAreLeftOut() {
        var sample = ScatterSample()
        sample.add(plaintext: [.nan, 1, .infinity].span, encrypted: [1, .nan, 1].span)
        #expect(sample.pairs.map(\.plaintext) == [.infinity])
    }
}
