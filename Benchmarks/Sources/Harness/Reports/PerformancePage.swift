import PlaintextReference

/// The results as one HTML page for people, in the manner of the accuracy report: all inline, without a script.
package struct PerformancePage {
    private let results: ResultFile

    package init(_ results: ResultFile) { self.results = results }

    package var html: String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>MassSpecFHE: speed</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            \(header)
            <main>
            \(BoundTable(results.rows).section)
            \(scaling)
            \(GrowthTable(results.rows).section)
            \(SearchTable(results.rows).section)
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private var header: Markup {
        let machine = results.machine
        let facts: [Markup] = [
            (
                "clock", machine.number("clockGHz").map { Numerals.significant($0) + "\u{A0}GHz" },
                "measured, one core"
            ),
            (
                "memory", machine.number("memoryReadGBs").map { Numerals.significant($0) + "\u{A0}GB/s" },
                "read by one core"
            ),
            ("OpenBLAS", machine.text("openblasCore"), "the fastest of its core types here"),
            ("rows", Numerals.count(results.rows.count), "each checked for its result"),
        ].map { name, value, meaning in
            "<div><dt>\(name)</dt><dd><b>\(value ?? "?")</b><small>\(meaning)</small></dd></div>"
        }
        return """
            <header>
            <p class="title">MassSpecFHE: speed <span class="note">commit \(machine.text("commit") ?? "?")\
            \(machine["dirty"] == .flag(true) ? " with changes" : "")</span></p>
            <h1>\(machine.text("cpu") ?? "?"): <span>\(machine.text("os") ?? "?"), \(machine.text("compiler") ?? "?")</span></h1>
            <dl class="facts">\(facts)</dl>
            </header>
            """
    }

    private var scaling: Markup {
        let figures = ScalingChart.sizes.compactMap { field, label in
            ScalingChart(results.rows, field: field, label: label)?.figure
        }
        if figures.isEmpty { return "" }
        return """
            <section>
            <h2>Scaling <span>of the batch search</span></h2>
            <p class="lead">Encrypted search, and OpenBLAS's product of the same vectors in single precision; all other \
            sizes are kept.</p>
            <div class="pair">\(figures)</div>
            </section>
            """
    }
}
