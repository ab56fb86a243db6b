#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import NIOCore
    import ServiceLifecycle
    import SpectralSearch

    /// Jobs and their results.
    struct JobRoutes {
        /// So often those who watch a job that does not move are told that the connection is alive.
        private static let heartbeat = Duration.seconds(15)

        func add(to group: RouterGroup<ServerContext>) {
            group.post(use: submit)
            group.get { request, context in
                let limit = try request.number("limit") ?? 100
                let after = try request.query("after").map { try ServerContext.object($0) }
                let jobs = try await context.access.jobs(in: request.project(), after: after, limit: limit)
                return try Response.json(Items(jobs.map { JobItem($0) }))
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
            let priority = wanted.priority ?? "normal"
            guard let priority = JobPriority.allCases.first(where: { "\($0)" == priority }) else {
                throw Problem.invalid("a priority is low, normal or high, not '\(priority.prefix(40))'")
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
            let body = ResponseBody { writer in
                let (events, continuation) = AsyncStream.makeStream(of: String.self)
                let following = Task {
                    do {
                        for try await job in access.follow(id) {
                            let data = String(decoding: try WireJSON.encode(JobItem(job)), as: UTF8.self)
                            continuation.yield("event: state\ndata: \(data)\n\n")
                        }
                    } catch {}
                    continuation.finish()
                }
                let beating = Task {
                    while !Task.isCancelled {
                        try await Task.sleep(for: Self.heartbeat)
                        continuation.yield(": waiting\n\n")
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
                for await event in events { try await writer.write(ByteBuffer(string: event)) }
                try await writer.finish(nil)
            }
            return Response(
                headers: [.contentType: "text/event-stream", .cacheControl: "no-store"], body: body)
        }
    }

    extension Response {
        fileprivate init(headers: HTTPFields, body: ResponseBody) {
            self.init(status: .ok, headers: headers, body: body)
        }
    }
#endif
