import Crypto
import Datasets
import Foundation
import TestSupport
import Testing

func sha256(_ bytes: some Sequence<UInt8>) -> String {
    SHA256.hash(data: Array(bytes)).map { String(format: "%02x", $0) }.joined()
}

/// The card against the prepared files that it describes.
@Suite(.enabled(if: SharedDatasets.arePresent))
struct CardTests {
    @Test func digestsAreTheManifests() throws {
        struct Manifest: Decodable {
            var sha256_text: [String: String]
        }
        let data = try Data(contentsOf: URL(filePath: SharedDatasets.path("massbank-manifest.json")))
        let manifest = try JSONDecoder().decode(Manifest.self, from: data)
        let card = try DatasetCard(folder: Folders.card)
        let spectra = card.files.filter { $0.path.hasSuffix(".msp") }
        #expect(
            Dictionary(uniqueKeysWithValues: spectra.map { ($0.path, $0.sha256) }) == manifest.sha256_text)
    }

    @Test(arguments: BenchmarkFile.allCases)
    func describesTheFile(_ file: BenchmarkFile) throws {
        let prepared = try PreparedFile.shared(file)
        let card = try #require(DatasetCard(folder: Folders.card).files.first { $0.path == file.rawValue })
        #expect(sha256(prepared.text.utf8) == card.sha256)
        #expect(prepared.text.utf8.count == card.bytes)
        #expect((file == .records ? prepared.rows.count : prepared.entries.count) == card.records)
    }

    @Test(arguments: [BenchmarkFile.smallLibrary, .smallQueries])
    func rolesAreThoseOfTheSmallFiles(_ file: BenchmarkFile) throws {
        let roles = try MassBankDataset(cardFolder: Folders.card).roles
        let expected = roles.filter { $0.isSmall && BenchmarkFile.small($0.role) == file }.map(\.accession)
        #expect(try PreparedFile.shared(file).entries.map(\.accession) == expected)
    }

    @Test func rolesAreThoseOfTheFullFiles() throws {
        let dataset = try MassBankDataset(cardFolder: Folders.card)
        let roles = Dictionary(uniqueKeysWithValues: dataset.roles.map { ($0.accession, $0) })
        var count = 0
        for file in [BenchmarkFile.positiveLibrary, .negativeLibrary, .positiveQueries, .negativeQueries] {
            let entries = try PreparedFile.shared(file).entries
            #expect(entries.map(\.accession) == entries.map(\.accession).sorted())
            count += entries.count
            for entry in entries {
                let role = try #require(roles[entry.accession])
                #expect([.positiveQueries, .negativeQueries].contains(file) == (role.role == .query))
                #expect(entry.value("TIER") == role.tier)
                let contributor = role.contributor
                #expect(entry.value("CONTRIBUTOR") == contributor)
                let laboratory = role.laboratory ?? dataset.card.laboratories[contributor] ?? contributor
                #expect(entry.value("LAB") == laboratory)
            }
        }
        #expect(count == roles.count)
    }
}

/// Preparing the benchmark from records.
@Suite(.enabled(if: SharedDatasets.arePresent))
struct PreparationTests {
    /// Records that say what the entries say make those very entries, in the order and the files where they are.
    /// Other files of the source are not looked into.
    @Test func recordsMadeOfEntriesMakeTheEntries() throws {
        try Folders.withTemporary { folder in
            let part = try Part.small.get()
            try part.writeCard(to: folder)
            let rows = try PreparedFile.shared(.records).rows
            let rowOf = Dictionary(uniqueKeysWithValues: rows.map { (String($0.prefix { $0 != "\t" }), $0) })
            for file in [BenchmarkFile.smallLibrary, .smallQueries] {
                for entry in try PreparedFile.shared(file).entries {
                    let contributor = "\(folder)/source/\(try #require(entry.value("CONTRIBUTOR")))"
                    try FileManager.default.createDirectory(
                        atPath: contributor, withIntermediateDirectories: true)
                    try entry.record(row: #require(rowOf[entry.accession]))
                        .write(
                            toFile: "\(contributor)/\(entry.accession).txt", atomically: false,
                            encoding: .utf8)
                }
            }
            for name in ["README.txt", "MSBNK-Eawag-XX000000.txt", ".MSBNK-AAFC-AC000004.txt"] {
                #expect(
                    FileManager.default.createFile(
                        atPath: "\(folder)/source/\(name)", contents: Data("?".utf8)))
            }

            var steps: [Int] = []
            let provenance = try MassBankDataset(cardFolder: folder)
                .prepare(source: folder + "/source", output: folder + "/out", tool: "test") {
                    steps.append($0)
                    #expect($1 == part.accessions.count)
                }
            #expect(steps == Array(1...part.accessions.count))
            #expect(provenance.isComplete && provenance.missingRecords == 0)
            for (file, text) in part.texts {
                #expect(try PreparedFile(file, below: folder + "/out").text == text)
            }
        }
    }

