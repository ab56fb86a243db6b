import Datasets
import Foundation
import TestSupport
import Testing

/// Finding and reading cards; none of this needs a data set.
struct DatasetCardTests {
    @Test func theProjectsCardIsFoundFromWithinThePackage() throws {
        let start = SharedDatasets.package.appending(path: "Sources/Datasets").path(percentEncoded: false)
        for name in ["massbank", "massbank-2025.05.1"] {
            let folder = try DatasetCard.folder(named: name, upwardsFrom: [start])
            #expect(try MassBankDataset(cardFolder: folder).card.source.release == "2025.05.1")
            #expect(folder.hasSuffix("/datasets/massbank-2025.05.1"))
        }
    }

    @Test func countsOfTheCardAgree() throws {
        let dataset = try MassBankDataset(cardFolder: Folders.card)
        let counts = Dictionary(uniqueKeysWithValues: dataset.card.files.map { ($0.path, $0.records) })
        func count(_ files: BenchmarkFile...) -> Int { files.reduce(0) { $0 + (counts[$1.rawValue] ?? 0) } }
        func roles(_ role: RecordRole.Role) -> [RecordRole] { dataset.roles.filter { $0.role == role } }
        #expect(roles(.library).count == count(.positiveLibrary, .negativeLibrary))
        #expect(roles(.query).count == count(.positiveQueries, .negativeQueries))
        #expect(roles(.library).count(where: \.isSmall) == count(.smallLibrary))
        #expect(roles(.query).count(where: \.isSmall) == count(.smallQueries))
        #expect(dataset.roles.count == count(.records))
    }

    @Test func anUnknownNameSaysWhereItLooked() throws {
        #expect(
            throws: DatasetError.cardNotFound(
                name: "x", searched: ["/a/b/datasets", "/a/datasets", "/datasets"])
        ) {
            try DatasetCard.folder(named: "x", upwardsFrom: ["/a/b", "/a"])
        }
    }

    @Test func ofTwoReleasesTheFullNameIsAskedFor() throws {
        try Folders.withTemporary { folder in
            for release in ["1", "2"] {
                let path = "\(folder)/datasets/some-\(release)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                #expect(FileManager.default.createFile(atPath: path + "/card.json", contents: Data()))
            }
            #expect(throws: DatasetError.ambiguousName("some", folders: ["some-1", "some-2"])) {
                try DatasetCard.folder(named: "some", upwardsFrom: [folder])
            }
            #expect(
                try DatasetCard.folder(named: "some-2", upwardsFrom: [folder]).hasSuffix("/datasets/some-2"))
        }
    }

    @Test(arguments: [
        "", "accession\trole\n", "accession\tlaboratory\ttier\tsubset\trole\nMSBNK-A-1\t\t\t\tdecoy\n",
        "accession\tlaboratory\ttier\tsubset\trole\nMSBNK-A-1\t\t\t\tquery\n",
        "accession\tlaboratory\ttier\tsubset\trole\nMSBNK-A-1\t\tA\t\tlibrary\n",
        "accession\tlaboratory\ttier\tsubset\trole\nA1\t\t\t\tlibrary\n",
        "accession\tlaboratory\ttier\tsubset\trole\nMSBNK-A-2\t\t\t\tlibrary\nMSBNK-A-1\t\t\t\tlibrary\n",
        "accession\tlaboratory\ttier\tsubset\trole\nMSBNK-A-1\t\t\t\tlibrary\nMSBNK-A-1\t\t\t\tlibrary\n",
    ])
    func aDamagedTableOfRolesIsRefused(_ table: String) throws {
        try Folders.withTemporary { folder in
            try table.write(toFile: folder + "/roles.tsv", atomically: false, encoding: .utf8)
            #expect(throws: DatasetError.self) { try RecordRole.table(folder: folder) }
        }
    }

    @Test(arguments: ["", "{}", #"{"name": "massbank"}"#])
    func aDamagedCardIsRefused(_ json: String) throws {
        try Folders.withTemporary { folder in
            try json.write(toFile: folder + "/card.json", atomically: false, encoding: .utf8)
            #expect(throws: DatasetError.self) { try DatasetCard(folder: folder) }
        }
    }

    @Test func aSourceThatIsNoFolderIsNamed() throws {
        try Folders.withTemporary { folder in
            let dataset = try MassBankDataset(cardFolder: Folders.card)
            let file = folder + "/file"
            #expect(FileManager.default.createFile(atPath: file, contents: Data()))
            for source in [folder + "/none", file] {
                let error = #expect(throws: DatasetError.self) {
                    try dataset.prepare(source: source, output: folder + "/out", tool: "test", partial: true)
                }
                guard case .unreadableSource(source, _) = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
            }
        }
    }

    /// What is compressed here, another program decompresses.
    @Test(arguments: [0, 1, 1000, 3_000_000])
    func gzipReadsWhatIsCompressed(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * $0 >> 7) }
        let compressed = Gzip.compress(bytes)
        #expect(compressed == Gzip.compress(bytes))
        try Folders.withTemporary { folder in
            try Data(compressed).write(to: URL(filePath: folder + "/file.gz"))
            #expect(try Folders.decompressed(folder + "/file.gz") == Data(bytes))
        }
    }
}
