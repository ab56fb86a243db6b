import Crypto
import Foundation
import Spectra
import Storage

/// The spectral-search benchmark made of a MassBank-data release.
///
/// The card names the records and what each of them is; their spectra come from the public release.
public struct MassBankDataset: Sendable {
    /// What the data set is, and what its files must be.
    public let card: DatasetCard
    /// All records in ascending order of accession.
    package let roles: [RecordRole]

    /// Reads the card in `folder`: its `card.json` and `roles.tsv`.
    public init(cardFolder folder: String) throws(DatasetError) {
        card = try DatasetCard(folder: folder)
        roles = try RecordRole.table(folder: folder)
        let paths = card.files.map(\.path)
        guard paths.sorted() == BenchmarkFile.allCases.map(\.rawValue).sorted() else {
            throw .malformedCard(
                path: folder + "/" + DatasetCard.fileName,
                reason: "'files' are \(paths); they must be \(BenchmarkFile.allCases.map(\.rawValue))")
        }
    }

    /// Writes the benchmark's files, each as `PATH.gz` below `output`, and `PROVENANCE.json`.
    ///
    /// Nothing is written unless every record is there and every text has the card's digest. The same records
    /// make the same bytes, always. Each file appears whole or not at all; the provenance comes last.
    ///
    /// - Parameters:
    ///   - source: a folder with the release's records, at any depth, each in a file `ACCESSION.txt`.
    ///   - output: the folder to write to; made if need be.
    ///   - tool: name and version of the program, for the provenance.
    ///   - partial: whether to write what there is when records are missing or digests differ. The provenance
    ///     then says so.
    ///   - progress: told after each record how many of them are done, and of how many.
    /// - Returns: what was written, which is also what the provenance says.
    /// - Throws: which records are missing or unusable, which files differ from the card, or what cannot be read
    ///   or written.
    /// - Complexity: linear in the size of the records; the texts, 40 MB for the whole benchmark, are held in
    ///   memory.
    @discardableResult
    public func prepare(
        source: String, output: String, tool: String, partial: Bool = false,
        progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) throws(DatasetError) -> DatasetProvenance {
        let paths = try RecordFolder.paths(of: Set(roles.map(\.accession)), below: source)
        let missing = roles.map(\.accession).filter { paths[$0] == nil }
        guard missing.isEmpty || (partial && missing.count < roles.count) else {
            throw .missingRecords(missing, of: roles.count, source: source)
        }

        var texts = BenchmarkTexts()
        for role in roles {
            guard let path = paths[role.accession] else { continue }
            try texts.append(entry(of: role, path: path), from: path)
            progress(texts.records, paths.count)
        }

        let files = card.files.map { file in
            DatasetProvenance.File(texts[file.path], path: file.path, card: file)
        }
        let provenance = DatasetProvenance(
            card: card, tool: tool, records: texts.records, missingRecords: missing.count, files: files)
        guard partial || provenance.isComplete else { throw .wrongDigests(mismatches(files)) }
        try write(texts, provenance, to: output)
        return provenance
    }

    private func entry(of role: RecordRole, path: String) throws(DatasetError) -> MassBankEntry {
        var first: MassBankRecord?
        do {
            try MassBankRecord.read(path: path) { record in
                first = record
                return false
            }
        } catch {
            let reason = [error.location?.description, error.message].compactMap(\.self).joined(
                separator: ": ")
            throw .malformedRecord(accession: role.accession, path: path, reason: reason)
        }
        guard let record = first, record.value("ACCESSION") == role.accession else {
            let found = first?.value("ACCESSION").map { "holds record \($0)" } ?? "holds no record"
            throw .malformedRecord(accession: role.accession, path: path, reason: "the file \(found)")
        }
        let laboratory = role.laboratory ?? card.laboratories[role.contributor] ?? role.contributor
        return MassBankEntry(record: record, role: role, laboratory: laboratory)
    }

