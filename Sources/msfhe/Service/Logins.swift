#if Service
    import Foundation
    import JobServer
    import Storage

    /// A server, and the token for it.
    struct Credentials: Codable, Sendable {
        /// Its address, as ``serverAddress(_:)`` writes it.
        var server: String
        var token: String
        /// A file of certificates to trust beside the system's; nil for none.
        var certificates: String?
    }

    /// The servers that the researcher is logged in to, the newest first: a private file.
    struct Logins {
        let path: String

        /// What to call a server with: the one that is named, by an option or the environment, or else the newest.
        ///
        /// - Throws: ``InputError`` when nobody logged in there, and the environment has no token.
        func credentials(
            server: String?, environment: [String: String] = ProcessInfo.processInfo.environment
        ) throws -> Credentials {
            func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
            let named = try (server ?? variable("MSFHE_SERVER")).map(serverAddress)
            let logins = try all()
            let login = named.map { named in logins.first { $0.server == named } } ?? logins.first
            if let token = variable("MSFHE_TOKEN") {
                guard let server = named ?? login?.server else {
                    throw InputError("MSFHE_TOKEN", "is for some server: name it in MSFHE_SERVER, or with --server URL")
                }
                return Credentials(
                    server: server, token: try accessToken(token),
                    certificates: variable("MSFHE_CERTIFICATES") ?? login?.certificates)
            }
            guard let login else {
                throw InputError(
                    named ?? "login",
                    "you are not logged in\(named == nil ? "" : " there"): msfhe login --server \(named ?? "URL")")
            }
            return login
        }

        /// Adds a login, in the place of an older one to the same server.
        func add(_ credentials: Credentials) throws {
            let logins = [credentials] + (try all().filter { $0.server != credentials.server })
            try write(ClientHome.json(logins), to: path, isPrivate: true)
        }

        private func all() throws -> [Credentials] {
            guard FileManager.default.fileExists(atPath: path) else { return [] }
            let text = try readWhole(path: path, limit: 1 << 20, isPrivate: true)
            guard let logins = try? JSONDecoder().decode([Credentials].self, from: text) else {
                throw InputError(path, "is not what login writes; remove it, and log in again")
            }
            return logins
        }
    }

    /// `text` as an access token.
    func accessToken(_ text: String) throws(InputError) -> String {
        let token = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw InputError("token", "is empty or not a token; the server's operator gives one")
        }
        return token
    }

    /// The address of a server as it is kept and compared, without a slash at its end. A token does not go over a network
    /// in the clear.
    func serverAddress(_ text: String) throws(InputError) -> String {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty, let scheme = url.scheme,
            ["http", "https"].contains(scheme.lowercased()), url.user == nil, url.query == nil, url.fragment == nil
        else { throw InputError("--server", "'\(text)' is not an address such as https://host.example.org:8420") }
        guard scheme.lowercased() == "https" || isThisMachine(host) else {
            throw InputError("--server", "'\(text)' is not encrypted, and your token would be sent there; use https")
        }
        let port = url.port.map { ":\($0)" } ?? ""
        let path = url.path.hasSuffix("/") ? String(url.path.dropLast()) : url.path
        return "\(scheme.lowercased())://\(host.lowercased())\(port)\(path)"
    }
#endif
