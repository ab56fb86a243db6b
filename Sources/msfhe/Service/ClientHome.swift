#if Service
    import Foundation
    import RLWE
    import SpectralSearch
    import Storage

    /// The folder of a researcher's own, `~/.msfhe` or where `MSFHE_HOME` says: the servers and their tokens, the
    /// projects made there, the key, the files of libraries, and for each job what decrypting its result needs. Everything in it is private.
    struct ClientHome {
        let path: String

        init() throws {
            let environment = ProcessInfo.processInfo.environment
            path = environment["MSFHE_HOME"] ?? NSHomeDirectory() + "/.msfhe"
            try Self.makeFolder(path)
        }

        private static func makeFolder(_ path: String) throws {
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw InputError(path, "cannot be made: \(error.localizedDescription)")
            }
        }

        var logins: Logins { Logins(path: "\(path)/logins.json") }

        // MARK: Projects

        /// The project that was made here for an account of a server; nil for none.
        func ownProject(of account: String, on server: String) throws -> String? {
            try ownProjects()["\(server) \(account)"]
        }

        func keep(ownProject project: String, of account: String, on server: String) throws {
            var projects = try ownProjects()
            projects["\(server) \(account)"] = project
            try write(Self.json(projects), to: ownProjectsPath, isPrivate: true)
        }

        private var ownProjectsPath: String { "\(path)/projects.json" }

        private func ownProjects() throws -> [String: String] {
            guard FileManager.default.fileExists(atPath: ownProjectsPath) else { return [:] }
            let text = try readWhole(path: ownProjectsPath, limit: 1 << 20)
            guard let projects = try? JSONDecoder().decode([String: String].self, from: text) else {
                throw InputError(ownProjectsPath, "is not what submit writes; remove it")
            }
            return projects
        }

        /// `value` as a file for the eye as well.
        static func json(_ value: some Encodable) throws -> Data {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return try encoder.encode(value) + Data("\n".utf8)
        }

        // MARK: Keys

        /// The researcher's key, unless a command names another; made the first time that one is needed.
        func keyPath(_ named: String?) throws -> String {
            let keyPath = named ?? ownKeyPath
            if named == nil, !FileManager.default.fileExists(atPath: keyPath) {
                try KeyFile.create(path: keyPath)
                log.info("\(keyPath): a new key. It stays on this machine; keep a copy.")
            }
            return keyPath
        }

        /// The key to read titles with; nil when there is none yet, so that there are no titles of its.
        func titleKey(_ named: String?) throws -> SecretKey? {
            guard named != nil || FileManager.default.fileExists(atPath: ownKeyPath) else { return nil }
            return try KeyFile.read(path: named ?? ownKeyPath)
        }

        private var ownKeyPath: String { "\(path)/researcher.key" }

        /// The rotation keys of `key` for the library of `card`: made once, and used again.
        func rotationKeys(_ key: SecretKey, card: LibraryCard, threads: Int) throws -> RotationKeys {
            let scheme = InteractiveScheme(card: card)
            let path = rotationKeysPath(card)
            if FileManager.default.fileExists(atPath: path) {
                let keys = try RotationKeys(path: path, scheme: scheme)
                if keys.belong(to: key) { return keys }
                try FileManager.default.removeItem(atPath: path)
            }
            try RotationKeys.create(path: path, key: key, scheme: scheme, threads: threads)
            return try RotationKeys(path: path, scheme: scheme)
        }

        func rotationKeysPath(_ card: LibraryCard) -> String {
            "\(path)/rotations-\(card.content.interactive?.columns ?? 0).keys"
        }

        // MARK: Libraries

        /// The files of a library that researchers need, in a folder of the card's digest.
        struct LibraryFiles {
            let folder: String
            var card: String { "\(folder)/\(SpectralLibrary.FileName.card)" }
            var entries: String { "\(folder)/\(SpectralLibrary.FileName.entries)" }
            var masks: String { "\(folder)/\(SpectralLibrary.FileName.masks)" }
        }

        /// Where the files of the library with this card are kept.
        func library(_ card: Digest) throws -> LibraryFiles {
            let files = LibraryFiles(folder: "\(path)/libraries/\(card)")
            try Self.makeFolder(files.folder)
            return files
        }

        // MARK: Jobs

        /// The files of a job.
        struct JobFiles {
            let folder: String
            /// Gone once it is sent.
            var upload: String { "\(folder)/run.msq" }
            /// What decrypting the result needs.
            var record: String { EncryptedQueries.recordPath(upload) }
            /// There while it is read.
            var answer: String { "\(folder)/run.mss" }
        }

        private var jobs: String { "\(path)/jobs" }

        func job(_ id: String) -> JobFiles { JobFiles(folder: "\(jobs)/\(id)") }

        /// Forgets a job: its result cannot be decrypted any more.
        func forget(job id: String) throws {
            let folder = job(id).folder
            guard FileManager.default.fileExists(atPath: folder) else { return }
            try FileManager.default.removeItem(atPath: folder)
        }

        /// A new folder for a job that has no name yet. Those that processes left which are no more are removed.
        func newJob() throws -> UnnamedJob {
            try Self.makeFolder(jobs)
            let gate = try FolderClaim(jobs)
            return try withExtendedLifetime(gate) {
                for name in try FileManager.default.contentsOfDirectory(atPath: jobs)
                where name.hasPrefix(Self.unnamed) {
                    let folder = "\(jobs)/\(name)"
                    if FolderClaim.isFree(folder) { try FileManager.default.removeItem(atPath: folder) }
                }
                let folder = "\(jobs)/\(Self.unnamed)\(UUID().uuidString.lowercased())"
                try Self.makeFolder(folder)
                return UnnamedJob(JobFiles(folder: folder), claim: try FolderClaim(folder))
            }
        }

        private static let unnamed = "new-"

        /// Gives the folder of a job that was accepted its name.
        func name(_ unnamed: UnnamedJob, _ id: String) throws { try unnamed.move(to: job(id)) }

        /// Bytes of the files in `folder`.
        static func byteCount(_ folder: String) -> Int {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return names.reduce(0) { sum, name in
                let attributes = try? FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
                return sum + (attributes?[.size] as? Int ?? 0)
            }
        }
    }

    /// The folder of a job that was not accepted yet. Dropping the object, or an interrupt, removes it.
    final class UnnamedJob {
        let files: ClientHome.JobFiles
        /// Tells other processes that this one is alive.
        private let claim: FolderClaim
        private var isNamed = false

        fileprivate init(_ files: ClientHome.JobFiles, claim: FolderClaim) {
            (self.files, self.claim) = (files, claim)
            UnfinishedFiles.add(files.folder)
        }

        fileprivate func move(to named: ClientHome.JobFiles) throws {
            guard rename(files.folder, named.folder) == 0 else {
                throw FileSystemError(path: named.folder, doing: "cannot be put in place")
            }
            isNamed = true
            UnfinishedFiles.remove(files.folder)
        }

        deinit {
            guard !isNamed else { return }
            try? FileManager.default.removeItem(atPath: files.folder)
            UnfinishedFiles.remove(files.folder)
        }
    }

    /// The exclusive use of a folder among the processes that ask for it in this way, until the object is dropped or the
    /// process ends.
    private final class FolderClaim {
        private let descriptor: Int32

        /// Waits until nobody else has the use of `folder`.
        init(_ folder: String) throws {
            descriptor = Self.opened(folder)
            while flock(descriptor, LOCK_EX) != 0 {
                guard errno == EINTR else {
                    throw FileSystemError(path: folder, doing: "cannot be locked")
                }
            }
        }

        deinit { close(descriptor) }

        /// Whether nobody has the use of `folder`.
        static func isFree(_ folder: String) -> Bool {
            let descriptor = opened(folder)
            defer { close(descriptor) }
            return flock(descriptor, LOCK_EX | LOCK_NB) == 0
        }

        private static func opened(_ folder: String) -> Int32 { open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }
#endif