    private func mismatches(_ files: [DatasetProvenance.File]) -> [DatasetError.Mismatch] {
        zip(files, card.files).filter { !$0.0.isAsOnCard }.map { file, expected in
            DatasetError.Mismatch(path: file.path, expected: expected.sha256, actual: file.sha256)
        }
    }

    private func write(
        _ texts: BenchmarkTexts, _ provenance: DatasetProvenance, to output: String
    ) throws(DatasetError) {
        let provenancePath = output + "/" + DatasetProvenance.fileName
        try makeFolders(below: output)
        // An older provenance must not vouch for a mixture of old and new files.
        unlink(provenancePath)
        for file in card.files {
            try write(Gzip.compress(texts[file.path].bytes), to: "\(output)/\(file.path).gz")
        }
        try write(provenance.json(), to: provenancePath)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(DatasetError) {
        do {
            let file = try OutputFile(path: path)
            try file.write(bytes)
            try file.commit()
        } catch {
            throw .unwritable(path: path, reason: (error as? FileSystemError)?.problem ?? "\(error)")
        }
    }

    private func makeFolders(below output: String) throws(DatasetError) {
        for file in card.files {
            let folder = URL(filePath: "\(output)/\(file.path)").deletingLastPathComponent()
            do {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            } catch {
                throw .unwritable(
                    path: folder.path(percentEncoded: false),
                    reason: "cannot make the folder: \(error.localizedDescription)")
            }
        }
    }
}

/// The files of the benchmark.
package enum BenchmarkFile: String, Sendable, CaseIterable {
    case smallLibrary = "massbank-small/library.msp"
    case smallQueries = "massbank-small/queries.msp"
    case positiveLibrary = "massbank-full/library_pos.msp"
    case positiveQueries = "massbank-full/queries_dev_pos.msp"
    case negativeLibrary = "massbank-full/library_neg.msp"
    case negativeQueries = "massbank-full/queries_dev_neg.msp"
    /// To whom credit is due for each record.
    case records = "massbank-full/records.tsv"

    package static func full(_ role: RecordRole.Role, _ mode: IonMode) -> BenchmarkFile {
        switch (role, mode) {
        case (.library, .positive): .positiveLibrary
        case (.library, .negative): .negativeLibrary
        case (.query, .positive): .positiveQueries
        case (.query, .negative): .negativeQueries
        }
    }

    package static func small(_ role: RecordRole.Role) -> BenchmarkFile {
        role == .library ? .smallLibrary : .smallQueries
    }
}

/// The text of a file in the making.
struct BenchmarkText {
    var bytes: [UInt8] = []
    var records = 0

    mutating func append(_ entry: String) {
        bytes.append(contentsOf: entry.utf8)
        records += 1
    }
}

/// The texts of all files in the making.
struct BenchmarkTexts {
    private var texts: [String: BenchmarkText] = [
        BenchmarkFile.records.rawValue: BenchmarkText(bytes: Array(MassBankEntry.tableHeading.utf8))
    ]

    /// Number of records appended so far.
    var records: Int { self[BenchmarkFile.records.rawValue].records }

    subscript(path: String) -> BenchmarkText { texts[path] ?? BenchmarkText() }

    /// Adds `entry`, made of the file at `path`, wherever its role has it.
    mutating func append(_ entry: MassBankEntry, from path: String) throws(DatasetError) {
        do {
            let text = try entry.msp()
            append(text, to: .full(entry.role.role, try entry.ionMode()))
            if entry.role.isSmall { append(text, to: .small(entry.role.role)) }
            append(entry.tableRow(), to: .records)
        } catch {
            throw .malformedRecord(accession: entry.role.accession, path: path, reason: error.reason)
        }
    }

    private mutating func append(_ text: String, to file: BenchmarkFile) {
        texts[file.rawValue, default: BenchmarkText()].append(text)
    }
}
