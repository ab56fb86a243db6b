#if Service
    import Foundation
    import Logging
    import NIOPosix
    import SpectralSearch
    import Storage
    import Synchronization

    /// A host's data folder, open: who may use it, what it holds, and the jobs that wait. It holds libraries, ciphertexts
    /// and public keys, and has no place for a secret one.
    ///
    /// Several processes may have a folder open, one of them to serve it. Shared freely.
    package final class SearchHost: Sendable {
        /// What a process opens a folder for.
        package enum Purpose: Sendable {
            /// To run its jobs: one process at a time.
            case serving
            /// To change accounts and libraries, or to make a copy, while another process may be serving.
            case administration
        }

        let core: HostCore
        private let locks: [FolderLock]
        /// Runs the jobs, in a process that serves.
        package let scheduler: Scheduler

        /// Opens the host in `folder`, or makes one there.
        ///
        /// What earlier processes left undone is put in order: jobs that they were running wait again, files that belong to
        /// nothing are removed.
        ///
        /// - Throws: ``HostError`` when another process serves it, or it cannot be used.
        package init(
            folder: String, settings: HostSettings = HostSettings(), clock: HostClock = .system,
            log: Logger = Logger(label: "host"), purpose: Purpose
        ) throws {
            try HostCore.makeFolders(folder)
            var locks: [FolderLock] = []
            if purpose == .serving {
                guard let serving = try FolderLock.exclusive(path: "\(folder)/serving.lock") else {
                    throw HostError(.conflict, "\(folder): another process serves this folder; stop it first")
                }
                locks.append(serving)
            }
            // Whoever is alone may tidy up: nobody is about to use what seems to belong to nothing.
            let alone = try FolderLock.exclusive(path: "\(folder)/open.lock")
            core = try HostCore(folder: folder, settings: settings, clock: clock, log: log)
            if let alone {
                try core.tidy()
                alone.share()
            }
            locks.append(try alone ?? .shared(path: "\(folder)/open.lock"))
            self.locks = locks
            scheduler = Scheduler(core)
            if purpose == .serving { try core.queue.reclaimAll() }
        }

        /// The accounts, for the operator and for whoever checks tokens.
        package var accounts: Accounts { Accounts(host: core) }

        /// Everything that `account` may see and do.
        package func access(for account: Account) -> Access { Access(core: core, account: account) }

        /// What the host allows.
        package var settings: HostSettings { core.settings }

        /// Adds the library that `msfhe library build` made in `folder` to a project, whose owner `account` is.
        package func addLibrary(
            folder: String, name: String, project: ObjectID, owner account: Account, isShared: Bool
        ) throws(HostError) -> HostedLibrary {
            try Libraries(host: core).add(
                folder: folder, name: name, project: project, owner: account.id, isShared: isShared)
        }

        /// Drops uploads that nobody continued in time, and removes their bytes. To be called now and then.
        package func dropIdleUploads() async throws(HostError) {
            try await core.perform { [core] in try Uploads(host: core).dropIdle() }
        }

        /// Jobs that wait, by mode.
        package func queueLengths() async throws(HostError) -> [SearchMode: Int] {
            try await core.perform { [core] in
                try core.database.read { database in
                    try Dictionary(
                        uniqueKeysWithValues: SearchMode.allCases.map { ($0, try database.queuedJobCount($0)) })
                }
            }
        }

        /// What was done since the event of this number, oldest first: for the audit log.
        package func events(after sequence: Int64, limit: Int) async throws(HostError) -> [HostEvent] {
            try await core.perform { [core] in
                try core.database.read { try $0.events(after: sequence, limit: limit) }
            }
        }

        /// Forgets events up to that of this number, which the audit log has.
        package func forgetEvents(through sequence: Int64) async throws(HostError) {
            try await core.perform { [core] in try core.database.write { try $0.deleteEvents(through: sequence) } }
        }

        /// Whether the database answers and the disk has room: what a load balancer wants to know.
        package func requireReadiness() async throws(HostError) {
            guard !core.activity.isDraining else { throw HostError(.draining, "the host is about to stop") }
            try await core.perform { [core] in
                try core.requireRoom(for: 0)
                try core.database.read { try $0.execute(sql: "SELECT 1") }
            }
        }

        /// Copies the host to `folder`, which must not exist yet, while it is in use: one state of the database, and
        /// everything that it names, and what `addLog` adds: see ``Backup``.
        ///
        /// - Returns: the digests of files that are damaged, and left out.
        @discardableResult
        package func backUp(to folder: String, addLog: (String) throws -> Int64? = { _ in nil }) throws -> [Digest] {
            try Backup(host: core).write(to: folder, addLog: addLog)
        }
    }

    /// What the parts of a host share.
    final class HostCore: Sendable {
        let folder: String
        let settings: HostSettings
        let clock: HostClock
        let log: Logger
        let database: HostDatabase
        let blobs: BlobStore
        let activity = JobActivity()
        let openLibraries: OpenLibraries
        /// Uploads that a writer has open, or that are being finished.
        let busyUploads = Mutex<Set<ObjectID>>([])

        private enum Name {
            static let (database, blobs, uploads, work) = ("host.sqlite", "blobs", "uploads", "work")
        }

        var queue: JobQueue { JobQueue(host: self) }

        static func makeFolders(_ folder: String) throws {
            do {
                for name in [Name.blobs, Name.uploads, Name.work] {
                    try FileManager.default.createDirectory(
                        atPath: "\(folder)/\(name)", withIntermediateDirectories: true,
                        attributes: [.posixPermissions: 0o700])
                }
            } catch {
                throw HostError(.failed, "\(folder): cannot be made: \(error.localizedDescription)")
            }
        }

        init(folder: String, settings: HostSettings, clock: HostClock, log: Logger) throws {
            self.folder = URL(fileURLWithPath: folder).path
            self.settings = settings
            self.clock = clock
            self.log = log
            blobs = try BlobStore(folder: "\(self.folder)/\(Name.blobs)", scratch: "\(self.folder)/\(Name.work)")
            let databasePath = "\(self.folder)/\(Name.database)"
            guard try FileManager.default.fileExists(atPath: databasePath) || blobs.digests().isEmpty else {
                throw HostError(
                    .failed, "\(folder): the database is missing, but files are there; restore \(Name.database) first")
            }
            database = try HostDatabase(path: databasePath)
            openLibraries = OpenLibraries(byteLimit: settings.indexCacheByteLimit)
        }

        /// Where a piece of work may put its unfinished files; emptied when nobody has the folder open.
        func workPath(_ name: String) -> String { "\(folder)/\(Name.work)/\(name)" }

        /// Where the bytes of an upload gather.
        func uploadPath(_ id: ObjectID) -> String { "\(folder)/\(Name.uploads)/\(id)" }

        /// Removes files that belong to nothing: what a process left that ended between two steps.
        fileprivate func tidy() throws {
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Name.work)") {
                try FileManager.default.removeItem(atPath: workPath(name))
            }
            let uploads = try Set(database.read { try $0.uploads() }.map(\.id.description))
            for name in try FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(Name.uploads)")
            where !uploads.contains(name) {
                try FileManager.default.removeItem(atPath: "\(folder)/\(Name.uploads)/\(name)")
            }
            let inUse = try database.read { try $0.digestsInUse() }
            for digest in try blobs.digests() where !inUse.contains(digest) { blobs.remove(digest) }
            try database.write { try $0.renewUploads(until: uploadDeadline) }
        }

        /// Until when an upload must be continued that is touched now.
        var uploadDeadline: Deadline { clock.deadline(in: .seconds(settings.uploadIdleSeconds)) }

        /// Removes the bytes of `digest` if nothing has them any more. Nothing can get them meanwhile: they are put in place
        /// within the transaction that says whose they are.
        func release(_ digest: Digest) throws(HostError) {
            try database.write { if try !$0.isInUse(digest) { blobs.remove(digest) } }
        }

        /// Whether the disk has room for so many bytes more, and keeps its reserve.
        func hasRoom(for byteCount: Int) -> Bool { blobs.freeByteCount - settings.diskReserve >= byteCount }

        /// Checks that the disk has room for so many bytes more.
        func requireRoom(for byteCount: Int) throws(HostError) {
            guard hasRoom(for: byteCount) else { throw .storageFull }
        }

        /// Does `body` away from the threads of Swift's tasks: it may wait for the disk.
        func perform<Result: Sendable>(
            on threads: NIOThreadPool = HostThreads.calls, _ body: @escaping @Sendable () throws -> Result
        ) async throws(HostError) -> Result {
            do { return try await threads.runIfActive(body) } catch { throw HostError(error) }
        }
    }
#endif
