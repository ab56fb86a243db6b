import Foundation
import TestSupport
import Testing
import Storage

@testable import SpectralSearch

/// Damaged, swapped and foreign files are refused by every step that reads them, and nothing is written.
struct TamperingTests {
    private static let files = try! SearchFiles(
        librarySize: 20, queryCount: 3, dimension: 192, publishesSeed: true)
    private static let foreign = try! SearchFiles(
        librarySize: 21, queryCount: 3, dimension: 192, publishesSeed: true)

    /// The files of a search, and the step that reads each.
    private static let names = [
        "library/card.json", "library/index", "library/entries.tsv", "library/masks", "run.msq", "run.mss", "run.local",
        "key",
    ]

    /// Runs the step of the chain that reads `name`, in a copy of the folder in which `name` holds `content`.
    private func read(_ name: String, holding content: Data) throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder("library"), withIntermediateDirectories: true)
        for other in Self.names where other != name {
            try FileManager.default.copyItem(atPath: Self.files.folder(other), toPath: folder(other))
        }
        try folder.write(content, to: name)
        chmod(folder("key"), 0o600)
        defer { #expect(!FileManager.default.fileExists(atPath: folder("out"))) }
        switch name {
        case "library/card.json", "library/index", "run.msq":
            try SearchJob(library: folder("library"), queries: folder("run.msq"))
                .run(output: folder("out"), threads: 1) { _ in }
        default:
            let record = try RunRecord(path: folder("run.local"))
            let key = try KeyFile.read(path: folder("key"))
            let entries = try LibraryEntries(path: folder("library/entries.tsv"), card: record.card)
            _ = try Identification(
                answer: AnswerFile(path: folder("run.mss"), run: record, masksPath: folder("library/masks")),
                record: record, key: key, entries: entries.rows, top: 1, threads: 1)
        }
    }

    private func content(_ name: String, of files: SearchFiles = Self.files) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: files.folder(name)))
    }

    @Test(arguments: names)
    func flippedBitsAreRefused(name: String) throws {
        let original = try content(name)
        // Every byte of the header and of the end, and some between.
        let positions = Set(0..<min(100, original.count)).union(original.count - 40..<original.count)
            .union((0..<20).map { _ in Int.random(in: 0..<original.count) })
        for position in positions {
            var damaged = original
            damaged[position] ^= 1 << UInt8.random(in: 0..<8)
            #expect(throws: InputError.self, "\(name), byte \(position)") { try read(name, holding: damaged) }
        }
    }

    @Test(arguments: names)
    func cutAndLengthenedFilesAreRefused(name: String) throws {
        let original = try content(name)
        let lengths = [0, 1, 7, 8, 40, 79, 80, 111, 112, original.count / 2, original.count - 32, original.count - 1]
        for length in lengths where length < original.count {
            #expect(throws: InputError.self, "\(name), \(length) bytes") {
                try read(name, holding: original.prefix(length))
            }
        }
        #expect(throws: InputError.self) { try read(name, holding: original + Data([0])) }
        #expect(throws: InputError.self) { try read(name, holding: original + original) }
    }

    @Test(arguments: names.dropLast())
    func filesOfAnotherSearchAreRefused(name: String) throws {
        #expect(throws: InputError.self) { try read(name, holding: content(name, of: Self.foreign)) }
    }

    /// Any file in place of any other is refused, and a key in the host's hands is called by its name.
    @Test(arguments: names)
    func exchangedFilesAreRefused(name: String) throws {
        for other in Self.names where other != name {
            let error = #expect(throws: InputError.self) { try read(name, holding: content(other)) }
            if other == "key", name.hasPrefix("library/") || name == "run.msq" {
                #expect(error?.problem.contains("key") == true)
            }
        }
    }

    /// With a valid digest around them, wrong numbers in a header are refused too.
    @Test func consistentLiesAreRefused() throws {
        for (name, fields) in [
            ("run.msq", [72, 76]), ("run.mss", [72, 76]), ("library/index", [8, 12]), ("library/masks", [40]),
        ] {
            for field in fields {
                for value in [0, 1, 2, UInt32.max, 1 << 31] as [UInt32] {
                    var lie = try content(name).dropLast(32)
                    withUnsafeBytes(of: value.littleEndian) { lie.replaceSubrange(field..<field + 4, with: $0) }
                    let whole = try sealed(lie)
                    #expect(throws: InputError.self, "\(name), field at \(field): \(value)") {
                        try read(name, holding: whole)
                    }
                }
            }
        }
    }

    /// Rows that the kernels do not take are refused, with every digest around them right.
    @Test func rowsBeyondTheLimitsAreRefused() throws {
        let original = try content("library/index")
        let card = String(decoding: try content("library/card.json"), as: UTF8.self)
        func outcome(_ change: (inout Data) -> Void) throws -> String? {
            var index = original.dropLast(32)
            change(&index)
            let sealedIndex = try sealed(index)
            func hexadecimal(_ data: Data) -> String {
                data.suffix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            }
            let named = card.replacingOccurrences(of: hexadecimal(original), with: hexadecimal(sealedIndex))
            let folder = try TemporaryFolder()
            let resealedCard = try LibraryCard(
                text: resealed(Data(named.utf8).prefix(upTo: named.utf8.count - 84)), path: "card")
            do {
                _ = try LibraryIndex(path: folder.write(sealedIndex, to: "index"), card: resealedCard)
                return nil
            } catch let error as InputError {
                return error.problem
            }
        }
        #expect(try outcome { _ in } == nil)
        #expect(try outcome { $0[64 + 5 * 192] = 0x80 }?.contains("row 5 has an entry beyond 127") == true)
        #expect(
            try outcome { $0.replaceSubrange(64 + 7 * 192..<64 + 8 * 192, with: Data(repeating: 100, count: 192)) }?
                .contains("row 7 has a squared norm above") == true)
        #expect(try outcome { $0[8] ^= 1 }?.contains("rows") == true)
    }

    /// Entries that could disturb a terminal, or give scores that are no numbers, are refused.
    @Test func hostileEntriesAreRefused() throws {
        let lines = String(decoding: try content("library/entries.tsv"), as: UTF8.self).split(separator: "\n")
        for (field, value) in [(0, "a\u{1B}[2Jb"), (6, "1e-320"), (6, "nan"), (6, "-1"), (4, "-5"), (4, "inf")] {
            var fields = lines[3].split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            fields[field] = value
            let table =
                (lines[..<3] + [Substring(fields.joined(separator: "\t"))] + lines[4..<lines.count - 1])
                .joined(separator: "\n") + "\n"
            let digest = try sealed(Data(table.utf8)).suffix(32)
                .map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let old = String(lines[lines.count - 1].dropFirst("# sha256 ".count))
            let card = String(decoding: try content("library/card.json"), as: UTF8.self)
                .replacingOccurrences(of: old, with: digest)
            let folder = try TemporaryFolder()
            let path = try folder.write(Data((table + "# sha256 \(digest)\n").utf8), to: "entries.tsv")
            let resealedCard = try LibraryCard(
                text: resealed(Data(card.utf8).prefix(upTo: card.utf8.count - 84)), path: "card")
            let error = #expect(throws: InputError.self, "\(value)") {
                try LibraryEntries(path: path, card: resealedCard)
            }
            #expect(error?.problem.contains("line 4") == true)
        }
    }

    /// A card whose parameters were weakened is refused, although its digest is right.
    @Test func weakenedCardsAreRefused() throws {
        let text = String(decoding: try content("library/card.json"), as: UTF8.self)
        for (original, replacement) in [
            ("\"errorWidth\" : 3.19", "\"errorWidth\" : 0.5"), ("\"queryScale\" : 7", "\"queryScale\" : 9"),
            ("\"degree\" : 1024", "\"degree\" : 512"), ("\"logModulus\" : 24", "\"logModulus\" : 26"),
            ("\"version\" : 3", "\"version\" : 2"), ("\"dimension\" : 192", "\"dimension\" : 193"),
            ("\"maskBits\" : 18", "\"maskBits\" : 99"), ("\"uploadBits\" : 24", "\"uploadBits\" : 20"),
            ("\"bodyBits\" : 16", "\"bodyBits\" : 25"), ("\"publishedSeed\" : \"", "\"publishedSeed\" : \"AAAA"),
            ("\"maskBits\" : 18", "\"maskBits\" : 9"), ("\"spectra\" : 20", "\"spectra\" : -20"),
        ] {
            #expect(text.contains(original), "the card has \(original)")
            let changed = text.replacingOccurrences(of: original, with: replacement)
            let content = Data(changed.utf8).prefix(upTo: changed.utf8.count - 84)
            #expect(throws: InputError.self, "\(replacement)") {
                try LibraryCard(text: resealed(content), path: "card")
            }
        }
        // The same procedure without a change gives a card that is accepted.
        #expect(throws: Never.self) {
            try LibraryCard(text: resealed(Data(text.utf8).prefix(upTo: text.utf8.count - 84)), path: "card")
        }
    }

    private func sealed(_ content: Data) throws -> Data {
        let folder = try TemporaryFolder()
        let file = try SealedFile(path: folder("sealed"))
        try file.write(Data(content))
        try file.sealAndCommit()
        return try Data(contentsOf: URL(fileURLWithPath: folder("sealed")))
    }

    private func resealed(_ content: Data) throws -> Data {
        let digest = try sealed(content).suffix(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return content + Data(",\n  \"sha256\" : \"\(digest)\"\n}\n".utf8)
    }
}

