#if Service
    import AuditLog
    import Foundation
    import SpectralSearch
    import Spectra
    import TestSupport
    import Testing

    @testable import JobServer

    /// The program's commands against a server: from spectra to hits.
    ///
    /// A test at a time: the servers run in this process, and answer late when many programs run at once.
    @Suite(.serialized) struct ClientTests {
        /// One line encrypts here, searches there, and decrypts here.
        @Test(.timeLimit(.minutes(2))) func oneLineDoesTheWholeWay() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                let folder = researcher.folder
                try await researcher.succeeds(
                    "submit", folder("run.mgf"), "--library", "peptides", "--wait", "--top", "1", "--out",
                    folder("hits.tsv"))
                let rows = try researcher.content("hits.tsv").split(separator: "\n").dropFirst()
                    .map { $0.split(separator: "\t") }
                #expect(rows.count == 5)
                for row in rows { #expect(row[0] == row[3]) }

                // In steps.
                let submitted = try await researcher.succeeds("submit", folder("run.mgf"), "--library", "peptides")
                let job = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
                for command in ["watch", "status"] { try await researcher.succeeds(command, job) }
                let fetched = try await researcher.succeeds("fetch", job, "--out", "-", "--top", "1")
                #expect(fetched.rows.count == 5)
                let listed = try await researcher.succeeds("datasets", "list", "--find", "RUN.mgf")
                #expect(listed.rows.count == 2)
                #expect(try await researcher.succeeds("jobs").output.contains(job))
                // Nothing private is readable by others.
                #expect(mode(researcher.home) & 0o077 == 0)
                let names = try FileManager.default.subpathsOfDirectory(atPath: researcher.home)
                #expect(names.count >= 9)
                for name in names { #expect(mode("\(researcher.home)/\(name)") & 0o077 == 0, "\(name)") }
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

        private func mode(_ path: String) -> Int {
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.posixPermissions] as? Int ?? 0o777
        }

        /// The mode follows from the number of queries, or from what the user says; both modes find the same; what is
        /// disclosed is said by whoever discloses and by whoever reads.
        @Test(.timeLimit(.minutes(1))) func modesAreChosenAndExplained() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                _ = try await server.addWholeLibrary()
                let folder = researcher.folder
                let submit = ["submit", folder("run.mgf"), "--library", "whole", "--wait", "--top", "1", "--out", "-"]
                let chosen = try await researcher.msfhe(submit)
                // Which one depends on what the library's card says that searches cost.
                #expect(chosen.error.contains(#/5 queries: (batch|interactive), about/#), "\(chosen.error)")
                let told = try await researcher.msfhe(submit + ["--mode", "batch"])
                #expect(!told.error.contains("queries: batch"))
                let window = try await researcher.msfhe(submit + ["--mode", "interactive", "--disclose-window", "50"])
                #expect(window.error.split(separator: "\n").filter { $0.contains("windows of 50 Da") }.count == 2)
                for outcome in [chosen, told, window] {
                    #expect(outcome.rows.map { $0[0] } == SimulatedPeptides.library.prefix(5).map(\.name))
                    for row in outcome.rows { #expect(row[0] == row[3]) }
                }
                // Rotation keys are sent once.
                _ = try await researcher.searched("--library", "whole", "--mode", "interactive")
                let kinds = try await researcher.succeeds("datasets", "list").rows.map { $0[1] }
                #expect(kinds.count == 5 && kinds.filter { $0 == "rotationKeys" }.count == 1)
                try await researcher.fails(
                    "submit", folder("run.mgf"), "--library", "whole", "--disclose-window", "50",
                    saying: "--mode interactive")
                try await researcher.fails(
                    "submit", folder("run.mgf"), "--library", "peptides", "--mode", "interactive",
                    saying: "not laid out for interactive")
                #expect(researcher.kept("jobs").count == 4)
            }
        }

        /// Results are read as often as wanted, in each format, verified, and after the library is gone.
        @Test(.timeLimit(.minutes(1))) func resultsAreReadInEveryWay() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                let whole = try await server.addWholeLibrary()
                let fingerprint = researcher.folder("fingerprint")
                try FileManager.default.copyItem(atPath: whole.fingerprint, toPath: fingerprint)
                let job = try await researcher.searched("--library", "whole", "--mode", "batch")
                func fetch(_ name: String, _ arguments: String...) async throws -> String {
                    let outcome = try await researcher.msfhe(
                        ["fetch", job, "--out", researcher.folder(name)] + arguments)
                    #expect(outcome.status == 0, "\(outcome.error)")
                    return try researcher.content(name)
                }
                let verified = try await researcher.msfhe(
                    ["fetch", job, "--out", researcher.folder("verified.tsv"), "--fingerprint", fingerprint])
                #expect(verified.status == 0 && verified.error.contains("verified to be the library's answer"))
                // What stays is the record alone, and that is what is told.
                #expect(researcher.kept("jobs/\(job)") == ["run.local"])
                let record = researcher.folder("home/jobs/\(job)/run.local")
                let byteCount = try #require(
                    FileManager.default.attributesOfItem(atPath: record)[.size] as? Int)
                #expect(verified.error.contains(String(format: "%.1f kB that decrypt", Double(byteCount) / 1e3)))
                let library = try await server.call(.GET, "/v1/libraries", token: server.owner)
                    .json(Items<LibraryItem>.self).items.first { $0.name == "whole" }
                let owner = try server.server.host.accounts.account(label: "library owner")
                let token = try server.server.host.accounts.issueToken(for: owner).text
                #expect(
                    try await server.call(.DELETE, "/v1/libraries/\(library?.id ?? "")", token: token).status == 204)
                let table = try await fetch("hits.tsv", "--features", researcher.folder("features.tsv"))
                #expect(try await fetch("again.tsv") == table)
                #expect(try researcher.content("verified.tsv") == table)
                #expect(try await fetch("hits.json").hasPrefix("{"))
                #expect(try await fetch("hits.mztab").hasPrefix("MTD\tmzTab-version\t2.0"))
                #expect(try await fetch("named", "--format", "json").hasPrefix("{"))
                #expect(try researcher.content("features.tsv").split(separator: "\n").count > 1)
                try await researcher.fails(
                    "submit", researcher.folder("run.mgf"), "--library", "peptides", "--fingerprint", fingerprint,
                    "--wait", "--out", researcher.folder("none"), saying: fingerprint)
                try await researcher.fails(
                    "submit", researcher.folder("run.mgf"), "--library", "peptides", "--wait", saying: "--out")
                #expect(researcher.kept("jobs") == [job])
            }
        }

        /// The files of a library are fetched once; what was damaged meanwhile is fetched again.
        @Test(.timeLimit(.minutes(1))) func librariesAreKept() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                _ = try await server.addWholeLibrary()
                func submit() async throws {
                    _ = try await researcher.searched("--library", "whole", "--mode", "batch")
                }
                try await submit()
                let library = try #require(researcher.kept("libraries").first)
                let names = ["card.json", "entries.tsv", "masks"]
                #expect(researcher.kept("libraries/\(library)") == names)
                func files() throws -> [Int?] {
                    try names.map {
                        try FileManager.default.attributesOfItem(
                            atPath: "\(researcher.home)/libraries/\(library)/\($0)")[.systemFileNumber] as? Int
                    }
                }
                let fetched = try files()
                try await submit()
                #expect(try files() == fetched)
                for name in names {
                    let path = "home/libraries/\(library)/\(name)"
                    let content = try Data(contentsOf: URL(fileURLWithPath: researcher.folder(path)))
                    try researcher.folder.write(content.dropLast(), to: path)
                    try await submit()
                    #expect(try Data(contentsOf: URL(fileURLWithPath: researcher.folder(path))) == content)
                }
                #expect(researcher.kept("libraries") == [library])
            }
        }

        @Test func everyCommandExplainsItself() async throws {
            let researcher = try Researcher()
            for command in [
                "login", "submit", "status", "watch", "fetch", "cancel", "jobs", "jobs list", "jobs delete",
                "datasets list",
                "datasets annotate", "datasets delete", "projects", "projects list", "projects create",
                "projects rename", "projects members", "projects share", "projects unshare", "libraries",
                "libraries list", "libraries add", "libraries share", "libraries unshare", "libraries delete",
            ] {
                let words = command.split(separator: " ").map(String.init)
                let outcome = try await researcher.msfhe(words + ["--help"])
                #expect(outcome.status == 0 && outcome.error.isEmpty, "\(command)")
                #expect(outcome.output.contains("USAGE: msfhe \(command)") && outcome.output.contains("OVERVIEW"))
            }
        }

        /// Each login is kept; the newest is meant where none is named; scripts need none.
        @Test(.timeLimit(.minutes(1))) func severalServersAreKept() async throws {
            try await ServerFixture.with { first in
                try await ServerFixture.with { second in
                    let researcher = try await Researcher(of: first)
                    try await researcher.succeeds("projects", "create", "on the first")
                    try await researcher.login(second)
                    func projects(_ researcher: Researcher, _ arguments: String...) async throws -> Int {
                        let outcome = try await researcher.msfhe(["projects"] + arguments)
                        #expect(outcome.status == 0, "\(outcome.error)")
                        return outcome.rows.count
                    }
                    #expect(try await projects(researcher) == 0)
                    #expect(try await projects(researcher, "--server", first.address + "/") == 1)
                    var script = researcher
                    script.environment["MSFHE_SERVER"] = first.address
                    #expect(try await projects(script) == 1)
                    #expect(try await projects(script, "--server", second.address) == 0)
                    script.environment["MSFHE_TOKEN"] = "msfhe_none"
                    try await script.fails("jobs", saying: "token")
                    var stranger = try Researcher()
                    stranger.environment["MSFHE_TOKEN"] = first.owner
                    try await stranger.fails("projects", saying: "MSFHE_SERVER")
                    stranger.environment["MSFHE_SERVER"] = first.address
                    #expect(try await projects(stranger) == 1)
                    try await researcher.fails("jobs", "--server", "https://localhost:1", saying: "not logged in there")
                    // Logging in again makes it the newest.
                    try await researcher.login(first, label: "other")
                    #expect(try await projects(researcher) == 0)
                    #expect(try await projects(researcher, "--server", second.address) == 0)
                }
            }
        }
    }
#endif
