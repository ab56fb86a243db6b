#if Service
    import AuditLog
    import Foundation
    import JobRunner
    import Logging
    import SpectralSearch
    import Storage

    extension JobServer {
        /// Copies the data folder of `settings` to `folder`, which must not exist yet, also while it is served: the data, the
        /// audit log, and its two private keys. The copy is a data folder.
        ///
        /// - Returns: the number of entries of the copied log, and the digests of files that are damaged, and left out.
        package static func backUp(
            _ settings: ServerSettings, to folder: String, log: Logger
        ) throws -> (entryCount: Int, damaged: [Digest]) {
            let host = try SearchHost(
                folder: settings.folder, settings: settings.host, log: log, purpose: .administration)
            let keys = auditKeys(settings)
            var entryCount = 0
            let damaged = try host.backUp(to: folder) { copy in
                // A host that was never served has no log.
                guard FileManager.default.fileExists(atPath: "\(settings.folder)/audit/checkpoint") else { return nil }
                try FileManager.default.createDirectory(
                    atPath: "\(copy)/audit-keys", withIntermediateDirectories: false,
                    attributes: [.posixPermissions: 0o700])
                for name in ["signing", "pseudonyms"] {
                    let file = try OutputFile(path: "\(copy)/audit-keys/\(name)", isPrivate: true)
                    try file.write(readWhole(path: "\(keys)/\(name)", limit: 1 << 12, isPrivate: true))
                    try file.commit()
                }
                let key = try NoteSigningKey(path: "\(keys)/signing").verifier
                let (copied, last) = try LogCopy.copy("\(settings.folder)/audit", to: "\(copy)/audit", key: key)
                entryCount = copied.checkpoint.size
                return last?.sequence
            }
            return (entryCount, damaged)
        }
    }
#endif
