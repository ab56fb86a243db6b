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

                You may be logged in to several servers. Commands go to the one that --server names, or else the \
                environment variable MSFHE_SERVER, or else to the one that you logged in to last. Scripts need not log \
                in: they may set MSFHE_SERVER, MSFHE_TOKEN and, for a server with an authority of its own, \
                MSFHE_CERTIFICATES.
                """)

        @Option(help: "The server's address, such as https://host.example.org:8420.")
        var server: String

        @Option(help: "A file that holds the token; standard input when left out.")
        var tokenFile: String?

        @Option(help: "A file of certificates (PEM) to trust besides the system's, for a server with one of its own.")
        var certificates: String?

        func run() throws {
            let credentials = Credentials(
                server: try serverAddress(server), token: try token(),
                certificates: certificates.map { URL(fileURLWithPath: $0).path })
            // Asked once: a wrong address is to be told at once.
            let account = try waitFor {
                try await JobClient.with(credentials, attemptLimit: 1) {
                    try await $0.get("/v1/account", as: AccountItem.self)
                }
            }
            try ClientHome().logins.add(credentials)
            log.info("\(credentials.server): logged in as account \(account.account)")
        }

        private func token() throws -> String {
            if let tokenFile {
                return try accessToken(String(decoding: readWhole(path: tokenFile, limit: 4096), as: UTF8.self))
            }
            guard isatty(STDIN_FILENO) == 1 else { return try accessToken(readLine() ?? "") }
            // Not shown while it is typed.
            guard let typed = getpass("token: ") else { throw InputError("token", "cannot be read") }
            defer { memset(typed, 0, strlen(typed)) }
            return try accessToken(String(cString: typed))
        }
    }

    /// Which server a command is for.
    struct ServerChoice: ParsableArguments {
        @Option(help: "The server's address; MSFHE_SERVER, or the one that you logged in to last, when left out.")
        var server: String?

        /// Calls `body` with a client for the server.
        func call<Result: Sendable>(
            _ body: @escaping @Sendable (JobClient, ClientHome) async throws -> Result
        ) throws -> Result {
            let home = try ClientHome()
            let credentials = try home.logins.credentials(server: server)
            return try waitFor { try await JobClient.with(credentials) { try await body($0, home) } }
        }
    }
#endif
