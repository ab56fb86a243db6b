#if Service
    import Foundation
    import SpectralSearch
    import Storage

    /// The folder of a researcher's own, `~/.msfhe` or where `MSFHE_HOME` says: the server and its token, the key, and for
    /// each job what decrypting its result needs. Everything in it is private.
    struct ClientHome {
        let path: String

        /// A server, and the token for it.
        struct Credentials: Codable {
            var server: String
            var token: String
            /// A file of certificates to trust beside the system's; nil for none.
            var certificates: String?
        }

        init() throws {
            let environment = ProcessInfo.processInfo.environment
            path = environment["MSFHE_HOME"] ?? NSHomeDirectory() + "/.msfhe"
            do {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            } catch {
                throw InputError(path, "cannot be made: \(error.localizedDescription)")
            }
        }

        // MARK: Credentials

        private var credentialsPath: String { "\(path)/credentials.json" }

        func write(_ credentials: Credentials) throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try msfhe.write(encoder.encode(credentials) + Data("\n".utf8), to: credentialsPath, isPrivate: true)
        }

        func credentials() throws -> Credentials {
            guard FileManager.default.fileExists(atPath: credentialsPath) else {
                throw InputError(
                    "login", "you are not logged in; say where and with which token: msfhe login --server URL")
            }
            let text = try readWhole(path: credentialsPath, limit: 1 << 16, isPrivate: true)
            guard let credentials = try? JSONDecoder().decode(Credentials.self, from: text) else {
                throw InputError(credentialsPath, "is not what login writes; log in again")
            }
            return credentials
        }

        // MARK: Keys

        /// The researcher's key, unless a command names another; made the first time that one is needed.
        func keyPath(_ named: String?) throws -> String {
            let keyPath = named ?? "\(path)/researcher.key"
            if named == nil, !FileManager.default.fileExists(atPath: keyPath) {
                try KeyFile.create(path: keyPath)
                log.info("\(keyPath): a new key. It stays on this machine; keep a copy.")
            }
            return keyPath
        }

        /// The rotation keys of the researcher's key for libraries of this shape.
        func rotationKeysPath(columns: Int) -> String { "\(path)/rotations-\(columns).keys" }

        // MARK: Jobs

        /// The files of a job: what decrypting its result needs.
        struct JobFiles {
            let folder: String
            var upload: String { "\(folder)/run.msq" }
            var record: String { EncryptedQueries.recordPath(upload) }
            var entries: String { "\(folder)/\(SpectralLibrary.FileName.entries)" }
            var masks: String { "\(folder)/\(SpectralLibrary.FileName.masks)" }
            var card: String { "\(folder)/\(SpectralLibrary.FileName.card)" }
            var answer: String { "\(folder)/run.mss" }
        }

        func job(_ id: String) -> JobFiles { JobFiles(folder: "\(path)/jobs/\(id)") }

        /// A new folder for a job that has no name yet.
        func newJob() throws -> JobFiles {
            let folder = "\(path)/jobs/new-\(UUID().uuidString.lowercased())"
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            return JobFiles(folder: folder)
        }

        /// Gives the folder of a job that was accepted its name.
        func name(_ files: JobFiles, _ id: String) throws -> JobFiles {
            let named = job(id)
            try FileManager.default.moveItem(atPath: files.folder, toPath: named.folder)
            return named
        }
    }
#endif
