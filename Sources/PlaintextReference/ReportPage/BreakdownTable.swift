/// The accuracy of the first hit by one property of the queries.
struct BreakdownTable {
    private let breakdown: AccuracyReport.Breakdown
    private let chart: IntervalChart

    init(_ breakdown: AccuracyReport.Breakdown) {
        self.breakdown = breakdown
        chart = IntervalChart(breakdown.groups.map(\.top1))
    }

    var table: Markup {
        let (heading, explanation) = breakdown.by.wording
        return """
            <div class="breakdown">
            <h3>\(heading)</h3>
            <p class="lead">\(explanation)</p>
            <table class="measured">
            <caption>Right compound first; 95\u{A0}% intervals over compounds</caption>
            <thead><tr><th scope="col">queries</th><td class="bar">\(chart.axis)</td>\
            <th scope="col">encrypted</th><th scope="col">plaintext</th><th scope="col">difference</th></tr></thead>
            <tbody>
            \(breakdown.groups.map(row))
            </tbody>
            </table>
            \(SectionSource.breakdown(breakdown.by).line)
            </div>
            """
    }

    private func row(_ group: AccuracyReport.Breakdown.Group) -> Markup {
        let text = FigureText(queries: group.queries)
        let top1 = group.top1
        return """
            <tr><th scope="row"><bdi>\(shortened(group.name))</bdi> \
            <small class="counts">\(Numerals.count(group.queries, "query", "queries")) of \
            \(Numerals.count(group.compounds, "compound", "compounds"))</small></th>\
            <td class="bar">\(chart.row(top1))</td>\
            <td>\(text.share(top1.encrypted.value))\
            <small>\(text.interval(top1.encrypted, text.share))</small></td>\
            <td>\(text.share(top1.plaintext.value))</td>\
            <td>\(text.points(top1.difference.value))\
            <small>\(text.interval(top1.difference, text.points))</small></td></tr>

            """
    }
}

extension SectionSource {
    /// How to get the section's figures, as a line of the page.
    var line: Markup { "<p class=\"command\"><code>\u{2026} \(suffix)</code></p>" }
}
