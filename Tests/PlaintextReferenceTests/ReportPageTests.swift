import Foundation
import Spectra
import Testing

@testable import PlaintextReference

extension ReportPage {
    /// A page of one configuration with one section of drawings.
    fileprivate init(title: String, report: AccuracyReport, figures: Figures) {
        self.init(title: title, report: report, sections: [Section(heading: nil, figures: figures)])
    }
}

@Suite struct ReportPageTests {
    private let elementsInUse: Set = [
        "html", "head", "meta", "title", "style", "body", "header", "main", "section", "h1", "h2", "p",
        "span", "b",
        "bdi", "small", "dl", "dt", "dd", "div", "table", "caption", "thead", "tbody", "tr", "th", "td",
        "figure",
        "figcaption", "svg", "desc", "g", "path", "text", "tspan", "h3", "code",
    ]

    private func figures(mirrors: [MirrorPlot] = [], scale: Float = 1e-3) -> ReportPage.Figures {
        var generator = TestGenerator(seed: 21)
        let plaintext = generator.floats(4000, in: -0.5...2)
        let encrypted = plaintext.map { $0 + scale * generator.floats(1)[0] }
        var sample = ScatterSample()
        sample.add(plaintext: plaintext.span, encrypted: encrypted.span)
        var noise = ErrorStatistics(histogram: Histogram(aroundZeroWithRms: Double(scale) / 2))
        noise.add(encrypted.span, minus: plaintext.span)
        return ReportPage.Figures(
            scatter: sample.pairs, noise: noise, predictedRms: Double(scale) / 2, mirrors: mirrors)
    }

    private func mirror(name: String = "Caffeine") -> MirrorPlot {
        let peaks = [Peak(mz: 110.071, intensity: 20), Peak(mz: 138.066, intensity: 100)]
        return MirrorPlot(
            query: Spectrum(name: name, precursorMZ: 195.0877, adduct: name, peaks: peaks),
            hit: Spectrum(name: name, precursorMZ: 195.0882, adduct: name, peaks: peaks), score: 1.98,
            isRight: true)
    }

    /// What holds for every page, whatever is in it.
    private func checkLaws(_ page: ReportPage) -> (page: PageReader, html: String) {
        let html = page.html()
        let reader = PageReader(html)
        #expect(reader.failure == nil)
        #expect(Set(reader.elements.keys).isSubset(of: elementsInUse))
        #expect(reader.attributes.allSatisfy { !$0.hasPrefix("on") && $0 != "src" && $0 != "href" })
        #expect(Set(reader.identifiers).count == reader.identifiers.count, "an identifier occurs twice")
        for forbidden in ["<script", "@import", "url(", "@font-face"] {
            #expect(!html.contains(forbidden))
        }
        return (reader, html)
    }

    @Test func aPageIsWellFormedAndLoadsNothing() {
        var report = AccuracyReport.example
        report.machine = .init(processor: "some processor", operatingSystem: "Linux", cores: 2)
        report.ionModes = ["positive", "negative"].map {
            .init(
                ionMode: $0, library: report.library, queries: 1000, accuracy: report.accuracy,
                agreement: report.agreement)
        }
        let page = ReportPage(
            title: "MassBank", note: "simulated spectra", report: report,
            sections: ["positive mode", "negative mode"].map {
                .init(heading: $0, figures: figures(mirrors: [mirror(), mirror(name: "Theobromine")]))
            })
        let (reader, html) = checkLaws(page)
        #expect(!html.contains("http://") && !html.contains("https://"))
        #expect(reader.elements["svg"] == 8 && reader.elements["desc"] == 8)
        #expect(reader.elements["table"] == 3 && reader.elements["caption"] == 3)
        for expected in ["simulated spectra", "Theobromine", "some processor", "SkylakeX", "95.45\u{A0}%"] {
            #expect(reader.text.contains(expected))
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onload='x", "a & b &amp; c &#x3c;",
        "]]>",
        "</svg></title></style><b>", "-->", "\u{202E}txet\u{2066}", "naïve 日本語 🧪 β-carotene",
    ])
    func namesFromFilesAreOnlyText(name: String) {
        var report = AccuracyReport.example
        report.preset = name
        report.commit = name
        let page = ReportPage(
            title: name, note: name, report: report,
            sections: [.init(heading: name, figures: figures(mirrors: [mirror(name: name)]))])
        let harmless = ReportPage(
            title: "x", note: "x", report: AccuracyReport.example,
            sections: [.init(heading: "x", figures: figures(mirrors: [mirror(name: "x")]))])
        let reader = checkLaws(page).page
        // The very elements of a page with harmless names, and the name as it is.
        #expect(reader.elements == checkLaws(harmless).page.elements)
        #expect(reader.text.contains(name))
    }