/// The host's code path cannot hold a key.
struct HostTests {
    @Test func theHostsSourcesNameNoKey() throws {
        let folder = SharedDatasets.package.appending(path: "Sources/SpectralSearch/Host").path(percentEncoded: false)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(files.contains("BatchSearch.swift") && files.contains("SearchJob.swift"))
        #expect(files.contains("InteractiveSearch.swift"))
        let shared = [
            "../Library/LibraryIndex.swift", "../Files/Upload.swift", "../Files/AnswerLayout.swift",
            "../Files/MaskPart.swift", "../Files/InputFile.swift", "../Files/MappedBytes.swift",
            "../Files/SealedFile.swift", "../Library/InteractiveIndex.swift", "../Files/InteractiveUpload.swift",
            "../Files/InteractiveAnswerLayout.swift", "../Files/RotationKeys.swift", "../Card/InteractiveScheme.swift",
        ]
        for file in files + shared {
            let source = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            for name in [
                "SecretKey", "KeyFile", "RunRecord", "EncryptionRun", "DecryptionRun", "ScoreDecryption",
                "KeyGenerator", "Decryptor", "InteractiveDecryption",
            ] {
                #expect(!source.contains(name), "\(file) names \(name)")
            }
        }
    }

    /// A file of enormous size, a folder and a device are refused at once, without being read.
    @Test(.timeLimit(.minutes(20)))
    func whatIsNoFileOfOursIsRefusedUnread() throws {
        let files = try SearchFiles(librarySize: 20, queryCount: 3, dimension: 192)
        let record = try RunRecord(path: files.folder("run.local"))
        for name in ["run.msq", "run.mss", "library/index", "run.local", "library/card.json", "library/entries.tsv"] {
            let handle = try #require(FileHandle(forWritingAtPath: files.folder(name)))
            try handle.truncate(atOffset: 1 << 40)
            try handle.close()
        }
        #expect(throws: InputError.self) { try Upload(path: files.folder("run.msq"), card: record.card) }
        #expect(throws: InputError.self) { try AnswerFile(path: files.folder("run.mss"), run: record) }
        #expect(throws: InputError.self) { try LibraryIndex(path: files.folder("library/index"), card: record.card) }
        #expect(throws: InputError.self) { try RunRecord(path: files.folder("run.local")) }
        #expect(throws: InputError.self) { try LibraryCard(path: files.folder("library/card.json")) }
        #expect(throws: InputError.self) {
            try LibraryEntries(path: files.folder("library/entries.tsv"), card: record.card)
        }
        for path in [files.folder("library"), "/dev/zero", "/dev/null"] {
            #expect(throws: InputError.self) { try RunRecord(path: path) }
            #expect(throws: InputError.self) { try Upload(path: path, card: record.card) }
        }
    }
}
