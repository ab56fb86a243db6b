import PlaintextReference

/// Every row that has a bound, as a bar: the share of what the multiplier ports or the memory allow. Rows of
/// backends whose bound is not known stand without a bar.
struct BoundTable {
    private let rows: [Row]

    init(_ rows: [Row]) { self.rows = rows }

    var section: Markup {
        """
        <section>
        <h2>Speed <span>against the bound</span></h2>
        <p class="lead">A full bar is the least time in which this processor can start the multiplications that the work \
        needs, or read its memory, both measured here. Less than a full bar is time spent otherwise.</p>
        <table>
        <thead><tr><th scope="col">work</th><td class="bar"></td><th scope="col">of the bound</th>\
        <th scope="col">time</th><th scope="col">of sgemm</th></tr></thead>
        \(groups)
        </table>
        </section>
        """
    }

    private var groups: [Markup] {
        var seen: Set<String> = []
        return rows.map(\.name).filter { seen.insert($0).inserted }.map { name in
            """
            <tbody><tr class="group"><th scope="rowgroup" colspan="5">\(name)</th></tr>
            \(rows.filter { $0.name == name }.map(line))
            </tbody>
            """
        }
    }

    private func line(_ row: Row) -> Markup {
        let time = row.number("nanoseconds")
        let bound = row.number("boundNanoseconds") ?? row.number("readBoundNanoseconds")
        var share: Double?
        if let bound, let time, time > 0 { share = bound / time }
        let bar: Markup = share.map { "<div class=\"bar\" style=\"--value:\(100 * $0)%\"></div>" } ?? ""
        let parameters = row.identity.split(separator: " ").dropFirst().joined(separator: " ")
        return """
            <tr><th scope="row">\(parameters)</th><td class="bar">\(bar)</td>\
            <td>\(share.map { Numerals.percent($0, places: 0) } ?? "")</td>\
            <td>\(time.map { Numerals.duration(seconds: $0 * 1e-9) } ?? "")</td>\
            <td>\(row.number("ratioToSgemm").map { Numerals.significant($0) } ?? "")</td></tr>

            """
    }
}
