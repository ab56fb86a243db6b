#if Service
    import Foundation

    /// The accounts of a host, for its operator.
    package struct Accounts: Sendable {
        let host: HostCore

        /// A new account.
        ///
        /// - Parameter label: what the operator calls it: up to 200 bytes that no other account is called by.
        package func create(label: String) throws(HostError) -> Account {
            try requireName(label, of: "an account")
            let account = Account(id: .fresh(), label: label, created: host.clock.date)
            return try host.database.write { database in
                guard try database.account(label: label) == nil else {
                    throw HostError(.conflict, "there is an account '\(label)' already")
                }
                try database.insert(account)
                return account
            }
        }

        /// The account that the operator calls `label`.
        package func account(label: String) throws(HostError) -> Account {
            let account = try host.database.read { try $0.account(label: label) }
            guard let account else { throw HostError(.notFound, "there is no account '\(label)'") }
            return account
        }

        /// All accounts, in the order of their labels.
        package func all() throws(HostError) -> [Account] { try host.database.read { try $0.accounts() } }

        /// A new token of `account`. Its text cannot be had again.
        package func issueToken(for account: Account) throws(HostError) -> AccessToken {
            let token = AccessToken.fresh()
            try host.database.write { try $0.insert(token, of: account.id, at: host.clock.milliseconds) }
            return token
        }

        /// The tokens that are taken, of `account` or of all: how they begin, whose they are, and since when.
        package func tokens(
            of account: Account? = nil
        ) throws(HostError) -> [(prefix: String, label: String, created: Date)] {
            try host.database.read { try $0.tokens(of: account?.id) }
        }

        /// Makes all tokens of `account` useless: nobody uses it until another is issued. Its jobs go on, and its objects
        /// stay.
        ///
        /// - Returns: how many there were.
        package func disable(_ account: Account) throws(HostError) -> Int {
            try host.database.write { try $0.revokeTokens(of: account.id, at: host.clock.milliseconds) }
        }

        /// Makes a token useless.
        ///
        /// - Parameter prefix: the 16 digits by which it is found.
        package func revokeToken(prefix: String) throws(HostError) {
            let isThere = try host.database.write { try $0.revokeToken(prefix: prefix, at: host.clock.milliseconds) }
            guard isThere else { throw HostError(.notFound, "there is no token that begins with \(prefix)") }
        }

        /// The account that a call with the token `text` is made for.
        ///
        /// - Throws: ``HostError`` with the reason `unauthenticated`, whatever is wrong with the token.
        package func authenticate(_ text: some StringProtocol) async throws(HostError) -> Account {
            let refused = HostError(.unauthenticated, "the access token is missing, unknown or revoked")
            guard let token = AccessToken(text) else { throw refused }
            let stored = try await host.perform { [host] in
                try host.database.read { try $0.token(prefix: token.prefix) }
            }
            guard let stored, token.matches(stored.hash) else { throw refused }
            return stored.account
        }
    }

    /// Checks a name that people are shown: 1 to 200 bytes of UTF-8, nothing that would control their terminals.
    func requireName(_ name: String, of what: String) throws(HostError) {
        let isHarmless = name.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
            default: true
            }
        }
        guard (1...200).contains(name.utf8.count), isHarmless else {
            throw HostError(.invalid, "the name of \(what) has 1 to 200 bytes of text on one line")
        }
    }
#endif
