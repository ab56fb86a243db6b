/// The sections of a page that concern one configuration.
struct ConfigurationSections {
    let report: AccuracyReport
    let drawings: [ReportPage.Section]
    /// What the names of this configuration's drawings begin with; no other configuration of the page has it.
    let identifier: String
    /// Whether some queries are drawn with what was found for them.
    let showsHits: Bool

    var all: Markup {
        """
        \(report.knowsRightCompounds ? AccuracyTable(report).section : "")
        \(report.knowsRightCompounds ? breakdowns : "")
        \(scores)
        \(report.statistics.map { StatisticsSection($0, identifier: identifier).section } ?? "")
        \(CostTables(report).section)
        \(hits)
        \(parameters)
        """
    }

    // MARK: Breakdowns

    private var breakdowns: Markup {
        guard let breakdowns = report.breakdowns, !breakdowns.isEmpty else { return "" }
        return """
            <section>
            <h2>Where it holds</h2>
            <p class="lead">The queries apart by what is known of them, the right compound first. The dot is the \
            encrypted search with its interval, the upright mark the plaintext search. Fewer than \
            \(ClusterBootstrap.leastClusterCount) compounds have no interval and are not drawn.</p>
            \(breakdowns.map { BreakdownTable($0).table })
            </section>
            """
    }

    // MARK: Scores

    private var scores: [Markup] {
        drawings.enumerated().map { number, section in
            let scatter = ScatterChart(section.figures.scatter, identifier: "scatter-\(identifier)-\(number)")
            let noise = NoiseChart(
                section.figures.noise, predictedRms: section.figures.predictedRms,
                identifier: "noise-\(identifier)-\(number)")
            guard scatter != nil || noise != nil else { return "" }
            return """
                <section>
                <h2>Scores\(qualifier(section))</h2>
                <div class="pair">
                \(scatter.map(scatterFigure) ?? "")
                \(noise.map { noiseFigure($0, section.figures) } ?? "")
                </div>
                \(SectionSource.agreement.line)
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

    private func noiseFigure(_ chart: NoiseChart, _ figures: ReportPage.Figures) -> Markup {
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

    private func noiseVerdict(_ figures: ReportPage.Figures) -> String {
        let ratio = figures.noise.rms / figures.predictedRms
        guard ratio.isFinite else { return "The noise of encryption." }
        if (0.95...1.05).contains(ratio) { return "The noise is what the formula predicts." }
        return "The noise is \(Numerals.significant(ratio)) times what the formula predicts."
    }

    // MARK: Hits

    private var hits: [Markup] {
        drawings.enumerated().compactMap { number, section in
            guard showsHits, !section.figures.mirrors.isEmpty else { return nil }
            let figures: [Markup] = section.figures.mirrors.enumerated().map { index, mirror in
                HitFigure(mirror, identifier: "hit-\(identifier)-\(number)-\(index)").figure
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

    private func qualifier(_ section: ReportPage.Section) -> Markup {
        section.heading.map { "<span>, <bdi>\(shortened($0))</bdi></span>" } ?? ""
    }

    // MARK: Parameters

    private var parameters: Markup {
        let items: [Markup] = report.parameterRows.map { name, value in
            "<div><dt>\(name)</dt><dd><bdi>\(shortened(value))</bdi></dd></div>"
        }
        return """
            <section>
            <h2>Parameters and machine</h2>
            <dl class="parameters">\(items)</dl>
            \(SectionSource.parameters.line)
            </section>
            """
    }
}
