#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    extension Database {
        /// Writes down what this transaction does.
        func note(
            _ kind: HostEvent.Kind, of object: ObjectID, in project: ObjectID, by account: ObjectID? = nil,
            sha256: Digest? = nil, byteCount: Int? = nil, at time: Int64
        ) throws {
            try execute(
                sql: """
                    INSERT INTO event (time, kind, project, account, object, sha256, byteCount)
                    VALUES (?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [time, kind.rawValue, project, account, object, sha256, byteCount])
        }

        func events(after sequence: Int64, limit: Int) throws -> [HostEvent] {
            try HostEvent.fetchAll(
                self, sql: "SELECT * FROM event WHERE sequence > ? ORDER BY sequence LIMIT ?",
                arguments: [sequence, limit])
        }

        func deleteEvents(through sequence: Int64) throws {
            try execute(sql: "DELETE FROM event WHERE sequence <= ?", arguments: [sequence])
        }
    }

    extension HostEvent: FetchableRecord {
        package init(row: Row) throws {
            self.init(
                sequence: row["sequence"], time: row.date("time"), kind: try row.value("kind"), project: row["project"],
                account: row["account"], object: row["object"], sha256: row["sha256"], byteCount: row["byteCount"])
        }
    }
#endif
