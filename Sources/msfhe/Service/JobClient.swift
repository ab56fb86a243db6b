#if Service
    import AsyncHTTPClient
    import Foundation
    import JobServer
    import NIOCore
    import NIOHTTP1
    import NIOPosix
    import NIOSSL
    import SpectralSearch
    import Storage

    /// Talks to a server. What fails on the way is tried again for a while; what the server refuses is an error that says
    /// its reason.
    struct JobClient: Sendable {
        /// The server's address.
        let server: String
        private let token: String
        private let attemptLimit: Int
        private let http: HTTPClient

        /// Calls are tried so often when the connection fails or the server says that it will be back: for a quarter of
        /// a minute, in which a server starts again.
        static let patience = 6
        /// Until an answer begins. A server reads files of gigabytes before it says that they are whole.
        private static let timeout = TimeAmount.minutes(5)

        /// Calls `body` with a client for the server of `credentials`.
        static func with<Result>(
            _ credentials: Credentials, attemptLimit: Int = patience, _ body: (JobClient) async throws -> Result
        ) async throws -> Result {
            let client = try JobClient(credentials, attemptLimit: attemptLimit)
            do {
                let result = try await body(client)
                try? await client.http.shutdown()
                return result
            } catch {
                try? await client.http.shutdown()
                throw error
            }
        }

        private init(_ credentials: Credentials, attemptLimit: Int) throws {
            (server, token, self.attemptLimit) = (credentials.server, credentials.token, attemptLimit)
            var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
            configuration.timeout = .init(connect: .seconds(10), read: Self.timeout)
            configuration.connectionPool.retryConnectionEstablishment = false
            if let path = credentials.certificates {
                var tls = TLSConfiguration.makeClientConfiguration()
                do { tls.additionalTrustRoots = [.certificates(try NIOSSLCertificate.fromPEMFile(path))] } catch {
                    throw InputError(path, "is no file of certificates in PEM")
                }
                configuration.tlsConfiguration = tls
            }
            http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        }

        // MARK: Calls

        func get<Value: Decodable>(_ path: String, as _: Value.Type = Value.self) async throws -> Value {
            try await decoded(send(.GET, path))
        }

        func post<Value: Decodable>(_ path: String, _ body: some Encodable) async throws -> Value {
            try await decoded(send(.POST, path, json: body))
        }

        func post<Value: Decodable>(_ path: String) async throws -> Value { try await decoded(send(.POST, path)) }

        func put(_ path: String, _ body: some Encodable) async throws { _ = try await send(.PUT, path, json: body) }

        func delete(_ path: String) async throws { _ = try await send(.DELETE, path) }

        private func send(_ method: HTTPMethod, _ path: String, json: some Encodable) async throws -> HTTPClientResponse
        {
            try await send(
                method, path, headers: [("Content-Type", "application/json")], body: try WireJSON.encode(json))
        }

        func decoded<Value: Decodable>(
            _ response: HTTPClientResponse, as _: Value.Type = Value.self
        ) async throws -> Value {
            do {
                let data = Data(try await response.body.collect(upTo: 64 << 20).readableBytesView)
                return try WireJSON.decode(Value.self, from: data)
            } catch is DecodingError {
                throw ServerFailure("\(server): answers otherwise than a server of this version")
            } catch {
                throw ServerFailure("\(server): the connection was lost: \(Self.reason(error))")
            }
        }

        /// Sends a request, again and again where that may help, and returns the answer to it.
        ///
        /// - Throws: ``ServerRefusal`` when the server refuses; ``ServerFailure`` when it cannot be reached or fails;
        ///   ``InputError`` when it does not prove to be the server of its address.
        func send(
            _ method: HTTPMethod, _ path: String, headers: [(String, String)] = [], body: Data? = nil
        ) async throws -> HTTPClientResponse {
            var request = HTTPClientRequest(url: server + path)
            request.method = method
            request.headers.add(name: "Authorization", value: "Bearer \(token)")
            for (name, value) in headers { request.headers.add(name: name, value: value) }
            let progress = ProgressLine()
            for attempt in 1... {
                if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
                var pause = Double(1 << attempt) / 4
                let problem: any Error
                do {
                    let response = try await http.execute(request, timeout: Self.timeout)
                    if (200..<300).contains(response.status.code) { return response }
                    let refusal = await ServerRefusal(response, server: server)
                    guard refusal.mayPass else { throw refusal }
                    pause = min(refusal.pause ?? pause, 60)
                    problem = refusal
                } catch let refusal as ServerRefusal {
                    throw refusal
                } catch {
                    if let error = certificateError(error) { throw error }
                    problem = ServerFailure("\(server): cannot be reached: \(Self.reason(error))")
                }
                guard attempt < attemptLimit else { throw problem }
                progress.show("\(problem); asking again in \(ProgressLine.duration(pause))")
                try await Task.sleep(for: .seconds(pause))
            }
            preconditionFailure("attempts end")
        }

        /// What is wrong where the server does not prove to be who its address says; nil for other errors.
        private func certificateError(_ error: any Error) -> InputError? {
            if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
                return InputError(
                    server, "has a certificate for another name; use the address that the server's operator tells")
            }
            guard case .handshakeFailed(let reason) = error as? NIOSSLError else { return nil }
            return "\(reason)".contains("CERTIFICATE_VERIFY_FAILED")
                ? InputError(
                    server,
                    "has a certificate that this machine does not trust; if it is of the server's own authority, log in with --certificates FILE"
                ) : InputError(server, "does not speak TLS as an https server does")
        }

        /// The part of an error of the network that tells something.
        static func reason(_ error: any Error) -> String {
            switch error {
            case let error as NIOConnectionError:
                error.connectionErrors.first.map { reason($0.error) } ?? "there is no such host"
            case let error as IOError: String(cString: strerror(error.errnoCode))
            case let error as HTTPClientError: error.shortDescription
            default: "\(error)".onOneLine
            }
        }

        // MARK: Jobs

        /// A job each time that something has become of it, until nothing will. Where the stream of events ends before,
        /// it is asked for again.
        func follow(_ id: String, _ visit: (JobItem) -> Void) async throws -> JobItem {
            while true {
                let response = try await send(.GET, "/v1/jobs/\(id)/events", headers: [("Accept", "text/event-stream")])
                var rest = Data()
                do {
                    for try await buffer in response.body {
                        rest += buffer.readableBytesView
                        while let end = rest.range(of: Data("\n\n".utf8)) {
                            let lines = rest[..<end.lowerBound].split(separator: UInt8(ascii: "\n"))
                            rest = Data(rest[end.upperBound...])
                            guard let data = lines.first(where: { $0.starts(with: "data: ".utf8) })?.dropFirst(6) else {
                                continue
                            }
                            let job = try WireJSON.decode(JobItem.self, from: Data(data))
                            visit(job)
                            if job.isFinal { return job }
                        }
                        guard rest.count <= Self.eventByteLimit else { throw ServerFailure("") }
                    }
                } catch let error where error is DecodingError || error is ServerFailure {
                    throw ServerFailure("\(server): an event is not one of this version")
                } catch {}
                try await Task.sleep(for: .seconds(1))
            }
        }

        private static let eventByteLimit = 1 << 20
    }

    /// The server cannot be reached, or fails.
    struct ServerFailure: Error, CustomStringConvertible {
        let description: String
        init(_ description: String) { self.description = description }
    }

    /// The server answers that it does not do what it was asked for.
    struct ServerRefusal: Error, CustomStringConvertible {
        let status: Int
        /// After so many seconds it may be asked again.
        fileprivate let pause: Double?
        /// Whether it may be otherwise soon.
        fileprivate let mayPass: Bool
        let description: String

        fileprivate init(_ response: HTTPClientResponse, server: String) async {
            status = Int(response.status.code)
            pause = response.headers.first(name: "Retry-After").flatMap { Double($0) }
                .flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
            let body = try? await response.body.collect(upTo: 1 << 20)
            let item = body.flatMap { try? WireJSON.decode(ProblemItem.self, from: Data($0.readableBytesView)) }
            // Status 429 is said of requests that come too fast, and of a quota that is full until something is deleted.
            let isFull = item?.type.hasSuffix(":quota-exceeded") ?? false
            mayPass = [429, 502, 503, 504].contains(status) && !isFull
            let text = item?.detail.onOneLine ?? "answers with status \(status)"
            description = "\(server): \(text)\(status == 401 ? "; log in with a valid one: msfhe login" : "")"
        }

        /// Whether another call can do better, rather than another server.
        var isWrongInput: Bool { (400..<500).contains(status) }
    }
#endif
