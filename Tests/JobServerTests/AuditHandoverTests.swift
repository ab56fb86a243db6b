#if Service
    import AuditLog
    import Foundation
    import JobRunner
    import Logging
    import TestSupport
    import Testing

    @testable import JobServer

    /// What was done comes into the log once, and to those whom it concerns.
    struct AuditHandoverTests {
        /// A member gets the project's entries, each proved by the signed checkpoint; others learn nothing.
        @Test(.timeLimit(.minutes(1))) func membersGetTheirEntries() async throws {
            try await ServerFixture.with { server in
                let token = server.owner
                let (mine, other) = (try await server.project(token: token), try await server.project(token: token))
                let bytes = try server.files.content("run.msq")
                var sent = Set<String>()
                for project in [mine, other, mine, other, mine] {
                    let dataset = try await server.send(bytes, to: project, token: token)
                    if project == mine { sent.insert(dataset.id) }
                }
                try await told(server)
                var (found, after) = ([AuditEntry](), "")
                repeat {
                    let page = try await server.call(
                        .GET, "/v1/audit/entries?project=\(mine)&limit=2\(after)", token: token
                    ).json(AuditEntriesItem.self)
                    let note = try SignedNote(bytes: Data(page.checkpoint.utf8), source: "checkpoint")
                    let checkpoint = try Checkpoint(note, key: server.server.audit.verifier, source: "checkpoint")
                    for item in page.items {
                        #expect(
                            MerkleProof.showsInclusion(
                                of: MerkleHash(leaf: Array(item.entry.utf8)), at: item.index, size: checkpoint.size,
                                root: checkpoint.root, proof: item.proof.compactMap(MerkleHash.init(hexadecimal:))))
                        found.append(try AuditEntry(bytes: Array(item.entry.utf8), source: "entry"))
                    }
                    after = page.next.map { "&after=\($0)" } ?? ""
                } while !after.isEmpty
                #expect(Set(found.compactMap(\.event.name)) == sent && found.count == sent.count)
                #expect(Set(found.map(\.event.project)).count == 1)
                let stranger = try await server.call(
                    .GET, "/v1/audit/entries?project=\(mine)", token: server.token("stranger"))
                #expect(stranger.status == 404)
            }
        }

        /// A copy that is made while jobs run is a host whose log verifies, and goes on.
        @Test(.timeLimit(.minutes(1))) func backupsAreServedAndVerified() async throws {
            let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            try await ServerFixture.with { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let dataset = try await server.send(server.files.content("run.msq"), to: project, token: token)
                let submitting = Task {
                    for _ in 0..<50 {
                        _ = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    }
                }
                try await told(server)
                var settings = ServerSettings()
                settings.folder = server.folder("data")
                let copied = try JobServer.backUp(settings, to: server.folder("copy"), log: silent)
                try await submitting.value
                #expect(copied.damaged.isEmpty && copied.entryCount > 0)
                let mode = try FileManager.default.attributesOfItem(atPath: server.folder("copy"))[.posixPermissions]
                #expect(mode as? Int == 0o700)
                let verified = try AuditVerification(
                    folder: server.folder("copy/audit"), key: server.server.audit.verifier)
                #expect(verified.checkpoint.size == copied.entryCount)

                settings.folder = server.folder("copy")
                settings.listen = "127.0.0.1:0"
                settings.drainSeconds = 0
                let (ports, port) = AsyncStream.makeStream(of: Int.self)
                let second = try JobServer(settings: settings, log: silent)
                let group = try second.group { port.yield($0) }
                let running = Task { try await group.run() }
                _ = await ports.first { _ in true }
                let account = try second.host.accounts.create(label: "later")
                _ = try await second.host.access(for: account).createProject()
                while try await second.host.eventCount(after: 0) > 0 { try await Task.sleep(for: .milliseconds(20)) }
                await group.triggerGracefulShutdown()
                try await running.value
                let later = try AuditVerification(
                    folder: server.folder("copy/audit"), key: server.server.audit.verifier)
                #expect(later.checkpoint.size >= copied.entryCount)
            }
        }

        /// The process is killed again and again: the log has every event once, and verifies.
        @Test(.timeLimit(.minutes(2))) func deathsLoseAndDoubleNoEvent() async throws {
            let files = try SharedFiles.made.get()
            let folder = try TemporaryFolder()
            let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            // This process submits; another one runs the jobs and writes the log.
            let host = try SearchHost(folder: folder("data"), log: silent, purpose: .administration)
            let account = try host.accounts.create(label: "owner")
            let access = host.access(for: account)
            let project = try await access.createProject()
            let library = try host.addLibrary(
                folder: files.folder("library"), name: "peptides", project: project.id, owner: account, isShared: true)
            let bytes = try files.content("run.msq")
            let upload = try await access.beginUpload(
                to: project.id, byteCount: bytes.count, sha256: sha256(bytes))
            let writer = try await access.continueUpload(upload.id, at: 0)
            try await writer.write(bytes)
            try await writer.finish()
            let dataset = try await access.finishDataset(upload.id)
            func serve() throws -> Process {
                let process = Process()
                process.executableURL = Researcher.program
                process.arguments = ["serve"]
                process.environment = ProcessInfo.processInfo.environment.merging(
                    ["MSFHE_SERVE_FOLDER": folder("data"), "MSFHE_SERVE_LISTEN": "127.0.0.1:0"]) { $1 }
                process.standardError = FileHandle.nullDevice
                try process.run()
                return process
            }
            var accepted = Set<String>()
            for _ in 0..<12 {
                let process = try serve()
                let moment = ContinuousClock.now + .milliseconds(Int.random(in: 50...500))
                while ContinuousClock.now < moment {
                    let job = try await access.submit(
                        JobRequest(
                            library: library.id, dataset: dataset.id, mode: .batch, score: "cosine", priority: .normal,
                            requestKey: UUID().uuidString))
                    accepted.insert(job.id.description)
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(process.isRunning, "it dies of nothing else")
                kill(process.processIdentifier, SIGKILL)
                try await process.end()
            }
            let process = try serve()
            let patience = ContinuousClock.now + .seconds(60)
            while try await host.endedJobCounts().reduce(0, { $0 + $1.count }) < accepted.count {
                try #require(ContinuousClock.now < patience, "the jobs come to an end")
                try await Task.sleep(for: .milliseconds(20))
            }
            while try await host.eventCount(after: 0) > 0 {
                try #require(ContinuousClock.now < patience, "the log is told")
                try await Task.sleep(for: .milliseconds(20))
            }
            process.terminate()
            try await process.end()
            #expect(process.terminationStatus == 0)

            let key = try NoteSigningKey(path: folder("data/audit-keys/signing"))
            _ = try AuditVerification(folder: folder("data/audit"), key: key.verifier)
            let log = try AuditLog(path: folder("data/audit"), key: key)
            var (entries, first) = ([AuditEntry](), 0)
            while true {
                let (_, found, last) = try await log.search("\"project\":", from: first, limit: 1000)
                entries += try found.map { try AuditEntry(bytes: $0.bytes, source: "entry") }
                guard let last else { break }
                first = last + 1
            }
            // The host counts its events without a gap, so this is all of them, each once.
            #expect(entries.compactMap(\.event.sequence) == Array(1...Int64(entries.count)))
            for kind in [AuditEvent.Kind.job, .result] {
                let names = entries.filter { $0.event.kind == kind }.compactMap(\.event.name)
                #expect(names.count == accepted.count && Set(names) == accepted, "\(kind)")
            }
        }

        /// Waits until the log has everything that was done.
        private func told(_ server: ServerFixture) async throws {
            while try await server.server.host.eventCount(after: 0) > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
#endif
