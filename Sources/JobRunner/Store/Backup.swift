#if Service
    import Foundation
    import SpectralSearch
    import Storage

    /// A copy of a host that is in use.
    struct Backup: Sendable {
        let host: HostCore

        /// How often a state of the database is tried of which a file was deleted while it was copied.
        private static let attemptLimit = 10

        /// Copies one state of the database, and every file that it names, to `folder`, which appears whole or not at all.
        /// Files never change, so only those can be missed that are deleted meanwhile: then the copy is made of a newer state.
        /// Files that are damaged are left out.
        ///
        /// - Parameter addLog: adds the audit log to the folder that it is given, after the database, so that it has what
        ///   the database does not have any more; returns the number of the last event that it has.
        /// - Returns: the digests of files that are damaged.
        func write(to folder: String, addLog: (String) throws -> Int64?) throws -> [Digest] {
            let output = try OutputFolder(path: folder)
            try makePrivate(output.path("."), 0o700)
            let blobs = try BlobStore(folder: output.path("blobs"), scratch: output.path("blobs"))
            for _ in 0..<Self.attemptLimit {
                let databasePath = output.path("host.sqlite")
                try? FileManager.default.removeItem(atPath: databasePath)
                try host.database.backUp(to: databasePath)
                let copied = try HostDatabase(path: databasePath)
                let inUse = try copied.read { try $0.digestsInUse() }
                // Uploads that are under way are not copied; whoever sends them begins anew.
                try copied.write { database in
                    for upload in try database.uploads() { try database.deleteUpload(upload.id) }
                }
                try copied.close()
                try makePrivate(databasePath, 0o600)
                guard let damaged = try copy(inUse, to: blobs, scratch: output.path("blobs")) else { continue }
                for digest in try blobs.digests() where !inUse.contains(digest) { blobs.remove(digest) }
                if let told = try addLog(output.path(".")) { try hasTold(databasePath, told) }
                try output.commit()
                return damaged
            }
            throw HostError(.conflict, "files were deleted again and again while they were copied; try again later")
        }

        /// Makes the copied database one whose events are in the log up to that of the number `told`.
        private func hasTold(_ path: String, _ told: Int64) throws {
            let copied = try HostDatabase(path: path)
            try copied.write { database in
                try database.deleteEvents(through: told)
                try database.numberEvents(after: told)
            }
            try copied.close()
        }

        private func makePrivate(_ path: String, _ mode: mode_t) throws {
            guard chmod(path, mode) == 0 else { throw FileSystemError(path: path, doing: "cannot be made private") }
        }

        /// Copies the bytes of `digests`.
        ///
        /// - Returns: those that are damaged; nil when some are gone.
        private func copy(_ digests: Set<Digest>, to blobs: BlobStore, scratch: String) throws -> [Digest]? {
            var damaged: [Digest] = []
            for digest in digests {
                do {
                    guard try copy(digest, to: blobs, scratch: scratch) else { return nil }
                } catch let error as HostError where error.reason == .damaged {
                    damaged.append(digest)
                }
            }
            return damaged
        }

        /// Copies the bytes of `digest`, unless they are there.
        ///
        /// - Returns: false when they are gone.
        private func copy(_ digest: Digest, to blobs: BlobStore, scratch: String) throws -> Bool {
            if blobs.contains(digest) { return true }
            guard let file = try host.blobs.openIfThere(digest) else { return false }
            let path = "\(scratch)/\(ObjectID.fresh())"
            let copy = try OutputFile(path: path, isPrivate: true)
            for first in stride(from: 0, to: file.byteCount, by: 1 << 20) {
                try copy.write(file.read(first..<first + 1 << 20))
            }
            try copy.commit()
            try blobs.put(path, as: digest)
            unlink(path)
            return true
        }
    }
#endif
