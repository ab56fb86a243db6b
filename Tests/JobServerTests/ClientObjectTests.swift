#if Service
    import Foundation
    import TestSupport
    import Testing

    @testable import JobServer

    /// The commands for projects, data sets, libraries and jobs.
    @Suite(.serialized) struct ClientObjectTests {
        /// Titles are for those who have the key; members see what their role lets them.
        @Test(.timeLimit(.minutes(1))) func projectsAreSharedAndTitlesAreNot() async throws {
            try await ServerFixture.with { server in
                let owner = try await Researcher(of: server)
                let made = try await owner.succeeds("projects", "create", "soil 2026")
                let id = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
                try await owner.succeeds("projects", "rename", "soil 2026", "soil\t2027")
                let listed = try await owner.succeeds("projects").rows
                #expect(listed.map { [$0[0], $0[1], $0[4]] } == [[id, "owner", "soil 2027"]])
                try await owner.succeeds("projects", "rename", id, "soil")
                try await owner.fails("projects", "rename", "soil 2026", "x", saying: "neither the id nor the title")

                let guest = try Researcher()
                let told = try await guest.msfhe(
                    ["login", "--server", server.address], input: server.token("guest") + "\n")
                let account = try #require(told.error.split(whereSeparator: \.isWhitespace).last.map(String.init))
                #expect(try await guest.succeeds("projects").rows.isEmpty)
                try await owner.succeeds("projects", "share", "soil", account, "--role", "auditor")
                #expect(try await owner.succeeds("projects", "members", "soil").rows.count == 2)
                #expect(
                    try await guest.succeeds("projects").rows.map { [$0[0], $0[1], $0[4]] } == [[id, "auditor", "-"]])
                _ = try await guest.succeeds("projects", "create", "own").output
                #expect(try await guest.succeeds("projects").rows.map { $0[4] }.sorted() == ["-", "own"])
                try await guest.fails("projects", "rename", id, "mine", saying: "role")
                try await owner.succeeds("projects", "unshare", "soil", account)
                #expect(try await guest.succeeds("projects").rows.count == 1)
                try await owner.fails("projects", "share", "soil", account, "--role", "king", saying: "king")
                try await owner.fails(
                    "projects", "share", "soil", String(repeating: "0", count: 32), "--role", "owner",
                    saying: "no such object")
            }
        }

        /// Whoever makes somebody an owner of their project does not get that one's data.
        @Test(.timeLimit(.minutes(1))) func dataGoToNobodyElsesProject() async throws {
            try await ServerFixture.with { server in
                let stranger = try await Researcher(of: server, label: "stranger")
                let victim = try Researcher()
                let told = try await victim.msfhe(
                    ["login", "--server", server.address], input: server.token("victim") + "\n")
                let account = try #require(told.error.split(whereSeparator: \.isWhitespace).last.map(String.init))
                try await stranger.succeeds("projects", "create", "trap")
                try await stranger.succeeds("projects", "share", "trap", account, "--role", "owner")
                for _ in 0..<2 { _ = try await victim.searched("--library", "peptides") }
                #expect(try await victim.succeeds("datasets", "list").rows.count == 2)
                #expect(try await stranger.succeeds("datasets", "list").rows.isEmpty)
                #expect(try await victim.succeeds("projects").rows.count == 2)
            }
        }

        @Test(.timeLimit(.minutes(1))) func dataSetsAreFoundByWhatWasWritten() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                let folder = researcher.folder
                try await researcher.succeeds("projects", "create", "second")
                try await researcher.succeeds(
                    "submit", folder("run.mgf"), "--library", "peptides", "--title", "Extract A", "--tag", "soil",
                    "--tag",
                    "2026", "--notes", "from the north", "--priority", "high")
                try await researcher.succeeds(
                    "submit", folder("run.mgf"), "--library", "peptides", "--tag", "soil", "--project", "second")
                func list(_ arguments: String...) async throws -> [[String]] {
                    try await researcher.msfhe(["datasets", "list"] + arguments).rows
                }
                #expect(try await list().map { $0[5] } == ["run.mgf", "Extract A"])
                #expect(try await list("--tag", "soil").count == 2)
                #expect(try await list("--tag", "soil", "--tag", "2026").map { $0[5] } == ["Extract A"])
                #expect(try await list("--find", "NORTH").map { $0[7] } == ["from the north"])
                #expect(try await list("--project", "second").map { $0[5] } == ["run.mgf"])
                #expect(try await list("--tag", "so").isEmpty)
                let id = try await list("--find", "run.mgf")[0][0]
                try await researcher.succeeds("datasets", "annotate", id, "--notes", "a blank")
                #expect(try await list("--find", "blank").map { $0[5...] } == [["run.mgf", "soil", "a blank"]])
                try await researcher.fails("datasets", "annotate", id, saying: "--title")
                try await researcher.fails(
                    "submit", folder("run.mgf"), "--library", "peptides", "--notes",
                    String(repeating: "n", count: 20_000),
                    saying: "shorten it")
                let json = try await researcher.succeeds("datasets", "list", "--json", "-")
                let items = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]]
                #expect(items?.compactMap { $0["title"] as? String }.sorted() == ["Extract A", "run.mgf"])
                // With another key there are no titles, and nothing is written over them.
                try await researcher.succeeds("keygen", "--out", folder("other.key"))
                #expect(
                    try await list("--key", folder("other.key")).map { $0[5] } == ["-", "-"])
                try await researcher.fails(
                    "datasets", "annotate", id, "--title", "x", "--key", folder("other.key"), saying: "another key")
            }
        }

        /// Deleting takes what was kept here, too; what a job needs is not deleted.
        @Test(.timeLimit(.minutes(1))) func whatIsDeletedIsGone() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                let job = try await researcher.searched("--library", "peptides")
                let listed = try await researcher.succeeds("jobs", "list", "--limit", "1").rows
                #expect(listed.map { [$0[0], $0[1], $0[4], $0[5]] } == [[job, "succeeded", "peptides", "run.mgf"]])
                let dataset = try await researcher.succeeds("datasets", "list").rows[0][0]
                try await researcher.succeeds("datasets", "delete", dataset)
                #expect(try await researcher.succeeds("datasets", "list").rows.isEmpty)
                // The result does not need it.
                try await researcher.succeeds("fetch", job, "--out", "-")
                #expect(researcher.kept("jobs") == [job])
                try await researcher.succeeds("jobs", "delete", job)
                #expect(researcher.kept("jobs").isEmpty)
                #expect(try await researcher.succeeds("jobs").rows.isEmpty)
                try await researcher.fails("jobs", "delete", job, saying: "no such object")
                try await researcher.fails("fetch", job, "--out", "-", saying: "no such object")
            }
        }

        /// Owners send libraries, share them, and delete them.
        @Test(.timeLimit(.minutes(1))) func librariesComeAndGo() async throws {
            try await ServerFixture.with {
                $0.chunkByteLimit = 20_000
                $0.host.ownersMayShareLibraries = true
            } _: { server in
                let whole = try WholeLibrary.made.get()
                let owner = try await Researcher(of: server, label: "library researcher")
                let other = try await Researcher(of: server)
                try await owner.succeeds("libraries", "add", whole.path, "--name", "own")
                let listed = try await owner.succeeds("libraries").rows.first { $0[1] == "own" }
                #expect(listed.map { Array($0[1...5]) } == ["own", "40", "cosine", "batch,interactive", "no"])
                #expect(try await other.succeeds("libraries").rows.map { $0[1] } == ["peptides"])
                try await owner.succeeds("libraries", "share", "own")
                #expect(try await other.succeeds("libraries").rows.count == 2)
                try await other.fails("libraries", "delete", "own", saying: "owner")
                _ = try await other.searched("--library", "own")
                try await owner.succeeds("libraries", "unshare", "own")
                try await other.fails("submit", other.folder("run.mgf"), "--library", "own", saying: "peptides")
                try await owner.succeeds("libraries", "delete", "own")
                #expect(try await owner.succeeds("libraries").rows.count == 1)
                try await owner.fails("libraries", "add", owner.folder.path, "--name", "none", saying: "card.json")
            }
        }
    }
#endif