    @Test func charactersThatXMLForbidsAreReplaced() {
        let page = ReportPage(
            title: "a\u{0}b\u{1B}c\u{FFFF}d\r\u{85}e", report: AccuracyReport.example, figures: figures())
        #expect(checkLaws(page).page.text.contains("a\u{FFFD}b\u{FFFD}c\u{FFFD}d\u{FFFD}\u{FFFD}e"))
    }

    @Test func endlessNamesAreCut() {
        let page = ReportPage(
            title: "t", report: AccuracyReport.example,
            figures: figures(mirrors: [mirror(name: String(repeating: "long", count: 100_000))]))
        #expect(checkLaws(page).html.utf8.count < 500_000)
    }

    @Test func missingAndMeaninglessFiguresAreSurvived() {
        var report = AccuracyReport.example
        let statistics = ErrorStatistics(histogram: Histogram(range: -1...1, binCount: 3))
        report.queries = 0
        report.ratioToSgemm = .nan
        report.seconds.search = .infinity
        report.seconds.decrypt = -1
        report.bytes = .init(keys: .max, upload: -5, download: 0, library: 1)
        report.accuracy.encrypted.top1 = .nan
        let strange = AccuracyReport.Estimate(value: .nan, interval: Interval(lower: .infinity, upper: -7))
        let contrast = AccuracyReport.Contrast(encrypted: strange, plaintext: strange, difference: strange)
        report.breakdowns = [
            .init(by: .peaks, groups: [.init(name: "", queries: -1, compounds: .max, top1: contrast)]),
            .init(by: .candidates, groups: []),
        ]
        let empty = MirrorPlot(query: Spectrum(), hit: Spectrum(), score: .nan, isRight: false)
        let wild = MirrorPlot(
            query: Spectrum(peaks: [Peak(mz: 1e300, intensity: 1e-300), Peak(mz: .infinity, intensity: .nan)]
            ),
            hit: Spectrum(precursorMZ: -1, peaks: [Peak(mz: 5, intensity: 1e300)]), score: .infinity)
        let pages = [
            ReportPage.Figures(scatter: [], noise: statistics, predictedRms: .nan, mirrors: []),
            ReportPage.Figures(
                scatter: [(.nan, 1), (.infinity, 2)], noise: statistics, predictedRms: 0,
                mirrors: [empty, wild]),
            ReportPage.Figures(
                scatter: [(0.5, 0.5)], noise: figures().noise, predictedRms: .infinity, mirrors: [empty]),
            ReportPage.Figures(
                scatter: [(-3e38, 3e38), (1, 1)], noise: figures(scale: 0).noise, predictedRms: -1,
                mirrors: []),
        ]
        for figures in pages {
            let html = checkLaws(ReportPage(title: "", report: report, figures: figures)).html
            #expect(!html.contains("nan") && !html.contains("inf\""))
        }
    }

    @Test func withoutKnownCompoundsThereIsNoAccuracy() {
        var report = AccuracyReport.example
        let nothing = AccuracyReport.Ranking(top1: 0, top5: 0, top10: 0, mrr: 0)
        report.accuracy = .init(encrypted: nothing, plaintext: nothing)
        let text = checkLaws(ReportPage(title: "t", report: report, figures: figures())).page.text
        #expect(text.contains("name the same best compound for 99.85\u{A0}%"))
        #expect(!text.contains("points of accuracy") && !text.contains("MRR"))
    }
}

@Suite struct HeadlineTests {
    private func headline(encrypted: Double, plaintext: Double, queries: Int = 2000) -> Headline {
        var report = AccuracyReport.example
        report.queries = queries
        report.accuracy.encrypted.top1 = encrypted
        report.accuracy.plaintext.top1 = plaintext
        return Headline(report)
    }

    @Test func theClaimIsTheDifference() {
        #expect(
            headline(encrypted: 0.955, plaintext: 0.955).claim == "Encryption cost 0.0 points of accuracy")
        #expect(
            headline(encrypted: 0.9545, plaintext: 0.955).claim == "Encryption cost 0.05 points of accuracy")
        #expect(
            headline(encrypted: 0.5, plaintext: 0.955).claim == "Encryption cost 45.50 points of accuracy")
        #expect(
            headline(encrypted: 0.95, plaintext: 0.955, queries: 200).claim
                == "Encryption cost 0.5 points of accuracy")
        #expect(
            headline(encrypted: 0.95499, plaintext: 0.955).claim
                == "Encryption cost less than 0.01 points of accuracy")
        #expect(headline(encrypted: 0.956, plaintext: 0.955).claim == "Encryption cost no accuracy")
    }

    @Test func theEvidenceNamesBothAccuracies() {
        let evidence = headline(encrypted: 0.9545, plaintext: 0.955).evidence
        #expect(evidence.contains("95.45\u{A0}% of 2,000\u{A0}queries") && evidence.contains("95.50\u{A0}%"))
    }
}

