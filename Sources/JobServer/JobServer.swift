#if Service
    import AuditLog
    import Foundation
    import HTTPTypes
    import Hummingbird
    import HummingbirdCore
    import HummingbirdTLS
    import JobRunner
    import Logging
    import NIOCore
    import Storage

    /// The job runner over HTTP: a host's data folder, its scheduler, its audit log and the API, in one process.
    package struct JobServer: Sendable {
        /// The host.
        package let host: SearchHost
        /// The log of what is done on it.
        package let audit: AuditLog
        private let settings: ServerSettings
        private let pseudonyms: PseudonymKey
        private let metrics: ServerMetrics
        private let log: Logger
        private let tls: TLSConfiguration?

        /// Opens the data folder of `settings`, or makes it, and its audit log and keys.
        ///
        /// - Throws: ``InputError``, ``HostError`` when it cannot be used or another process serves it.
        package init(settings: ServerSettings, metrics: ServerMetrics = ServerMetrics(), log: Logger) throws {
            self.settings = settings
            self.metrics = metrics
            self.log = log
            tls = try Self.tls(settings)
            host = try SearchHost(folder: settings.folder, settings: settings.host, log: log, purpose: .serving)
            let folder = "\(settings.folder)/audit-keys"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            audit = try AuditLog(
                path: "\(settings.folder)/audit",
                key: Self.signingKey(path: "\(folder)/signing", name: settings.auditName))
            pseudonyms = try PseudonymKey(readingOrMaking: "\(folder)/pseudonyms")
        }

        private static func signingKey(path: String, name: String) throws -> NoteSigningKey {
            if !FileManager.default.fileExists(atPath: path) {
                try NoteSigningKey.generate(name: name).write(to: path)
            }
            let key = try NoteSigningKey(path: path)
            guard key.verifier.name == name else {
                throw InputError(
                    "auditName",
                    "is '\(name)', but the log of this folder is called '\(key.verifier.name)', which stays its name")
            }
            return key
        }

        /// Reads what TLS needs, so that `--check-config` can tell whether it is usable.
        package static func tls(_ settings: ServerSettings) throws -> TLSConfiguration? {
            guard !settings.tlsCertificate.isEmpty else { return nil }
            let chain: [NIOSSLCertificate]
            do { chain = try NIOSSLCertificate.fromPEMFile(settings.tlsCertificate) } catch {
                throw InputError(settings.tlsCertificate, "is not a certificate chain in PEM")
            }
            let key: NIOSSLPrivateKey
            do { key = try NIOSSLPrivateKey(file: settings.tlsKey, format: .pem) } catch {
                throw InputError(settings.tlsKey, "is not a private key in PEM")
            }
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
            configuration.minimumTLSVersion = .tlsv12
            return configuration
        }

        /// The server, ready to run; `isRunning` is told the port that it listens at.
        func application(
            isRunning: @escaping @Sendable (Int) async -> Void = { _ in }
        ) throws -> some ApplicationProtocol {
            let (address, port) = try settings.address
            let channel = HTTP1Channel.Configuration(idleTimeout: .seconds(Int64(settings.idleSeconds)))
            let http = HTTPServerBuilder.http1(configuration: channel)
            // They stop in the reverse order: the log is written to the end.
            return try Application(
                router: router,
                server: tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
                configuration: .init(address: .hostname(address, port: port), serverName: "msfhe"),
                services: [
                    AuditRecorder(host: host, audit: audit, pseudonyms: pseudonyms, log: log),
                    Housekeeping(host: host, log: log),
                    SchedulerService(host: host, grace: .seconds(settings.drainSeconds)),
                ],
                onServerRunning: { await isRunning($0.localAddress?.port ?? port) },
                logger: log)
        }

        /// Serves until the process is asked to stop, by SIGTERM or SIGINT.
        package func runUntilStopped(isRunning: @escaping @Sendable (Int) async -> Void) async throws {
            try await application(isRunning: isRunning).runService(gracefulShutdownSignals: [.sigterm, .sigint])
        }

        /// Every route of the API.
        private var router: Router<ServerContext> {
            let router = Router(context: ServerContext.self)
            router.add(middleware: RequestRecorder(metrics: metrics))
            router.get("v1/health") { _, _ in
                try Response.json(HealthItem(status: "ok", version: Self.version))
            }
            router.get("v1/ready") { _, _ in
                try await host.requireReadiness()
                return try Response.json(HealthItem(status: "ready", version: Self.version))
            }
            router.get("metrics") { _, _ in
                try await measure()
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
            }
            let api = router.group("v1").add(
                middleware: Authentication(host: host, limiter: RateLimiter(perMinute: settings.requestsPerMinute)))
            ObjectRoutes(settings: settings, limits: host.settings).add(to: api)
            JobRoutes().add(to: api.group("jobs"))
            AuditRoutes(log: audit, showsEntries: settings.showAuditEntries).add(to: api.group("audit"))
            return router
        }

        /// The version of the API and its program.
        package static let version = "0.1.0"

        /// What is looked at when somebody asks.
        private func measure() async throws {
            for (mode, length) in try await host.queueLengths() {
                metrics.set("msfhe_jobs_queued", [("mode", mode.rawValue)], to: Double(length))
            }
            metrics.set("msfhe_jobs_running", to: Double(host.scheduler.runningCount))
            metrics.set("msfhe_audit_entries", to: Double(await audit.checkpoint.size))
        }
    }
#endif
