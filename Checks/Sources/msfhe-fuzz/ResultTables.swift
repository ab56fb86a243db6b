import SpectralSearch

/// The tables that hits are written as.
enum ResultTables {
    /// Writes all tables of `hits`: whatever names and numbers the record and the entries hold, a hit is one line, and
    /// lines have as many cells as their heading.
    static func require(_ hits: [Hit], of record: RunRecord, entries: [LibraryEntry]) {
        let results = SearchResults(record: record, entries: entries, hits: hits)
        requireTable(HitTable(results).text, rowCount: hits.count)
        requireTable(FeatureTable(results).text, rowCount: results.features.count)
        let text = MzTabM(results, version: "0").text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for (heading, row, count) in [
            ("SMH", "SML", nil), ("SFH", "SMF", results.features.count), ("SEH", "SME", hits.count),
        ] {
            let table = lines.filter { $0.hasPrefix(heading) || $0.hasPrefix(row) }
            requireTable(table.joined(separator: "\n") + "\n", rowCount: count ?? table.count - 1)
        }
    }

    private static func requireTable(_ text: String, rowCount: Int) {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        msfhe_fuzz.require(lines.count == rowCount + 1, "a row is one line of its table")
        let cells = lines.map { line in line.count { $0 == UInt8(ascii: "\t") } }
        msfhe_fuzz.require(cells.allSatisfy { $0 == cells[0] }, "all rows have the cells of the heading")
    }
}
