#if Service
    import Foundation
    import SpectralSearch
    import TestSupport
    import Testing

    @testable import JobServer

    /// Lost connections, strangers, and too much of everything.
    struct FaultTests {
        /// Uploads that are cut at random bytes go on where the server is, and end as the file that was sent.
        @Test(.timeLimit(.minutes(1))) func cutUploadsResume() async throws {
            try await ServerFixture.with { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                var random = SystemRandomNumberGenerator()
                for _ in 0..<5 {
                    let upload = try await server.announce(bytes, to: project, token: token)
                    var (received, cuts) = (0, 0)
                    while received < bytes.count {
                        let cut = cuts < 8 ? Int.random(in: 0...(bytes.count - received), using: &random) : .max
                        let rest = bytes[received...]
                        try await onOwnThread { [received] in
                            try RawConnection(port: server.port).sendChunk(
                                rest, of: upload.id, at: received, token: token, cutAfter: cut)
                        }
                        cuts += 1
                        received = try await settled(upload.id, server, token)
                    }
                    let dataset = try await server.call(
                        .POST, "/v1/uploads/\(upload.id)/dataset", token: token, json: ProjectRequest(annotation: nil))
                    #expect(dataset.status == 201)
                    let content = try await server.call(
                        .GET, "/v1/datasets/\(upload.id)/content", token: token)
                    #expect(content.body == bytes)
                }
            }
        }

        /// What the server has of an upload once no call is sending any more.
        private func settled(_ id: String, _ server: ServerFixture, _ token: String) async throws -> Int {
            var last = -1
            while true {
                let now = try await server.call(.GET, "/v1/uploads/\(id)", token: token).json(UploadItem.self).received
                if now == last { return now }
                last = now
                try await Task.sleep(for: .milliseconds(20))
            }
        }

        /// Another account is told of everything what it is told of what does not exist.
        @Test(.timeLimit(.minutes(1))) func strangersLearnNothing() async throws {
            try await ServerFixture.with { server in
                let (token, stranger) = (server.owner, try server.token("stranger"))
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                let dataset = try await server.send(bytes, to: project, token: token)
                let upload = try await server.announce(bytes, to: project, token: token)
                let job = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(dataset))
                    .json(JobItem.self)
                let absent = String(repeating: "0", count: 32)
                let paths = [
                    "/v1/projects/ID": project, "/v1/projects/ID/members": project, "/v1/datasets?project=ID": project,
                    "/v1/jobs?project=ID": project, "/v1/uploads?project=ID": project, "/v1/datasets/ID": dataset.id,
                    "/v1/datasets/ID/content": dataset.id, "/v1/uploads/ID": upload.id, "/v1/jobs/ID": job.id,
                    "/v1/jobs/ID/result": job.id, "/v1/jobs/ID/events": job.id,
                ]
                for (path, id) in paths {
                    let theirs = try await server.call(
                        .GET, path.replacingOccurrences(of: "ID", with: id), token: stranger)
                    let nobodys = try await server.call(
                        .GET, path.replacingOccurrences(of: "ID", with: absent), token: stranger)
                    #expect(theirs.status == 404, "\(path)")
                    #expect(theirs.body == nobodys.body, "\(path)")
                }
                for wrong in ["", "msfhe_", token + "0", String(token.dropLast()) + "x"] {
                    #expect(try await server.call(.GET, "/v1/account", token: wrong).status == 401)
                }
            }
        }

        /// What is sent beyond a limit is refused with the limit named, and when to come again.
        @Test(.timeLimit(.minutes(1))) func limitsAreTold() async throws {
            try await ServerFixture.with {
                $0.requestsPerMinute = 12
                $0.chunkByteLimit = 1000
            } _: { server in
                let token = server.owner
                let project = try await server.project(token: token)
                let bytes = try server.files.content("run.msq")
                let upload = try await server.announce(bytes, to: project, token: token)
                let chunk = try await server.call(
                    .PATCH, "/v1/uploads/\(upload.id)", token: token, bytes: bytes, headers: [("Upload-Offset", "0")])
                #expect(chunk.status == 413)
                #expect(try chunk.json(ProblemItem.self).detail.contains("1000"))
                let account = try await server.call(.GET, "/v1/account", token: token)
                #expect(account.headers.first(name: "RateLimit-Policy") == "\"requests\";q=12;w=60")
                #expect(account.headers.first(name: "RateLimit")?.hasPrefix("\"requests\";r=") == true)
                var answer = account
                for _ in 0..<100 where answer.status == 200 {
                    answer = try await server.call(.GET, "/v1/account", token: token)
                }
                #expect(answer.status == 429)
                let pause = answer.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0
                #expect((1...5).contains(pause))
                // Others are not slowed down.
                #expect(try await server.call(.GET, "/v1/account", token: server.token("other")).status == 200)
            }
        }

        /// A client that connects and says nothing is let go, and does not keep the server from stopping.
        @Test(.timeLimit(.minutes(1))) func silentClientsAreLetGo() async throws {
            try await ServerFixture.with {
                $0.idleSeconds = 1
            } _: { server in
                let silent = try RawConnection(port: server.port)
                try silent.send(Data("GET /v1/hea".utf8))
                #expect(try await onOwnThread { silent.waitForEnd(seconds: 10) })
                #expect(try await server.call(.GET, "/v1/health", token: nil).status == 200)
            }
        }
    }

    /// A connection below HTTP, to be cut anywhere.
    final class RawConnection: Sendable {
        private let descriptor: Int32

        struct Failed: Error {}

        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard connected == 0 else { throw Failed() }
        }

        deinit { close(descriptor) }

        func send(_ bytes: Data) throws {
            var done = 0
            while done < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Foundation.send(
                        descriptor, $0.baseAddress! + done, bytes.count - done, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { throw Failed() }
                done += count
            }
        }

        /// Sends a chunk, and closes the connection when so many bytes of its body are sent.
        func sendChunk(
            _ bytes: Data.SubSequence, of upload: String, at offset: Int, token: String, cutAfter: Int
        ) throws {
            try send(
                Data(
                    """
                    PATCH /v1/uploads/\(upload) HTTP/1.1\r
                    Host: localhost\r
                    Authorization: Bearer \(token)\r
                    Upload-Offset: \(offset)\r
                    Content-Length: \(bytes.count)\r
                    \r

                    """.utf8))
            try send(Data(bytes.prefix(cutAfter)))
            if cutAfter >= bytes.count { _ = waitForAnswer() }
        }

        private func waitForAnswer() -> Int {
            var buffer = [UInt8](repeating: 0, count: 4096)
            return recv(descriptor, &buffer, buffer.count, 0)
        }

        /// Sends as much as the system takes without waiting for the other side.
        func flood(_ bytes: Data, times: Int) {
            for _ in 0..<times {
                let count = bytes.withUnsafeBytes {
                    Foundation.send(descriptor, $0.baseAddress!, bytes.count, Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
                }
                // A request that was cut would be the last one.
                if count < bytes.count { return }
            }
        }

        /// What the other side says until it closes the connection, or for so many seconds.
        func answer(seconds: Int) -> String {
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var (text, buffer) = ("", [UInt8](repeating: 0, count: 4096))
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else { return text }
                text += String(decoding: buffer.prefix(count), as: UTF8.self)
            }
        }

        /// Whether the other side closes the connection in so many seconds.
        func waitForEnd(seconds: Int) -> Bool {
            var limit = timeval(tv_sec: seconds, tv_usec: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            while true {
                let count = waitForAnswer()
                if count <= 0 { return count == 0 || errno == ECONNRESET }
            }
        }
    }
#endif
