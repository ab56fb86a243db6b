#if Service
    import Foundation
    import Testing

    @testable import JobServer

    /// Many clients at a time. `make soak` makes it two minutes and 200 clients.
    struct SoakTests {
        private static let seconds = Double(ProcessInfo.processInfo.environment["MSFHE_SOAK_SECONDS"] ?? "") ?? 3
        private static let clients = Int(ProcessInfo.processInfo.environment["MSFHE_SOAK_CLIENTS"] ?? "") ?? 20
        /// What the process may grow by between a third of the time and the end: results that are being fetched, for all
        /// clients at once, and as much again for what the allocator keeps.
        private static let growthLimit = 128 << 20

        /// Every job that was accepted is there once, with one result, and the right one; memory stays bounded.
        @Test(.timeLimit(.minutes(10))) func nothingIsLostOrDoubled() async throws {
            try await ServerFixture.with {
                $0.requestsPerMinute = 1_000_000
                $0.host.batchSlots = 2
            } _: { server in
                let start = ContinuousClock.now
                let deadline = start + .seconds(Self.seconds)
                let accepted = try await withThrowingTaskGroup(of: Int.self) { group in
                    for number in 0..<Self.clients {
                        group.addTask { try await client(number, server, until: deadline) }
                    }
                    group.addTask {
                        try await Task.sleep(until: start + .seconds(Self.seconds / 3))
                        let before = JobServer.residentByteCount
                        try await Task.sleep(until: deadline)
                        let growth = JobServer.residentByteCount - before
                        #expect(growth < Self.growthLimit, "\(growth >> 20) MiB")
                        print(
                            "soak: \(JobServer.residentByteCount >> 20) MiB at the end, \(growth >> 20) more than at a third"
                        )
                        return 0
                    }
                    return try await group.reduce(0, +)
                }
                #expect(accepted >= Self.clients)
                let duration = (ContinuousClock.now - start) / .seconds(1)
                print("soak: \(Self.clients) clients, \(accepted) jobs in \(Int(duration)) s, none lost, none doubled")
            }
        }

        /// Submits jobs, each request twice, and fetches their results.
        ///
        /// - Returns: the number of jobs that were accepted.
        private func client(_ number: Int, _ server: ServerFixture, until deadline: ContinuousClock.Instant)
            async throws -> Int
        {
            let token = try server.token("client \(number)")
            let project = try await server.project(token: token)
            let dataset = try await server.send(server.files.content("run.msq"), to: project, token: token)
            var accepted = Set<String>()
            var requests = 0
            var result: String?
            repeat {
                let submission = server.submission(dataset, requestKey: "\(requests)")
                requests += 1
                var made: JobItem?
                for _ in 0..<2 {
                    let answer = try await server.call(.POST, "/v1/jobs", token: token, json: submission)
                    #expect(answer.status == 201, "\(String(decoding: answer.body, as: UTF8.self))")
                    let job = try answer.json(JobItem.self)
                    #expect(made == nil || made?.id == job.id)
                    made = job
                }
                guard let made else { break }
                accepted.insert(made.id)
                let ended = try await server.end(of: made, token: token)
                #expect(ended.state == "succeeded", "\(ended.problem ?? "")")
                let answer = try await server.call(.GET, "/v1/jobs/\(made.id)/result", token: token)
                #expect(sha256(answer.body) == ended.resultSHA256)
                // The same queries have the same answer each time.
                #expect(result == nil || result == ended.resultSHA256)
                result = ended.resultSHA256
                server.log.withLock { $0 = [] }
            } while ContinuousClock.now < deadline
            #expect(accepted.count == requests)
            let listed = try await server.call(.GET, "/v1/jobs?project=\(project)&limit=1000", token: token)
                .json(Items<JobItem>.self).items
            #expect(Set(listed.map(\.id)) == accepted && listed.count == requests)
            return requests
        }
    }
#endif
