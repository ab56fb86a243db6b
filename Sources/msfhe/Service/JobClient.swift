#if Service
    import AsyncHTTPClient
    import Crypto
    import Foundation
    import JobServer
    import NIOCore
    import NIOHTTP1
    import NIOSSL
    import Storage

    /// Talks to a server. What fails on the way is tried again for a while; what the server refuses is an error that says
    /// its reason.
    struct JobClient: Sendable {
        private let server: String
        private let token: String
        private let http: HTTPClient

        /// Calls are tried again so often when the connection fails or the server says that it will be back.
        private static let attemptLimit = 6
        private static let timeout = TimeAmount.seconds(120)
        /// Bytes that are sent in one call.
        private static let chunkByteCount = 8 << 20

        /// Calls `body` with a client for the server that the researcher is logged in to.
        static func with<Result>(
            _ credentials: ClientHome.Credentials, _ body: (JobClient) async throws -> Result
        ) async throws -> Result {
            let client = try JobClient(credentials)
            do {
                let result = try await body(client)
                try? await client.http.shutdown()
                return result
            } catch {
                try? await client.http.shutdown()
                throw error
            }
        }

        private init(_ credentials: ClientHome.Credentials) throws {
            server = try Self.checked(credentials.server)
            token = credentials.token
            var configuration = HTTPClient.Configuration()
            configuration.timeout.connect = .seconds(10)
            if let path = credentials.certificates {
                var tls = TLSConfiguration.makeClientConfiguration()
                tls.additionalTrustRoots = [.file(path)]
                configuration.tlsConfiguration = tls
            }
            http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        /// The address without its last slash. A token does not go over a network in the clear.
        static func checked(_ server: String) throws -> String {
            guard let url = URL(string: server), let host = url.host, let scheme = url.scheme,
                ["http", "https"].contains(scheme)
            else { throw InputError("--server", "'\(server)' is not an address such as https://host.example.org:8420") }
            let isHere = host == "localhost" || host == "::1" || host.hasPrefix("127.")
            guard scheme == "https" || isHere else {
                throw InputError(
                    "--server", "'\(server)' is not encrypted, and your token would be sent there; use https")
            }
            return server.hasSuffix("/") ? String(server.dropLast()) : server
        }

        // MARK: Calls

        func get<Value: Decodable>(_ path: String, as _: Value.Type = Value.self) async throws -> Value {
            try await call(.GET, path)
        }

        func post<Value: Decodable>(_ path: String, _ body: some Encodable) async throws -> Value {
            try await call(.POST, path, body: WireJSON.encode(body))
        }

        func post<Value: Decodable>(_ path: String) async throws -> Value { try await call(.POST, path) }

        private func call<Value: Decodable>(_ method: HTTPMethod, _ path: String, body: Data? = nil) async throws
            -> Value
        {
            let headers = body == nil ? [] : [("Content-Type", "application/json")]
            let response = try await send(method, path, headers: headers, body: body)
            let data = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
            return try WireJSON.decode(Value.self, from: data)
        }

        /// Sends a request, again and again where that may help, and returns the answer to it.
        ///
        /// - Throws: ``InputError`` when the server refuses; ``ServerFailure`` when it cannot be reached or fails.
        private func send(
            _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: Data? = nil
        ) async throws -> HTTPClientResponse {
            var request = HTTPClientRequest(url: server + path)
            request.method = method
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            for attempt in 1... {
                if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
                var pause = Double(1 << attempt) / 4
                do {
                    let response = try await http.execute(request, timeout: Self.timeout)
                    if (200..<300).contains(response.status.code) { return response }
                    let problem = await Self.problem(response)
                    let mayPass = [429, 503].contains(response.status.code)
                    guard mayPass, attempt < Self.attemptLimit else { throw problem }
                    pause = min(Double(response.headers.first(name: "Retry-After") ?? "") ?? pause, 60)
                } catch let error as InputError {
                    throw error
                } catch let error as ServerFailure {
                    throw error
                } catch {
                    guard attempt < Self.attemptLimit else {
                        throw ServerFailure("\(server): cannot be reached: \(error)")
                    }
                }
                try await Task.sleep(for: .seconds(pause))
            }
            preconditionFailure("attempts end")
        }

        /// What the server says is wrong.
        private static func problem(_ response: HTTPClientResponse) async -> any Error {
            let body = try? await response.body.collect(upTo: 1 << 20)
            let item = body.flatMap { try? WireJSON.decode(ProblemItem.self, from: Data($0.readableBytesView)) }
            let text = item?.detail ?? "the server says \(response.status.code)"
            return (400..<500).contains(response.status.code)
                ? InputError("server", text) as any Error : ServerFailure("server: \(text)")
        }

        // MARK: Files

        /// Sends the file at `path` to a project, in chunks, and goes on where the server is when one is lost.
        ///
        /// - Returns: the upload, complete.
        func upload(_ path: String, to project: String, progress: (Double) -> Void) async throws -> UploadItem {
            let (descriptor, byteCount) = try openRegularFile(path)
            let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
            var hasher = SHA256()
            while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(data: piece) }
            let sha256 = hasher.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            var upload: UploadItem = try await post(
                "/v1/uploads", UploadRequest(project: project, bytes: byteCount, sha256: sha256))
            var failures = 0
            while upload.received < byteCount {
                try file.seek(toOffset: UInt64(upload.received))
                let chunk = try file.read(upToCount: Self.chunkByteCount) ?? Data()
                guard !chunk.isEmpty else { throw InputError(path, "has changed while it was sent; send it again") }
                do {
                    let response = try await send(
                        .PATCH, "/v1/uploads/\(upload.id)",
                        headers: [
                            ("Upload-Offset", String(upload.received)), ("Content-Type", "application/octet-stream"),
                        ], body: chunk)
                    upload = try WireJSON.decode(
                        UploadItem.self, from: Data(try await response.body.collect(upTo: 1 << 20).readableBytesView))
                    failures = 0
                } catch {
                    // A chunk that was cut may have arrived in part: the server says how much it has.
                    failures += 1
                    guard failures < Self.attemptLimit else { throw error }
                    let before = upload.received
                    upload = try await get("/v1/uploads/\(upload.id)")
                    if upload.received == before { try await Task.sleep(for: .seconds(Double(failures) / 2)) }
                }
                progress(Double(upload.received) / Double(byteCount))
            }
            return upload
        }

        /// Fetches what is at `path` of the server into a new file, and goes on where a connection ended.
        func download(
            _ path: String, to file: String, isPrivate: Bool = false, progress: (Double) -> Void = { _ in }
        ) async throws {
            let output = try OutputFile(path: file, isPrivate: isPrivate)
            var received = 0
            var failures = 0
            var total: Int?
            var tag: String?
            repeat {
                var headers: [(String, String)] = []
                if received > 0 {
                    headers = [("Range", "bytes=\(received)-")]
                    if let tag { headers.append(("If-Range", tag)) }
                }
                let response = try await send(.GET, path, headers: headers)
                if received > 0, response.status.code != 206 {
                    throw ServerFailure("server: what is at \(path) has changed while it was fetched; try again")
                }
                let length = response.headers.first(name: "Content-Length").flatMap { Int($0) }
                total = total ?? length
                tag = response.headers.first(name: "ETag")
                do {
                    for try await buffer in response.body {
                        try output.write(Data(buffer.readableBytesView))
                        received += buffer.readableBytes
                        if let total, total > 0 { progress(Double(received) / Double(total)) }
                    }
                } catch let error as FileSystemError {
                    throw error
                } catch {
                    failures += 1
                    guard failures < Self.attemptLimit, total != nil else {
                        throw ServerFailure("\(server): the connection was lost: \(error)")
                    }
                }
            } while received < total ?? received
            try output.commit()
        }

        // MARK: Jobs

        /// A job each time that something has become of it, until nothing will. Where the stream of events ends before,
        /// it is asked for again.
        func follow(_ id: String, _ visit: (JobItem) -> Void) async throws -> JobItem {
            while true {
                let response = try await send(.GET, "/v1/jobs/\(id)/events", headers: [("Accept", "text/event-stream")])
                var rest = ""
                do {
                    for try await buffer in response.body {
                        rest += String(decoding: buffer.readableBytesView, as: UTF8.self)
                        while let end = rest.range(of: "\n\n") {
                            let lines = rest[..<end.lowerBound].split(separator: "\n")
                            rest = String(rest[end.upperBound...])
                            guard let data = lines.first(where: { $0.hasPrefix("data: ") })?.dropFirst(6) else {
                                continue
                            }
                            let job = try WireJSON.decode(JobItem.self, from: Data(data.utf8))
                            visit(job)
                            if job.isFinal { return job }
                        }
                    }
                } catch is DecodingError {
                    throw ServerFailure("server: an event is not one of this version")
                } catch {}
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// The server cannot be reached, or fails.
    struct ServerFailure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }
#endif
