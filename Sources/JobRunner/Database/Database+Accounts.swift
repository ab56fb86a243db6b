#if Service
    import Foundation
    import GRDB

    extension Database {
        func insert(_ account: Account) throws {
            try execute(
                sql: "INSERT INTO account (id, label, created) VALUES (?, ?, ?)",
                arguments: [account.id, account.label, account.created.milliseconds])
        }

        func account(label: String) throws -> Account? {
            try Account.fetchOne(self, sql: "SELECT * FROM account WHERE label = ?", arguments: [label])
        }

        func account(_ id: ObjectID) throws -> Account? {
            try Account.fetchOne(self, sql: "SELECT * FROM account WHERE id = ?", arguments: [id])
        }

        func accounts() throws -> [Account] {
            try Account.fetchAll(self, sql: "SELECT * FROM account ORDER BY label")
        }

        func insert(_ token: AccessToken, of account: ObjectID, at time: Int64) throws {
            try execute(
                sql: "INSERT INTO token (prefix, hash, account, created) VALUES (?, ?, ?, ?)",
                arguments: [token.prefix, token.hash, account, time])
        }

        /// Whether there was such a token.
        func revokeToken(prefix: String, at time: Int64) throws -> Bool {
            try execute(
                sql: "UPDATE token SET revoked = coalesce(revoked, ?) WHERE prefix = ?", arguments: [time, prefix])
            return changesCount == 1
        }

        /// The hash and the account of a token that was not revoked.
        func token(prefix: String) throws -> (hash: Data, account: Account)? {
            try Row.fetchOne(
                self,
                sql: """
                    SELECT token.hash, account.* FROM token JOIN account ON account.id = token.account
                    WHERE prefix = ? AND revoked IS NULL
                    """,
                arguments: [prefix]
            ).map { (hash: $0["hash"], account: try Account(row: $0)) }
        }
    }

    extension Account: FetchableRecord {
        package init(row: Row) throws {
            self.init(id: row["id"], label: row["label"], created: row.date("created"))
        }
    }

    extension Date {
        /// Milliseconds since 1970.
        var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }
    }

    extension Row {
        /// The time of day in `column`.
        func date(_ column: String) -> Date { Date(timeIntervalSince1970: Double(self[column] as Int64) / 1000) }

        /// The time of day in `column`, if there is one.
        func dateIfAny(_ column: String) -> Date? {
            (self[column] as Int64?).map { Date(timeIntervalSince1970: Double($0) / 1000) }
        }
    }
#endif
