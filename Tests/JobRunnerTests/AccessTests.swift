#if Service
    import Foundation
    import GRDB
    import SpectralSearch
    import Storage
    import TestSupport
    import Testing

    @testable import JobRunner

    /// Who may see and do what.
    struct AccessTests {
        /// The objects of a project, or names that nothing has.
        private struct Names: Sendable {
            var (project, dataset, upload, library, job) =
                (ObjectID.fresh(), ObjectID.fresh(), ObjectID.fresh(), ObjectID.fresh(), ObjectID.fresh())
        }

        /// Every call that names an object, by its own name.
        private static func calls(
            _ access: Access, _ names: Names
        ) -> [(name: String, call: @Sendable () async throws -> Void)] {
            let request = JobRequest(
                library: names.library, dataset: names.dataset, mode: .batch, score: "cosine",
                requestKey: UUID().uuidString)
            return [
                ("project", { _ = try await access.project(names.project) }),
                ("annotate project", { try await access.annotate(project: names.project, Data([1])) }),
                ("members", { _ = try await access.members(of: names.project) }),
                ("setRole", { try await access.setRole(.owner, of: access.account.id, in: names.project) }),
                (
                    "beginUpload",
                    { _ = try await access.beginUpload(to: names.project, byteCount: 1, sha256: sha256(Data([1]))) }
                ),
                ("upload", { _ = try await access.upload(names.upload) }),
                ("uploads", { _ = try await access.uploads(in: names.project) }),
                ("continueUpload", { _ = try await access.continueUpload(names.upload, at: 0) }),
                ("cancelUpload", { try await access.cancelUpload(names.upload) }),
                ("finishDataset", { _ = try await access.finishDataset(names.upload) }),
                ("datasets", { _ = try await access.datasets(in: names.project) }),
                ("dataset", { _ = try await access.dataset(names.dataset) }),
                ("readDataset", { _ = try await access.readDataset(names.dataset) }),
                ("annotate dataset", { try await access.annotate(dataset: names.dataset, Data([1])) }),
                ("deleteDataset", { try await access.deleteDataset(names.dataset) }),
                ("library", { _ = try await access.library(names.library) }),
                (
                    "createLibrary",
                    {
                        _ = try await access.createLibrary(
                            name: "x", project: names.project, uploads: ["index": names.upload])
                    }
                ),
                ("readLibraryFile", { _ = try await access.readLibraryFile("card.json", of: names.library) }),
                ("share", { try await access.share(true, library: names.library) }),
                ("deleteLibrary", { try await access.deleteLibrary(names.library) }),
                ("submit", { _ = try await access.submit(request) }),
                ("job", { _ = try await access.job(names.job) }),
                ("jobs", { _ = try await access.jobs(in: names.project) }),
                ("jobs after", { _ = try await access.jobs(in: names.project, after: names.job) }),
                ("follow", { for try await _ in access.follow(names.job) {} }),
                ("cancel", { _ = try await access.cancel(names.job) }),
                ("readResult", { _ = try await access.readResult(of: names.job) }),
                ("deleteJob", { try await access.deleteJob(names.job) }),
            ]
        }

        private func outcome(_ call: @Sendable () async throws -> Void) async -> HostError? {
            do {
                try await call()
                return nil
            } catch {
                return HostError(error)
            }
        }

        /// A project with one object of each kind; its library is not shared.
        private func furnished(_ owner: Researcher) async throws -> Names {
            let library = try owner.fixture.host.addLibrary(
                folder: owner.fixture.files.folder("library"), name: "private", project: owner.project,
                owner: owner.access.account, isShared: false)
            let dataset = try await owner.send("batch1.msq")
            var request = owner.request(dataset)
            request.library = library.id
            var names = Names()
            names.project = owner.project
            names.dataset = dataset.id
            names.upload = try await owner.announce(Data([1, 2])).id
            names.library = library.id
            names.job = try await owner.access.submit(request).id
            return names
        }

        /// Of what others have, an account is told word for word what it is told of what is not there; and it changes
        /// nothing.
        @Test func anotherAccountLearnsNotEvenThatAnObjectExists() async throws {
            let fixture = try await HostFixture()
            let owner = try await fixture.researcher("owner")
            let stranger = try await fixture.researcher("stranger")
            let names = try await furnished(owner)
            // Also not while it is just being sent.
            let writer = try await owner.access.continueUpload(names.upload, at: 0)
            let absent = Self.calls(stranger.access, Names())
            for ((name, foreign), (_, missing)) in zip(Self.calls(stranger.access, names), absent) {
                let told = await outcome(foreign)
                #expect(told == HostError.notFound, "\(name)")
                #expect(await outcome(missing) == told, "\(name)")
            }
            try await writer.finish()
            #expect(try await stranger.access.libraries().map(\.id) == [fixture.library.id])
            #expect(try await stranger.access.projects().map(\.id) == [stranger.project])
            // A foreign job's name does not page through one's own either.
            #expect(
                await refusal { try await stranger.access.jobs(in: stranger.project, after: names.job) } == .notFound)
            #expect(try await owner.access.job(names.job).state == .queued)
            #expect(try await owner.access.upload(names.upload).received == 0)
            // The same calls do something when the owner makes them, so the names are right.
            for (name, call) in Self.calls(owner.access, names)
            where ["dataset", "upload", "library", "job", "project", "readDataset", "readLibraryFile"].contains(name) {
                #expect(await outcome(call) == nil, "\(name)")
            }
        }

        /// What each role may do, by call: everything that is not listed is refused, and refused as such.
        @Test func rolesAllowWhatTheyAreFor() async throws {
            let fixture = try await HostFixture()
            let owner = try await fixture.researcher("owner")
            let auditor = try await fixture.researcher("auditor")
            let collaborator = try await fixture.researcher("collaborator")
            let names = try await furnished(owner)
            try await owner.access.setRole(.auditor, of: auditor.access.account.id, in: owner.project)
            try await owner.access.setRole(.collaborator, of: collaborator.access.account.id, in: owner.project)
            let looking: Set = [
                "project", "members", "uploads", "datasets", "dataset", "library", "job", "jobs", "jobs after",
            ]
            // An upload belongs to whoever began it; a job without a result has none to read.
            let own: Set = ["upload", "continueUpload", "cancelUpload", "finishDataset"]
            for (name, call) in Self.calls(auditor.access, names) where name != "follow" {
                let told = await outcome(call)?.reason
                #expect(told == (looking.contains(name) ? nil : own.contains(name) ? .notFound : .forbidden), "\(name)")
            }
            let adding: Set = ["beginUpload", "readDataset", "annotate dataset", "readLibraryFile", "submit", "cancel"]
            for (name, call) in Self.calls(collaborator.access, names) where name != "follow" {
                let told = await outcome(call)?.reason
                let expected: HostError.Reason? =
                    looking.contains(name) || adding.contains(name)
                    ? nil
                    : own.contains(name) ? .notFound : name == "readResult" ? .conflict : .forbidden
                #expect(told == expected, "\(name)")
            }
            // Shut out, it knows of nothing; and no project is without an owner.
            try await owner.access.setRole(nil, of: auditor.access.account.id, in: owner.project)
            #expect(await refusal { try await auditor.access.project(owner.project) } == .notFound)
            #expect(
                await refusal { try await owner.access.setRole(nil, of: owner.access.account.id, in: owner.project) }
                    == .conflict)
            #expect(try await owner.access.project(owner.project).role == .owner)
        }

        /// A shared library is everyone's to search, and nobody's but its owner's to change.
        @Test func sharedLibrariesAreNotForOthersToChange() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("user")
            _ = try await researcher.access.readLibraryFile("card.json", of: fixture.library.id)
            #expect(
                await refusal { try await researcher.access.share(false, library: fixture.library.id) } == .forbidden)
            #expect(await refusal { try await researcher.access.deleteLibrary(fixture.library.id) } == .forbidden)
            let owner = fixture.host.access(for: try fixture.host.accounts.account(label: "library owner"))
            try await owner.share(false, library: fixture.library.id)
            #expect(await refusal { try await researcher.access.library(fixture.library.id) } == .notFound)
        }

        /// What everybody would see, only the operator shows to everybody, unless the host leaves that to owners.
        @Test(arguments: [false, true]) func ownersShareLibrariesWhereTheHostSaysSo(isAllowed: Bool) async throws {
            var settings = HostSettings()
            settings.ownersMayShareLibraries = isAllowed
            let fixture = try await HostFixture(settings: settings)
            let owner = try await fixture.researcher("owner")
            let library = try fixture.host.addLibrary(
                folder: owner.fixture.files.folder("library"), name: "private", project: owner.project,
                owner: owner.access.account, isShared: false)
            #expect(
                await refusal { try await owner.access.share(true, library: library.id) }
                    == (isAllowed ? nil : .forbidden))
            #expect(try await owner.access.library(library.id).isShared == isAllowed)
            let told = try await fixture.host.events(after: 0, limit: 100).filter { $0.object == library.id }
            #expect(told.map(\.kind) == (isAllowed ? [.library, .sharing] : [.library]))
        }

        /// Names that would move the cursor of whoever lists them, or fill their screens, are none.
        @Test func namesAreHarmless() async throws {
            let fixture = try await HostFixture()
            let owner = try await fixture.researcher("owner")
            for name in ["", "\u{1b}[2J", "two\nlines", "\u{202e}drawkcab", String(repeating: "é", count: 101)] {
                #expect(throws: HostError.self, "\(name)") {
                    try fixture.host.addLibrary(
                        folder: fixture.files.folder("library"), name: name, project: owner.project,
                        owner: owner.access.account, isShared: false)
                }
                #expect(throws: HostError.self, "\(name)") { try fixture.host.accounts.create(label: name) }
            }
            _ = try fixture.host.accounts.create(label: "Größe 1/2 (β‑Form) 測定")
        }

        /// Whoever is made the owner of projects by others can make as many of their own as before.
        @Test func projectsOfOthersCountForNobodyElse() async throws {
            var settings = HostSettings()
            settings.accountProjectLimit = 2
            let fixture = try await HostFixture(settings: settings)
            let (one, two) = (try await fixture.researcher("one"), try await fixture.researcher("two"))
            try await one.access.setRole(.owner, of: two.access.account.id, in: one.project)
            try await one.access.setRole(nil, of: one.access.account.id, in: one.project)
            for researcher in [one, two] {
                _ = try await researcher.access.createProject()
                #expect(await refusal { try await researcher.access.createProject() } == .quotaExceeded)
            }
        }

        @Test func tokensOpenTheirAccountUntilTheyAreRevoked() async throws {
            let fixture = try await HostFixture()
            let accounts = fixture.host.accounts
            let account = try accounts.create(label: "lab")
            #expect(await refusal { try accounts.create(label: "lab") } == .conflict)
            let (token, other) = (try accounts.issueToken(for: account), try accounts.issueToken(for: account))
            #expect(try await accounts.authenticate(token.text) == account)
            #expect(!"\(token)".contains(token.text.suffix(64)))
            // Each part of a token counts, and everything that is no token is refused alike.
            var forgeries = [
                "", "msfhe_", token.text.dropLast(), token.text + "0", token.text.uppercased(),
                "msfhe_\(token.prefix)_\(other.text.suffix(64))",
            ].map { "\($0)" }
            for index in [6, 30, token.text.count - 1] {
                var characters = Array(token.text)
                characters[index] = characters[index] == "0" ? "1" : "0"
                forgeries.append(String(characters))
            }
            for forgery in forgeries {
                #expect(await refusal { try await accounts.authenticate(forgery) } == .unauthenticated, "\(forgery)")
            }
            try accounts.revokeToken(prefix: token.prefix)
            #expect(await refusal { try await accounts.authenticate(token.text) } == .unauthenticated)
            #expect(try await accounts.authenticate(other.text) == account)
            // What the host keeps does not hold the secret.
            for name in ["host.sqlite", "host.sqlite-wal"] {
                let kept = try Data(contentsOf: URL(fileURLWithPath: fixture.folder("host/\(name)")))
                #expect(kept.range(of: Data(other.prefix.utf8)) != nil || name == "host.sqlite")
                #expect(kept.range(of: Data(other.text.suffix(64).utf8)) == nil)
            }
        }

        /// Everything that was done is written down once, in its order.
        @Test func whatWasDoneIsWrittenDown() async throws {
            let fixture = try await HostFixture()
            let start = try #require(try await fixture.host.events(after: 0, limit: 1000).last).sequence
            let researcher = try await fixture.researcher("seen")
            let dataset = try await researcher.send("batch1.msq")
            let job = try await researcher.submit(dataset)
            _ = try await researcher.submit(dataset, priority: .low)
            try await fixture.runUntilIdle()
            _ = try await researcher.access.readResult(of: job.id)
            try await researcher.access.deleteJob(job.id)
            let events = try await fixture.host.events(after: start, limit: 1000)
            #expect(events.map(\.kind) == [.upload, .job, .job, .result, .result, .access, .deletion])
            #expect(events[0].sha256 == dataset.sha256 && events[0].account == researcher.access.account.id)
            #expect(events[3].account == nil && events[3].object == job.id && events[3].sha256 == events[5].sha256)
            try await fixture.host.forgetEvents(through: events[4].sequence)
            #expect(try await fixture.host.events(after: 0, limit: 1000) == Array(events[5...]))
        }
    }
#endif
