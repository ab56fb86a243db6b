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
        func write(to folder: String) throws {
            let output = try OutputFolder(path: folder)
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
                if try inUse.allSatisfy({ try copy($0, to: blobs, scratch: output.path("blobs")) }) {
                    for digest in try blobs.digests() where !inUse.contains(digest) { blobs.remove(digest) }
                    return try output.commit()
                }
            }
            throw HostError(.conflict, "files were deleted again and again while they were copied; try again later")
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
