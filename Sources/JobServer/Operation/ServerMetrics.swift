#if Service
    import Foundation
    import Metrics
    import Synchronization

    /// What the server counts, in the text format of Prometheus. A factory for swift-metrics, so that what the packages below
    /// count is there, too.
    package final class ServerMetrics: MetricsFactory, Sendable {
        private struct Series: Hashable {
            let name: String
            let labels: String
        }

        private struct State {
            /// Sums of counters, last values of gauges, and of timers and recorders the sum and the number.
            var values: [Series: Double] = [:]
            var types: [String: Kind] = [:]
        }

        /// What Prometheus calls the type of a metric.
        enum Kind: String {
            case counter, gauge, summary
        }

        /// What the server's own metrics tell.
        private static let help = [
            "http_requests_total": "Requests that were answered.",
            "http_request_duration_seconds": "Time until an answer began.",
            "msfhe_jobs_queued": "Jobs that wait.",
            "msfhe_jobs_running": "Jobs that run.",
            "msfhe_jobs_ended_total": "Jobs that came to an end since the host was made.",
            "msfhe_audit_entries": "Entries of the audit log.",
            "msfhe_audit_waiting_events": "Events that the audit log does not have yet.",
            "msfhe_disk_free_bytes": "Bytes of the data folder's disk that are free.",
            "msfhe_open_connections": "Connections that are open.",
            "msfhe_received_bytes_total": "Bytes of the bodies of requests.",
            "msfhe_sent_bytes_total": "Bytes of the bodies of answers.",
            "process_resident_memory_bytes": "Bytes of memory that the process has.",
            "msfhe_build_info": "The version of the program.",
        ]

        private let state = Mutex(State())

        package init() {}

        /// Those of the process, which the packages below count to as well. To be called once.
        package static func forProcess() -> ServerMetrics {
            let metrics = ServerMetrics()
            MetricsSystem.bootstrap(metrics)
            return metrics
        }

        /// Counts a request.
        func record(method: String, route: String, status: Int, _ duration: Duration) {
            let labels = [("method", method), ("route", route)]
            add(1, to: "http_requests_total", labels + [("status", String(status))], type: .counter)
            add(duration / .seconds(1), to: "http_request_duration_seconds_sum", labels, type: nil)
            add(1, to: "http_request_duration_seconds_count", labels, type: nil)
            state.withLock { $0.types["http_request_duration_seconds"] = .summary }
        }

        /// Says what a gauge shows now, or a counter that is kept elsewhere.
        func set(_ name: String, _ labels: [(String, String)] = [], to value: Double, type: Kind = .gauge) {
            state.withLock { state in
                state.types[name] = type
                state.values[Series(name: name, labels: Self.text(labels))] = value
            }
        }

        fileprivate func add(_ value: Double, to name: String, _ labels: [(String, String)], type: Kind?) {
            state.withLock { state in
                if let type { state.types[name] = type }
                state.values[Series(name: name, labels: Self.text(labels)), default: 0] += value
            }
        }

        /// Everything, in the text format of Prometheus, version 0.0.4.
        package var text: String {
            let state = state.withLock { $0 }
            var lines: [String] = []
            var described = Set<String>()
            for series in state.values.keys.sorted(by: { ($0.name, $0.labels) < ($1.name, $1.labels) }) {
                let family = ["_sum", "_count"].reduce(series.name) { name, suffix in
                    name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
                }
                let named = state.types[series.name] == nil ? family : series.name
                if let type = state.types[named], described.insert(named).inserted {
                    if let help = Self.help[named] { lines.append("# HELP \(named) \(help)") }
                    lines.append("# TYPE \(named) \(type)")
                }
                lines.append("\(series.name)\(series.labels) \(state.values[series] ?? 0)")
            }
            return lines.joined(separator: "\n") + "\n"
        }

        private static func text(_ labels: [(String, String)]) -> String {
            guard !labels.isEmpty else { return "" }
            let pairs = labels.map { name, value in
                let escaped = value.replacingOccurrences(of: "\\", with: "\\\\")
                    .replacingOccurrences(of: "\"", with: "\\\"").replacingOccurrences(of: "\n", with: "\\n")
                return "\(Self.identifier(name))=\"\(escaped)\""
            }
            return "{\(pairs.joined(separator: ","))}"
        }

        fileprivate static func identifier(_ name: String) -> String {
            String(
                name.unicodeScalars.map {
                    $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "_"
                })
        }

        // MARK: Factory

        package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
            Handler(self, label, dimensions)
        }

        package func makeRecorder(
            label: String, dimensions: [(String, String)], aggregate: Bool
        ) -> any RecorderHandler { Handler(self, label, dimensions) }

        package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
            Handler(self, label, dimensions)
        }

        package func destroyCounter(_ handler: any CounterHandler) {}
        package func destroyRecorder(_ handler: any RecorderHandler) {}
        package func destroyTimer(_ handler: any TimerHandler) {}

        /// One series of each kind that swift-metrics knows.
        private final class Handler: CounterHandler, RecorderHandler, TimerHandler, Sendable {
            private let metrics: ServerMetrics
            private let name: String
            private let labels: [(String, String)]

            init(_ metrics: ServerMetrics, _ label: String, _ dimensions: [(String, String)]) {
                self.metrics = metrics
                name = ServerMetrics.identifier(label)
                labels = dimensions
            }

            func increment(by amount: Int64) { metrics.add(Double(amount), to: name, labels, type: .counter) }
            func reset() {}
            func record(_ value: Int64) { record(Double(value)) }
            func record(_ value: Double) { metrics.set(name, labels, to: value) }

            func recordNanoseconds(_ duration: Int64) {
                metrics.add(Double(duration) / 1e9, to: "\(name)_seconds_sum", labels, type: nil)
                metrics.add(1, to: "\(name)_seconds_count", labels, type: nil)
            }
        }
    }
#endif