@Suite struct MirrorPlotTests {
    private func matched(_ query: [(Double, Double)], _ hit: [(Double, Double)]) -> ([Double], [Double]) {
        func spectrum(_ peaks: [(Double, Double)]) -> Spectrum {
            Spectrum(peaks: peaks.map { Peak(mz: $0.0, intensity: $0.1) })
        }
        let plot = MirrorPlot(query: spectrum(query), hit: spectrum(hit), score: 0, tolerance: 0.02)
        let (upper, lower) = plot.drawnPeaks()
        return (upper.filter(\.isMatched).map(\.mz), lower.filter(\.isMatched).map(\.mz))
    }

    @Test func peaksWithinTheToleranceMatch() {
        let (query, hit) = matched(
            [(100, 50), (150, 100), (200, 30), (250, 0.5)],
            [(100.019, 10), (150.021, 100), (199.985, 5), (250, 90)])
        #expect(query == [100, 200], "250 has less than 1 % of the base peak, 150 is too far away")
        #expect(hit == [100.019, 199.985])
    }

    @Test func aPeakHasOnePartner() {
        // Both query peaks reach the one library peak; the higher gets it.
        #expect(matched([(100, 100), (100.01, 40)], [(100.005, 7)]).0 == [100])
        // Of two equal library peaks the nearer is taken.
        #expect(matched([(100, 100)], [(99.99, 50), (100.001, 50)]).1 == [100.001])
    }

    @Test func aSpectrumMatchesItselfEntirely() {
        var generator = TestGenerator(seed: 31)
        let peaks = (0..<200).map { _ in
            (Double.random(in: 50...900, using: &generator), Double.random(in: 1...50, using: &generator))
        }
        let (query, hit) = matched(peaks, peaks)
        #expect(query.count == 200 && hit.count == 200)
    }

    @Test func crowdedSpectraAreDrawnInPart() {
        let masses = stride(from: 100, to: 100.005, by: 1e-7)
        let crowd = masses.map { (mz: Double) in (mz, 1.0) }
        #expect(matched(crowd, crowd).0.count == MirrorPlot.peakLimit)
    }
}

@Suite struct NumeralsTests {
    @Test func numbersReadAsPeopleWriteThem() {
        #expect(Numerals.count(18388) == "18,388" && Numerals.count(-1_000_000) == "\u{2212}1,000,000")
        #expect(Numerals.count(999) == "999" && Numerals.count(.min).hasSuffix(",808"))
        #expect(Numerals.decimal(-0.001, places: 2) == "0.00")
        #expect(Numerals.decimal(0.05, places: 2, showsPlus: true) == "+0.05")
        #expect(Numerals.percent(1, places: 1) == "100.0\u{A0}%")
        #expect(Numerals.percent(0.99999, places: 2) == "99.99\u{A0}%")
        #expect(
            Numerals.scientific(5.9e-4) == "5.9\u{A0}×\u{A0}10⁻⁴"
                && Numerals.scientific(9.96) == "1.0\u{A0}×\u{A0}10¹")
        #expect(Numerals.significant(9.999) == "10.0" && Numerals.significant(1234) == "1234")
    }

    @Test func unitsSuitTheSize() {
        let durations = [
            2.1e-5: "21.0\u{A0}µs", 0.036: "36.0\u{A0}ms", 0.9999: "1.00\u{A0}s", 133: "2\u{A0}min 13\u{A0}s",
        ]
        for (seconds, text) in durations { #expect(Numerals.duration(seconds: seconds) == text) }
        #expect(Numerals.duration(seconds: 7260) == "2\u{A0}h 1\u{A0}min")
        let sizes = [0: "0\u{A0}B", 999: "999\u{A0}B", 12_600_000: "12.6\u{A0}MB", 999_950: "1.00\u{A0}MB"]
        for (bytes, text) in sizes { #expect(Numerals.bytes(bytes) == text) }
        #expect(Numerals.bytes(.max) == "9.22\u{A0}EB")
    }
}

@Suite struct ScaleTests {
    @Test(arguments: [-0.5...2, 0...1, 1e-9...2e-9, 99.0...1800, -3e-4...3e-4, 5...5, -1e300...1e300])
    func ticksAreEvenFewAndInside(domain: ClosedRange<Double>) {
        let scale = Scale(domain, from: 0, to: 100)
        let ticks = scale.ticks(about: 5)
        #expect((2...11).contains(ticks.count))
        for (tick, next) in zip(ticks, ticks.dropFirst()) {
            #expect(abs((next - tick) / (ticks[1] - ticks[0]) - 1) < 1e-6)
        }
        #expect(ticks.allSatisfy { (-1e-6...100 + 1e-6).contains(scale($0)) })
        #expect(scale(scale.domain.lowerBound) == 0 && scale(scale.domain.upperBound) == 100)
    }

    @Test func theOutermostMarkIsRoundAndInside() {
        for (reach, mark) in [(0.0037, 0.002), (0.0024, 0.002), (1, 0.5), (7, 5), (1.05, 0.5), (1.2, 1)] {
            #expect(abs(Scale(-reach...reach, from: 0, to: 1).outermostMark - mark) < 1e-12)
        }
    }
}
