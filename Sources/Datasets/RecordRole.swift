import Foundation

/// What a record is in the benchmark; a row of a card's `roles.tsv`.
package struct RecordRole: Sendable, Hashable {
    package enum Role: String, Sendable {
        case library, query
    }

    package var accession: String
    /// The laboratory, where the card's table of contributors does not tell it.
    package var laboratory: String?
    /// `A` or `B` for a query: whether its compound's references come from other laboratories or from its own.
    package var tier: String?
    /// Whether the record is in the small benchmark too.
    package var isSmall: Bool
    package var role: Role

    package init(accession: String, laboratory: String?, tier: String?, isSmall: Bool, role: Role) {
        self.accession = accession
        self.laboratory = laboratory
        self.tier = tier
        self.isSmall = isSmall
        self.role = role
    }

    /// The contributor: the second of the parts of `MSBNK-CONTRIBUTOR-NUMBER`.
    package var contributor: String {
        String(accession.split(separator: "-", maxSplits: 2)[1])
    }
}

extension RecordRole {
    static let fileName = "roles.tsv"
    private static let header = "accession\tlaboratory\ttier\tsubset\trole"

    /// Reads `roles.tsv` in `folder`: rows in ascending order of accession, which is the order of every file.
    package static func table(folder: String) throws(DatasetError) -> [RecordRole] {
        let path = folder + "/" + fileName
        let lines: [Substring]
        do {
            lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        } catch {
            throw .malformedCard(path: path, reason: "cannot be read: \(error.localizedDescription)")
        }
        guard let first = lines.first, first == header else {
            throw .malformedCard(path: path, reason: "the first line is not '\(header)'")
        }
        var table: [RecordRole] = []
        table.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated().dropFirst() {
            guard let row = RecordRole(line), table.last.map({ $0.accession < row.accession }) ?? true else {
                throw .malformedCard(
                    path: path,
                    reason:
                        "line \(index + 1): '\(line)' is not a role, or not in ascending order of accession")
            }
            table.append(row)
        }
        return table
    }

    private init?(_ line: Substring) {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard columns.count == 5, let role = Role(rawValue: columns[4]),
            columns[0].split(separator: "-", maxSplits: 2).count == 3, !columns[0].contains("/"),
            (role == .query ? ["A", "B"] : [""]).contains(columns[2]), ["", "small"].contains(columns[3])
        else { return nil }
        accession = columns[0]
        laboratory = columns[1].isEmpty ? nil : columns[1]
        tier = columns[2].isEmpty ? nil : columns[2]
        isSmall = columns[3] == "small"
        self.role = role
    }
}
