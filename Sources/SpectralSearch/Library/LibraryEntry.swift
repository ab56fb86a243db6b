import Crypto
import Foundation
import Spectra
import Storage

/// What a hit says about its library spectrum: one line of `entries.tsv`.
public struct LibraryEntry: Sendable, Hashable {
    /// The name of the compound.
    public var name: String
    /// The molecular formula; empty when unknown.
    public var formula: String
    /// The full InChIKey; empty when unknown.
    public var inchiKey: String
    /// The ion species; empty when unknown.
    public var adduct: String
    /// Precursor m/z in daltons; nil when unknown.
    public var precursorMZ: Double?
    /// The identifier within the library's source; empty when unknown.
    public var accession: String
    /// The factor s of the quantised row: a score is the phase divided by the query scale and by this.
    public var scale: Double
    /// Whether the row is a decoy, which stands for no compound.
    public var isDecoy = false

    /// The entry of `spectrum`, whose row was scaled by `scale`. Tabs and line ends in names become blanks.
    init(_ spectrum: Spectrum, scale: Double, isDecoy: Bool = false) {
        name = spectrum.name.onOneLine
        formula = (spectrum.formula ?? "").onOneLine
        inchiKey = (spectrum.inchiKey ?? "").onOneLine
        adduct = (spectrum.adduct ?? "").onOneLine
        precursorMZ = spectrum.precursorMZ
        accession = (spectrum.accession ?? "").onOneLine
        self.scale = scale
        self.isDecoy = isDecoy
    }

    /// What makes two entries the same compound: the first 14 characters of the InChIKey, else the name.
    public var compound: String { inchiKey.count >= 14 ? String(inchiKey.prefix(14)) : name }

    /// The columns of the table; only libraries with decoys have the last.
    fileprivate static func columns(hasDecoys: Bool) -> [String] {
        ["name", "formula", "inchikey", "adduct", "precursor_mz", "accession", "scale"] + (hasDecoys ? ["decoy"] : [])
    }

    /// What a scale can be: 720 over the norm of a row of unit halves, or more where the row is nearly zero.
    private static let scales = 1e-3...1e9

    fileprivate func line(hasDecoys: Bool) -> String {
        let fields = [name, formula, inchiKey, adduct, precursorMZ.map { "\($0)" } ?? "", accession, "\(scale)"]
        return (fields + (hasDecoys ? [isDecoy ? "1" : "0"] : [])).joined(separator: "\t") + "\n"
    }

    fileprivate init?(line: Substring, hasDecoys: Bool) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == Self.columns(hasDecoys: hasDecoys).count, let scale = Double(fields[6]),
            Self.scales.contains(scale),
            fields.allSatisfy({ String($0).onOneLine == $0 })
        else { return nil }
        if !fields[4].isEmpty {
            guard let precursor = Double(fields[4]), precursor.isFinite, precursor > 0 else { return nil }
            precursorMZ = precursor
        }
        if hasDecoys {
            guard ["0", "1"].contains(fields[7]) else { return nil }
            isDecoy = fields[7] == "1"
        }
        name = String(fields[0])
        formula = String(fields[1])
        inchiKey = String(fields[2])
        adduct = String(fields[3])
        accession = String(fields[5])
        self.scale = scale
    }
}

extension String {
    /// The text with every control character replaced by a blank, so that it fits one field of a table.
    package var onOneLine: String {
        // In UTF-8, control characters are bytes below a blank, 0x7F, or a byte after 0xC2.
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return self }
        let scalars = unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }
}

/// The entries of a library, in the order of its rows.
///
/// The file is a table with a heading, tab-separated, between the line `# massspecfhe-entries 1` and the line
/// `# sha256 …`, the SHA-256 of everything before that line.
public struct LibraryEntries: Sendable {
    /// One entry for each row of the index.
    public let rows: [LibraryEntry]
    /// The digest that ends the file.
    public let digest: Digest

    /// Reads `entries.tsv` and checks that it belongs to `card`.
    public init(path: String, card: LibraryCard) throws {
        let text = try readWhole(path: path, limit: 4 << 30)
        try FileKind.entries.require(beginning: text.prefix(64), path: path)
        let closingCount = Self.closing(Digest(SHA256.hash(data: Data()))).count
        let content = text.dropLast(closingCount)
        let digest = Digest(SHA256.hash(data: content))
        guard Array(text.suffix(closingCount)) == Array(Self.closing(digest).utf8) else {
            throw InputError(
                path, "is damaged or was edited: it does not end with the SHA-256 of its content; copy it again")
        }
        guard digest.description == card.content.library.entriesSHA256 else {
            throw InputError(path, "belongs to another library than the card that the queries were encrypted for")
        }
        guard let table = String(data: content, encoding: .utf8) else { throw InputError(path, "is not UTF-8 text") }
        let decoyCount = card.content.decoys?.spectra ?? 0
        let columnCount = LibraryEntry.columns(hasDecoys: decoyCount > 0).count
        var rows: [LibraryEntry] = []
        for (number, line) in table.split(separator: "\n", omittingEmptySubsequences: false).dropLast().enumerated()
        where number >= 2 {
            guard let entry = LibraryEntry(line: line, hasDecoys: decoyCount > 0) else {
                throw InputError(path, "line \(number + 1) is not an entry of \(columnCount) fields")
            }
            rows.append(entry)
        }
        guard rows.count == card.content.library.spectra else {
            throw InputError(path, "has \(rows.count) entries, but the library \(card.content.library.spectra) spectra")
        }
        guard rows.indices.allSatisfy({ rows[$0].isDecoy == ($0 >= rows.count - decoyCount) }) else {
            throw InputError(path, "does not mark the last \(decoyCount) entries, and no others, as decoys")
        }
        self.rows = rows
        self.digest = digest
    }

    fileprivate static func closing(_ digest: Digest) -> String { "# sha256 \(digest)\n" }
}

/// Writes `entries.tsv`, entry by entry.
final class EntriesWriter {
    private let file: OutputFile
    private let hasDecoys: Bool
    private var hasher = SHA256()
    private var waiting: [UInt8]

    /// Starts the file at `path`.
    init(path: String, hasDecoys: Bool) throws {
        self.hasDecoys = hasDecoys
        file = try OutputFile(path: path)
        let columns = LibraryEntry.columns(hasDecoys: hasDecoys)
        waiting = FileKind.entries.opening + Array((columns.joined(separator: "\t") + "\n").utf8)
    }

    /// Appends `entry`.
    func append(_ entry: LibraryEntry) throws {
        waiting += entry.line(hasDecoys: hasDecoys).utf8
        if waiting.count >= 1 << 20 { try flush() }
    }

    /// Ends the file with its digest and makes it appear.
    func finish() throws -> Digest {
        try flush()
        let digest = Digest(hasher.finalize())
        try file.write(Array(LibraryEntries.closing(digest).utf8))
        try file.commit()
        return digest
    }

    private func flush() throws {
        hasher.update(data: waiting)
        try file.write(waiting)
        waiting.removeAll(keepingCapacity: true)
    }
}
