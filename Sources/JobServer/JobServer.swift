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
    import ServiceLifecycle
    import Storage
    import UnixSignals

    /// The job runner over HTTP: a host's data folder, its scheduler, its audit log and the API, in one process.
    package struct JobServer: Sendable {
        /// The host.
        package let host: SearchHost
        /// The log of what is done on it.
        package let audit: AuditLog
        private let settings: ServerSettings
        private let pseudonyms: PseudonymKey
        private let metrics: ServerMetrics
        private let traffic = Traffic()
        private let log: Logger
        private let tls: TLSConfiguration?

        /// Opens the data folder of `settings`, or makes it, and its audit log and keys.
        ///
        /// - Throws: ``InputError``, ``HostError`` when it cannot be used or another process serves it.
        package init(
            settings: ServerSettings, clock: HostClock = .system, metrics: ServerMetrics = ServerMetrics(), log: Logger
        ) throws {
            self.settings = settings
            self.metrics = metrics
            self.log = log
            tls = try Self.tls(settings)
            host = try SearchHost(
                folder: settings.folder, settings: settings.host, clock: clock, log: log, purpose: .serving)
            audit = try AuditLog(path: "\(settings.folder)/audit", key: Self.signingKey(settings), now: clock.now)
            pseudonyms = try PseudonymKey(readingOrMaking: "\(Self.auditKeys(settings))/pseudonyms")
            // The folder may have been put together of a log and an older database.
            try host.numberEvents(after: audit.lastEventAtOpening?.sequence ?? 0)
        }

        /// The folder of the audit log's two private keys.
        static func auditKeys(_ settings: ServerSettings) -> String { "\(settings.folder)/audit-keys" }

        /// The key by which anyone verifies the audit log of the host of `settings`; made if there is none yet.
        package static func auditKey(_ settings: ServerSettings) throws -> NoteVerifierKey {
            try signingKey(settings).verifier
        }

        private static func signingKey(_ settings: ServerSettings) throws -> NoteSigningKey {
            try FileManager.default.createDirectory(
                atPath: auditKeys(settings), withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            let (path, name) = ("\(auditKeys(settings))/signing", settings.auditName)
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
        func application(isRunning: @escaping @Sendable (Int) async -> Void) throws -> some ApplicationProtocol {
            let (address, port) = try settings.address
            let http = HTTPServerBuilder.http1(
                configuration: .init(
                    additionalChannelHandlers: [
                        ConnectionKeeper(patience: .seconds(Int64(settings.idleSeconds)), traffic: traffic)
                    ]))
            // They stop in the reverse order: the log is written to the end.
            return try Application(
                router: router,
                server: tls.map { try .tls(http, tlsConfiguration: $0) } ?? http,
                configuration: .init(
                    address: .hostname(address, port: port), serverName: "msfhe",
                    availableConnectionsDelegate: MaximumAvailableConnections(settings.connectionLimit)),
                services: [
                    AuditRecorder(host: host, audit: audit, pseudonyms: pseudonyms, log: log),
                    Housekeeping(host: host, log: log),
                    SchedulerService(host: host),
                ],
                onServerRunning: { await isRunning($0.localAddress?.port ?? port) },
                logger: log)
        }

        /// Serves until the process is asked to stop, by SIGTERM or SIGINT.
        package func runUntilStopped(isRunning: @escaping @Sendable (Int) async -> Void) async throws {
            try await group(signals: [.sigterm, .sigint], isRunning: isRunning).run()
        }

        /// The server, until it is asked to stop. Running jobs then get their time, and clients as much and ``lastSeconds``
        /// more to take their answers; who does not is left.
        func group(
            signals: [UnixSignal] = [], isRunning: @escaping @Sendable (Int) async -> Void
        ) throws -> ServiceGroup {
            let server = try DrainingServer(
                host: host, grace: .seconds(settings.drainSeconds), server: application(isRunning: isRunning))
            var configuration = ServiceGroupConfiguration(
                services: [server], gracefulShutdownSignals: signals, logger: log)
            configuration.maximumGracefulShutdownDuration = .seconds(settings.drainSeconds + Self.lastSeconds)
            return ServiceGroup(configuration: configuration)
        }

        private static let lastSeconds = 5

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
            router.get("metrics") { _, context in
                guard settings.publicMetrics || isThisMachine(context.remoteAddress) else {
                    throw HTTPError(.notFound)
                }
                try await measure()
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: metrics.text)))
            }
            let api = router.group("v1").add(
                middleware: Authentication(host: host, limiter: RateLimiter(perMinute: settings.requestsPerMinute)))
            ObjectRoutes(settings: settings, limits: host.settings).add(to: api)
            JobRoutes(streams: EventStreams(limit: settings.eventStreamLimit)).add(to: api.group("jobs"))
            AuditRoutes(host: host, log: audit, pseudonyms: pseudonyms, showsEntries: settings.showAuditEntries)
                .add(to: api.group("audit"))
            return router
        }

        /// The version of the API and its program.
        package static let version = "0.1.0"

        /// What is looked at when somebody asks.
        private func measure() async throws {
            let (size, last) = (await audit.checkpoint.size, await audit.lastEvent?.sequence ?? 0)
            for (mode, length) in try await host.queueLengths() {
                metrics.set("msfhe_jobs_queued", [("mode", mode.rawValue)], to: Double(length))
            }
            for (mode, state, count) in try await host.endedJobCounts() {
                let labels = [("mode", mode.rawValue), ("state", state.rawValue)]
                metrics.set("msfhe_jobs_ended_total", labels, to: Double(count), type: .counter)
            }
            metrics.set("msfhe_jobs_running", to: Double(host.scheduler.runningCount))
            metrics.set("msfhe_audit_entries", to: Double(size))
            metrics.set("msfhe_audit_waiting_events", to: Double(try await host.eventCount(after: last)))
            metrics.set("msfhe_disk_free_bytes", to: Double(host.freeByteCount))
            metrics.set("msfhe_open_connections", to: Double(traffic.openConnections.load(ordering: .relaxed)))
            for (name, count) in [
                ("msfhe_received_bytes_total", traffic.receivedByteCount.load(ordering: .relaxed)),
                ("msfhe_sent_bytes_total", traffic.sentByteCount.load(ordering: .relaxed)),
            ] { metrics.set(name, to: Double(count), type: .counter) }
            metrics.set("process_resident_memory_bytes", to: Double(Self.residentByteCount))
            metrics.set("msfhe_build_info", [("version", Self.version)], to: 1)
        }

        /// Bytes of memory that the process has; 0 where that cannot be said.
        static var residentByteCount: Int {
            let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
            let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
        }
    }
#endif
