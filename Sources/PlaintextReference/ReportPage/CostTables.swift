/// What the search took in seconds and bytes.
struct CostTables {
    private let report: AccuracyReport

    init(_ report: AccuracyReport) { self.report = report }

    var section: Markup {
        """
        <section>
        <h2>Cost</h2>
        <div class="pair">
        \(time)
        \(size)
        </div>
        \(SectionSource.cost.line)
        </section>
        """
    }

    private var time: Markup {
        let seconds = report.seconds
        let steps = [
            ("build the library", "host, once", seconds.libraryBuild),
            ("make the key", "client, once", seconds.keygen),
            ("encrypt", "client", seconds.encrypt),
            ("search", "host", seconds.search),
            ("decrypt", "client", seconds.decrypt),
            ("plaintext product", "for comparison", seconds.plaintextSgemm),
        ]
        let longest = steps.map(\.2).filter(\.isFinite).max() ?? 0
        let rows: [Markup] = steps.map { name, place, duration in
            let share = longest > 0 ? 100 * duration / longest : 0
            return """
                <tr><th scope="row">\(name) <small>\(place)</small></th>\
                <td class="bar"><div class="bar" style="--value:\(share)%"></div></td>\
                <td>\(Numerals.duration(seconds: duration))</td></tr>

                """
        }
        return """
            <table>
            <caption>Time for \(Numerals.count(report.queries, "query", "queries")) on \
            \(Numerals.count(report.threads, "thread", "threads"))</caption>
            <thead><tr><th scope="col">step</th><td class="bar"></td><th scope="col">time</th></tr></thead>
            <tbody>
            \(rows)
            </tbody>
            </table>
            """
    }

    private var size: Markup {
        let bytes = report.bytes
        let rows = [
            row("keys", "client to host, once", bytes.keys, isPerQuery: false),
            row("queries", "client to host", bytes.upload, isPerQuery: true),
            row("scores", "host to client", bytes.download, isPerQuery: true),
            row("library", "on the host", bytes.library, isPerQuery: false),
        ]
        return """
            <table>
            <caption>Bytes sent and stored</caption>
            <thead><tr><th scope="col">what</th><th scope="col">size</th>\
            <th scope="col">a query</th></tr></thead>
            <tbody>
            \(rows)
            </tbody>
            </table>
            """
    }

    private func row(_ name: String, _ place: String, _ size: Int, isPerQuery: Bool) -> Markup {
        let share = isPerQuery && report.queries > 0 ? Numerals.bytes(size / report.queries) : ""
        return """
            <tr><th scope="row">\(name) <small>\(place)</small></th>\
            <td>\(size == 0 ? "none" : Numerals.bytes(size))</td><td>\(share)</td></tr>

            """
    }
}
