import PlaintextReference

/// How the search from files to a file grows with the library, while its memory does not.
struct GrowthTable {
    private let rows: [Row]

    init(_ rows: [Row]) { self.rows = rows.filter { $0.name == "search.scale" } }

    var section: Markup {
        guard let first = rows.first else { return "" }
        let limit = first.integer("memoryLimitMiB").map { "\($0)" } ?? "?"
        return """
            <section>
            <h2>Growth <span>with the library</span></h2>
            <p class="lead">The host's whole search in a process of its own, from the library's files to the answer's: opened, \
            checked, searched, written and synchronised, with \(limit)&#160;MiB of memory allowed. A full bar is that bound. \
            The library: \(first.text("library") ?? "?").</p>
            <table>
            <thead><tr><th scope="col">library spectra</th><td class="bar"></td><th scope="col">memory held</th>\
            <th scope="col">time</th><th scope="col">of the smallest's</th><th scope="col">without the disk</th>\
            <th scope="col">index</th><th scope="col">answer</th></tr></thead>
            <tbody>
            \(rows.map(line))
            </tbody>
            </table>
            </section>
            """
    }

    private func line(_ row: Row) -> Markup {
        func duration(_ field: String) -> String {
            row.number(field).map { Numerals.duration(seconds: $0 * 1e-9) } ?? ""
        }
        func bytes(_ field: String) -> String { row.integer(field).map { Numerals.bytes($0) } ?? "" }
        let peak = row.number("peakMemoryMiB")
        var bar: Markup = ""
        if let peak, let limit = row.number("memoryLimitMiB"), limit > 0 {
            bar = "<div class=\"bar\" style=\"--value:\(100 * peak / limit)%\"></div>"
        }
        return """
            <tr><th scope="row">\(row.integer("rows").map { Numerals.count($0) } ?? "")</th><td class="bar">\(bar)</td>\
            <td>\(peak.map { Numerals.significant($0) + "\u{A0}MiB" } ?? "")</td><td>\(duration("nanoseconds"))</td>\
            <td>\(row.number("timesSmallest").map { Numerals.significant($0) } ?? "")</td>\
            <td>\(duration("withoutDiskNanoseconds"))</td><td>\(bytes("bytesIndex"))</td>\
            <td>\(bytes("bytesDown"))</td></tr>

            """
    }
}
