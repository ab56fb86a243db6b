import Datasets
import Foundation
import TestSupport
import Testing

/// The package's own folder, and the prepared data sets beside it, which are never committed.
enum Folders {
    static let card = SharedDatasets.package.appending(path: "datasets/massbank-2025.05.1").path(percentEncoded: false)

    /// The content of the gzip file at `path`, decompressed by another program than this one.
    static func decompressed(_ path: String) throws -> Data {
        let gunzip = Process()
        let output = Pipe()
        gunzip.executableURL = URL(filePath: "/usr/bin/env")
        gunzip.arguments = ["gzip", "-dc", path]
        gunzip.standardOutput = output
        try gunzip.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        gunzip.waitUntilExit()
        #expect(gunzip.terminationStatus == 0)
        return data
    }

    /// Calls `body` with a new folder, which is removed afterwards.
    static func withTemporary<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder.path(percentEncoded: false))
    }
}

/// A prepared file, decompressed by another program than the one that writes such files.
struct PreparedFile {
    /// The files of the shared data set.
    static let shared = Result {
        try Dictionary(
            uniqueKeysWithValues: BenchmarkFile.allCases.map {
                ($0, try PreparedFile($0, below: SharedDatasets.path("")))
            })
    }

    static func shared(_ file: BenchmarkFile) throws -> PreparedFile {
        try #require(shared.get()[file])
    }

    var text: String
    /// The entries of an MSP file; none for the table of records.
    var entries: [PreparedEntry]
    /// The rows of the table of records, without its heading; none for an MSP file.
    var rows: [Substring]

    init(_ file: BenchmarkFile, below folder: String) throws {
        let data = try Folders.decompressed("\(folder)/\(file.rawValue).gz")
        text = String(decoding: data, as: UTF8.self)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if file == .records {
            rows = Array(lines.dropFirst().dropLast())
            entries = []
        } else {
            rows = []
            entries = lines.split(separator: "").map(PreparedEntry.init)
        }
    }
}

struct PreparedEntry {
    var lines: ArraySlice<Substring>
    /// `m/z intensity`, line by line.
    var peaks: ArraySlice<Substring>
    private var values: [Substring: Substring] = [:]

    init(_ lines: ArraySlice<Substring>) {
        self.lines = lines
        let head = lines.prefix { !$0.hasPrefix("NUM PEAKS: ") }
        peaks = lines.dropFirst(head.count + 1)
        for line in head {
            let key = line.prefix { $0 != ":" }
            values[key] = line.dropFirst(key.count + 2)
        }
    }

    var text: String { lines.joined(separator: "\n") + "\n\n" }

    var accession: String { value("ACCESSION") ?? "" }

    func value(_ key: Substring) -> String? { values[key].map(String.init) }

    /// A MassBank record that makes this entry and `row` of the table of records.
    func record(row: Substring) -> String {
        let columns = row.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        let fields: [(tag: String, value: String?)] = [
            ("ACCESSION: ", accession), ("DATE: ", columns[4]), ("AUTHORS: ", columns[5]),
            ("LICENSE: ", value("LICENSE")), ("COPYRIGHT: ", columns[6]), ("PUBLICATION: ", columns[7]),
            ("CH$NAME: ", value("NAME")), ("CH$NAME: ", "another name"),
            ("CH$COMPOUND_CLASS: ", value("COMPOUNDCLASS") ?? "N/A"), ("CH$FORMULA: ", value("FORMULA")),
            ("CH$EXACT_MASS: ", value("EXACTMASS")), ("CH$SMILES: ", value("SMILES")),
            ("CH$LINK: INCHIKEY ", value("INCHIKEY")), ("CH$LINK: ChemOnt ", value("CHEMONT")),
            ("AC$INSTRUMENT: ", value("INSTRUMENT")), ("AC$INSTRUMENT_TYPE: ", value("INSTRUMENTTYPE")),
            ("AC$MASS_SPECTROMETRY: ION_MODE ", value("IONMODE")?.uppercased()),
            ("AC$MASS_SPECTROMETRY: COLLISION_ENERGY ", value("COLLISIONENERGY")),
            ("AC$MASS_SPECTROMETRY: FRAGMENTATION_MODE ", value("FRAGMENTATION")),
            ("AC$MASS_SPECTROMETRY: RESOLUTION ", value("RESOLUTION")),
            ("MS$FOCUSED_ION: PRECURSOR_M/Z ", value("PRECURSORMZ")),
            ("MS$FOCUSED_ION: PRECURSOR_TYPE ", value("PRECURSORTYPE")),
            ("PK$NUM_PEAK: ", String(peaks.count)), ("PK$PEAK: ", "m/z int. rel.int."),
        ]
        let head = fields.filter { !($0.value ?? "").isEmpty }.map { $0.tag + $0.value! + "\n" }.joined()
        return head + peaks.map { "  \($0) 1\n" }.joined() + "//\n"
    }
}

/// A part of the benchmark as a data set of its own: what its files must be, cut from the shared ones.
struct Part {
    /// The sixty records that are there as MassBank publishes them, in `sixtyRecords`.
    static let sixty = Result {
        let names = try FileManager.default.contentsOfDirectory(atPath: sixtyRecords)
        return try Part(Set(names.map { String($0.dropLast(4)) }))
    }
    static let sixtyRecords = SharedDatasets.path("massbank-records")

    /// The records of the small benchmark: every role, tier, ion mode and laboratory is among them.
    static let small = Result {
        let entries =
            try PreparedFile.shared(.smallLibrary).entries + PreparedFile.shared(.smallQueries).entries
        return try Part(Set(entries.map(\.accession)))
    }

    let accessions: Set<String>
    /// What the records must become.
    let texts: [BenchmarkFile: String]

    private init(_ accessions: Set<String>) throws {
        self.accessions = accessions
        texts = try PreparedFile.shared.get().mapValues { file in
            guard file.rows.isEmpty else {
                let rows = file.rows.filter { accessions.contains(String($0.prefix { $0 != "\t" })) }
                return ([file.text.prefix { $0 != "\n" }] + rows).map { $0 + "\n" }.joined()
            }
            return file.entries.filter { accessions.contains($0.accession) }.map(\.text).joined()
        }
    }

    /// Writes the card to `folder`.
    func writeCard(to folder: String) throws {
        let card = try DatasetCard(folder: Folders.card)
        let files = card.files.map { file in
            let bytes = Array(texts[BenchmarkFile(rawValue: file.path)!]!.utf8)
            return """
                {"path": "\(file.path)", "records": 0, "bytes": \(bytes.count), "sha256": "\(sha256(bytes))"}
                """
        }
        let laboratories = try JSONEncoder().encode(card.laboratories)
        let source = try JSONEncoder().encode(card.source)
        let json = """
            {"name": "part", "title": "a part", "source": \(String(decoding: source, as: UTF8.self)),
             "laboratories": \(String(decoding: laboratories, as: UTF8.self)),
             "files": [\(files.joined(separator: ", "))]}
            """
        try json.write(toFile: folder + "/card.json", atomically: false, encoding: .utf8)
        let roles = try String(contentsOfFile: Folders.card + "/roles.tsv", encoding: .utf8)
            .split(separator: "\n").enumerated()
            .filter { $0.offset == 0 || accessions.contains(String($0.element.prefix { $0 != "\t" })) }
        try roles.map { $0.element + "\n" }.joined()
            .write(toFile: folder + "/roles.tsv", atomically: false, encoding: .utf8)
    }
}
