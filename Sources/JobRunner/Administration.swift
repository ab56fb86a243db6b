#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    // What an operator looks at and does, and what the audit log is told.
    extension SearchHost {
        /// Whether there is a host in `folder`.
        package static func isThere(folder: String) -> Bool {
            FileManager.default.fileExists(atPath: "\(folder)/host.sqlite")
        }

        /// Bytes of the disk that are free.
        package var freeByteCount: Int { core.blobs.freeByteCount }

        // MARK: Libraries

        /// All libraries, by their names.
        package func libraries() throws(HostError) -> [HostedLibrary] {
            try core.database.read { try $0.allLibraries() }
        }

        /// Deletes a library, whoever owns it: leaves a tombstone and removes the bytes.
        ///
        /// - Throws: ``HostError`` with the reason `conflict` while jobs need it.
        package func deleteLibrary(_ library: ObjectID) throws(HostError) {
            try core.deleteLibrary(library, by: nil) { try $0.requireLibrary(library) }
        }

        /// Says whether every account may search a library, whoever owns it.
        package func share(_ isShared: Bool, library: ObjectID) throws(HostError) {
            try core.database.write { database in
                try core.share(isShared, database.requireLibrary(library), by: nil, database)
            }
        }

        // MARK: Use

        /// What a project has, and whose it is.
        package struct ProjectUse: Sendable, Hashable {
            package let project: ObjectID
            /// The label of its first owner.
            package let owner: String
            /// As they count against the limit of a project.
            package let byteCount: Int
            package let datasetCount: Int
            package let libraryCount: Int
            package let jobCount: Int
        }

        /// What each project has, by the labels of owners.
        package func use() throws(HostError) -> [ProjectUse] { try core.database.read { try $0.use() } }

        /// Jobs that came to an end since the host was made, those that were deleted included.
        package func endedJobCounts() async throws(HostError) -> [(mode: SearchMode, state: JobState, count: Int)] {
            try await core.perform { [core] in try core.database.read { try $0.endedJobCounts() } }
        }

        // MARK: Events

        /// Events after that of this number, which the audit log does not have yet.
        package func eventCount(after sequence: Int64) async throws(HostError) -> Int {
            try await core.perform { [core] in try core.database.read { try $0.eventCount(after: sequence) } }
        }

        /// Makes sure that the events that wait have numbers after `sequence`, the last one that the audit log has: what it has
        /// already is forgotten. Where the database is older than the log, or new, and cannot tell which these are, all that
        /// wait get new numbers: better the log is told twice than not at all.
        package func numberEvents(after sequence: Int64) throws(HostError) {
            try core.database.write { try $0.numberEvents(after: sequence) }
        }
    }

    extension HostCore {
        /// Says whether every account may search a library; `account` has been found to be allowed to.
        func share(
            _ isShared: Bool, _ library: HostedLibrary, by account: ObjectID?, _ database: Database
        ) throws {
            guard library.isShared != isShared else { return }
            try database.setShared(isShared, library: library.id)
            try database.note(
                isShared ? .sharing : .unsharing, of: library.id, in: library.project, by: account,
                sha256: library.card, at: clock.milliseconds)
        }

        /// Deletes the library that `find` gives, with its right to be deleted checked, in one transaction.
        func deleteLibrary(
            _ id: ObjectID, by account: ObjectID?, find: (Database) throws -> HostedLibrary
        ) throws(HostError) {
            let files = try database.write { database in
                let library = try find(database)
                guard try !database.activeJobs(needing: id) else {
                    throw HostError(.conflict, "jobs that wait or run need this library; cancel them first")
                }
                try database.bury(library: id, at: clock.milliseconds)
                try database.note(
                    .deletion, of: id, in: library.project, by: account, byteCount: library.byteCount,
                    at: clock.milliseconds)
                return try database.files(ofLibrary: id)
            }
            openLibraries.forget(id)
            for file in files { try release(file.sha256) }
        }
    }
#endif
