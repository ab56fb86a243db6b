#if Service
    import Foundation
    import TestSupport
    import Testing

    @testable import JobRunner

    /// What an operator does.
    struct AdministrationTests {
        /// With a log that has more events than the database ever had, events get numbers behind those, and none is lost.
        @Test func olderDatabasesGoOnBehindTheLog() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("researcher")
            _ = try await researcher.send("batch1.msq")
            let before = try await fixture.host.events(after: 0, limit: 100)
            #expect(!before.isEmpty)
            try fixture.host.numberEvents(after: 1000)
            let after = try await fixture.host.events(after: 1000, limit: 100)
            #expect(after.map(\.object) == before.map(\.object) && after.map(\.kind) == before.map(\.kind))
            _ = try await researcher.send("batch2.msq")
            let last = try #require(try await fixture.host.events(after: 0, limit: 100).last?.sequence)
            #expect(last > 1000 + Int64(before.count))
            // One that is further already stays as it is.
            try fixture.host.numberEvents(after: 1000)
            #expect(try await fixture.host.events(after: 0, limit: 100).last?.sequence == last)
            // Also when nothing waits.
            try await fixture.host.forgetEvents(through: last)
            try fixture.host.numberEvents(after: 5000)
            _ = try await researcher.send("batch3.msq")
            #expect(try await fixture.host.events(after: 0, limit: 100).map(\.sequence) == [5001])
        }

        /// The operator says who searches a library, and the log is told.
        @Test func operatorsShareLibraries() async throws {
            let fixture = try await HostFixture()
            let stranger = try await fixture.researcher("stranger")
            let id = fixture.library.id
            try fixture.host.share(false, library: id)
            #expect(await refusal { try await stranger.access.library(id) } == .notFound)
            for _ in 0..<2 { try fixture.host.share(true, library: id) }
            #expect(try await stranger.access.library(id).isShared)
            let told = try await fixture.host.events(after: 0, limit: 100).filter { $0.object == id }
            #expect(told.map(\.kind) == [.library, .sharing, .unsharing, .sharing])
            #expect(await refusal { try fixture.host.share(true, library: .fresh()) } == .notFound)
        }

        /// A limit holds for everything within the group that has it.
        @Test func memoryIsWhatControlGroupsLeave() throws {
            let root = try TemporaryFolder()
            func write(_ text: String, _ group: String) throws {
                let folder = URL(fileURLWithPath: root(group))
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                try Data(text.utf8).write(to: folder.appending(path: "memory.max"))
            }
            try write("max\n", "system.slice/msfhe.service")
            let groups = "1:name=other:/\n0::/system.slice/msfhe.service\n"
            #expect(MachineMemory.limit(groups: groups, root: root.path) == .max)
            try write("3000\n", "system.slice")
            #expect(MachineMemory.limit(groups: groups, root: root.path) == 3000)
            try write("2000\n", "system.slice/msfhe.service")
            #expect(MachineMemory.limit(groups: groups, root: root.path) == 2000)
            #expect(MachineMemory.limit(groups: "0::/\n", root: root.path) == .max)
            try write("1000\n", "")
            #expect(MachineMemory.limit(groups: groups, root: root.path) == 1000)
        }

        @Test func disabledAccountsAreLetInByNewTokensOnly() async throws {
            let fixture = try await HostFixture()
            let accounts = fixture.host.accounts
            let account = try accounts.create(label: "group")
            let tokens = try (0..<3).map { _ in try accounts.issueToken(for: account) }
            #expect(Set(try accounts.tokens(of: account).map(\.prefix)) == Set(tokens.map(\.prefix)))
            #expect(try accounts.disable(account) == 3)
            for token in tokens {
                #expect(await refusal { try await accounts.authenticate(token.text) } == .unauthenticated)
            }
            #expect(try accounts.tokens(of: account).isEmpty)
            #expect(try await accounts.authenticate(accounts.issueToken(for: account).text) == account)
        }

        /// Of a library that the operator deletes, nothing remains but what the log tells.
        @Test func librariesAreListedAndDeleted() async throws {
            let fixture = try await HostFixture()
            let host = fixture.host
            let researcher = try await fixture.researcher("researcher")
            let dataset = try await researcher.send("batch1.msq")
            let job = try await researcher.submit(dataset)
            #expect(try host.libraries() == [fixture.library])
            #expect(await refusal { try host.deleteLibrary(fixture.library.id) } == .conflict)
            _ = try await researcher.access.cancel(job.id)
            try host.deleteLibrary(fixture.library.id)
            #expect(try host.libraries().isEmpty)
            #expect(await refusal { try host.deleteLibrary(fixture.library.id) } == .notFound)
            let event = try #require(try await host.events(after: 0, limit: 100).last)
            #expect(event.kind == .deletion && event.object == fixture.library.id && event.account == nil)
            #expect(Set(try host.core.blobs.digests()) == [dataset.sha256])
            let use = try #require(try host.use().first { $0.project == researcher.project })
            #expect(use.byteCount == dataset.byteCount && use.owner == "researcher")
            #expect(use.datasetCount == 1 && use.jobCount == 1)
            #expect(try await host.endedJobCounts().map(\.count) == [1])
        }
    }
#endif
