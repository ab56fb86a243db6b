import Crypto
import Foundation
import Spectra
import SpectralSearch
import TestSupport
import Testing

/// The program as its users meet it: calls, exit statuses, files.
struct CommandLineTests {
    /// What a call gave.
    private struct Outcome {
        var status: Int32
        var output: String
        var error: String
        /// The lines of standard error.
        var errorLines: [Substring] { error.split(separator: "\n") }
    }

    /// The program beside the running tests.
    private static let program: URL = {
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        let candidates = [CommandLine.arguments[0], tests.path].map {
            URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("msfhe")
        }
        return candidates.first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? candidates[0]
    }()

    private func msfhe(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
        try msfhe(arguments, environment: environment)
    }

    private func msfhe(_ arguments: [String], environment: [String: String] = [:]) throws -> Outcome {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        let (output, error) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = error
        try process.run()
        // What is printed here fits the pipes, so reading one after the other does not block.
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit, "the program must not trap")
        return Outcome(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            error: String(decoding: complaint, as: UTF8.self))
    }

    /// A folder with a small library and queries as MGF, built, encrypted and searched.
    private func searchedFolder() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        let spectra = Array(SimulatedPeptides.library.prefix(60))
        try folder.write(Data(spectra.map(MGFWriter.block).joined().utf8), to: "library.mgf")
        try folder.write(Data(spectra.prefix(5).map(MGFWriter.block).joined().utf8), to: "run.mgf")
        for call in [
            try msfhe("keygen", "--out", folder("key")),
            try msfhe("library", "build", folder("library.mgf"), "--out", folder("library")),
            try msfhe(
                "encrypt", folder("run.mgf"), "--key", folder("key"), "--card", folder("library/card.json"), "--out",
                folder("run.msq")),
            try msfhe(
                "search", "--library", folder("library"), "--queries", folder("run.msq"), "--out", folder("run.mss")),
        ] { #expect(call.status == 0, "\(call.error)") }
        return folder
    }

    @Test func theWholeWayFindsEachQuery() throws {
        let folder = try searchedFolder()
        let outcome = try msfhe(
            "identify", folder("run.mss"), "--key", folder("key"), "--run", folder("run.local"), "--entries",
            folder("library/entries.tsv"), "--top", "2", "--out", "-")
        #expect(outcome.status == 0, "\(outcome.error)")
        let rows = outcome.output.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false)
        }
        #expect(
            rows[0] == [
                "query", "rank", "score", "name", "formula", "inchikey", "adduct", "precursor_error_ppm", "accession",
                "retention_time_s", "scan", "native_id", "charge", "usi", "library_usi", "q_value", "probability",
            ])
        #expect(rows.count == 1 + 2 * 5)
        for row in rows.dropFirst() where row[1] == "1" {
            #expect(row[0] == row[3])
            #expect(abs(Double(row[2])! - 2) < 0.007)
        }
    }

    /// Decoys and a calibration beside the entries fill the last columns of the best hits; those of another recipe are
    /// refused in a line.
    @Test func bestHitsHaveStatistics() throws {
        let folder = try searchedFolder()
        func run(_ arguments: String...) throws {
            let outcome = try msfhe(arguments)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        try run("library", "build", folder("library.mgf"), "--decoys", "--out", folder("decoys"))
        for dimension in ["512", "256"] {
            try run(
                "validate", "--library", folder("library.mgf"), "--queries", folder("library.mgf"), "--dimension",
                dimension, "--decoys", "--calibration", folder("\(dimension).json"), "--json", folder("report.json"))
        }
        let report = try String(contentsOfFile: folder("report.json"), encoding: .utf8)
        #expect(report.contains("\"statistics\"") && report.contains("\"byDecoys\""))
        try run(
            "encrypt", folder("run.mgf"), "--key", folder("key"), "--card", folder("decoys/card.json"), "--out",
            folder("second.msq"))
        try run(
            "search", "--library", folder("decoys"), "--queries", folder("second.msq"), "--out", folder("second.mss"))
        let identify = [
            "identify", folder("second.mss"), "--key", folder("key"), "--run", folder("second.local"), "--entries",
            folder("decoys/entries.tsv"), "--top", "2", "--out", "-",
        ]
        func columns(_ outcome: Outcome) -> [[Substring]] {
            outcome.output.split(separator: "\n").dropFirst().map {
                $0.split(separator: "\t", omittingEmptySubsequences: false).suffix(2)
            }
        }
        let plain = columns(try msfhe(identify))
        #expect(plain.count == 10 && plain.allSatisfy { $0[1].isEmpty })
        #expect(plain.enumerated().allSatisfy { $1[0] == ($0 % 2 == 0 ? "0.200000" : "") })
        let named = try msfhe(identify + ["--calibration", folder("512.json")])
        try FileManager.default.copyItem(atPath: folder("512.json"), toPath: folder("decoys/calibration.json"))
        let found = try msfhe(identify)
        #expect(found.output == named.output)
        for (number, row) in columns(found).enumerated() {
            #expect(number % 2 == 0 ? Double(row[1])! > 0.5 : row[1].isEmpty)
        }
        let refused = try msfhe(identify + ["--calibration", folder("256.json")])
        #expect(refused.status == 2 && refused.errorLines.count == 1 && refused.error.contains("recipe"))
    }

    /// From a raw mzML file to hits in each format, chosen by the ending or by name, and features.
    @Test func aRunBecomesTables() throws {
        let folder = try searchedFolder()
        try folder.write(Data(Self.mzML(SimulatedPeptides.library.prefix(60), count: 90).utf8), to: "lc.mzML")
        for call in [
            try msfhe(
                "encrypt", folder("lc.mzML"), "--key", folder("key"), "--card", folder("library/card.json"), "--out",
                folder("lc.msq")),
            try msfhe(
                "search", "--library", folder("library"), "--queries", folder("lc.msq"), "--out", folder("lc.mss")),
        ] { #expect(call.status == 0, "\(call.error)") }
        let identify = [
            "identify", folder("lc.mss"), "--key", folder("key"), "--run", folder("lc.local"), "--entries",
            folder("library/entries.tsv"), "--top", "2", "--features", folder("features.tsv"),
        ]
        func text(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }
        for (name, format, opening) in [
            ("hits.tsv", nil, "query\trank"), ("hits.json", nil, "{"),
            ("hits.mztab", nil, "MTD\tmzTab-version\t2.0.0-M"),
            ("hits.mzTab", nil, "MTD\t"), ("hits", nil, "query\trank"), ("other", "mztab", "MTD\t"),
        ] as [(String, String?, String)] {
            let outcome = try msfhe(identify + ["--out", folder(name)] + (format.map { ["--format", $0] } ?? []))
            #expect(outcome.status == 0 && outcome.error.contains("60 features"), "\(outcome.error)")
            #expect(try text(name).hasPrefix(opening), "\(name)")
        }
        // Ninety scans of sixty compounds.
        #expect(try text("features.tsv").split(separator: "\n").count == 61)
        let split = try msfhe(identify + ["--feature-gap", "1", "--out", folder("hits.tsv")])
        #expect(split.error.contains("90 features"))
        let named = try msfhe(identify + ["--collection", "PXD000561", "--out", "-"])
        #expect(named.output.contains("\tmzspec:PXD000561:lc:scan:1\t"))
        for options in [
            ["--collection", "PXD1"], ["--format", "xml"], ["--feature-gap=-1"], ["--feature-ppm", "nan"],
        ] {
            let refused = try msfhe(identify + options + ["--out", folder("x")])
            #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.error)")
        }
        #expect(!folder.names.contains("x"))
    }

    /// A run of `count` scans of `spectra`, one after the other, all at half-minute distances from the scans of others.
    private static func mzML(_ spectra: some RandomAccessCollection<Spectrum>, count: Int) -> String {
        let writer = MzMLWriter(runID: "lc", instrument: "simulated", spectrumCount: count)
        let scans = (0..<count).map { number in
            var spectrum = spectra[spectra.index(spectra.startIndex, offsetBy: number % spectra.count)]
            spectrum.accession = "scan=\(number + 1)"
            spectrum.retentionTime = Double(number % spectra.count * 60 + number / spectra.count * 2)
            return writer.spectrum(spectrum, index: number)
        }
        return writer.opening + scans.joined() + MzMLWriter.closing
    }

    /// The memory of `encrypt` grows with a run by what the record keeps of a query, not by peaks, vectors or
    /// ciphertexts, which would be 1.0, 2.0 and 1.5 KB more.
    @Test(.disabled(if: CommandLineTests.isSanitized, "the sanitizer's own memory is counted too"))
    func runsAreEncryptedInBoundedMemory() throws {
        let folder = try searchedFolder()
        let peaks = try [3000, 20_000].map { count in
            try folder.write(Data(Self.mzML(SimulatedPeptides.library.prefix(60), count: count).utf8), to: "lc.mzML")
            return try peakMemory([
                "encrypt", folder("lc.mzML"), "--key", folder("key"), "--card", folder("library/card.json"), "--out",
                folder("\(count).msq"), "--threads", "2",
            ])
        }
        let perQuery = (peaks[1] - peaks[0]) / 17_000
        print("encrypt: \(peaks[0] >> 20) and \(peaks[1] >> 20) MiB, \(perQuery) bytes a query")
        #expect(perQuery < 3000)
    }

    /// A fingerprint lets the host's answer pass, refuses it when a byte is another, and is spent then.
    @Test func answersAreVerified() throws {
        let folder = try searchedFolder()
        func run(_ arguments: [String]) throws {
            let outcome = try msfhe(arguments)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let unverifiable = try msfhe("library", "fingerprint", "--library", folder("library"), "--out", folder("f"))
        #expect(unverifiable.status == 2 && unverifiable.error.contains("--preset verified"))
        try run(["library", "build", folder("library.mgf"), "--preset", "verified", "--out", folder("whole")])
        try run(["library", "fingerprint", "--library", folder("whole"), "--out", folder("f")])
        try run([
            "encrypt", folder("run.mgf"), "--key", folder("key"), "--card", folder("whole/card.json"), "--out",
            folder("whole.msq"),
        ])
        try run(["search", "--library", folder("whole"), "--queries", folder("whole.msq"), "--out", folder("a.mss")])
        func identify(_ answer: String, to out: String) -> [String] {
            [
                "identify", folder(answer), "--key", folder("key"), "--run", folder("whole.local"), "--entries",
                folder("whole/entries.tsv"), "--fingerprint", folder("f"), "--out", folder(out),
            ]
        }
        try run(identify("a.mss", to: "hits.tsv"))

        var wrong = try Data(contentsOf: URL(fileURLWithPath: folder("a.mss"))).dropLast(32)
        wrong[200] ^= 1
        try folder.write(wrong + Data(SHA256.hash(data: wrong)), to: "b.mss")
        for (answer, problem) in [("b.mss", "is not what the library gives"), ("a.mss", "discarded")] {
            let refused = try msfhe(identify(answer, to: "none.tsv"))
            #expect(refused.status == 2 && refused.errorLines.count == 1)
            #expect(refused.error.contains(problem), "\(refused.error)")
            #expect(!FileManager.default.fileExists(atPath: folder("none.tsv")))
        }
    }

    /// Single queries: the same commands, and rotation keys that are made once and used again.
    @Test func singleQueriesGoTheSameWay() throws {
        let folder = try searchedFolder()
        func run(_ arguments: String...) throws {
            let outcome = try msfhe(arguments)
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        try run("library", "build", folder("library.mgf"), "--layout", "interactive", "--out", folder("single"))
        let encrypt = [
            "encrypt", folder("run.mgf"), "--key", folder("key"), "--card", folder("single/card.json"), "--mode",
            "interactive",
        ]
        for name in ["first", "second"] {
            let made = try msfhe(
                encrypt + ["--rotation-keys", folder("host.keys"), "--out", folder("\(name).msq")])
            #expect(made.status == 0, "\(made.error)")
            try run(
                "search", "--library", folder("single"), "--queries", folder("\(name).msq"), "--rotation-keys",
                folder("host.keys"), "--out", folder("\(name).mss"))
            let hits = try msfhe(
                "identify", folder("\(name).mss"), "--key", folder("key"), "--run", folder("\(name).local"),
                "--entries", folder("single/entries.tsv"), "--top", "1", "--out", "-")
            let rows = hits.output.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
            #expect(rows.count == 5)
            for row in rows {
                #expect(row[0] == row[3])
                #expect(abs(Double(row[2])! - 2) < 0.0012)
            }
        }
        // What is disclosed is said where it is disclosed, seen, and read.
        let disclosed = try msfhe(encrypt + ["--disclose-window", "50", "--out", folder("window.msq")])
        let seen = try msfhe(
            "search", "--library", folder("single"), "--queries", folder("window.msq"), "--out", folder("window.mss"))
        let read = try msfhe(
            "identify", folder("window.mss"), "--key", folder("key"), "--run", folder("window.local"), "--entries",
            folder("single/entries.tsv"), "--top", "1", "--out", folder("window.tsv"))
        for outcome in [disclosed, seen, read] {
            #expect(outcome.status == 0 && outcome.error.contains("precursor windows of 50 Da"), "\(outcome.error)")
        }
        for arguments in [["--disclose-window", "5"], ["--mode", "batch", "--disclose-window", "50"]] {
            let refused = try msfhe(encrypt + arguments + ["--out", folder("refused.msq")])
            #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.error)")
        }
        // Without a name, the rotation keys lie beside the upload.
        #expect(try msfhe(encrypt + ["--out", folder("third.msq")]).status == 0)
        try run(
            "search", "--library", folder("single"), "--queries", folder("third.msq"), "--out", folder("third.mss"))
        // Modes that the library does not have, and keys that do not belong, are refused in one line.
        for arguments in [
            encrypt.dropLast() + ["batch", "--out", folder("fourth.msq")],
            ["search", "--library", folder("library"), "--queries", folder("third.msq"), "--out", folder("x.mss")],
            ["search", "--library", folder("single"), "--queries", folder("run.msq"), "--out", folder("x.mss")],
            [
                "search", "--library", folder("single"), "--queries", folder("first.msq"), "--rotation-keys",
                folder("third.keys"), "--out", folder("x.mss"),
            ],
            [
                "identify", folder("run.mss"), "--key", folder("key"), "--run", folder("first.local"), "--entries",
                folder("single/entries.tsv"), "--out", folder("x.tsv"),
            ],
        ] {
            let refused = try msfhe(Array(arguments))
            #expect(refused.status == 2 && refused.errorLines.count == 1, "\(refused.error)")
        }
        #expect(folder.names.allSatisfy { !$0.hasPrefix("x.") && !$0.hasPrefix("fourth") })
    }

    /// Without --mode, the number of queries decides, and one line says why; what the user says goes first.
    @Test func theModeIsChosenAndExplained() throws {
        let folder = try searchedFolder()
        #expect(
            try msfhe("library", "build", folder("library.mgf"), "--layout", "both", "--out", folder("both")).status
                == 0)
        let many = (0..<40).flatMap { _ in SimulatedPeptides.library.prefix(60) }
        try folder.write(Data(many.map(MGFWriter.block).joined().utf8), to: "many.mgf")
        func encrypt(_ file: String, _ library: String, _ name: String, _ arguments: [String] = []) throws -> Outcome {
            let outcome = try msfhe(
                [
                    "encrypt", folder(file), "--key", folder("key"), "--card", folder("\(library)/card.json"), "--out",
                    folder(name),
                ] + arguments)
            #expect(outcome.status == 0, "\(outcome.error)")
            return outcome
        }
        let batch = try encrypt("many.mgf", "both", "many.msq")
        #expect(batch.error.contains("2400 queries: batch, about") && batch.error.contains("interactive would take"))
        #expect(try FileKind.modeOfUpload(path: folder("many.msq")) == .batch)
        let only = try encrypt("run.mgf", "library", "only.msq")
        #expect(only.error.contains("5 queries: batch, the only mode"))
        let told = try encrypt("run.mgf", "both", "told.msq", ["--mode", "interactive"])
        #expect(!told.error.contains("queries: interactive"))
        #expect(try FileKind.modeOfUpload(path: folder("told.msq")) == .interactive)
    }

    @Test func theHostTakesNoKey() throws {
        let folder = try searchedFolder()
        let help = try msfhe("search", "--help")
        #expect(help.status == 0 && !help.output.contains("--key"))
        let option = try msfhe(
            "search", "--library", folder("library"), "--queries", folder("run.msq"), "--key", folder("key"), "--out",
            folder("again.mss"))
        #expect(option.status == 2 && option.errorLines.count == 1)
        let asQueries = try msfhe(
            "search", "--library", folder("library"), "--queries", folder("key"), "--out", folder("again.mss"))
        #expect(asQueries.status == 2 && asQueries.errorLines.count == 1)
        #expect(asQueries.error.contains("must never leave the researcher's machine"))
        for name in ["card.json", "index"] {
            let host = try TemporaryFolder()
            try FileManager.default.copyItem(atPath: folder("library"), toPath: host("library"))
            try FileManager.default.removeItem(atPath: host("library/\(name)"))
            try FileManager.default.copyItem(atPath: folder("key"), toPath: host("library/\(name)"))
            let outcome = try msfhe(
                "search", "--library", host("library"), "--queries", folder("run.msq"), "--out", folder("again.mss"))
            #expect(outcome.status == 2 && outcome.error.contains("researcher's key"))
        }
        #expect(!FileManager.default.fileExists(atPath: folder("again.mss")))
        // No error text shows any of the key.
        let key = try String(contentsOfFile: folder("key"), encoding: .utf8)
        let secret = try #require(key.split(separator: "\n").first { $0.count == 64 })
        for text in [option.error, asQueries.error] { #expect(!text.contains(secret.prefix(8))) }
    }

    @Test func anotherKeyIsRefused() throws {
        let folder = try searchedFolder()
        #expect(try msfhe("keygen", "--out", folder("other")).status == 0)
        let outcome = try msfhe(
            "identify", folder("run.mss"), "--key", folder("other"), "--run", folder("run.local"), "--entries",
            folder("library/entries.tsv"), "--out", folder("hits.tsv"))
        #expect(outcome.status == 2 && outcome.errorLines.count == 1)
        #expect(outcome.error.contains("is not the key that this run was encrypted with"))
        #expect(!folder.names.contains("hits.tsv"))
    }

    /// What cannot be a file's name is refused before the work is done; what is a device is written to.
    @Test func outputsThatAreNoFilesAreHandled() throws {
        let folder = try searchedFolder()
        let intoFolder = try msfhe(
            "search", "--library", folder("library"), "--queries", folder("run.msq"), "--out", folder("library"))
        #expect(intoFolder.status == 2 && intoFolder.errorLines.count == 1)
        #expect(try msfhe("info", "--json", "/dev/null").status == 0)
        #expect(try msfhe("info", "--json", "/dev/full").status == 1)
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
        try folder.write(Data(), to: "target")
        try FileManager.default.createSymbolicLink(atPath: folder("link"), withDestinationPath: folder("target"))
        #expect(try msfhe("info", "--json", folder("link")).status == 0)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")) == folder("target"))
        #expect(try String(contentsOfFile: folder("target"), encoding: .utf8).contains("backend"))
    }

    /// Validation of spectra that do not fit together ends with a line, not with a trap.
    @Test func oddValidationsEndWell() throws {
        let folder = try TemporaryFolder()
        let spectra = SimulatedPeptides.library.prefix(30)
        func write(_ name: String, _ modes: [IonMode?]) throws -> String {
            let blocks = spectra.enumerated().map { number, spectrum in
                var spectrum = spectrum
                spectrum.ionMode = modes[number % modes.count]
                // The charge would tell the mode.
                (spectrum.precursorCharge, spectrum.adduct) = (nil, nil)
                return MGFWriter.block(spectrum)
            }
            return try folder.write(Data(blocks.joined().utf8), to: name)
        }
        let positive = try write("positive.mgf", [.positive])
        let negative = try write("negative.mgf", [.negative])
        let mixed = try write("mixed.mgf", [.negative, nil])
        let undeclared = try write("undeclared.mgf", [nil])
        #expect(try msfhe("validate", "--library", positive, "--queries", negative).status == 2)
        for (library, queries) in [(positive, undeclared), (undeclared, mixed), (mixed, mixed), (mixed, negative)] {
            let outcome = try msfhe("validate", "--library", library, "--queries", queries, "--query-ppm", "1000")
            #expect(outcome.status == 0, "\(library), \(queries): \(outcome.error)")
        }
    }

    /// Several configurations give one joint report in three forms; one configuration gives a report of its own.
    @Test func severalConfigurationsAreComparedInOneReport() throws {
        let folder = try TemporaryFolder()
        let library = SimulatedPeptides.library.prefix(60)
        // Names hide compounds of simulated queries; the library's own spectra serve.
        let path = try folder.write(Data(library.map(MGFWriter.block).joined().utf8), to: "peptides \"a\".mgf")
        func report(_ arguments: String...) throws -> [String: Any] {
            let outcome = try msfhe(
                ["validate", "--library", path, "--queries", path, "--limit-queries", "12", "--json", "-"] + arguments)
            #expect(outcome.status == 0, "\(outcome.error)")
            return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }
        let joint = try report(
            "--mode", "both", "--precursor", "none,hidden", "--markdown", folder("report.md"), "--html",
            folder("report.html"))
        let configurations = try #require(joint["configurations"] as? [[String: Any]])
        #expect(
            configurations.compactMap { $0["mode"] as? String } == ["batch", "batch", "interactive", "interactive"])
        #expect(configurations.compactMap { $0["precursor"] as? String } == ["none", "hidden", "none", "hidden"])
        #expect((joint["contrasts"] as? [Any])?.count == 3)

        let single = try report("--mode", "interactive", "--precursor", "none")
        #expect(single["configurations"] == nil && single["mode"] as? String == "interactive")
        // The command of a configuration is the one that makes it alone.
        let command = try #require(single["command"] as? String)
        #expect(command == configurations[2]["command"] as? String)
        #expect(command.hasPrefix("msfhe validate --library 'peptides \"a\".mgf' --queries 'peptides \"a\".mgf' "))
        #expect(
            command.contains(" --mode interactive --score cosine --precursor none ") && !command.contains(folder.path))
        for name in ["report.md", "report.html"] {
            let text = try String(contentsOfFile: folder(name), encoding: .utf8)
            #expect(text.contains("Configurations") && text.contains("batch,interactive"))
        }
    }

    @Test func wrongCallsEndWithStatus2AndOneLine() throws {
        let folder = try TemporaryFolder()
        try folder.write(Data("nothing".utf8), to: "text")
        try folder.write(Data(), to: "empty")
        let calls: [[String]] = [
            ["frobnicate"], ["keygen"], ["keygen", "--out", "/nonexistent/folder/key"],
            ["library", "build", folder("text"), "--out", folder("library")],
            ["library", "build", folder("empty"), "--out", folder("library")],
            ["library", "build", folder("absent.msp"), "--out", folder("library")],
            ["library", "build", folder("text"), "--out", folder("library"), "--dimension", "17"],
            ["library", "build", folder("text"), "--out", folder("library"), "--ion-mode", "sideways"],
            ["encrypt", folder("text"), "--key", folder("text"), "--card", folder("text"), "--out", folder("x.msq")],
            ["search", "--library", folder.path, "--queries", folder("text"), "--out", folder("x.mss")],
            [
                "search", "--library", folder.path, "--queries", folder("text"), "--out", folder("x.mss"), "--threads",
                "0",
            ],
            [
                "identify", folder("text"), "--key", folder("text"), "--run", folder("text"), "--entries",
                folder("text"),
                "--out", folder("x.tsv"),
            ],
            ["validate", "--library", folder("text"), "--queries", folder("text")],
            ["validate", "--library", folder("text"), "--queries", folder("text"), "--mode", "telepathy"],
            ["validate", "--library", folder("text"), "--queries", folder("text"), "--mode", "batch,"],
            ["validate", "--library", folder("text"), "--queries", folder("text"), "--precursor", "both"],
            ["validate", "--library", folder("text"), "--queries", folder("text"), "--score", "cosine,telepathy"],
            ["datasets", "prepare", "nothing", "--source", folder.path, "--out", folder("out")],
        ]
        for call in calls {
            let process = try msfhe(call)
            #expect(process.status == 2, "\(call)")
            #expect(process.errorLines.count == 1 && process.output.isEmpty, "\(call): \(process.error)")
            #expect(process.error.hasPrefix("msfhe: "))
        }
        #expect(folder.names == ["empty", "text"])
    }

    /// Damage to any file of any step ends it with status 2 and one line, and leaves no output.
    @Test func damagedFilesEndWithStatus2() throws {
        let folder = try searchedFolder()
        func damaged(_ name: String, _ change: (inout Data) -> Void) throws {
            let path = folder(name)
            let original = try Data(contentsOf: URL(fileURLWithPath: path))
            defer { try? original.write(to: URL(fileURLWithPath: path)) }
            var data = original
            change(&data)
            try data.write(to: URL(fileURLWithPath: path))
            chmod(path, 0o600)
            let outcome =
                switch name {
                case "library/card.json", "library/index", "run.msq":
                    try msfhe(
                        "search", "--library", folder("library"), "--queries", folder("run.msq"), "--out",
                        folder("output"))
                default:
                    try msfhe(
                        "identify", folder("run.mss"), "--key", folder("key"), "--run", folder("run.local"),
                        "--entries", folder("library/entries.tsv"), "--out", folder("output"))
                }
            #expect(outcome.status == 2 && outcome.errorLines.count == 1, "\(name): \(outcome.error)")
            #expect(outcome.error.hasPrefix("msfhe: \(folder.path)/"), "\(outcome.error)")
        }
        for name in [
            "library/card.json", "library/index", "library/entries.tsv", "run.msq", "run.mss", "run.local", "key",
        ] {
            try damaged(name) { $0[$0.count / 2] ^= 16 }
            try damaged(name) { $0 = $0.prefix($0.count * 2 / 3) }
            try damaged(name) { $0.append($0) }
            try damaged(name) { $0 = Data($0.reversed()) }
            try damaged(name) { $0 = Data() }
        }
        #expect(!folder.names.contains { $0.hasPrefix("output") || $0.hasSuffix(".part") })
    }

    @Test func nothingIsOverwritten() throws {
        let folder = try searchedFolder()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder("key")))
        for call in [
            try msfhe("keygen", "--out", folder("key")),
            try msfhe("library", "build", folder("library.mgf"), "--out", folder("library")),
            try msfhe(
                "encrypt", folder("run.mgf"), "--key", folder("key"), "--card", folder("library/card.json"), "--out",
                folder("run.msq")),
        ] {
            #expect(call.status == 2 && call.errorLines.count == 1, "\(call.error)")
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder("key"))) == before)
    }

    /// The demonstration runs, says that it is simulated, and keeps its files where it is told to.
    @Test func theDemonstrationKeepsItsFiles() throws {
        let folder = try TemporaryFolder()
        let outcome = try msfhe(
            "demo", "--keep", folder("demo"), "--json", folder("demo.json"), "--html", folder("demo.html"))
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect(outcome.output.contains("simulated") && outcome.error.contains("simulated"))
        #expect(outcome.output.split(separator: "\n").last?.hasPrefix("The host saw") == true)
        #expect(try String(contentsOfFile: folder("demo.html"), encoding: .utf8).contains("simulated"))
        let json = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder("demo.json"))))
        #expect((json as? [String: Any])?["queries"] as? Int == 500)
        for name in [
            "library.mgf", "queries.mgf", "run.mzML", "library/card.json", "run.msq", "run.local", "run.mss", "key",
        ] {
            #expect(FileManager.default.fileExists(atPath: folder("demo/\(name)")), "\(name)")
        }
        #expect(try msfhe("demo", "--keep", folder("demo")).status == 2)
    }

    @Test func everyCommandExplainsItself() throws {
        for command in [
            [], ["demo"], ["info"], ["keygen"], ["library"], ["library", "build"], ["library", "fingerprint"],
            ["encrypt"], ["search"],
            ["identify"],
            ["datasets", "prepare"], ["validate"],
        ] {
            let outcome = try msfhe(command + ["--help"])
            #expect(outcome.status == 0 && outcome.error.isEmpty)
            #expect(outcome.output.contains("USAGE: msfhe") && outcome.output.contains("OVERVIEW"))
        }
        #expect(try msfhe("--version").output == "0.1.0\n")
    }

    @Test func anUnknownBackendIsNamed() throws {
        let outcome = try msfhe("info", environment: ["MSFHE_BACKEND": "abacus"])
        #expect(outcome.status == 2 && outcome.errorLines.count == 1)
        #expect(outcome.error.contains("abacus") && outcome.error.contains("portable"))
    }

    /// A search holds no more memory than it was allowed, whatever the size of the library; a bound that is too small
    /// is refused with the least that would do.
    @Test(.disabled(if: CommandLineTests.isSanitized, "the sanitizer's own memory is counted too"))
    func searchesKeepWithinTheirMemory() throws {
        let folder = try TemporaryFolder()
        #expect(try msfhe("keygen", "--out", folder("key")).status == 0)
        for rowCount in [3000, 30_000] {
            let library = folder("library\(rowCount)")
            let builder = try LibraryBuilder(LibraryBuilder.Options(recipe: VectorRecipe()), folder: library)
            let copies = PerturbedSpectra(of: SimulatedPeptides.library, count: rowCount, seed: 1)
            for copy in copies { try builder.add(copy) }
            _ = try builder.finish()
            try folder.write(
                Data((0..<200).map { MGFWriter.block(copies.query(for: $0).spectrum) }.joined().utf8), to: "queries.mgf"
            )
            let run = folder("run\(rowCount).msq")
            #expect(
                try msfhe(
                    "encrypt", folder("queries.mgf"), "--key", folder("key"), "--card", "\(library)/card.json", "--out",
                    run
                ).status == 0)
            let call = ["search", "--library", library, "--queries", run, "--threads", "2"]
            let refused = try msfhe(call + ["--out", folder("no.mss"), "--memory", "8"])
            #expect(refused.status == 2 && refused.errorLines.count == 1 && !folder.names.contains("no.mss"))
            let least = try #require(
                refused.error.split(separator: " ").drop { $0 != "needs" }.dropFirst().first.flatMap { Int($0) })
            for limit in [least, 64] {
                let peak = try peakMemory(call + ["--out", folder("run.mss"), "--memory", "\(limit)"])
                #expect(peak > 1 << 20 && peak <= limit << 20, "\(rowCount) rows: \(peak) bytes of \(limit) MiB")
            }
            // The bound is what keeps it there.
            if rowCount == 30_000 { #expect(try peakMemory(call + ["--out", folder("run.mss")]) > 64 << 20) }
        }
    }

    /// Whether this program, and so the one under test, was built with the address sanitizer.
    private static let isSanitized = dlsym(nil, "__asan_init") != nil

    /// The most memory that a call of the program was seen to hold, in bytes.
    ///
    /// Asked for while the program runs, because what the system says of a finished child includes what its parent
    /// held when it was started.
    private func peakMemory(_ arguments: [String]) throws -> Int {
        let process = Process()
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        var peak = 0
        while process.isRunning {
            let status =
                (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
            let words = status.split(whereSeparator: \.isWhitespace)
            if let label = words.firstIndex(of: "VmHWM:"), let kibibytes = Int(words[label + 1]) {
                peak = max(peak, kibibytes << 10)
            }
            usleep(500)
        }
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return peak
    }

    @Test func constantsAreRecomputed() throws {
        let outcome = try msfhe("info", "--check", "--json", "-")
        #expect(outcome.status == 0)
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        let findings = try #require(json?["check"] as? [[String: Any]])
        // The parameter set, and the transforms and embeddings of the seven degrees from 1024 to 65536.
        #expect(findings.count == 1 + 7 + 7 + 11)
        #expect(
            findings.allSatisfy { ($0["failures"] as? [String])?.isEmpty == true && ($0["constants"] as? Int ?? 0) > 0 }
        )
    }
}
