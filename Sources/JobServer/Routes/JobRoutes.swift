#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import NIOCore
    import ServiceLifecycle
    import SpectralSearch
    import Synchronization

    /// Jobs and their results.
    struct JobRoutes {
        /// So often those who watch a job that does not move are told that the connection is alive.
        private static let heartbeat = Duration.seconds(15)

        let streams: EventStreams

        func add(to group: RouterGroup<ServerContext>) {
            group.post(use: submit)
            group.get { request, context in
                let (after, limit) = try request.page(limit: 100)
                let jobs = try await context.access.jobs(in: request.project(), after: after, limit: limit + 1)
                return try Response.json(Items(jobs, limit: limit, name: \.id) { JobItem($0) })
            }
            group.get(":id") { _, context in
                try await Response.json(JobItem(context.access.job(context.object())))
            }
            group.post(":id/cancel") { _, context in
                try await Response.json(JobItem(context.access.cancel(context.object())))
            }
            group.delete(":id") { _, context in
                try await context.access.deleteJob(context.object())
                return Response.done
            }
            group.get(":id/result") { request, context in
                let file = try await context.access.readResult(of: context.object())
                let job = try await context.access.job(context.object())
                return try Response.file(
                    file, sha256: job.sha256?.description, type: "application/octet-stream", for: request)
            }
            group.get(":id/events", use: follow)
        }

        private func submit(_ request: Request, _ context: ServerContext) async throws -> Response {
            let wanted = try await request.json(JobSubmission.self)
            guard let mode = SearchMode(rawValue: wanted.mode) else {
                throw Problem.invalid(
                    "there is no mode '\(wanted.mode.prefix(40))'; there are \(SearchMode.allCases.map(\.rawValue))")
            }
            let name = wanted.priority ?? JobPriority.normal.name
            guard let priority = JobPriority(name: name) else {
                throw Problem.invalid("a priority is low, normal or high, not '\(name.prefix(40))'")
            }
            let job = try await context.access.submit(
                JobRequest(
                    library: ServerContext.object(wanted.library), dataset: ServerContext.object(wanted.dataset),
                    mode: mode, score: wanted.score, priority: priority, requestKey: wanted.requestKey))
            return try Response.json(JobItem(job), .created)
        }

        /// Server-sent events: `state`, with the job as it is, each time that something has become of it, until nothing
        /// will, or until the host stops.
        private func follow(_ request: Request, _ context: ServerContext) async throws -> Response {
            let access = try context.access
            let id = try context.object()
            _ = try await access.job(id)
            let place = try streams.take(for: access.account.id)
            let body = ResponseBody { writer in
                defer { withExtendedLifetime(place) {} }
                // Of a client that does not read, the last state is kept, and that something is to be said.
                let latest = Mutex<String?>(nil)
                let (news, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
                let following = Task {
                    do {
                        for try await job in access.follow(id) {
                            let data = String(decoding: try WireJSON.encode(JobItem(job)), as: UTF8.self)
                            latest.withLock { $0 = "event: state\ndata: \(data)\n\n" }
                            continuation.yield()
                        }
                    } catch {}
                    continuation.finish()
                }
                let beating = Task {
                    while !Task.isCancelled {
                        try await Task.sleep(for: Self.heartbeat)
                        continuation.yield()
                    }
                }
                defer {
                    following.cancel()
                    beating.cancel()
                }
                let stopping = Task {
                    try await gracefulShutdown()
                    continuation.finish()
                }
                defer { stopping.cancel() }
                for await _ in news {
                    let event = latest.withLock { $0.take() } ?? ": waiting\n\n"
                    try await writer.write(ByteBuffer(string: event))
                }
                try await writer.finish(nil)
            }
            return Response(
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
        }
    }

    /// So many streams of events an account may have open at a time.
    final class EventStreams: Sendable {
        private let limit: Int
        private let counts = Mutex<[ObjectID: Int]>([:])

        init(limit: Int) { self.limit = limit }

        /// A stream of `account`, for as long as the object is there.
        func take(for account: ObjectID) throws(HostError) -> Place {
            let isGranted = counts.withLock { counts in
                guard counts[account, default: 0] < limit else { return false }
                counts[account, default: 0] += 1
                return true
            }
            guard isGranted else {
                throw HostError(
                    .quotaExceeded, "the account follows \(limit) jobs at a time, which is the limit; end one first")
            }
            return Place(streams: self, account: account)
        }

        final class Place: Sendable {
            private let streams: EventStreams
            private let account: ObjectID

            fileprivate init(streams: EventStreams, account: ObjectID) {
                (self.streams, self.account) = (streams, account)
            }

            deinit {
                streams.counts.withLock { counts in
                    counts[account, default: 1] -= 1
                    if counts[account] == 0 { counts[account] = nil }
                }
            }
        }
    }

    extension Response {
        fileprivate init(headers: HTTPFields, body: ResponseBody) {
            self.init(status: .ok, headers: headers, body: body)
        }
    }
#endif
