import Spectra

/// The accuracy report as one HTML page for people.
///
/// The page holds everything it needs: its style and drawings are inline, and it has no script. It is
/// well-formed XML, works in light and dark mode and on paper, and shows strings from files only as text.
package struct ReportPage: Sendable {
    /// What was validated, such as the name of the library.
    package var title: String
    /// A remark that the reader must not miss, such as `simulated spectra`.
    package var note: String?
    package var report: AccuracyReport
    /// The drawings, in one section or in one for each ion mode.
    package var sections: [Section]

    /// A page with one section of drawings.
    package init(title: String, note: String? = nil, report: AccuracyReport, figures: Figures) {
        self.init(
            title: title, note: note, report: report, sections: [Section(heading: nil, figures: figures)])
    }

    /// A page with several sections of drawings.
    package init(title: String, note: String? = nil, report: AccuracyReport, sections: [Section]) {
        self.title = title
        self.note = note
        self.report = report
        self.sections = sections
    }

    /// Drawings that belong together, such as those of one ion mode.
    package struct Section: Sendable {
        /// What the drawings have in common; nil where there is nothing to tell apart.
        package var heading: String?
        package var figures: Figures

        package init(heading: String?, figures: Figures) {
            self.heading = heading
            self.figures = figures
        }
    }

    /// What the drawings show.
    package struct Figures: Sendable {
        /// Scores of the float vectors and decrypted scores of the same pairs; a few thousand are enough.
        package var scatter: [(plaintext: Float, encrypted: Float)]
        /// Decrypted scores minus those of the same integer vectors in plaintext.
        package var noise: ErrorStatistics
        /// The standard deviation of that noise according to the noise formula.
        package var predictedRms: Double
        /// Some queries with what was found for them.
        package var mirrors: [MirrorPlot]

        package init(
            scatter: [(plaintext: Float, encrypted: Float)], noise: ErrorStatistics, predictedRms: Double,
            mirrors: [MirrorPlot]
        ) {
            self.scatter = scatter
            self.noise = noise
            self.predictedRms = predictedRms
            self.mirrors = mirrors
        }
    }

    /// The whole page.
    package func html() -> String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>\(shortened(title))</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            \(header)
            <main>
            \(report.knowsRightCompounds ? AccuracyTable(report).section : "")
            \(drawings)
            \(CostTables(report).section)
            \(hits)
            \(parameters)
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private var header: Markup {
        let headline = Headline(report)
        let remark: Markup = note.map { "<span class=\"note\">\(shortened($0))</span>" } ?? ""
        return """
            <header>
            <p class="title"><bdi>\(shortened(title))</bdi> \(remark)</p>
            <h1>\(headline.claim): <span>\(headline.evidence)</span></h1>
            <dl class="facts">\(facts)</dl>
            </header>
            """
    }

    /// The four figures that a reader should take away besides accuracy.
    private var facts: [Markup] {
        let perQuery = report.bytes.upload / max(report.queries, 1)
        let facts = [
            (
                "same best compound",
                Numerals.percent(report.agreement.top1, places: report.percentPlaces),
                "encrypted and in plaintext"
            ),
            (
                "the time in plaintext", Numerals.significant(report.ratioToSgemm) + "\u{A0}\u{D7}",
                "encrypted search against OpenBLAS sgemm of the same shape"
            ),
            ("sent for each query", Numerals.bytes(perQuery), "the keys not counted"),
            (
                "of security", "\(report.parameters.securityBits)\u{A0}bits",
                "the host sees ciphertexts only"
            ),
        ]
        return facts.map { label, figure, explanation in
            "<div><dt>\(label)</dt><dd><b>\(figure)</b><small>\(explanation)</small></dd></div>"
        }
    }

    // MARK: Scores

    private var drawings: [Markup] {
        sections.enumerated().map { number, section in
            let scatter = ScatterChart(section.figures.scatter, identifier: "scatter-\(number)")
            let noise = NoiseChart(
                section.figures.noise, predictedRms: section.figures.predictedRms,
                identifier: "noise-\(number)")
            guard scatter != nil || noise != nil else { return "" }
            return """
                <section>
                <h2>Scores\(qualifier(section))</h2>
                <div class="pair">
                \(scatter.map(scatterFigure) ?? "")
                \(noise.map { noiseFigure($0, section.figures) } ?? "")
                </div>
                </section>
                """
        }
    }

    private func scatterFigure(_ chart: ScatterChart) -> Markup {
        """
        <figure>
        <figcaption><b>In this sample, decrypted and plaintext scores differ by \
        \(Numerals.scientific(chart.largestDifference)) at most.</b> Each dot is a query with a library \
        spectrum, drawn evenly from the range of scores. The lower panel magnifies the difference: noise and \
        rounding.</figcaption>
        \(chart.svg)
        </figure>
        """
    }

    private func noiseFigure(_ chart: NoiseChart, _ figures: Figures) -> Markup {
        let outside = figures.noise.histogram.outside
        let remainder = outside == 0 ? "" : " \(Numerals.count(outside)) of them lie outside the drawing."
        return """
            <figure>
            <figcaption><b>\(noiseVerdict(figures))</b> Decrypted scores of \
            \(Numerals.count(figures.noise.count)) pairs minus those of the same integer vectors in \
            plaintext; the largest is \(Numerals.scientific(figures.noise.maximum)).\(remainder)</figcaption>
            \(chart.svg)
            </figure>
            """
    }

    private func noiseVerdict(_ figures: Figures) -> String {
        let ratio = figures.noise.rms / figures.predictedRms
        guard ratio.isFinite else { return "The noise of encryption." }
        if (0.95...1.05).contains(ratio) { return "The noise is what the formula predicts." }
        return "The noise is \(Numerals.significant(ratio)) times what the formula predicts."
    }

    // MARK: Hits

    private var hits: [Markup] {
        sections.enumerated().compactMap { number, section in
            guard !section.figures.mirrors.isEmpty else { return nil }
            let figures: [Markup] = section.figures.mirrors.enumerated().map { index, mirror in
                HitFigure(mirror, identifier: "hit-\(number)-\(index)").figure
            }
            return """
                <section>
                <h2>What was found\(qualifier(section))</h2>
                <p class="lead">The query above, the library spectrum below, heights relative to the base \
                peak. <span class="accent">Coloured</span> peaks occur in both; peaks below 1\u{A0}% are not \
                drawn.</p>
                <div class="pair">\(figures)</div>
                </section>
                """
        }
    }

    private func qualifier(_ section: Section) -> Markup {
        section.heading.map { "<span>, <bdi>\(shortened($0))</bdi></span>" } ?? ""
    }

    // MARK: Parameters

    private var parameters: Markup {
        var rows = [
            ("mode", report.mode), ("preset", report.preset), ("score", report.score),
            ("precursor", report.precursor), ("dimension", String(report.dimension)),
            ("ring dimension", Numerals.count(report.parameters.n)),
            ("modulus", "\(report.parameters.logQ)\u{A0}bits"),
            ("security", "\(report.parameters.securityBits)\u{A0}bits"), ("kernels", report.backend),
            ("threads", String(report.threads)), ("OpenBLAS core type", report.openblasCore),
        ]
        if let disclosed = report.disclosed { rows.append(("disclosed to the host", disclosed)) }
        if let machine = report.machine {
            rows.append(
                ("processor", "\(machine.processor), \(Numerals.count(machine.cores, "core", "cores"))"))
            rows.append(("operating system", machine.operatingSystem))
        }
        rows.append(("source version", report.commit))
        let items: [Markup] = rows.map { name, value in
            "<div><dt>\(name)</dt><dd><bdi>\(shortened(value))</bdi></dd></div>"
        }
        return """
            <section>
            <h2>Parameters and machine</h2>
            <dl class="parameters">\(items)</dl>
            </section>
            """
    }
}

/// At most 160 characters of a text from a file, with an ellipsis where it goes on.
func shortened(_ text: String) -> String {
    let limit = 160
    let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex) ?? text.endIndex
    return end == text.endIndex ? text : text[..<end] + "\u{2026}"
}
