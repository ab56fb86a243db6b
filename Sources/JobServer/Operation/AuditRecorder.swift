#if Service
    import AuditLog
    import Foundation
    import JobRunner
    import Logging
    import ServiceLifecycle

    /// Takes what was done from the host's database into the audit log, in the order in which it was done.
    ///
    /// The database has an event in the transaction that does it; the log has it a moment later, for good. An event that the
    /// log has is not told again, wherever a process ends: entries have the numbers of events.
    package struct AuditRecorder: Service {
        private static let batch = 256
        private static let interval = Duration.milliseconds(200)

        let host: SearchHost
        let audit: AuditLog
        let pseudonyms: PseudonymKey
        let log: Logger

        package init(host: SearchHost, audit: AuditLog, pseudonyms: PseudonymKey, log: Logger) {
            self.host = host
            self.audit = audit
            self.pseudonyms = pseudonyms
            self.log = log
        }

        package func run() async throws {
            while !Task.isCancelled {
                // What was done before the server was asked to stop is told before it does.
                let isLast = Task.isShuttingDownGracefully
                do {
                    while try await tell() {}
                } catch {
                    log.error("the audit log cannot be written", metadata: ["reason": "\(error)"])
                }
                if isLast { return }
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            }
        }

        /// Tells the log the next events: those after the last one that it has.
        ///
        /// - Returns: whether there were any.
        private func tell() async throws -> Bool {
            let last = await audit.lastEvent?.sequence ?? 0
            let events = try await host.events(after: last, limit: Self.batch)
            guard let told = events.last?.sequence else { return false }
            _ = try await audit.append(contentsOf: events.map(entry))
            try await host.forgetEvents(through: told)
            return true
        }

        private func entry(_ event: HostEvent) -> AuditEvent {
            let names = pseudonyms.project(event.project.description)
            // Of memberships, the object is an account.
            let name =
                event.kind == .membership
                ? names.account(event.object.description) : event.object.description
            return AuditEvent(
                AuditEvent.Kind(event.kind), project: names.project,
                account: event.account.map { names.account($0.description) }, object: event.sha256?.description,
                bytes: event.byteCount, name: name, sequence: event.sequence)
        }
    }

    extension AuditEvent.Kind {
        fileprivate init(_ kind: HostEvent.Kind) {
            self =
                switch kind {
                case .upload: .upload
                case .library: .library
                case .sharing: .sharing
                case .unsharing: .unsharing
                case .job: .job
                case .result: .result
                case .failure: .failure
                case .cancellation: .cancellation
                case .deletion: .deletion
                case .access: .access
                case .membership: .membership
                }
        }
    }
#endif
