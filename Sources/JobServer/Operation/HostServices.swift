#if Service
    import Foundation
    import Hummingbird
    import JobRunner
    import Logging
    import ServiceLifecycle

    /// Runs the host's jobs. ``DrainingServer`` ends them; the service stays until it is asked to stop, as services are to.
    struct SchedulerService: Service {
        let host: SearchHost

        func run() async throws {
            await host.scheduler.run()
            try? await gracefulShutdown()
        }
    }

    /// A server that takes up no jobs any more once it is asked to stop: before it waits for its clients.
    struct DrainingServer: Service {
        let host: SearchHost
        let grace: Duration
        let server: any ApplicationProtocol

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                host.scheduler.drain(grace: grace)
            }
        }
    }

    /// Drops uploads that nobody continues, now and then.
    struct Housekeeping: Service {
        let host: SearchHost
        let log: Logger

        func run() async throws {
            while !Task.isShuttingDownGracefully, !Task.isCancelled {
                do { try await host.dropIdleUploads() } catch {
                    log.error("idle uploads cannot be dropped", metadata: ["reason": "\(error)"])
                }
                try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(60)) }
            }
        }
    }
#endif
