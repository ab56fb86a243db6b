#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    // Data sets, libraries and uploads.
    extension Database {
        func insert(_ dataset: Dataset) throws {
            try execute(
                sql: """
                    INSERT INTO dataset (id, project, account, kind, blob, byteCount, seal, card, keysSeal, queryCount,
                        annotation, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    dataset.id, dataset.project, dataset.account, dataset.kind.rawValue, dataset.sha256,
                    dataset.byteCount,
                    dataset.seal, dataset.card, dataset.keysSeal, dataset.queryCount, dataset.annotation,
                    dataset.created.milliseconds,
                ])
        }

        func dataset(_ id: ObjectID) throws -> Dataset? {
            try Dataset.fetchOne(self, sql: "SELECT * FROM dataset WHERE id = ? AND deleted IS NULL", arguments: [id])
        }

        func datasets(in project: ObjectID, after earlier: ObjectID?, limit: Int) throws -> [Dataset] {
            try requireRow("SELECT 1 FROM dataset WHERE id = ? AND project = ?", earlier, project)
            return try Dataset.fetchAll(
                self,
                sql: """
                    SELECT * FROM dataset WHERE project = :project AND deleted IS NULL AND (:earlier IS NULL
                        OR (created, id) > (SELECT created, id FROM dataset WHERE id = :earlier))
                    ORDER BY created, id LIMIT :limit
                    """,
                arguments: ["project": project, "earlier": earlier, "limit": limit])
        }

        /// Checks that a list has the object `earlier`, after which a page of it is wanted; deleted ones count.
        func requireRow(_ sql: String, _ earlier: ObjectID?, _ owner: ObjectID) throws {
            guard let earlier else { return }
            guard try Row.fetchOne(self, sql: sql, arguments: [earlier, owner]) != nil else { throw HostError.notFound }
        }

        /// The newest rotation keys of a project that end with `seal`.
        func rotationKeys(seal: Digest, in project: ObjectID) throws -> Dataset? {
            try Dataset.fetchOne(
                self,
                sql: """
                    SELECT * FROM dataset WHERE project = ? AND seal = ? AND kind = 'rotationKeys' AND deleted IS NULL
                    ORDER BY created DESC, id LIMIT 1
                    """,
                arguments: [project, seal])
        }

        func libraryCount(in project: ObjectID) throws -> Int {
            try Int.fetchOne(
                self, sql: "SELECT count(*) FROM library WHERE project = ? AND deleted IS NULL", arguments: [project])
                ?? 0
        }

        func datasetCount(in project: ObjectID) throws -> Int {
            try Int.fetchOne(
                self,
                sql: """
                    SELECT (SELECT count(*) FROM dataset WHERE project = :project AND deleted IS NULL)
                        + (SELECT count(*) FROM upload WHERE project = :project)
                    """,
                arguments: ["project": project]) ?? 0
        }

        func updateDataset(_ id: ObjectID, annotation: Data) throws {
            try execute(sql: "UPDATE dataset SET annotation = ? WHERE id = ?", arguments: [annotation, id])
        }

        /// Leaves a tombstone of a data set: what names it still finds that it was there.
        func bury(dataset id: ObjectID, at time: Int64) throws {
            try execute(sql: "UPDATE dataset SET deleted = ?, annotation = x'' WHERE id = ?", arguments: [time, id])
        }

        func insert(_ library: HostedLibrary, files: [LibraryFile]) throws {
            try execute(
                sql: """
                    INSERT INTO library (id, project, name, card, score, modes, spectra, isShared, byteCount, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    library.id, library.project, library.name, library.card, library.score,
                    library.modes.map(\.rawValue).joined(separator: " "), library.spectrumCount, library.isShared,
                    library.byteCount, library.created.milliseconds,
                ])
            for file in files {
                try execute(
                    sql: "INSERT INTO libraryFile (library, name, blob, byteCount) VALUES (?, ?, ?, ?)",
                    arguments: [library.id, file.name, file.sha256, file.byteCount])
            }
        }

        /// A library, if `account` may know of it: it is a member of its project, or the library is shared.
        func library(_ id: ObjectID, for account: ObjectID) throws -> HostedLibrary? {
            try HostedLibrary.fetchOne(
                self, sql: Self.librarySQL + " AND id = :id", arguments: ["account": account, "id": id])
        }

        func libraries(for account: ObjectID, after earlier: ObjectID?, limit: Int) throws -> [HostedLibrary] {
            try requireRow("SELECT 1 FROM library WHERE id = ? AND \(Self.isVisibleSQL("?"))", earlier, account)
            return try HostedLibrary.fetchAll(
                self,
                sql: Self.librarySQL + """
                     AND (:earlier IS NULL
                        OR (name, created, id) > (SELECT name, created, id FROM library WHERE id = :earlier))
                    ORDER BY name, created, id LIMIT :limit
                    """,
                arguments: ["account": account, "earlier": earlier, "limit": limit])
        }

        private static let librarySQL = "SELECT * FROM library WHERE deleted IS NULL AND \(isVisibleSQL(":account"))"

        private static func isVisibleSQL(_ account: String) -> String {
            """
            (isShared OR EXISTS (SELECT 1 FROM member WHERE project = library.project AND account = \(account)))
            """
        }

        func files(ofLibrary id: ObjectID) throws -> [LibraryFile] {
            try Row.fetchAll(self, sql: "SELECT * FROM libraryFile WHERE library = ? ORDER BY name", arguments: [id])
                .map { LibraryFile(name: $0["name"], sha256: $0["blob"], byteCount: $0["byteCount"]) }
        }

        func setShared(_ isShared: Bool, library id: ObjectID) throws {
            try execute(sql: "UPDATE library SET isShared = ? WHERE id = ?", arguments: [isShared, id])
        }

        func bury(library id: ObjectID, at time: Int64) throws {
            try execute(sql: "UPDATE library SET deleted = ? WHERE id = ?", arguments: [time, id])
        }

        /// Whether the bytes of `digest` belong to anything.
        func isInUse(_ digest: Digest) throws -> Bool {
            try Bool.fetchOne(self, sql: "SELECT EXISTS (SELECT 1 FROM blobInUse WHERE blob = ?)", arguments: [digest])
                ?? false
        }

        /// The digests of all bytes that belong to something.
        func digestsInUse() throws -> Set<Digest> {
            try Digest.fetchSet(self, sql: "SELECT DISTINCT blob FROM blobInUse")
        }

        func insert(_ upload: UploadState, until deadline: Deadline, at time: Int64) throws {
            try execute(
                sql: """
                    INSERT INTO upload (id, project, account, byteCount, sha256, received, boot, deadline, created)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    upload.id, upload.project, upload.account, upload.byteCount, upload.sha256, upload.received,
                    deadline.boot, deadline.at, time,
                ])
        }

        func upload(_ id: ObjectID) throws -> UploadState? {
            try UploadState.fetchOne(self, sql: "SELECT * FROM upload WHERE id = ?", arguments: [id])
        }

        /// In the order of their names: where a page ends, the last upload may be finished before the next is asked for.
        func uploads(
            in project: ObjectID, by account: ObjectID, after earlier: ObjectID?, limit: Int
        ) throws -> [UploadState] {
            try UploadState.fetchAll(
                self, sql: "SELECT * FROM upload WHERE project = ? AND account = ? AND id > ? ORDER BY id LIMIT ?",
                arguments: [project, account, earlier?.description ?? "", limit])
        }

        /// All uploads.
        func uploads() throws -> [UploadState] { try UploadState.fetchAll(self, sql: "SELECT * FROM upload") }

        func updateUpload(_ id: ObjectID, received: Int, until deadline: Deadline) throws {
            try execute(
                sql: "UPDATE upload SET received = ?, boot = ?, deadline = ? WHERE id = ?",
                arguments: [received, deadline.boot, deadline.at, id])
        }

        /// Whether there was such an upload.
        @discardableResult
        func deleteUpload(_ id: ObjectID) throws -> Bool {
            try execute(sql: "DELETE FROM upload WHERE id = ?", arguments: [id])
            return changesCount == 1
        }

        /// Gives uploads of an earlier start of the machine the time until `deadline` again.
        func renewUploads(until deadline: Deadline) throws {
            try execute(
                sql: "UPDATE upload SET boot = :boot, deadline = :deadline WHERE boot <> :boot",
                arguments: ["boot": deadline.boot, "deadline": deadline.at])
        }

        /// Uploads that nobody continued until `moment`.
        func idleUploads(at moment: Deadline) throws -> [ObjectID] {
            try ObjectID.fetchAll(
                self, sql: "SELECT id FROM upload WHERE boot = ? AND deadline <= ?",
                arguments: [moment.boot, moment.at])
        }
    }

    /// A file of a library.
    package struct LibraryFile: Sendable, Hashable {
        /// Its name in the library's folder.
        package let name: String
        package let sha256: Digest
        package let byteCount: Int
    }

    extension Dataset: FetchableRecord {
        package init(row: Row) throws {
            self.init(
                id: row["id"], project: row["project"], account: row["account"], kind: try row.value("kind"),
                sha256: row["blob"], byteCount: row["byteCount"], seal: row["seal"], card: row["card"],
                keysSeal: row["keysSeal"], queryCount: row["queryCount"], annotation: row["annotation"],
                created: row.date("created"))
        }
    }

    extension HostedLibrary: FetchableRecord {
        package init(row: Row) throws {
            let modes: String = row["modes"]
            self.init(
                id: row["id"], project: row["project"], name: row["name"], card: row["card"], score: row["score"],
                modes: modes.split(separator: " ").compactMap { SearchMode(rawValue: String($0)) },
                spectrumCount: row["spectra"], isShared: row["isShared"], byteCount: row["byteCount"],
                created: row.date("created"))
        }
    }

    extension UploadState: FetchableRecord {
        package init(row: Row) throws {
            self.init(
                id: row["id"], project: row["project"], account: row["account"], byteCount: row["byteCount"],
                sha256: row["sha256"], received: row["received"])
        }
    }
#endif
