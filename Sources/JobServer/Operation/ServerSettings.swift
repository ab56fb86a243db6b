#if Service
    import Foundation
    import JobRunner
    import Storage

    /// What an operator decides: defaults, a file of JSON over them, and variables of the environment over both.
    package struct ServerSettings: Codable, Sendable, Hashable {
        /// Where to listen: address and port; port 0 is any that is free.
        package var listen = "127.0.0.1:8420"
        /// The folder of everything that the host keeps.
        package var folder = "msfhe-data"
        /// Certificate chain and private key of TLS, files in PEM; empty for none.
        package var tlsCertificate = ""
        package var tlsKey = ""
        /// Whether to serve without TLS where others than this machine can connect.
        package var allowPlaintext = false
        /// Requests of an account in a minute, and at once.
        package var requestsPerMinute = 1200
        /// Bytes of the largest chunk of an upload.
        package var chunkByteLimit = 256 << 20
        /// Connections that are open at a time; further ones wait.
        package var connectionLimit = 500
        /// Jobs that an account may follow at a time.
        package var eventStreamLimit = 100
        /// Seconds that a client may make the server wait: see ``ConnectionKeeper``.
        package var idleSeconds = 60
        /// Seconds that running jobs get to end when the server stops.
        package var drainSeconds = 30
        /// The name of the audit log and its key, for those who verify it; best the address of the host.
        package var auditName = "msfhe-host/audit"
        /// Whether accounts may read all entries of the audit log, which are under pseudonyms.
        package var showAuditEntries = false
        /// Whether others than this machine may read the metrics.
        package var publicMetrics = false
        /// What the host allows, and what it spends.
        package var host = HostSettings()

        package init() {}

        // MARK: Reading

        /// What the variables are called: `MSFHE_SERVE_REQUESTS_PER_MINUTE`, `MSFHE_SERVE_HOST_THREADS`.
        private static let variablePrefix = "MSFHE_SERVE_"

        /// The settings of the file at `path`, if one is named, under those of the environment.
        ///
        /// - Throws: ``InputError`` for what is not known, does not fit, or does not go together.
        package init(path: String?, environment: [String: String]) throws {
            var values = try Self.object(Self.encode(ServerSettings()), source: "defaults")
            // The only values whose defaults are the machine's.
            var host = values["host"] as? [String: Any] ?? [:]
            for name in ["batchMemoryLimit", "indexByteLimit"] { host[name] = NSNull() }
            values["host"] = host
            let source = path ?? "environment"
            if let path {
                values = try Self.overlay(
                    values, with: Self.object(readWhole(path: path, limit: 1 << 20), source: path), in: "", path)
            }
            values = try Self.overlay(values, environment: environment, prefix: Self.variablePrefix)
            do {
                self = try JSONDecoder().decode(
                    ServerSettings.self, from: JSONSerialization.data(withJSONObject: values))
            } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
                DecodingError.dataCorrupted(let context)
            {
                let name = context.codingPath.map(\.stringValue).joined(separator: ".")
                throw InputError(source, "'\(name)' has a value that does not fit")
            }
            try check(source: source)
        }

        private static func encode(_ settings: ServerSettings) throws -> Data { try JSONEncoder().encode(settings) }

        private static func object(_ data: Data, source: String) throws(InputError) -> [String: Any] {
            guard let object = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
                throw InputError(source, "is not an object of JSON")
            }
            return object
        }

        private static func overlay(
            _ values: [String: Any], with others: [String: Any], in place: String, _ source: String
        ) throws(InputError) -> [String: Any] {
            var values = values
            for (name, value) in others {
                guard let known = values[name] else {
                    let names = values.keys.sorted().joined(separator: ", ")
                    throw InputError(source, "there is no setting '\(place)\(name)'; there are \(names)")
                }
                if let inner = known as? [String: Any] {
                    guard let value = value as? [String: Any] else {
                        throw InputError(source, "'\(place)\(name)' must be an object")
                    }
                    values[name] = try overlay(inner, with: value, in: "\(place)\(name).", source)
                } else {
                    values[name] = value
                }
            }
            return values
        }

        private static func overlay(
            _ values: [String: Any], environment: [String: String], prefix: String
        ) throws(InputError) -> [String: Any] {
            var values = values
            for (name, known) in values {
                let variable = prefix + Self.variable(name)
                if let inner = known as? [String: Any] {
                    values[name] = try overlay(inner, environment: environment, prefix: variable + "_")
                } else if let text = environment[variable] {
                    values[name] = try value(text, like: known, variable)
                }
            }
            return values
        }

        /// `requestsPerMinute` as `REQUESTS_PER_MINUTE`.
        private static func variable(_ name: String) -> String {
            name.map { $0.isUppercase ? "_\($0)" : $0.uppercased() }.joined()
        }

        private static func value(_ text: String, like known: Any, _ variable: String) throws(InputError) -> Any {
            if known is String { return text }
            switch text {
            case "true": return true
            case "false": return false
            default: break
            }
            guard let number = Int(text) else {
                throw InputError(variable, "'\(text.prefix(40))' is neither a whole number nor true or false")
            }
            return number
        }

        // MARK: Checks

        /// Address and port to listen at.
        package var address: (host: String, port: Int) {
            get throws(InputError) {
                guard let colon = listen.lastIndex(of: ":"), let port = Int(listen[listen.index(after: colon)...]),
                    (0...65535).contains(port), colon > listen.startIndex
                else {
                    throw InputError("listen", "'\(listen.prefix(80))' is not ADDRESS:PORT, such as 127.0.0.1:8420")
                }
                return (String(listen[..<colon]).trimmingCharacters(in: ["[", "]"]), port)
            }
        }

        /// Whether only this machine can connect.
        var isLoopback: Bool { (try? address.host).map(isThisMachine) ?? false }

        /// What numbers may be: nothing that is computed with them overflows.
        private var ranges: [(name: String, value: Int, range: ClosedRange<Int>)] {
            let (count, byteCount, day) = (1...1_000_000, 1...1 << 50, 86_400)
            return [
                ("requestsPerMinute", requestsPerMinute, 1...1_000_000_000),
                ("connectionLimit", connectionLimit, count),
                ("eventStreamLimit", eventStreamLimit, count), ("chunkByteLimit", chunkByteLimit, byteCount),
                ("idleSeconds", idleSeconds, 1...day), ("drainSeconds", drainSeconds, 0...day),
                ("host.threads", host.threads, 1...1024), ("host.batchSlots", host.batchSlots, 1...1024),
                ("host.interactiveSlots", host.interactiveSlots, 1...1024),
                ("host.projectByteLimit", host.projectByteLimit, byteCount),
                ("host.fileByteLimit", host.fileByteLimit, byteCount),
                ("host.batchMemoryLimit", host.batchMemoryLimit ?? 1, byteCount),
                ("host.indexByteLimit", host.indexByteLimit ?? 1, byteCount),
                ("host.indexCacheByteLimit", host.indexCacheByteLimit, 0...1 << 50),
                ("host.diskReserve", host.diskReserve, 0...1 << 50),
                ("host.annotationByteLimit", host.annotationByteLimit, 0...1 << 20),
                ("host.projectDatasetLimit", host.projectDatasetLimit, count),
                ("host.projectLibraryLimit", host.projectLibraryLimit, count),
                ("host.accountProjectLimit", host.accountProjectLimit, count),
                ("host.accountJobLimit", host.accountJobLimit, count),
                ("host.attemptLimit", host.attemptLimit, 1...1000),
                ("host.interruptionLimit", host.interruptionLimit, 1...1000),
                ("host.leaseSeconds", host.leaseSeconds, 1...day), ("host.retrySeconds", host.retrySeconds, 0...day),
                ("host.uploadIdleSeconds", host.uploadIdleSeconds, 1...100 * day),
            ]
        }

        private func check(source: String) throws(InputError) {
            _ = try address
            for (name, value, range) in ranges where !range.contains(value) {
                throw InputError(
                    source, "'\(name)' is \(value), but must be from \(range.lowerBound) to \(range.upperBound)")
            }
            guard tlsCertificate.isEmpty == tlsKey.isEmpty else {
                throw InputError(source, "'tlsCertificate' and 'tlsKey' go together: give both or neither")
            }
            guard !tlsCertificate.isEmpty || isLoopback || allowPlaintext else {
                throw InputError(
                    source,
                    "others than this machine can connect to \(listen), so TLS is wanted: set 'tlsCertificate' and 'tlsKey', or 'allowPlaintext' where something in front of the server does TLS"
                )
            }
        }
    }
#endif
