/// What keeps a public data set from being prepared.
public enum DatasetError: Error, Sendable, Hashable, CustomStringConvertible {
    /// No card of that name lies in any of the `datasets` folders that were looked at.
    case cardNotFound(name: String, searched: [String])
    /// Several releases have a card; the full name of one of `folders` is needed.
    case ambiguousName(String, folders: [String])
    /// The card in the file at `path` cannot be used.
    case malformedCard(path: String, reason: String)
    /// The folder of records cannot be read.
    case unreadableSource(path: String, reason: String)
    /// Records that the card names are not among the files of the source; nothing was written.
    case missingRecords([String], of: Int, source: String)
    /// Two files of the source bear the name of one record.
    case repeatedRecord(accession: String, paths: [String])
    /// A record of the source cannot be turned into an entry; nothing was written.
    case malformedRecord(accession: String, path: String, reason: String)
    /// The source is another release than the card's, or was altered; nothing was written.
    case wrongDigests([Mismatch])
    /// A file of the prepared data set cannot be written.
    case unwritable(path: String, reason: String)

    /// A prepared file whose text is not the card's.
    public struct Mismatch: Sendable, Hashable {
        /// The file, relative to the folder of the prepared data set, without `.gz`.
        public var path: String
        /// SHA-256 of the text by the card, in hexadecimal.
        public var expected: String
        /// SHA-256 of the text made from the source, in hexadecimal.
        public var actual: String
    }

    /// What is wrong and where, on one line.
    public var description: String {
        switch self {
        case .cardNotFound(let name, let searched):
            "no card for data set '\(name)'; looked in \(searched.joined(separator: ", "))"
        case .ambiguousName(let name, let folders):
            "'\(name)' could be \(folders.joined(separator: " or ")); give the full name"
        case .malformedCard(let path, let reason), .unreadableSource(let path, let reason),
            .unwritable(let path, let reason):
            "\(path): \(reason)"
        case .missingRecords(let accessions, let total, let source):
            "\(source) lacks \(accessions.count) of the \(total) records: \(Self.first(of: accessions)); "
                + "a complete checkout of the release is needed"
        case .repeatedRecord(let accession, let paths):
            "record \(accession) is there twice: \(paths.joined(separator: ", "))"
        case .malformedRecord(let accession, let path, let reason):
            "record \(accession): \(reason) (\(path))"
        case .wrongDigests(let mismatches):
            "the source is not the release of the card: "
                + mismatches.map { "\($0.path) has SHA-256 \($0.actual) instead of \($0.expected)" }
                .joined(separator: "; ")
        }
    }

    private static func first(of accessions: [String]) -> String {
        let shown = 5
        return accessions.prefix(shown).joined(separator: ", ") + (accessions.count > shown ? ", ..." : "")
    }
}
