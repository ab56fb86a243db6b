#if Service
    import Foundation
    import SpectralSearch
    import Storage

    /// The libraries that the host keeps: each the files of a folder, as `msfhe library build` made it.
    struct Libraries: Sendable {
        let host: HostCore

        func visible(_ id: ObjectID, account: ObjectID) throws(HostError) -> HostedLibrary {
            try host.database.read { database in
                guard let library = try database.library(id, for: account) else { throw HostError.notFound }
                return library
            }
        }

        /// The files that researchers need; the indices stay with the host.
        func openForResearchers(_ name: String, of id: ObjectID, account: ObjectID) throws -> StoredFile {
            let library = try visible(id, account: account)
            let files = try host.database.read { database in
                if !library.isShared { try database.require(.fetch, in: library.project, for: account) }
                return try database.files(ofLibrary: id)
            }
            let names = [
                SpectralLibrary.FileName.card, SpectralLibrary.FileName.entries, SpectralLibrary.FileName.masks,
            ]
            guard names.contains(name), let file = files.first(where: { $0.name == name }) else {
                throw HostError.notFound
            }
            let opened = try host.blobs.open(file.sha256)
            try host.database.write { database in
                try database.note(
                    .access, of: id, in: library.project, by: account, sha256: file.sha256, byteCount: file.byteCount,
                    at: host.clock.milliseconds)
            }
            return opened
        }

        /// Adds the library in a folder on the host.
        func add(
            folder: String, name: String, project: ObjectID, owner: ObjectID, isShared: Bool
        ) throws(HostError) -> HostedLibrary {
            let copy = host.workPath("library-\(ObjectID.fresh())")
            do {
                try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
                defer { try? FileManager.default.removeItem(atPath: copy) }
                for name in SpectralLibrary.FileName.all
                where FileManager.default.fileExists(atPath: "\(folder)/\(name)") {
                    try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(copy)/\(name)")
                    try GrowingFile(path: "\(copy)/\(name)").synchronise()
                }
                return try add(
                    checked: copy, name: name, project: project, owner: owner, isShared: isShared, uploads: [])
            } catch {
                throw HostError(error)
            }
        }

        /// Adds the library whose files were uploaded.
        func add(
            uploads: [String: ObjectID], name: String, project: ObjectID, owner: ObjectID, isShared: Bool
        ) throws -> HostedLibrary {
            try host.database.read { _ = try $0.require(.administer, in: project, for: owner) }
            let copy = host.workPath("library-\(ObjectID.fresh())")
            try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: copy) }
            var claims: [UploadClaim] = []
            defer { for claim in claims { claim.end() } }
            for (fileName, id) in uploads {
                guard SpectralLibrary.FileName.all.contains(fileName) else {
                    throw HostError(
                        .invalid,
                        "a library has no file '\(fileName)', but: \(SpectralLibrary.FileName.all.joined(separator: ", "))"
                    )
                }
                let (claim, upload) = try Uploads(host: host).claim(id, account: owner)
                claims.append(claim)
                guard upload.project == project else { throw HostError.notFound }
                try Uploads(host: host).requireWhole(upload)
                guard link(host.uploadPath(id), "\(copy)/\(fileName)") == 0 else {
                    throw FileSystemError(path: copy, doing: "cannot be filled")
                }
            }
            let library = try add(
                checked: copy, name: name, project: project, owner: owner, isShared: isShared,
                uploads: Array(uploads.values))
            for id in uploads.values { unlink(host.uploadPath(id)) }
            return library
        }

        /// Checks that the files of the library in `folder` which are read into memory have room there.
        private func requireMemory(_ folder: String) throws(HostError) {
            for name in [SpectralLibrary.FileName.diagonals, SpectralLibrary.FileName.entries] {
                var status = stat()
                guard stat("\(folder)/\(name)", &status) == 0, Int(status.st_size) > host.settings.largestIndex else {
                    continue
                }
                throw HostError(
                    .tooLarge,
                    "\(name) has \(status.st_size) bytes, more than the \(host.settings.largestIndex) that this host holds in memory; split the library, or build it for batch search"
                )
            }
        }

        /// Checks the library in `folder`, whose files are on the disk, and puts them into the store.
        private func add(
            checked folder: String, name: String, project: ObjectID, owner: ObjectID, isShared: Bool,
            uploads: [ObjectID]
        ) throws -> HostedLibrary {
            try requireName(name, of: "a library")
            try requireMemory(folder)
            let card = try SpectralLibrary.check(folder: folder)
            let files = try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
                let (digest, byteCount) = try BlobStore.digest(path: "\(folder)/\(name)")
                return LibraryFile(name: name, sha256: digest, byteCount: byteCount)
            }
            let library = HostedLibrary(
                id: .fresh(), project: project, name: name, card: card.digest,
                score: card.content.vector.score.rawValue,
                modes: card.modes, spectrumCount: card.content.library.spectra, isShared: isShared,
                byteCount: files.reduce(0) { $0 + $1.byteCount }, created: host.clock.date)
            try host.database.write { database in
                try database.require(.administer, in: project, for: owner)
                guard try database.libraryCount(in: project) < host.settings.projectLibraryLimit else {
                    throw HostError(
                        .quotaExceeded,
                        "the project has \(host.settings.projectLibraryLimit) libraries, which is the limit")
                }
                // Uploads were counted when they were announced.
                for id in uploads { try database.deleteUpload(id) }
                try database.requireQuota(for: library.byteCount, in: project, host.settings)
                for file in files { try host.blobs.put("\(folder)/\(file.name)", as: file.sha256) }
                try database.insert(library, files: files)
                try database.note(
                    .library, of: library.id, in: project, by: owner, sha256: library.card,
                    byteCount: library.byteCount,
                    at: host.clock.milliseconds)
                if isShared {
                    try database.note(
                        .sharing, of: library.id, in: project, by: owner, sha256: library.card,
                        at: host.clock.milliseconds)
                }
            }
            return library
        }
    }
#endif
