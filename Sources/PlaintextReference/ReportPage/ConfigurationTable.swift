/// The configurations of a joint report, one a row.
struct ConfigurationTable {
    private let joint: JointReport
    private let chart: IntervalChart

    init(_ joint: JointReport) {
        self.joint = joint
        chart = IntervalChart(joint.configurations.compactMap(\.estimates?.top1))
    }

    var section: Markup {
        """
        <section>
        <h2>Configurations</h2>
        <p class="lead">Right compound first, with 95\u{A0}% intervals over compounds; encrypted as a dot, \
        plaintext as a mark. The last column compares the encrypted search with that of the first row, query by query.</p>
        <table class="configurations measured">
        <caption>Encrypted search against plaintext search with float vectors</caption>
        <thead><tr><th scope="col">configuration</th><td class="bar">\(chart.axis)</td>\
        <th scope="col">encrypted</th><th scope="col">plaintext</th><th scope="col">difference</th>\
        <th scope="col">against the first</th></tr></thead>
        <tbody>
        \(joint.configurations.enumerated().map { row($1, number: $0) })
        </tbody>
        </table>
        \(SectionSource.configurations.line)
        </section>
        """
    }

    private func row(_ report: AccuracyReport, number: Int) -> Markup {
        let text = report.figureText
        let (top1, gain) = (report.estimates?.top1, joint.gain(of: number))
        let facts = [
            "same best compound \(text.share(report.agreement.top1))",
            "noise \(Numerals.scientific(report.agreement.noise.rms)) rms",
            "search \(Numerals.duration(seconds: report.seconds.search))",
        ]
        return """
            <tr><th scope="row"><bdi>\(shortened(report.label))</bdi> \
            <small class="counts">\(facts.joined(separator: ", "))</small></th>\
            <td class="bar">\(top1.map(chart.row) ?? "")</td>\
            <td>\(text.share(report.accuracy.encrypted.top1))\
            <small>\(text.interval(top1?.encrypted, text.share))</small></td>\
            <td>\(text.share(report.accuracy.plaintext.top1))</td>\
            <td>\(text.points(report.accuracy.encrypted.top1 - report.accuracy.plaintext.top1))\
            <small>\(text.interval(top1?.difference, text.points))</small></td>\
            <td>\(gain.map { text.points($0.value) } ?? "")<small>\(text.interval(gain, text.points))</small></td></tr>

            """
    }
}

extension JointReport {
    /// What the configuration at `number` changes; nil for the first, and where the queries are not the same.
    func gain(of number: Int) -> AccuracyReport.Estimate? { contrasts.first { $0.configuration == number }?.top1 }
}
