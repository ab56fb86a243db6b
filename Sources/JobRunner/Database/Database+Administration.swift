#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    extension Database {
        func allLibraries() throws -> [HostedLibrary] {
            try HostedLibrary.fetchAll(
                self, sql: "SELECT * FROM library WHERE deleted IS NULL ORDER BY name, created, id")
        }

        /// A library, whoever may see it.
        func requireLibrary(_ id: ObjectID) throws -> HostedLibrary {
            let found = try HostedLibrary.fetchOne(
                self, sql: "SELECT * FROM library WHERE id = ? AND deleted IS NULL", arguments: [id])
            guard let found else { throw HostError(.notFound, "there is no library \(id)") }
            return found
        }

        func use() throws -> [SearchHost.ProjectUse] {
            try Row.fetchAll(
                self,
                sql: """
                    SELECT project.id, (SELECT min(label) FROM member JOIN account ON account.id = member.account
                            WHERE member.project = project.id AND role = 'owner') AS owner,
                        (SELECT count(*) FROM dataset WHERE project = project.id AND deleted IS NULL) AS datasets,
                        (SELECT count(*) FROM library WHERE project = project.id AND deleted IS NULL) AS libraries,
                        (SELECT count(*) FROM job WHERE project = project.id AND deleted IS NULL) AS jobs
                    FROM project ORDER BY owner, project.created, project.id
                    """
            ).map { row in
                let id: ObjectID = row["id"]
                return SearchHost.ProjectUse(
                    project: id, owner: row["owner"] ?? "", byteCount: try projectByteCount(id),
                    datasetCount: row["datasets"], libraryCount: row["libraries"], jobCount: row["jobs"])
            }
        }

        func endedJobCounts() throws -> [(mode: SearchMode, state: JobState, count: Int)] {
            try Row.fetchAll(
                self,
                sql: """
                    SELECT mode, state, count(*) AS number FROM job WHERE state IN ('succeeded', 'failed', 'cancelled')
                    GROUP BY mode, state
                    """
            ).map { (mode: try $0.value("mode"), state: try $0.value("state"), count: $0["number"]) }
        }

        func eventCount(after sequence: Int64) throws -> Int {
            try Int.fetchOne(self, sql: "SELECT count(*) FROM event WHERE sequence > ?", arguments: [sequence]) ?? 0
        }

        /// Leaves events after `sequence`: see ``SearchHost/numberEvents(after:)``.
        func numberEvents(after sequence: Int64) throws {
            let used = try Int64.fetchOne(self, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'event'") ?? 0
            guard used < sequence else { return try deleteEvents(through: sequence) }
            // New numbers are greater than all old ones, so none meets another.
            try execute(sql: "UPDATE event SET sequence = sequence + ?", arguments: [sequence])
            try execute(sql: "DELETE FROM sqlite_sequence WHERE name = 'event'")
            try execute(
                sql: """
                    INSERT INTO sqlite_sequence (name, seq)
                    SELECT 'event', max(?, coalesce(max(sequence), 0)) FROM event
                    """,
                arguments: [sequence])
        }

        /// Tokens that were not revoked: how they begin, and whose they are.
        func tokens(of account: ObjectID?) throws -> [(prefix: String, label: String, created: Date)] {
            try Row.fetchAll(
                self,
                sql: """
                    SELECT prefix, label, token.created FROM token JOIN account ON account.id = token.account
                    WHERE revoked IS NULL AND (:account IS NULL OR account.id = :account) ORDER BY label, token.created
                    """,
                arguments: ["account": account]
            ).map { (prefix: $0["prefix"], label: $0["label"], created: $0.date("created")) }
        }

        /// How many tokens that was.
        func revokeTokens(of account: ObjectID, at time: Int64) throws -> Int {
            try execute(
                sql: "UPDATE token SET revoked = ? WHERE account = ? AND revoked IS NULL", arguments: [time, account])
            return changesCount
        }
    }
#endif
