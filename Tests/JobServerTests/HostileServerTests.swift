#if Service
    import Foundation
    import Hummingbird
    import Logging
    import NIOCore
    import ServiceLifecycle
    import TestSupport
    import Testing

    /// A server that answers what no server of ours would.
    @Suite(.serialized) struct HostileServerTests {
        /// Calls `body` with a researcher whose server gives these answers, by method and path, and 404 to others.
        private func with(_ answers: [String: String], _ body: (Researcher) async throws -> Void) async throws {
            let router = Router()
            let answer: @Sendable (Request, BasicRequestContext) async throws -> Response = { request, _ in
                _ = try await request.body.collect(upTo: 1 << 24)
                let text = answers["\(request.method) \(request.uri.path)"]
                return Response(
                    status: text == nil ? .notFound : .ok, headers: [.retryAfter: "nan"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: text ?? "")))
            }
            for method in [HTTPRequest.Method.get, .post, .patch, .delete] {
                router.on("**", method: method, use: answer)
            }
            let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: silent)
            let group = ServiceGroup(configuration: .init(services: [application], logger: silent))
            let running = Task { try await group.run() }
            var researcher = try Researcher()
            let bound = await ports.first { _ in true } ?? 0
            researcher.environment = ["MSFHE_SERVER": "http://127.0.0.1:\(bound)", "MSFHE_TOKEN": "token"]
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(researcher)) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await running.value
            try outcome.get()
        }

        private static let id = String(repeating: "a", count: 32)

        private func job(id: String = Self.id, library: String = Self.id, state: String = "running") -> String {
            """
            {"id": "\(id)", "project": "\(Self.id)", "account": "\(Self.id)", "library": "\(library)", \
            "dataset": "\(Self.id)", "mode": "batch", "priority": "normal", "state": "\(state)", "cancelling": false, \
            "attempts": 1, "resultBytes": -1, "progress": 1e300, "created": "2026-01-01T00:00:00Z", \
            "problem": "a line\\nand another"}
            """
        }

        /// A job that ends without a result is a failure, with its reason.
        @Test(.timeLimit(.minutes(1))) func failedJobsAreFailures() async throws {
            let events = [job(), job(state: "failed")].map { "event: state\ndata: \($0)\n\n" }.joined()
            try await with([
                "GET /v1/jobs/\(Self.id)/events": events,
                "GET /v1/jobs/cancelled/events": "data: \(job(state: "cancelled"))\n\n",
                "GET /v1/jobs/odd/events": "data: {}\n\n",
            ]) { researcher in
                try await researcher.fails("watch", Self.id, status: 1, saying: "failed: a line and another")
                try await researcher.fails("watch", "cancelled", status: 1, saying: "cancelled")
                try await researcher.fails("watch", "odd", status: 1, saying: "not one of this version")
            }
        }

        @Test(.timeLimit(.minutes(1))) func idsNameNoOtherFolders() async throws {
            try await with([
                "GET /v1/jobs/one": job(id: "../../outside"), "GET /v1/jobs/two": job(library: "../account"),
                "GET /v1/jobs/three": job(),
            ]) { researcher in
                for name in ["one", "two"] {
                    try await researcher.fails("status", name, status: 1, saying: "an id that is none")
                    try await researcher.fails("fetch", name, "--out", "-", status: 1, saying: "an id that is none")
                    try await researcher.fails("jobs", "delete", name, status: 1, saying: "an id that is none")
                }
                #expect(try await researcher.succeeds("status", "three").output.contains("running (100 %)"))
            }
        }

        @Test(.timeLimit(.minutes(1))) func numbersThatCannotBeAreRefused() async throws {
            let whole = try WholeLibrary.made.get()
            let limits = """
                {"account": "\(Self.id)", "limits": {"fileBytes": -1, "chunkBytes": -1, "projectBytes": 0, \
                "annotationBytes": 0, "activeJobs": 0, "requestsPerMinute": 0}}
                """
            let project = """
                {"items": [{"id": "\(Self.id)", "role": "owner", "annotation": "", "created": "2026-01-01T00:00:00Z", \
                "bytes": 0}]}
                """
            for received in ["-5", "9223372036854775807"] {
                let upload = """
                    {"id": "\(Self.id)", "project": "\(Self.id)", "bytes": 1, "sha256": "", "received": \(received)}
                    """
                try await with([
                    "GET /v1/account": limits, "GET /v1/projects": project, "POST /v1/uploads": upload,
                    "PATCH /v1/uploads/\(Self.id)": upload,
                ]) { researcher in
                    try await researcher.fails(
                        "libraries", "add", whole.path, "--name", "x", "--project", Self.id, status: 1,
                        saying: "which cannot be")
                }
            }
        }

        @Test(.timeLimit(.minutes(1))) func textsThatAreNoneOfOursAreRefused() async throws {
            let library = """
                {"items": [{"id": "\(Self.id)", "project": "\(Self.id)", "name": "a\\u001b[2Jb", "card": "CARD", \
                "score": "cosine", "modes": [], "spectra": 1, "shared": true, "bytes": 1, \
                "created": "2026-01-01T00:00:00Z"}]}
                """
            let digest = String(repeating: "0", count: 64)
            let path = "GET /v1/libraries"
            try await with([path: "[]", "GET /v1/jobs/\(Self.id)": "nothing"]) { researcher in
                try await researcher.fails("libraries", status: 1, saying: "otherwise")
                try await researcher.fails("status", Self.id, status: 1, saying: "otherwise")
            }
            try await with([path: library]) { researcher in
                #expect(try await researcher.succeeds("libraries").output.utf8.allSatisfy { $0 != 0x1B })
                for named in ["none", Self.id] {
                    let outcome = try await researcher.msfhe([
                        "submit", researcher.folder("run.mgf"), "--library", named,
                    ])
                    #expect(outcome.status != 0 && outcome.error.utf8.allSatisfy { $0 != 0x1B }, "\(outcome)")
                }
            }
            try await with([
                path: library.replacingOccurrences(of: "CARD", with: digest),
                "GET /v1/libraries/\(Self.id)/files/card.json": String(repeating: "x", count: (1 << 20) + 1),
            ]) { researcher in
                try await researcher.fails(
                    "submit", researcher.folder("run.mgf"), "--library", Self.id, status: 1,
                    saying: "larger than it can be")
                #expect(researcher.kept("libraries/\(digest)").isEmpty)
            }
        }
    }
#endif
