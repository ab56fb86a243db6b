import Foundation

/// A call or a file that cannot be used: one line that says what is wrong and what would be right.
package struct UsageError: Error, CustomStringConvertible {
    package let description: String
    package init(_ description: String) { self.description = description }
}

/// The results of one run: the machine, and a row for everything that was measured.
package struct ResultFile: Sendable {
    package var machine: Row
    package var rows: [Row]

    package init(machine: Row, rows: [Row]) {
        self.machine = machine
        self.rows = rows
    }

    private static let sizeLimit = 64 << 20

    /// Reads a file of JSON lines.
    ///
    /// - Throws: ``UsageError`` when it is no such file, or holds the same work twice.
    package init(path: String) throws(UsageError) {
        guard let file = FileHandle(forReadingAtPath: path),
            let data = try? file.read(upToCount: Self.sizeLimit + 1)
        else { throw UsageError("\(path): cannot be read, or is empty") }
        guard data.count <= Self.sizeLimit else {
            throw UsageError("\(path): is larger than any file of results")
        }
        try self.init(text: String(decoding: data, as: UTF8.self), path: path)
    }

    package init(text: String, path: String) throws(UsageError) {
        var rows: [Row] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            guard let row = Row(json: line) else {
                throw UsageError(
                    "\(path): line \(number + 1) is not a row of results, a flat JSON object with a name")
            }
            rows.append(row)
        }
        guard let machine = rows.first, machine.name == "machine" else {
            throw UsageError("\(path): does not begin with a machine row, as the results of msfhe-bench do")
        }
        rows.removeFirst()
        var seen: Set<String> = []
        if let twice = rows.first(where: { !seen.insert($0.identity).inserted }) {
            throw UsageError("\(path): has two rows of the same work: \(twice.identity)")
        }
        self.init(machine: machine, rows: rows)
    }
}
