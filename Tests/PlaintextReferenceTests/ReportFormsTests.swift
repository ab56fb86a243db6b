import Foundation
import Testing

@testable import PlaintextReference

/// The JSON form, the page and the Markdown form of one report.
@Suite struct ReportFormsTests {
    /// A report whose figures come from outcomes.
    private func report(seed: UInt64, precursor: String = "hidden", instruments: [String?] = ["LC-ESI-QTOF", nil])
        -> (AccuracyReport, [QueryOutcome])
    {
        let outcomes = QueryOutcome.examples(1200, seed: seed, instruments: instruments)
        let statistics = OutcomeStatistics(outcomes)
        var report = AccuracyReport.example
        report.queries = outcomes.count
        report.precursor = precursor
        report.accuracy = .init(
            encrypted: .init(RankingAccuracy(outcomes.map(\.encrypted.place))),
            plaintext: .init(RankingAccuracy(outcomes.map(\.plaintext.place))))
        report.estimates = statistics.estimates
        report.agreement.top1 = statistics.estimates.sameBest.value
        report.agreement.top10Overlap = statistics.estimates.top10Overlap.value
        report.breakdowns = AccuracyReport.Breakdown.Property.allCases.map(statistics.breakdown)
        report.command = ReportCommand(["msfhe", "validate", "--precursor", precursor]).text
        return (report, outcomes)
    }

    private func joint(_ reports: [AccuracyReport]) -> JointReport {
        JointReport(
            configurations: reports,
            contrasts: reports.indices.dropFirst().map {
                .init(configuration: $0, top1: .init(value: -0.123, interval: Interval(lower: -0.2, upper: 0.0456)))
            },
            commit: "abc", command: "msfhe validate --precursor hidden,none")
    }

    private func page(_ joint: JointReport, title: String = "library.msp") -> PageReader {
        PageReader(ReportPage(title: title, joint: joint, drawings: joint.configurations.map { _ in [] }).html())
    }

    private func markdown(_ joint: JointReport, title: String = "library.msp") -> String {
        ReportMarkdown(title: title, joint: joint).text
    }

    /// What a reader must find of a share and its interval.
    private func words(_ estimate: AccuracyReport.Estimate, queries: Int, isDifference: Bool = false) -> [String] {
        let places = queries >= 1000 ? 2 : 1
        func word(_ value: Double) -> String {
            isDifference
                ? Numerals.decimal(100 * value, places: places, showsPlus: true)
                : String(Numerals.percent(value, places: places).dropLast(2))
        }
        return [word(estimate.value)]
            + [estimate.interval?.lower, estimate.interval?.upper].compactMap { $0.map(word) }
    }

