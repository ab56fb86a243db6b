#if Service
    import Foundation
    import GRDB

    extension Database {
        /// What `account` may do in a project.
        ///
        /// - Throws: ``HostError`` with the reason `notFound` when it is no member, as when there is no such project, and
        ///   `forbidden` when its role does not have `permission`.
        @discardableResult
        func require(
            _ permission: Role.Permission, in project: ObjectID, for account: ObjectID
        ) throws -> Role {
            guard let role = try role(in: project, of: account) else { throw HostError.notFound }
            guard role.allows(permission) else {
                throw HostError(
                    .forbidden, "the role '\(role.rawValue)' does not allow this; ask an owner of the project")
            }
            return role
        }

        func role(in project: ObjectID, of account: ObjectID) throws -> Role? {
            try String.fetchOne(
                self, sql: "SELECT role FROM member WHERE project = ? AND account = ?", arguments: [project, account]
            ).flatMap(Role.init)
        }

        func insertProject(_ id: ObjectID, annotation: Data, owner: ObjectID, at time: Int64) throws {
            try execute(
                sql: "INSERT INTO project (id, annotation, creator, created) VALUES (?, ?, ?, ?)",
                arguments: [id, annotation, owner, time])
            try setRole(.owner, of: owner, in: id)
        }

        func updateProject(_ id: ObjectID, annotation: Data) throws {
            try execute(sql: "UPDATE project SET annotation = ? WHERE id = ?", arguments: [annotation, id])
        }

        /// How many projects an account made. Who was let into one, be it as its owner, had no say in that.
        func projectCount(madeBy account: ObjectID) throws -> Int {
            try Int.fetchOne(self, sql: "SELECT count(*) FROM project WHERE creator = ?", arguments: [account]) ?? 0
        }

        func projects(of account: ObjectID, after earlier: ObjectID?, limit: Int) throws -> [Project] {
            try requireRow("SELECT 1 FROM member WHERE project = ? AND account = ?", earlier, account)
            return try Row.fetchAll(
                self,
                sql: Self.projectSQL + """
                     AND (? IS NULL OR (project.created, project.id) > (SELECT created, id FROM project WHERE id = ?))
                    ORDER BY project.created, project.id LIMIT ?
                    """,
                arguments: [account, earlier, earlier, limit]
            ).map(project)
        }

        func project(_ id: ObjectID, for account: ObjectID) throws -> Project? {
            try Row.fetchOne(self, sql: Self.projectSQL + " AND project.id = ?", arguments: [account, id]).map(project)
        }

        private static let projectSQL = """
            SELECT project.*, member.role FROM project JOIN member ON member.project = project.id WHERE member.account = ?
            """

        private func project(_ row: Row) throws -> Project {
            let id: ObjectID = row["id"]
            return Project(
                id: id, role: try row.value("role"), annotation: row["annotation"], created: row.date("created"),
                byteCount: try projectByteCount(id))
        }

        /// Bytes of everything in a project, uploads as they were announced, answers as they will be.
        func projectByteCount(_ project: ObjectID) throws -> Int {
            try Int.fetchOne(
                self,
                sql: """
                    SELECT (SELECT coalesce(sum(byteCount), 0) FROM dataset WHERE project = :project AND deleted IS NULL)
                        + (SELECT coalesce(sum(byteCount), 0) FROM upload WHERE project = :project)
                        + (SELECT coalesce(sum(byteCount), 0) FROM library WHERE project = :project AND deleted IS NULL)
                        + (SELECT coalesce(sum(answerByteCount), 0) FROM job WHERE project = :project AND deleted IS NULL
                            AND state IN ('queued', 'running', 'succeeded'))
                    """,
                arguments: ["project": project]) ?? 0
        }

        func setRole(_ role: Role, of account: ObjectID, in project: ObjectID) throws {
            try execute(
                sql: """
                    INSERT INTO member (project, account, role) VALUES (?, ?, ?)
                    ON CONFLICT DO UPDATE SET role = excluded.role
                    """,
                arguments: [project, account, role.rawValue])
        }

        func removeMember(_ account: ObjectID, of project: ObjectID) throws {
            try execute(sql: "DELETE FROM member WHERE project = ? AND account = ?", arguments: [project, account])
        }

        func members(of project: ObjectID, after earlier: ObjectID? = nil, limit: Int = .max) throws -> [Member] {
            try Row.fetchAll(
                self, sql: "SELECT * FROM member WHERE project = ? AND account > ? ORDER BY account LIMIT ?",
                arguments: [project, earlier?.description ?? "", limit]
            ).map { Member(account: $0["account"], role: try $0.value("role")) }
        }
    }

    extension Row {
        /// The case whose name stands in `column`.
        func value<Value: RawRepresentable<String>>(_ column: String) throws -> Value {
            let text: String = self[column]
            guard let value = Value(rawValue: text) else {
                throw HostError(.failed, "the database has '\(text)' for \(column), which this program does not know")
            }
            return value
        }
    }
#endif
