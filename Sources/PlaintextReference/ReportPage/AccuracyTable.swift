/// The accuracy of the encrypted and of the plaintext search, side by side.
struct AccuracyTable {
    private let report: AccuracyReport

    init(_ report: AccuracyReport) { self.report = report }

    var section: Markup {
        """
        <section>
        <h2>Accuracy</h2>
        <p class="lead">How often the right compound is the first hit, or among the first five or ten, and \
        its mean reciprocal rank (MRR). A compound is the first block of the InChIKey, its score that of its \
        best spectrum; ties count in part. \(resolution)\(movements)</p>
        <table class="accuracy measured">
        <caption>Encrypted search against plaintext search with float vectors</caption>
        <thead><tr><th scope="col">rank</th>\
        <td class="bar">bar encrypted, mark plaintext</td>\
        <th scope="col">encrypted</th><th scope="col">plaintext</th>\
        <th scope="col">difference</th></tr></thead>
        \(groups)
        </table>
        <p>\(report.vectorisationSentence)</p>
        \(SectionSource.accuracy.line)
        </section>
        """
    }

    /// What the intervals are, and how many queries encryption moved.
    private var movements: String {
        guard let estimates = report.estimates else { return "" }
        return " Small figures: 95\u{A0}% intervals, had other compounds been measured "
            + "(\(Numerals.count(estimates.resamples)) bootstrap resamples of "
            + "\(Numerals.count(estimates.compounds, "compound", "compounds")), the same ones for both searches). "
            + estimates.changed.sentence
    }

    /// How much a single query weighs, without which small differences mean nothing.
    private var resolution: String {
        guard report.queries > 0 else { return "" }
        return "One query is \(Numerals.significant(100 / Double(report.queries), figures: 2)) points."
    }

    private var groups: [Markup] {
        let modes = report.ionModes ?? []
        let whole = group(
            modes.isEmpty ? "all queries" : "both ion modes", library: report.library,
            queries: report.queries,
            report.accuracy, report.estimates)
        return [whole]
            + modes.map {
                group("\($0.ionMode) mode", library: $0.library, queries: $0.queries, $0.accuracy)
            }
    }

    private func group(
        _ name: String, library: AccuracyReport.Library, queries: Int, _ accuracy: AccuracyReport.Accuracy,
        _ estimates: AccuracyReport.Estimates? = nil
    ) -> Markup {
        let (encrypted, plaintext) = (accuracy.encrypted, accuracy.plaintext)
        return """
            <tbody>
            <tr class="group"><th scope="rowgroup" colspan="5">\(shortened(name)) <small>\
            \(Numerals.count(queries, "query", "queries")), \
            \(Numerals.count(library.spectra, "spectrum", "spectra")) of \
            \(Numerals.count(library.compounds, "compound", "compounds"))</small></th></tr>
            \(row("top 1", encrypted.top1, plaintext.top1, estimates?.top1, isShare: true))
            \(row("top 5", encrypted.top5, plaintext.top5, estimates?.top5, isShare: true))
            \(row("top 10", encrypted.top10, plaintext.top10, estimates?.top10, isShare: true))
            \(row("MRR", encrypted.mrr, plaintext.mrr, estimates?.mrr, isShare: false))
            </tbody>
            """
    }

    private func row(
        _ name: String, _ encrypted: Double, _ plaintext: Double, _ contrast: AccuracyReport.Contrast?, isShare: Bool
    ) -> Markup {
        let text = report.figureText
        let figure = isShare ? text.share : text.rank
        let difference = isShare ? text.points : text.rankDifference
        return """
            <tr><th scope="row">\(name)</th>\
            <td class="bar">\
            <div class="bar" style="--value:\(100 * encrypted)%;--mark:\(100 * plaintext)%"></div></td>\
            <td>\(figure(encrypted))\(small(text.interval(contrast?.encrypted, figure)))</td>\
            <td>\(figure(plaintext))\(small(text.interval(contrast?.plaintext, figure)))</td>\
            <td>\(difference(encrypted - plaintext))\
            \(small(text.interval(contrast?.difference, difference)))</td></tr>

            """
    }

    private func small(_ text: String) -> Markup { text.isEmpty ? "" : "<small>\(text)</small>" }
}