    /// The records as MassBank publishes them, byte for byte.
    @Test func sixtyRecordsMakeTheirEntries() throws {
        try Folders.withTemporary { folder in
            let sixty = try Part.sixty.get()
            try sixty.writeCard(to: folder)
            #expect(sixty.accessions.count == 60)
            let provenance = try MassBankDataset(cardFolder: folder)
                .prepare(source: Part.sixtyRecords, output: folder + "/out", tool: "test")
            #expect(provenance.isComplete)
            for (file, text) in sixty.texts {
                #expect(try PreparedFile(file, below: folder + "/out").text == text)
            }
        }
    }

    @Test func aPartOfTheReleaseIsRefusedUnlessAskedFor() throws {
        try Folders.withTemporary { folder in
            let dataset = try MassBankDataset(cardFolder: Folders.card)
            let output = folder + "/out"
            let error = #expect(throws: DatasetError.self) {
                try dataset.prepare(source: Part.sixtyRecords, output: output, tool: "test")
            }
            guard case .missingRecords(let missing, of: 26_596, _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(missing.count == 26_536)
            #expect(
                error?.description.contains("lacks 26536 of the 26596 records: MSBNK-AAFC-AC000001, ") == true
            )
            #expect(!FileManager.default.fileExists(atPath: output))

            let provenance = try dataset.prepare(
                source: Part.sixtyRecords, output: output, tool: "test", partial: true)
            #expect(provenance.records == 60 && provenance.missingRecords == 26_536 && !provenance.isComplete)
            let data = try Data(contentsOf: URL(filePath: output + "/PROVENANCE.json"))
            #expect(try JSONDecoder().decode(DatasetProvenance.self, from: data) == provenance)
            for (file, text) in try Part.sixty.get().texts {
                #expect(try PreparedFile(file, below: output).text == text)
            }
        }
    }

    @Test func theSameRecordsMakeTheSameBytes() throws {
        try Folders.withTemporary { folder in
            let dataset = try MassBankDataset(cardFolder: Folders.card)
            let contents = try ["a", "b"].map { name in
                try dataset.prepare(
                    source: Part.sixtyRecords, output: "\(folder)/\(name)", tool: "test", partial: true)
                let names = try FileManager.default.subpathsOfDirectory(atPath: "\(folder)/\(name)").sorted()
                return names.map { ($0, FileManager.default.contents(atPath: "\(folder)/\(name)/\($0)")) }
            }
            #expect(contents[0].map(\.0) == contents[1].map(\.0))
            // Two folders, seven files, the provenance, and no temporary file.
            #expect(contents[0].count == 10)
            for (a, b) in zip(contents[0], contents[1]) {
                #expect(a.1 == b.1)
            }
        }
    }

    /// A source of the sixty records in `folder/source`, and the data set that its card describes.
    private func copyOfSixty(in folder: String) throws -> MassBankDataset {
        try Part.sixty.get().writeCard(to: folder)
        try FileManager.default.createDirectory(
            atPath: folder + "/source/UoB/nested", withIntermediateDirectories: true)
        for name in try FileManager.default.contentsOfDirectory(atPath: Part.sixtyRecords) {
            let record = FileManager.default.contents(atPath: Part.sixtyRecords + "/" + name)
            #expect(
                FileManager.default.createFile(
                    atPath: folder + "/source/UoB/nested/" + name, contents: record))
        }
        return try MassBankDataset(cardFolder: folder)
    }

    private let accession = "MSBNK-RIKEN-PR100915"

    /// What `prepare` throws after `change` to one record; nothing must have been written.
    private func error(after change: (String) -> String) throws -> DatasetError {
        try Folders.withTemporary { folder in
            let dataset = try copyOfSixty(in: folder)
            let path = "\(folder)/source/UoB/nested/\(accession).txt"
            let record = try String(contentsOfFile: path, encoding: .utf8)
            let changed = change(record)
            #expect(changed != record)
            try changed.write(toFile: path, atomically: false, encoding: .utf8)
            let error = #expect(throws: DatasetError.self) {
                try dataset.prepare(source: folder + "/source", output: folder + "/out", tool: "test")
            }
            #expect(!FileManager.default.fileExists(atPath: folder + "/out"))
            return try #require(error)
        }
    }

    @Test func anAlteredPeakIsNoticed() throws {
        let error = try error { $0.replacingOccurrences(of: "299.0066 47.76", with: "299.0066 57.76") }
        guard case .wrongDigests(let mismatches) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(mismatches.map(\.path).contains(BenchmarkFile.negativeLibrary.rawValue))
        #expect(!mismatches.map(\.path).contains(BenchmarkFile.positiveLibrary.rawValue))
    }

    @Test(arguments: [
        ("ACCESSION: MSBNK-RIKEN-PR100915", "ACCESSION: MSBNK-RIKEN-PR100916", "MSBNK-RIKEN-PR100916"),
        ("ION_MODE NEGATIVE", "ION_MODE BOTH", "ION_MODE is 'BOTH'"),
        ("AC$MASS_SPECTROMETRY: ION_MODE NEGATIVE\n", "", "ION_MODE is ''"),
        ("  150.9969 9.536", "  150.9969 inf", "line 41: peak '150.9969 inf 59'"),
        ("  150.9969 9.536", "  150.9969 -1", "line 41: intensity -1"),
        ("PK$NUM_PEAK: 9", "PK$NUM_PEAK: 10", "PK$NUM_PEAK"),
        ("//\n", "", "truncated"),
    ])
    func anUnusableRecordIsNamed(old: String, new: String, expected: String) throws {
        let error = try error { $0.replacingOccurrences(of: old, with: new) }
        guard case .malformedRecord(accession, _, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(reason.contains(expected))
    }

    /// Other line ends, another order of peaks and blanks at line ends do not change what a record says.
    @Test func layoutOfARecordDoesNotMatter() throws {
        try Folders.withTemporary { folder in
            let dataset = try copyOfSixty(in: folder)
            for name in try FileManager.default.contentsOfDirectory(atPath: folder + "/source/UoB/nested") {
                let path = folder + "/source/UoB/nested/" + name
                let record = try String(contentsOfFile: path, encoding: .utf8)
                let lines = record.components(separatedBy: "\n")
                let start = try #require(lines.firstIndex { $0.hasPrefix("PK$PEAK") }) + 1
                let end = try #require(lines.firstIndex(of: "//"))
                let shuffled = lines[..<start] + lines[start..<end].reversed() + ["//"]
                try shuffled.map { $0 + " \r\n" }.joined()
                    .write(toFile: path, atomically: false, encoding: .utf8)
            }
            let provenance = try dataset.prepare(
                source: folder + "/source", output: folder + "/out", tool: "test")
            #expect(provenance.isComplete)
        }
    }

    @Test func aRecordThatIsThereTwiceIsNamed() throws {
        try Folders.withTemporary { folder in
            let dataset = try copyOfSixty(in: folder)
            let path = "\(folder)/source/\(accession).txt"
            #expect(FileManager.default.createFile(atPath: path, contents: Data()))
            let twice = [path, "\(folder)/source/UoB/nested/\(accession).txt"].sorted()
            #expect(throws: DatasetError.repeatedRecord(accession: accession, paths: twice)) {
                try dataset.prepare(source: folder + "/source", output: folder + "/out", tool: "test")
            }
        }
    }
}
