#if Service
    import Foundation
    import TestSupport
    import Testing

    @testable import JobServer

    /// Clients that let the server wait, in each way that a connection has.
    struct SlowClientTests {
        /// An upload that dribbles is answered, and is free for others when it ends.
        @Test(.timeLimit(.minutes(1))) func dribblingUploadsAreToldSo() async throws {
            try await ServerFixture.with {
                $0.idleSeconds = 1
            } _: { server in
                let token = server.owner
                let bytes = try server.files.content("run.msq")
                let upload = try await server.announce(bytes, to: server.project(token: token), token: token)
                let slow = try RawConnection(port: server.port)
                try slow.sendChunk(bytes[0...], of: upload.id, at: 0, token: token, cutAfter: 10)
                let dribbling = Task {
                    for byte in bytes[10..<60] {
                        try slow.send(Data([byte]))
                        try await Task.sleep(for: .milliseconds(50))
                    }
                }
                let answer = try await onOwnThread { slow.answer(seconds: 10) }
                dribbling.cancel()
                #expect(answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
                #expect(answer.contains("urn:massspecfhe:problem:slow"))
                // What came counts, and the next call goes on behind it.
                var received = -1
                for _ in 0..<100 where received < 10 {
                    try await Task.sleep(for: .milliseconds(20))
                    received = try await server.call(.GET, "/v1/uploads/\(upload.id)", token: token)
                        .json(UploadItem.self).received
                }
                #expect((10..<60).contains(received))
                let rest = try await server.call(
                    .PATCH, "/v1/uploads/\(upload.id)", token: token, bytes: bytes[received...],
                    headers: [("Upload-Offset", "\(received)")])
                #expect(try rest.json(UploadItem.self).received == bytes.count)
            }
        }

        /// Connections that say nothing, or never end their headers, are closed; beyond the limit others wait, and are served
        /// then.
        @Test(.timeLimit(.minutes(1))) func idleConnectionsMakeRoom() async throws {
            try await ServerFixture.with {
                $0.idleSeconds = 1
                $0.connectionLimit = 8
            } _: { server in
                let idle = try (0..<20).map { _ in try RawConnection(port: server.port) }
                for (number, connection) in idle.enumerated() where number % 2 == 0 {
                    try connection.send(Data("GET /v1/health HTTP/1.1\r\nA: b".utf8))
                }
                let call = try await server.call(.GET, "/v1/health", token: nil)
                #expect(call.status == 200)
                for connection in idle {
                    #expect(try await onOwnThread { connection.waitForEnd(seconds: 10) })
                }
            }
        }

        /// A client that asks and does not read is let go.
        @Test(.timeLimit(.minutes(1))) func clientsThatDoNotReadAreLetGo() async throws {
            try await ServerFixture.with {
                $0.idleSeconds = 1
                $0.requestsPerMinute = 1_000_000
            } _: { server in
                let deaf = try deafConnection(server)
                defer { withExtendedLifetime(deaf) {} }
                var open = 2.0
                for _ in 0..<100 where open > 1 {
                    try await Task.sleep(for: .milliseconds(100))
                    let metrics = try await server.call(.GET, "/metrics", token: nil).body
                    open = Self.value("msfhe_open_connections", String(decoding: metrics, as: UTF8.self)) ?? 2
                }
                #expect(open == 1, "the connection that asks for the metrics remains")
            }
        }

        /// Nor does it keep the server from stopping.
        @Test(.timeLimit(.minutes(1))) func theServerStopsWithoutThem() async throws {
            var deaf: RawConnection?
            let clock = ContinuousClock()
            var stopping = clock.now
            try await ServerFixture.with {
                $0.requestsPerMinute = 1_000_000
                $0.drainSeconds = 0
            } _: { server in
                deaf = try deafConnection(server)
                try await Task.sleep(for: .milliseconds(500))
                stopping = clock.now
            }
            // What the server waits for answers at most, and some time to end.
            #expect(clock.now - stopping < .seconds(15))
            withExtendedLifetime(deaf) {}
        }

        /// A connection with more answers on their way than the system takes.
        private func deafConnection(_ server: ServerFixture) throws -> RawConnection {
            let connection = try RawConnection(port: server.port)
            let request = """
                GET /v1/libraries/\(server.library.id)/files/entries.tsv HTTP/1.1\r
                Host: localhost\r
                Authorization: Bearer \(server.owner)\r
                \r

                """
            connection.flood(Data(request.utf8), times: 20_000)
            return connection
        }

        static func value(_ name: String, _ metrics: String) -> Double? {
            metrics.split(separator: "\n").first { $0.hasPrefix(name + " ") }
                .flatMap { Double($0.dropFirst(name.count + 1)) }
        }
    }
#endif
