import PlaintextReference

/// The results as tables in Markdown.
package struct MarkdownReport {
    private let results: ResultFile

    package init(_ results: ResultFile) { self.results = results }

    package var text: String {
        ([machine] + names.map(table)).joined(separator: "\n")
    }

    private var machine: String {
        let machine = results.machine
        func number(_ name: String) -> String { machine.number(name).map { Numerals.significant($0) } ?? "?" }
        return """
            \(machine.text("cpu") ?? "?"), \(number("clockGHz")) GHz measured, \(number("memoryReadGBs")) GB/s read by one \
            core; \(machine.text("os") ?? "?"); \(machine.text("compiler") ?? "?"); commit \(machine.text("commit") ?? "?")\
            \(machine["dirty"] == .flag(true) ? " with changes" : "").

            """
    }

    /// The names of the rows, in the order of their first appearance.
    private var names: [String] {
        var seen: Set<String> = []
        return results.rows.map(\.name).filter { seen.insert($0).inserted }
    }

    private func table(_ name: String) -> String {
        let rows = results.rows.filter { $0.name == name }
        var columns: [String] = []
        for row in rows { columns += row.fields.map(\.name).filter { $0 != "name" && !columns.contains($0) } }
        let lines = rows.map { row in
            "| "
                + columns.map { column in row[column].map { Self.cell(column, $0) } ?? "" }.joined(
                    separator: " | ") + " |"
        }
        return """
            ### \(name)

            | \(columns.map(Self.heading).joined(separator: " | ")) |
            | \(columns.map { _ in "---" }.joined(separator: " | ")) |
            \(lines.joined(separator: "\n"))

            """
    }

    /// The heading of a column; units stand with the values.
    private static func heading(_ field: String) -> String {
        switch field {
        case "nanoseconds": "time"
        case "medianNanoseconds": "median"
        case "sgemmNanoseconds": "sgemm"
        case "boundNanoseconds": "bound"
        case "readBoundNanoseconds": "read bound"
        default: field
        }
    }

    private static func cell(_ field: String, _ value: Value) -> String {
        // Whether a number has a fraction says nothing of what it is: its name does.
        guard let number = value.number else { return value.plain }
        if field.lowercased().hasSuffix("nanoseconds") { return Numerals.duration(seconds: number * 1e-9) }
        if field.hasPrefix("bytes") { return Numerals.bytes(Int(number)) }
        if field == "spread" { return Numerals.percent(number, places: 1) }
        if Row.parameterNames.contains(field) || ["samples", "batches", "transforms"].contains(field) {
            return value.plain
        }
        return (1e-3..<1e6).contains(number) ? Numerals.significant(number) : Numerals.scientific(number)
    }
}
