#if Service
    import Foundation
    import JobRunner
    import Logging
    import ServiceLifecycle

    /// Runs the host's jobs until the server stops.
    struct SchedulerService: Service {
        let host: SearchHost
        let grace: Duration

        func run() async throws {
            await withGracefulShutdownHandler {
                await host.scheduler.run()
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