    /// Every figure of the JSON form stands in one row of the page and in one of the Markdown form, beside its name.
    @Test func theThreeFormsHaveTheSameFigures() throws {
        let source = joint([report(seed: 61).0, report(seed: 62, precursor: "none").0])
        let read = try JSONDecoder().decode(JointReport.self, from: source.json())
        #expect(read == source)
        let (page, markdown) = (page(source), markdown(source))
        #expect(page.failure == nil)
        let lines = markdown.split(separator: "\n").filter { $0.hasPrefix("|") }.map(String.init)

        func expectRow(_ name: String, _ words: [String], _ file: String = #fileID, line: Int = #line) {
            for (form, rows) in [("page", page.rows), ("Markdown", lines)] {
                let found = rows.contains { row in row.contains("| \(name)") && words.allSatisfy(row.contains) }
                #expect(found, "\(name) with \(words) is not in the \(form)")
            }
        }
        for (number, report) in read.configurations.enumerated() {
            let estimates = try #require(report.estimates)
            for (name, contrast) in [("top 1", estimates.top1), ("top 5", estimates.top5), ("top 10", estimates.top10)]
            {
                expectRow(
                    name,
                    words(contrast.encrypted, queries: report.queries)
                        + words(contrast.plaintext, queries: report.queries)
                        + words(contrast.difference, queries: report.queries, isDifference: true))
            }
            expectRow(
                "MRR", [estimates.mrr.encrypted, estimates.mrr.plaintext].map { Numerals.decimal($0.value, places: 4) })
            expectRow(report.label, words(estimates.top1.encrypted, queries: report.queries))
            if number > 0 {
                let gain = words(read.contrasts[number - 1].top1, queries: report.queries, isDifference: true)
                #expect(gain == ["\u{2212}12.30", "\u{2212}20.00", "+4.56"])
                expectRow(report.label, gain)
            }
            for group in try #require(report.breakdowns).flatMap(\.groups) {
                expectRow(
                    group.name,
                    [Numerals.count(group.queries), Numerals.count(group.compounds)]
                        + words(group.top1.encrypted, queries: group.queries)
                        + words(group.top1.difference, queries: group.queries, isDifference: true))
            }
            #expect(page.text.contains(report.command ?? "") && markdown.contains(report.command ?? ""))
        }
        #expect(page.text.contains(read.command ?? "") && markdown.contains(read.command ?? ""))
    }

    /// What is asked of the JSON form is there.
    @Test func everySectionNamesFiguresThatExist() throws {
        let (report, _) = report(seed: 63)
        let object = try #require(JSONSerialization.jsonObject(with: report.json()) as? [String: Any])
        let sources: [SectionSource] = [.accuracy, .agreement, .cost, .parameters]
        for source in sources {
            for path in source.suffix.split(separator: "'")[1].split(separator: ",") {
                let names = path.trimmingCharacters(in: .whitespaces).split(separator: ".").map(String.init)
                let value = names.reduce(object as Any?) { ($0 as? [String: Any])?[$1] }
                // The example names no machine.
                #expect(value != nil || names == ["machine"], "\(path)")
            }
        }
        let kinds = (object["breakdowns"] as? [[String: Any]])?.compactMap { $0["by"] as? String } ?? []
        for property in AccuracyReport.Breakdown.Property.allCases {
            #expect(kinds.contains { SectionSource.breakdown(property).suffix.contains(".by == \"\($0)\"") })
        }
        #expect(kinds.count == AccuracyReport.Breakdown.Property.allCases.count)
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "a | b", "`x` ```", "[x](http://example.org)", "![i](x)", "# h", "a\nb\n| c |",
        "*a* _b_ ~~c~~", "\\|", "&lt;", "naïve 日本語 🧪",
    ])
    func namesFromFilesAreOnlyText(name: String) throws {
        func form(_ name: String) -> JointReport {
            var source = joint([report(seed: 64, instruments: [name, nil]).0])
            source.configurations[0].preset = name
            return source
        }
        let (hostile, harmless) = (form(name), form("harmless"))
        let reader = page(hostile, title: name)
        #expect(reader.failure == nil && reader.elements == page(harmless, title: "harmless").elements)
        #expect(reader.rows.contains { $0.contains(name) })

        let (lines, expected) = (
            markdown(hostile, title: name).split(separator: "\n", omittingEmptySubsequences: false),
            markdown(harmless, title: "harmless").split(separator: "\n", omittingEmptySubsequences: false)
        )
        #expect(lines.count == expected.count)
        for (line, expected) in zip(lines, expected) where !line.hasPrefix("\u{2026}") && !line.hasPrefix("msfhe") {
            // The same marks where they mean something.
            #expect(Self.marks(String(line)) == Self.marks(String(expected)), "\(line)")
        }
    }

    /// The characters of a line that have a meaning in Markdown, without those that a backslash takes it from.
    private static func marks(_ line: String) -> String {
        var (marks, isEscaped) = ("", false)
        for character in line {
            if !isEscaped && "`*_[]<>|~#!&".contains(character) { marks.append(character) }
            isEscaped = !isEscaped && character == "\\"
        }
        return marks
    }

    @Test func codeCannotEndItsFence() {
        let code = MarkdownText.code("a ``` b\n````\nc")
        let lines = code.split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == lines[2] && lines[0] == "`````")
    }

    @Test func commandsAreReadBackByAShell() throws {
        let words = ["msfhe", "it's", "a b", "$HOME", "`x`", "*", "-n", "\\", "\"", "", "naïve.msp"]
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", "printf '%s\\n' \(ReportCommand(words).text)"]
        let output = Pipe()
        shell.standardOutput = output
        try shell.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        shell.waitUntilExit()
        #expect(text == words.map { $0 + "\n" }.joined())
        #expect(ReportCommand(["a\nb\u{1B}"]).text == "'a?b?'")
    }
}

@Suite struct ChartTests {
    private func read(_ svg: Markup) -> PageReader { PageReader("<body>\(svg.text)</body>") }

    private func bin(_ predicted: Double, _ observed: Double, count: Int = 5) -> ReliabilityChart.Bin {
        .init(
            predicted: predicted, observed: .init(value: observed, interval: Interval(lower: observed / 2, upper: 1)),
            count: count)
    }

    @Test func aReliabilityCurveDrawsWhatItHas() throws {
        let chart = try #require(
            ReliabilityChart(
                [bin(0.1, 0.2), bin(0.9, 0.95), bin(0.5, .nan), bin(.infinity, 0.5), bin(0.3, 0.3, count: 0)],
                identifier: "r"))
        let (svg, reader) = (chart.svg.text, read(chart.svg))
        #expect(reader.failure == nil && reader.identifiers.count == 2)
        #expect(svg.components(separatedBy: "class=\"dot\"").count == 3)
        #expect(svg.components(separatedBy: "class=\"whisker\"").count == 3)
        #expect(reader.text.contains("5 predictions of 0.10: 0.20 came true"))
        #expect(ReliabilityChart([], identifier: "r") == nil)
        #expect(ReliabilityChart([bin(0.3, 0.3, count: 0)], identifier: "r") == nil)
    }

    @Test func aRateCurvePassesItsPointsInOrder() throws {
        func chart(_ points: [(Double, Double)]) -> RateCurveChart? {
            RateCurveChart(
                points.map { (x: $0.0, y: $0.1) }, identifier: "c", title: "<t>", description: "area 0.9",
                horizontal: "false", vertical: "true", diagonal: "chance")
        }
        let drawn = try #require(chart([(0, 0), (0.25, 0.75), (.nan, 1), (1, 1), (7, -3)]))
        let reader = read(drawn.svg)
        #expect(reader.failure == nil && reader.text.contains("<t>") && reader.text.contains("area 0.9"))
        // The plane spans 40 to 448 and 408 to 24; what lies outside is drawn at its edge.
        #expect(drawn.svg.text.contains("d=\"M40 408L142 120L448 24L448 408\""))
        #expect(chart([(0, 0)]) == nil && chart([(0, .nan), (1, 1)]) == nil)
    }
}
