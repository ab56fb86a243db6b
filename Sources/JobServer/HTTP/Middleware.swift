#if Service
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import Logging
    import Synchronization

    /// Around every request: errors become problems, and one line of the log and the metrics say what was asked and how it
    /// ended, by the route's pattern, never with the names of objects or tokens.
    struct RequestRecorder: RouterMiddleware {
        typealias Context = ServerContext
        let metrics: ServerMetrics

        func handle(
            _ request: Request, context: ServerContext,
            next: (Request, ServerContext) async throws -> Response
        ) async throws -> Response {
            let start = ContinuousClock.now
            var response: Response
            do {
                response = try await next(request, context)
            } catch {
                let problem = Problem(error)
                if let cause = problem.cause {
                    context.logger.error("request failed", metadata: ["reason": "\(cause)"])
                }
                response = problem.response
            }
            // Loggers that keep nothing have no name for the request either.
            response.headers[.requestID] = context.logger[metadataKey: "hb.request.id"]?.description
            let duration = ContinuousClock.now - start
            let route = context.endpointPath ?? "none"
            metrics.record(method: request.method.rawValue, route: route, status: response.status.code, duration)
            context.logger.info(
                "request",
                metadata: [
                    "method": "\(request.method.rawValue)", "route": "\(route)", "status": "\(response.status.code)",
                    "milliseconds": "\(Int(duration / .milliseconds(1)))",
                ])
            return response
        }
    }

    /// Finds the account of each request by its token, and holds it to its rate.
    struct Authentication: RouterMiddleware {
        typealias Context = ServerContext
        let host: SearchHost
        let limiter: RateLimiter

        func handle(
            _ request: Request, context: ServerContext,
            next: (Request, ServerContext) async throws -> Response
        ) async throws -> Response {
            let account: Account
            do {
                account = try await authenticate(request)
            } catch {
                // Whoever tries tokens is slowed down by address.
                let allowance = limiter.take(for: "address \(context.remoteAddress)")
                throw allowance.isGranted ? error : Self.tooMany(allowance)
            }
            let allowance = limiter.take(for: account.id.description)
            guard allowance.isGranted else { throw Self.tooMany(allowance) }
            var context = context
            context.knownAccess = host.access(for: account)
            let fields: HTTPFields = [
                .rateLimitPolicy: limiter.policy,
                .rateLimit: "\"requests\";r=\(allowance.remaining);t=\(allowance.secondsToFull)",
            ]
            do {
                var response = try await next(request, context)
                response.headers.append(contentsOf: fields)
                return response
            } catch {
                var problem = Problem(error)
                problem.headers.append(contentsOf: fields)
                throw problem
            }
        }

        private func authenticate(_ request: Request) async throws -> Account {
            let header = request.headers[.authorization] ?? ""
            guard header.lowercased().hasPrefix("bearer ") else {
                throw HostError(.unauthenticated, "an access token is wanted: Authorization: Bearer TOKEN")
            }
            return try await host.accounts.authenticate(header.dropFirst(7))
        }

        private static func tooMany(_ allowance: RateLimiter.Allowance) -> Problem {
            var problem = Problem(
                .tooManyRequests, "rate", "Too many requests",
                "the account has used up its requests for now; go on in \(allowance.secondsToNext) s")
            problem.headers[.retryAfter] = "\(allowance.secondsToNext)"
            return problem
        }
    }

    /// So many requests a minute for each account, as many at once: a token bucket.
    final class RateLimiter: Sendable {
        struct Allowance {
            let isGranted: Bool
            let remaining: Int
            /// Until one more request is allowed.
            let secondsToNext: Int
            /// Until all are.
            let secondsToFull: Int
        }

        private struct Bucket {
            var level: Double
            var time: ContinuousClock.Instant
        }

        /// Beyond so many buckets, full ones are forgotten: they say nothing.
        private static let bucketLimit = 10_000

        private let perMinute: Int
        private let now: @Sendable () -> ContinuousClock.Instant
        private let buckets = Mutex<[String: Bucket]>([:])

        init(perMinute: Int, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
            self.perMinute = perMinute
            self.now = now
        }

        /// The limit in the words of draft-ietf-httpapi-ratelimit-headers.
        var policy: String { "\"requests\";q=\(perMinute);w=60" }

        /// Takes a request from the bucket of `name`, if there is one.
        func take(for name: String) -> Allowance {
            let time = now()
            let (limit, perSecond) = (Double(perMinute), Double(perMinute) / 60)
            return buckets.withLock { buckets in
                if buckets.count > Self.bucketLimit {
                    buckets = buckets.filter {
                        $0.value.level + ($0.value.time.duration(to: time) / .seconds(1)) * perSecond < limit
                    }
                }
                var bucket = buckets[name] ?? Bucket(level: limit, time: time)
                bucket.level = min(limit, bucket.level + (bucket.time.duration(to: time) / .seconds(1)) * perSecond)
                bucket.time = time
                let isGranted = bucket.level >= 1
                if isGranted { bucket.level -= 1 }
                buckets[name] = bucket
                return Allowance(
                    isGranted: isGranted, remaining: Int(bucket.level),
                    secondsToNext: Int(max(0, (1 - bucket.level) / perSecond).rounded(.up)),
                    secondsToFull: Int(((limit - bucket.level) / perSecond).rounded(.up)))
            }
        }
    }

    extension HTTPField.Name {
        static let rateLimit = HTTPField.Name("RateLimit")!
        static let rateLimitPolicy = HTTPField.Name("RateLimit-Policy")!
        static let requestID = HTTPField.Name("Request-Id")!
    }
#endif
