import PlaintextReference

/// What searches move and cost: bytes up and down, and money where a price is known.
struct SearchTable {
    private let rows: [Row]

    init(_ rows: [Row]) { self.rows = rows.filter { $0.name.hasPrefix("search.") } }

    var section: Markup {
        if rows.isEmpty { return "" }
        let isPriced = rows.contains { $0.number(Cost.field) != nil }
        let price: Markup = isPriced ? "<th scope=\"col\">price of a million</th>" : ""
        let lines: [Markup] = rows.map { line($0, isPriced: isPriced) }
        return """
            <section>
            <h2>Bytes and cost</h2>
            <table>
            <thead><tr><th scope="col">search</th><th scope="col">scores a second</th><th scope="col">sent a query</th>\
            <th scope="col">answer a query</th><th scope="col">answer</th>\(price)</tr></thead>
            <tbody>
            \(lines)
            </tbody>
            </table>
            </section>
            """
    }

    private func line(_ row: Row, isPriced: Bool) -> Markup {
        let queries = max(row.integer("queries") ?? 1, 1)
        func bytes(_ field: String, of count: Int) -> String {
            row.integer(field).map { Numerals.bytes($0 / count) } ?? ""
        }
        let price: Markup =
            isPriced ? "<td>\(row.number(Cost.field).map { Numerals.scientific($0) } ?? "")</td>" : ""
        return """
            <tr><th scope="row">\(row.identity)</th>\
            <td>\(row.number("scoresPerSecond").map { Numerals.scientific($0) } ?? "")</td>\
            <td>\(bytes("bytesUp", of: queries))</td><td>\(bytes("bytesDown", of: queries))</td>\
            <td>\(bytes("bytesDown", of: 1))</td>\(price)</tr>

            """
    }
}

/// Throughput turned into money.
package enum Cost {
    /// The figure that holds the price of a million comparisons of spectra.
    package static let field = "pricePerMillionScores"

    /// Adds the price to every row that has a throughput.
    ///
    /// - Parameter pricePerHour: What an hour costs of the cores that a row was measured on: of as many as its threads.
    ///   The result is in the same currency.
    package static func add(to results: inout ResultFile, pricePerHour: Double) {
        for index in results.rows.indices {
            guard let rate = results.rows[index].number("scoresPerSecond"), rate > 0 else { continue }
            results.rows[index][field] = .number(pricePerHour / 3600 / rate * 1e6)
        }
    }
}
