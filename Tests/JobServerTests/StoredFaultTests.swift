#if Service
    import AuditLog
    import Foundation
    import JobRunner
    import Logging
    import Synchronization
    import TestSupport
    import Testing

    @testable import JobServer

    /// What happens to the disk and the clock below a server.
    struct StoredFaultTests {
        /// Whoever needs bytes of which a bit has flipped is told so; the server goes on, and sending or computing them again
        /// heals them.
        @Test(.timeLimit(.minutes(1))) func damagedFilesAreToldAndHealed() async throws {
            try await ServerFixture.with { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                let dataset = try await server.send(bytes, to: project, token: token)
                func run(_ expected: String) async throws -> JobItem {
                    let job = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                        .json(JobItem.self)
                    let ended = try await server.end(of: job, token: token)
                    #expect(ended.state == expected, "\(ended.problem ?? "")")
                    #expect((ended.problem == nil) == (expected == "succeeded"))
                    return ended
                }
                func fetch(_ path: String) async throws -> Int {
                    let answer = try await server.call(.GET, path, token: token)
                    if answer.status == 500 {
                        #expect(try answer.json(ProblemItem.self).type == "urn:massspecfhe:problem:damaged")
                    }
                    return answer.status
                }
                let first = try await run("succeeded")
                // The result.
                let result = try #require(first.resultSHA256)
                try flipABit(of: result, server)
                #expect(try await fetch("/v1/jobs/\(first.id)/result") == 500)
                _ = try await run("succeeded")
                #expect(try await fetch("/v1/jobs/\(first.id)/result") == 200)
                // The data set.
                try flipABit(of: dataset.sha256, server)
                #expect(try await fetch("/v1/datasets/\(dataset.id)/content") == 500)
                _ = try await run("failed")
                _ = try await server.send(bytes, to: project, token: token)
                #expect(try await fetch("/v1/datasets/\(dataset.id)/content") == 200)
                _ = try await run("succeeded")
                // The library.
                let index = try sha256(server.files.content("library/index"))
                try flipABit(of: index, server)
                _ = try await run("failed")
                let owner = try server.server.host.accounts.account(label: "owner")
                _ = try server.server.host.addLibrary(
                    folder: server.files.folder("library"), name: "again", project: server.library.project,
                    owner: owner,
                    isShared: false)
                _ = try await run("succeeded")
                #expect(try await server.call(.GET, "/v1/health", token: nil).status == 200)
            }
        }

        private func flipABit(of digest: String, _ server: ServerFixture) throws {
            let url = URL(fileURLWithPath: server.folder("data/blobs/\(digest.prefix(2))/\(digest)"))
            var bytes = try Data(contentsOf: url)
            bytes[bytes.count / 2] ^= 4
            try bytes.write(to: url)
        }

        /// A full disk is told as such; when there is room again, everything goes on, and the log has everything.
        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"), .timeLimit(.minutes(1)))
        func fullDisksAreToldAndLeft() async throws {
            let disk = try SmallDisk(byteCount: 64 << 20)
            try await ServerFixture.with {
                $0.folder = "\(disk.path)/data"
                $0.host.diskReserve = 1 << 20
            } _: { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                let dataset = try await server.send(bytes, to: project, token: token)
                let begun = try await server.announce(bytes, to: project, token: token)
                try disk.fill(leaving: 0)
                let announcement = UploadRequest(project: project, bytes: bytes.count, sha256: sha256(bytes))
                for answer in [
                    try await server.call(.POST, "/v1/uploads", token: token, json: announcement),
                    try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset)),
                    try await server.call(
                        .PATCH, "/v1/uploads/\(begun.id)", token: token, bytes: bytes, headers: [("Upload-Offset", "0")]
                    ),
                ] {
                    #expect(answer.status == 507, "\(String(decoding: answer.body, as: UTF8.self))")
                    #expect(try answer.json(ProblemItem.self).detail.contains("disk is full"))
                    #expect(answer.headers.first(name: "Retry-After") != nil)
                }
                #expect(try await server.call(.GET, "/v1/ready", token: nil).status == 507)
                #expect(try await server.call(.GET, "/v1/health", token: nil).status == 200)
                try disk.empty()
                let received = try await server.call(.GET, "/v1/uploads/\(begun.id)", token: token)
                    .json(UploadItem.self).received
                let rest = try await server.call(
                    .PATCH, "/v1/uploads/\(begun.id)", token: token, bytes: bytes[received...],
                    headers: [("Upload-Offset", "\(received)")])
                #expect(rest.status == 200)
                let job = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    .json(JobItem.self)
                #expect(try await server.end(of: job, token: token).state == "succeeded")
                try await verifyLog(server, "\(disk.path)/data/audit")
            }
        }

        /// Clocks that are set, forwards and back, change nothing but the times that are shown.
        @Test(.timeLimit(.minutes(1))) func clocksMayJump() async throws {
            let offset = Mutex(0.0)
            let system = HostClock.system
            let clock = HostClock(
                now: { Date() + offset.withLock(\.self) }, sinceBoot: system.sinceBoot, boot: system.boot)
            try await ServerFixture.with(clock: clock) { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                let upload = try await server.announce(bytes, to: project, token: token)
                var (received, hours) = (0, 30.0)
                while received < bytes.count {
                    // Further than an upload may be idle.
                    offset.withLock { $0 += hours * 3600 }
                    hours = -1.5 * hours
                    try await server.server.host.dropIdleUploads()
                    let end = min(received + bytes.count / 4 + 1, bytes.count)
                    received = try await server.call(
                        .PATCH, "/v1/uploads/\(upload.id)", token: token, bytes: bytes[received..<end],
                        headers: [("Upload-Offset", "\(received)")]
                    ).json(UploadItem.self).received
                }
                let dataset = try await server.call(
                    .POST, "/v1/uploads/\(upload.id)/dataset", token: token, json: ProjectRequest(annotation: nil)
                ).json(DatasetItem.self)
                for jump in [40.0, -100, 70] {
                    let job = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                        .json(JobItem.self)
                    offset.withLock { $0 += jump * 3600 }
                    let ended = try await server.end(of: job, token: token)
                    #expect(ended.state == "succeeded" && ended.attempts == 1)
                }
                try await verifyLog(server, server.folder("data/audit"))
            }
        }

        /// What the server writes into its log of a whole run has no token, no name of an object, and nothing that people call
        /// things by.
        @Test(.timeLimit(.minutes(1))) func logsTellNothing() async throws {
            let lines = Mutex<[String]>([])
            let recorded = LineLog { line in lines.withLock { $0.append(line) } }
            var secrets: [String] = []
            try await ServerFixture.with(log: Logger(label: "test") { _ in recorded }) { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let dataset = try await server.send(server.files.content("run.msq"), to: project, token: token)
                let title = Data("a title".utf8)
                _ = try await server.call(
                    .PUT, "/v1/datasets/\(dataset.id)/annotation", token: token,
                    json: AnnotationRequest(annotation: title))
                let job = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    .json(JobItem.self)
                let ended = try await server.end(of: job, token: token)
                _ = try await server.call(.GET, "/v1/jobs/\(job.id)/result", token: token)
                try flipABit(of: dataset.sha256, server)
                _ = try await server.call(.GET, "/v1/datasets/\(dataset.id)/content", token: token)
                let failed = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    .json(JobItem.self)
                _ = try await server.end(of: failed, token: token)
                _ = try await server.call(.GET, "/v1/account", token: "msfhe_wrong")
                _ = try await server.call(.GET, "/v1/\(token)?token=\(token)", token: token)
                secrets =
                    [
                        token, String(token.dropFirst(6).prefix(16)), "msfhe_wrong", project, dataset.id,
                        dataset.sha256,
                        dataset.account, job.id, failed.id, server.library.id.description, "a title",
                        title.base64EncodedString(), "peptides", "owner",
                    ] + [ended.resultSHA256].compactMap(\.self)
            }
            let text = lines.withLock { $0.joined(separator: "\n") }
            #expect(text.contains("/v1/jobs/{id}/result"), "there is a log")
            for secret in secrets { #expect(!text.contains(secret), "\(secret)") }
        }

        private func verifyLog(_ server: ServerFixture, _ folder: String) async throws {
            while try await server.server.host.eventCount(after: 0) > 0 {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(
                try AuditVerification(folder: folder, key: server.server.audit.verifier).checkpoint.size > 0)
        }
    }

    /// Hands on each line of a log, with everything that belongs to it.
    private struct LineLog: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info
        let write: @Sendable (String) -> Void

        init(_ write: @escaping @Sendable (String) -> Void) { self.write = write }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let values = metadata.merging(event.metadata ?? [:]) { $1 }.map { "\($0)=\($1)" }
            write("\(event.level) \(event.message) \(values.joined(separator: " "))")
        }
    }
#endif
