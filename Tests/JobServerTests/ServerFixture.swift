#if Service
    import AsyncHTTPClient
    import struct Crypto.SHA256
    import Foundation
    import Hummingbird
    import JobRunner
    import Logging
    import NIOCore
    import NIOHTTP1
    import RLWE
    import ServiceLifecycle
    import SpectralSearch
    import Spectra
    import Synchronization
    import TestSupport
    import Testing

    @testable import JobServer

    /// A small library and uploads for it, made once for all tests.
    final class SharedFiles: Sendable {
        static let made: Result<SharedFiles, any Error> = Result { try SharedFiles() }
        static let queryCount = 3

        let folder: TemporaryFolder

        private init() throws {
            folder = try TemporaryFolder()
            let builder = try LibraryBuilder(
                LibraryBuilder.Options(recipe: try VectorRecipe(dimension: 256)), folder: folder("library"))
            for spectrum in SimulatedPeptides.library.prefix(60) { try builder.add(spectrum) }
            let card = try builder.finish()
            try KeyFile.create(path: folder("key"))
            let key = try KeyFile.read(path: folder("key"))
            let queries = QueryVectors(Array(SimulatedPeptides.library.prefix(Self.queryCount)), card: card, threads: 1)
            for name in ["run.msq", "second.msq"] {
                try EncryptedQueries(queries, key: key, card: card, threads: 1).write(to: folder(name))
            }
        }

        func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder(name))) }
    }

    /// What a server answered.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: Data

        func json<Value: Decodable>(_: Value.Type = Value.self) throws -> Value {
            try WireJSON.decode(Value.self, from: body)
        }
    }

    /// A call that was made, and how it was answered.
    struct Exchange: Sendable {
        let method: String
        let path: String
        let answer: Answer
    }

    /// A server on this machine, and accounts on it.
    final class ServerFixture: Sendable {
        let files: SharedFiles
        let folder: TemporaryFolder
        let server: JobServer
        let library: HostedLibrary
        let port: Int
        let owner: String
        let log = Mutex<[Exchange]>([])
        private let http = HTTPClient(eventLoopGroupProvider: .singleton)

        var address: String { "http://127.0.0.1:\(port)" }

        /// Calls `body` with a server, which is stopped afterwards.
        static func with(
            _ change: (inout ServerSettings) -> Void = { _ in }, clock: HostClock = .system, log: Logger? = nil,
            _ body: (ServerFixture) async throws -> Void
        ) async throws {
            let files = try SharedFiles.made.get()
            let folder = try TemporaryFolder()
            var settings = ServerSettings()
            settings.listen = "127.0.0.1:0"
            settings.folder = folder("data")
            settings.drainSeconds = 1
            change(&settings)
            let log = log ?? Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            let server = try JobServer(settings: settings, clock: clock, log: log)
            let (ports, port) = AsyncStream.makeStream(of: Int.self)
            let group = try server.group { port.yield($0) }
            let running = Task { try await group.run() }
            guard let bound = await ports.first(where: { _ in true }) else { throw ServerFailed() }
            let fixture = try await ServerFixture(files, folder, server, port: bound)
            do {
                try await body(fixture)
            } catch {
                await group.triggerGracefulShutdown()
                try? await fixture.http.shutdown()
                _ = try? await running.value
                throw error
            }
            await group.triggerGracefulShutdown()
            try await fixture.http.shutdown()
            try await running.value
        }

        private struct ServerFailed: Error {}

        private init(_ files: SharedFiles, _ folder: TemporaryFolder, _ server: JobServer, port: Int) async throws {
            (self.files, self.folder, self.server, self.port) = (files, folder, server, port)
            let account = try server.host.accounts.create(label: "owner")
            owner = try server.host.accounts.issueToken(for: account).text
            let project = try await server.host.access(for: account).createProject()
            library = try server.host.addLibrary(
                folder: files.folder("library"), name: "peptides", project: project.id, owner: account, isShared: true)
        }

        /// The token of a new account.
        func token(_ label: String) throws -> String {
            let account = try server.host.accounts.create(label: label)
            return try server.host.accounts.issueToken(for: account).text
        }

        /// Makes a call.
        func call(
            _ method: HTTPMethod, _ path: String, token: String?, json: (any Encodable)? = nil, bytes: Data? = nil,
            headers: [(String, String)] = []
        ) async throws -> Answer {
            var request = HTTPClientRequest(url: address + path)
            request.method = method
            if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            if let json { request.body = .bytes(ByteBuffer(bytes: try WireJSON.encode(json))) }
            if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
            let response = try await http.execute(request, timeout: .seconds(60))
            let body = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
            let answer = Answer(status: Int(response.status.code), headers: response.headers, body: body)
            log.withLock { $0.append(Exchange(method: method.rawValue, path: path, answer: answer)) }
            return answer
        }

        /// Sends a file in one chunk and makes a data set of it.
        func send(_ bytes: Data, to project: String, token: String) async throws -> DatasetItem {
            let upload = try await announce(bytes, to: project, token: token)
            _ = try await call(
                .PATCH, "/v1/uploads/\(upload.id)", token: token, bytes: bytes, headers: [("Upload-Offset", "0")])
            return try await call(
                .POST, "/v1/uploads/\(upload.id)/dataset", token: token, json: ProjectRequest(annotation: nil)
            ).json()
        }

        func announce(_ bytes: Data, to project: String, token: String) async throws -> UploadItem {
            try await call(
                .POST, "/v1/uploads", token: token,
                json: UploadRequest(project: project, bytes: bytes.count, sha256: sha256(bytes))
            ).json()
        }

        func project(token: String) async throws -> String {
            try await call(.POST, "/v1/projects", token: token, json: ProjectRequest(annotation: nil))
                .json(ProjectItem.self).id
        }

        func submission(_ dataset: DatasetItem, requestKey: String = UUID().uuidString) -> JobSubmission {
            JobSubmission(
                library: library.id.description, dataset: dataset.id, mode: "batch", score: "cosine", priority: nil,
                requestKey: requestKey)
        }

        /// A job once nothing will become of it any more.
        func end(of job: JobItem, token: String) async throws -> JobItem {
            var job = job
            while !job.isFinal {
                try await Task.sleep(for: .milliseconds(10))
                job = try await call(.GET, "/v1/jobs/\(job.id)", token: token).json()
            }
            return job
        }
    }

    func sha256(_ bytes: Data) -> String {
        SHA256.hash(data: bytes).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
#endif
