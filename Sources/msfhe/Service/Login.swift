#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import Storage

    struct Login: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which server to use, and with which token.",
            discussion: """
                The token is read from standard input, or from a file: it does not belong on a command line, which others \
                can see. It is kept in ~/.msfhe (or in the folder that MSFHE_HOME names), readable by you only.
                """)

        @Option(help: "The server's address, such as https://host.example.org:8420.")
        var server: String

        @Option(help: "A file that holds the token; standard input when left out.")
        var tokenFile: String?

        @Option(help: "A file of certificates (PEM) to trust besides the system's, for a server with one of its own.")
        var certificates: String?

        func run() throws {
            let text: Data
            if let tokenFile {
                text = try readWhole(path: tokenFile, limit: 4096)
            } else {
                if isatty(STDIN_FILENO) == 1 { writeError("token: ") }
                text = Data((readLine() ?? "").utf8)
            }
            let token = String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw InputError("token", "is empty or not a token; the server's operator gives one")
            }
            let credentials = ClientHome.Credentials(
                server: try JobClient.checked(server), token: token,
                certificates: certificates.map { URL(fileURLWithPath: $0).path })
            let account = try waitFor {
                try await JobClient.with(credentials) { try await $0.get("/v1/account", as: AccountItem.self) }
            }
            try ClientHome().write(credentials)
            log.info("\(credentials.server): logged in as account \(account.account)")
        }
    }

    /// Calls `body` with a client for the server that the researcher is logged in to.
    func withServer<Result: Sendable>(
        _ body: @escaping @Sendable (JobClient, ClientHome) async throws -> Result
    ) throws -> Result {
        let home = try ClientHome()
        let credentials = try home.credentials()
        return try waitFor { try await JobClient.with(credentials) { try await body($0, home) } }
    }
#endif
