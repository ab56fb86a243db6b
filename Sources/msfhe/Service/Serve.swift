#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import Logging
    import Storage

    struct ServerOptions: ParsableArguments {
        @Option(help: "The settings, a file of JSON; variables MSFHE_SERVE_... of the environment go over them.")
        var config: String?

        func settings() throws -> ServerSettings {
            try ServerSettings(path: config, environment: ProcessInfo.processInfo.environment)
        }
    }

    struct Serve: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Serve encrypted search over HTTP.",
            discussion: """
                Runs until it is told to stop (SIGTERM, or Ctrl-C): then running jobs get some time to end, and those that \
                did not begin anew at the next start. docs/operators.md says how to set a server up.
                """)

        @OptionGroup var options: ServerOptions

        @Flag(help: "Only say whether the settings are usable.")
        var checkConfig = false

        func run() throws {
            let settings = try options.settings()
            _ = try JobServer.tls(settings)
            if checkConfig {
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
                try printResult(String(decoding: encoder.encode(settings), as: UTF8.self))
                return
            }
            MassSpecFHE.leaveInterruptsToTheServer()
            let log = Logger(label: "msfhe.server") { _ in ServerLog() }
            let server = try JobServer(settings: settings, metrics: .forProcess(), log: log)
            try waitFor {
                try await server.runUntilStopped { port in
                    log.notice(
                        "listening",
                        metadata: [
                            "port": "\(port)", "auditKey": "\(server.audit.verifier)",
                            "tls": "\(!settings.tlsCertificate.isEmpty)",
                        ])
                }
            }
        }
    }

    /// One JSON object a line on standard error, for those who collect logs.
    struct ServerLog: LogHandler {
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            var line = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues { "\($0)" }
            line["time"] = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            line["level"] = "\(event.level)"
            line["message"] = "\(event.message)"
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            guard let text = try? encoder.encode(line) else { return }
            writeError(String(decoding: text, as: UTF8.self) + "\n")
        }
    }
#endif
