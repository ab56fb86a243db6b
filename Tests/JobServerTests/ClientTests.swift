#if Service
    import AuditLog
    import Foundation
    import SpectralSearch
    import Spectra
    import TestSupport
    import Testing

    @testable import JobServer

    /// The program's commands against a server.
    struct ClientTests {
        static let program: URL = {
            let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return [CommandLine.arguments[0], tests.path]
                .map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("msfhe") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? tests
        }()

        /// Runs the program in a researcher's home, away from the threads that the server needs.
        private func msfhe(
            _ arguments: String..., home: String, input: String = ""
        ) async throws -> (status: Int32, output: String, error: String) {
            try await withCheckedThrowingContinuation { continuation in
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result {
                            let process = Process()
                            process.executableURL = Self.program
                            process.arguments = arguments
                            process.environment = ProcessInfo.processInfo.environment.merging(["MSFHE_HOME": home]) {
                                $1
                            }
                            let (standardInput, output, error) = (Pipe(), Pipe(), Pipe())
                            process.standardInput = standardInput
                            process.standardOutput = output
                            process.standardError = error
                            try process.run()
                            try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                            try standardInput.fileHandleForWriting.close()
                            let text = output.fileHandleForReading.readDataToEndOfFile()
                            let complaint = error.fileHandleForReading.readDataToEndOfFile()
                            process.waitUntilExit()
                            return (
                                process.terminationStatus, String(decoding: text, as: UTF8.self),
                                String(decoding: complaint, as: UTF8.self)
                            )
                        })
                }
            }
        }

        /// One line encrypts here, searches there, and decrypts here.
        @Test(.timeLimit(.minutes(2))) func oneLineDoesTheWholeWay() async throws {
            try await ServerFixture.with { server in
                let folder = try TemporaryFolder()
                let home = folder("home")
                let spectra = SimulatedPeptides.library.prefix(5)
                try folder.write(Data(spectra.map(MGFWriter.block).joined().utf8), to: "run.mgf")
                let token = try server.token("researcher")
                let login = try await msfhe("login", "--server", server.address, home: home, input: token + "\n")
                #expect(login.status == 0, "\(login.error)")
                let call = try await msfhe(
                    "submit", folder("run.mgf"), "--library", "peptides", "--wait", "--top", "1", "--out",
                    folder("hits.tsv"), home: home)
                #expect(call.status == 0, "\(call.error)")
                let hits = try String(contentsOfFile: folder("hits.tsv"), encoding: .utf8)
                let rows = hits.split(separator: "\n").dropFirst().map { $0.split(separator: "\t") }
                #expect(rows.count == 5)
                for row in rows { #expect(row[0] == row[3]) }

                // In steps.
                let submitted = try await msfhe("submit", folder("run.mgf"), "--library", "peptides", home: home)
                let job = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
                for command in ["watch", "status"] {
                    let outcome = try await msfhe(command, job, home: home)
                    #expect(outcome.status == 0, "\(command): \(outcome.error)")
                }
                let fetched = try await msfhe("fetch", job, "--out", "-", "--top", "1", home: home)
                #expect(fetched.output.split(separator: "\n").count == 6, "\(fetched.error)")
                let listed = try await msfhe("datasets", "list", "--find", "RUN.mgf", home: home)
                #expect(listed.output.split(separator: "\n").count == 3, "\(listed.error)")
                #expect(try await msfhe("jobs", home: home).output.contains(job))
                // Nothing private is readable by others.
                for name in try FileManager.default.subpathsOfDirectory(atPath: home) where !name.hasPrefix("jobs/") {
                    let mode =
                        try FileManager.default.attributesOfItem(atPath: "\(home)/\(name)")[.posixPermissions] as? Int
                    #expect((mode ?? 0o777) & 0o077 == 0, "\(name)")
                }
                // The log tells of it, and has neither names nor titles.
                try await Task.sleep(for: .seconds(1))
                let verified = try AuditVerification(
                    folder: server.folder("data/audit"), key: server.server.audit.verifier)
                #expect(verified.checkpoint.size >= 8)
                let entries = try Data(
                    contentsOf: URL(
                        fileURLWithPath: server.folder("data/audit/tile/entries/000.p/\(verified.checkpoint.size)")))
                #expect(entries.range(of: Data("run.mgf".utf8)) == nil)
                #expect(entries.range(of: Data("researcher".utf8)) == nil)
            }
        }

        @Test(.timeLimit(.minutes(1))) func whatIsWrongIsSaid() async throws {
            try await ServerFixture.with { server in
                let folder = try TemporaryFolder()
                let home = folder("home")
                func refuses(_ outcome: (status: Int32, output: String, error: String), _ words: String) {
                    #expect(outcome.status == 2, "\(outcome)")
                    #expect(outcome.error.contains(words), "\(outcome)")
                    #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome)")
                }
                refuses(try await msfhe("jobs", home: home), "not logged in")
                refuses(
                    try await msfhe("login", "--server", "http://host.example.org", home: home, input: "token\n"),
                    "https")
                refuses(
                    try await msfhe("login", "--server", server.address, home: home, input: "msfhe_no\n"), "token")
                _ = try await msfhe(
                    "login", "--server", server.address, home: home, input: server.token("researcher") + "\n")
                try folder.write(Data(MGFWriter.block(SimulatedPeptides.library[0]).utf8), to: "run.mgf")
                refuses(try await msfhe("submit", folder("run.mgf"), "--library", "none", home: home), "peptides")
                refuses(try await msfhe("status", "../account", home: home), "no such object")
                refuses(
                    try await msfhe("fetch", String(repeating: "0", count: 32), "--out", "-", home: home),
                    "this machine")
            }
        }
    }
#endif
