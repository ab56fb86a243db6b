/// The accuracy report as Markdown: the tables of ``ReportPage`` without its drawings.
package struct ReportMarkdown: Sendable {
    private let title: String
    private let note: String?
    private let joint: JointReport

    /// - Parameters:
    ///   - title: what was validated, such as the name of the library.
    ///   - note: a remark that the reader must not miss.
    package init(title: String, note: String? = nil, joint: JointReport) {
        self.title = title
        self.note = note
        self.joint = joint
    }

    /// The whole report, ending with a line feed.
    package var text: String {
        let headline = Headline(joint)
        let remark = note.map { " *\(MarkdownText.escaped(shortened($0)))*" } ?? ""
        let head = [
            "# \(MarkdownText.escaped(shortened(title)))",
            "**\(headline.claim)**: \(headline.evidence)\(remark)",
            command(
                joint.command, "The command that makes this report, with `--markdown FILE`. \(SectionSource.meaning)"),
        ]
        let parts = head + (isJoint ? [configurations] : []) + joint.configurations.flatMap(sections)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private var isJoint: Bool { joint.configurations.count > 1 }

    /// What the heading of a section of a configuration begins with.
    private var heading: String { isJoint ? "###" : "##" }

    // MARK: Configurations

    private var configurations: String {
        let rows = joint.configurations.enumerated().map { number, report in
            let (text, gain) = (report.figureText, joint.gain(of: number))
            return [report.label]
                + Self.top1(
                    report.accuracy.encrypted.top1, report.accuracy.plaintext.top1, report.estimates?.top1, text)
                + [
                    Self.figure(gain.map { text.points($0.value) } ?? "", text.interval(gain, text.points)),
                    text.share(report.agreement.top1), Numerals.scientific(report.agreement.noise.rms),
                    Numerals.duration(seconds: report.seconds.search),
                ]
        }
        return """
            ## Configurations

            Right compound first, with 95 % intervals over compounds.

            \(MarkdownText.table(
                ["configuration", "encrypted", "plaintext", "difference", "against the first", "same best compound",
                "noise, rms", "search"], rows))

            \(source(.configurations))
            """
    }

    // MARK: One configuration

    private func sections(_ report: AccuracyReport) -> [String] {
        let head =
            isJoint
            ? [
                "## \(MarkdownText.escaped(shortened(report.label)))",
                command(report.command, "The command for this configuration alone:"),
            ] : []
        let breakdowns = report.breakdowns?.map(breakdown) ?? []
        return head + (report.knowsRightCompounds ? [accuracy(report)] + breakdowns : [])
            + [agreement(report)] + (report.statistics.map { [statistics($0)] } ?? [])
            + [cost(report), parameters(report)]
    }

    private func accuracy(_ report: AccuracyReport) -> String {
        let (text, estimates) = (report.figureText, report.estimates)
        let (encrypted, plaintext) = (report.accuracy.encrypted, report.accuracy.plaintext)
        let measures = [
            ("top 1", encrypted.top1, plaintext.top1, estimates?.top1),
            ("top 5", encrypted.top5, plaintext.top5, estimates?.top5),
            ("top 10", encrypted.top10, plaintext.top10, estimates?.top10),
        ]
        let rows = measures.map { name, encrypted, plaintext, contrast in
            [name] + Self.top1(encrypted, plaintext, contrast, text)
        }
        let ranks = [
            "MRR",
            Self.figure(text.rank(encrypted.mrr), text.interval(estimates?.mrr.encrypted, text.rank)),
            Self.figure(text.rank(plaintext.mrr), text.interval(estimates?.mrr.plaintext, text.rank)),
            Self.figure(
                text.rankDifference(encrypted.mrr - plaintext.mrr),
                text.interval(estimates?.mrr.difference, text.rankDifference)),
        ]
        let library = report.library
        return """
            \(heading) Accuracy

            \(Numerals.count(report.queries, "query", "queries")) against \
            \(Numerals.count(library.spectra, "spectrum", "spectra")) of \
            \(Numerals.count(library.compounds, "compound", "compounds")).\(intervals(estimates))

            \(MarkdownText.table(["rank", "encrypted", "plaintext", "difference"], rows + [ranks]))
            \(report.vectorisationSentence)

            \(source(.accuracy))
            """
    }

    private func intervals(_ estimates: AccuracyReport.Estimates?) -> String {
        guard let estimates else { return "" }
        return " In brackets: 95\u{A0}% intervals over "
            + "\(Numerals.count(estimates.compounds, "compound", "compounds")). \(estimates.changed.sentence)"
    }

    private func breakdown(_ breakdown: AccuracyReport.Breakdown) -> String {
        let (subject, explanation) = breakdown.by.wording
        let rows = breakdown.groups.map { group in
            [group.name, Numerals.count(group.queries), Numerals.count(group.compounds)]
                + Self.top1(
                    group.top1.encrypted.value, group.top1.plaintext.value, group.top1,
                    FigureText(queries: group.queries))
        }
        return """
            \(heading) \(subject)

            Right compound first. \(explanation)

            \(MarkdownText.table(["group", "queries", "compounds", "encrypted", "plaintext", "difference"], rows))

            \(source(.breakdown(breakdown.by)))
            """
    }

    private func statistics(_ statistics: AccuracyReport.Statistics) -> String {
        let curve = statistics.probability.reliability
        let bins = curve.bins.map { bin in
            [
                Numerals.decimal(bin.predicted, places: 2), Numerals.decimal(bin.observed, places: 2),
                Numerals.decimal(bin.interval.lower, places: 2) + " to "
                    + Numerals.decimal(bin.interval.upper, places: 2),
                Numerals.count(bin.count),
            ]
        }
        func area(_ value: Double?) -> String { value.map { Numerals.decimal($0, places: 3) } ?? "unknown" }
        return """
            \(heading) How far a hit can be trusted

            \(statistics.explanation)

            \(MarkdownText.table(["library, estimate", "estimated", "hits", "false", "interval"], statistics.rateRows))

            The probability that the best hit is right, by cross-validation over compounds: Brier score \
            \(Numerals.decimal(curve.brierScore, places: 3)), log loss \(Numerals.decimal(curve.logLoss, places: 3)), \
            calibration error \(Numerals.decimal(curve.expectedCalibrationError, places: 3)).

            \(MarkdownText.table(["predicted", "came true", "interval", "searches"], bins))

            Queries whose compound the library lacks are told from the others with an area under the curve of \
            \(area(statistics.openSet.probability)) by the probability, \(area(statistics.openSet.score)) by the score, \
            \(area(statistics.openSet.margin)) by its lead over the second compound.

            \(source(.statistics))
            """
    }

    private func agreement(_ report: AccuracyReport) -> String {
        let (text, agreement) = (report.figureText, report.agreement)
        let rows = [
            [
                "same best compound",
                Self.figure(
                    text.share(agreement.top1), text.interval(report.estimates?.sameBest, text.share)),
            ],
            [
                "of the ten best in common",
                Self.figure(
                    text.share(agreement.top10Overlap), text.interval(report.estimates?.top10Overlap, text.share)),
            ],
            ["encryption noise, rms", Numerals.scientific(agreement.noise.rms)],
            ["encryption noise, predicted rms", Numerals.scientific(agreement.noise.predictedRms)],
            ["encryption noise, largest", Numerals.scientific(agreement.noise.max)],
            ["quantisation, rms", Numerals.scientific(agreement.quantisation.rms)],
            ["quantisation, largest", Numerals.scientific(agreement.quantisation.max)],
        ]
        return """
            \(heading) Agreement

            \(MarkdownText.table(["encrypted against plaintext", ""], rows))

            \(source(.agreement))
            """
    }

    private func cost(_ report: AccuracyReport) -> String {
        let (seconds, bytes) = (report.seconds, report.bytes)
        let rows = [
            ["build the library", Numerals.duration(seconds: seconds.libraryBuild)],
            ["make the key", Numerals.duration(seconds: seconds.keygen)],
            ["encrypt", Numerals.duration(seconds: seconds.encrypt)],
            ["search", Numerals.duration(seconds: seconds.search)],
            ["decrypt", Numerals.duration(seconds: seconds.decrypt)],
            ["plaintext product", Numerals.duration(seconds: seconds.plaintextSgemm)],
            ["search over plaintext product", Numerals.significant(report.ratioToSgemm)],
            ["keys", Numerals.bytes(bytes.keys)], ["queries sent", Numerals.bytes(bytes.upload)],
            ["scores received", Numerals.bytes(bytes.download)],
            ["library on the host", Numerals.bytes(bytes.library)],
        ]
        return """
            \(heading) Cost

            \(MarkdownText.table(["on \(Numerals.count(report.threads, "thread", "threads"))", ""], rows))

            \(source(.cost))
            """
    }

    private func parameters(_ report: AccuracyReport) -> String {
        """
        \(heading) Parameters and machine

        \(MarkdownText.table(["parameter", "value"], report.parameterRows.map { [$0, $1] }))

        \(source(.parameters))
        """
    }

    // MARK: Words

    private static func top1(
        _ encrypted: Double, _ plaintext: Double, _ contrast: AccuracyReport.Contrast?, _ text: FigureText
    ) -> [String] {
        [
            figure(text.share(encrypted), text.interval(contrast?.encrypted, text.share)),
            figure(text.share(plaintext), text.interval(contrast?.plaintext, text.share)),
            figure(text.points(encrypted - plaintext), text.interval(contrast?.difference, text.points)),
        ]
    }

    private static func figure(_ value: String, _ interval: String) -> String {
        interval.isEmpty ? value : "\(value) (\(interval))"
    }

    private func command(_ command: String?, _ meaning: String) -> String {
        command.map { "\(meaning)\n\n\(MarkdownText.code($0))" } ?? ""
    }

    private func source(_ source: SectionSource) -> String { MarkdownText.code("\u{2026} \(source.suffix)") }
}

/// The building blocks of Markdown, in which text from files is only text.
enum MarkdownText {
    /// Text without any meaning in Markdown or HTML.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if "\\`*_[]<>|&~:#@!".unicodeScalars.contains(scalar) { escaped += "\\" }
            let isControl = scalar.properties.generalCategory == .control
            escaped.unicodeScalars.append(isControl ? " " : scalar)
        }
        return escaped
    }

    /// A line of code; a fence longer than any run of backticks in it.
    static func code(_ line: String) -> String {
        let longest = line.split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: max(3, longest + 1))
        return "\(fence)\n\(String(line.map { $0.isNewline ? " " : $0 }))\n\(fence)"
    }

    /// A table; numbers of cells equal those of columns.
    static func table(_ columns: [String], _ rows: [[String]]) -> String {
        let rule = columns.map { _ in "---" }
        return ([columns, rule] + rows).map { row in
            "| " + row.map { $0 == "---" ? $0 : escaped(shortened($0)) }.joined(separator: " | ") + " |"
        }.joined(separator: "\n")
    }
}
