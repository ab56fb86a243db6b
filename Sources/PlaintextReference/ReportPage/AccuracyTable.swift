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
        best spectrum; ties count in part. \(resolution)</p>
        <table class="accuracy">
        <caption>Encrypted search against plaintext search with float vectors</caption>
        <thead><tr><th scope="col">rank</th>\
        <td class="bar">bar encrypted, mark plaintext</td>\
        <th scope="col">encrypted</th><th scope="col">plaintext</th>\
        <th scope="col">difference</th></tr></thead>
        \(groups)
        </table>
        </section>
        """
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
            report.accuracy)
        return [whole]
            + modes.map {
                group("\($0.ionMode) mode", library: $0.library, queries: $0.queries, $0.accuracy)
            }
    }

    private func group(
        _ name: String, library: AccuracyReport.Library, queries: Int, _ accuracy: AccuracyReport.Accuracy
    ) -> Markup {
        let (encrypted, plaintext) = (accuracy.encrypted, accuracy.plaintext)
        return """
            <tbody>
            <tr class="group"><th scope="rowgroup" colspan="5">\(shortened(name)) <small>\
            \(Numerals.count(queries, "query", "queries")), \
            \(Numerals.count(library.spectra, "spectrum", "spectra")) of \
            \(Numerals.count(library.compounds, "compound", "compounds"))</small></th></tr>
            \(row("top 1", encrypted.top1, plaintext.top1, isShare: true))
            \(row("top 5", encrypted.top5, plaintext.top5, isShare: true))
            \(row("top 10", encrypted.top10, plaintext.top10, isShare: true))
            \(row("MRR", encrypted.mrr, plaintext.mrr, isShare: false))
            </tbody>
            """
    }

    private func row(_ name: String, _ encrypted: Double, _ plaintext: Double, isShare: Bool) -> Markup {
        let places = report.percentPlaces
        func figure(_ value: Double) -> String {
            isShare ? Numerals.percent(value, places: places) : Numerals.decimal(value, places: places + 2)
        }
        let difference = encrypted - plaintext
        let shown =
            isShare
            ? Numerals.decimal(100 * difference, places: places, showsPlus: true)
            : Numerals.decimal(difference, places: places + 2, showsPlus: true)
        return """
            <tr><th scope="row">\(name)</th>\
            <td class="bar">\
            <div class="bar" style="--value:\(100 * encrypted)%;--mark:\(100 * plaintext)%"></div></td>\
            <td>\(figure(encrypted))</td><td>\(figure(plaintext))</td><td>\(shown)</td></tr>

            """
    }
}
