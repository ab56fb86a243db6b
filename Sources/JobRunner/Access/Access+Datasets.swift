#if Service
    import Foundation
    import GRDB
    import SpectralSearch
    import Storage

    // Data sets and uploads.
    extension Access {
        /// Begins to send a file to a project: a data set, or a file of a library.
        ///
        /// - Parameters:
        ///   - byteCount: how many bytes it has.
        ///   - sha256: their SHA-256, as 64 lower-case hexadecimal digits.
        package func beginUpload(
            to project: ObjectID, byteCount: Int, sha256: String
        ) async throws(HostError) -> UploadState {
            guard let digest = Digest(hexadecimal: sha256) else {
                throw HostError(.invalid, "a SHA-256 is written as 64 lower-case hexadecimal digits")
            }
            return try await core.perform { [self] in
                try Uploads(host: core).begin(project: project, account: id, byteCount: byteCount, sha256: digest)
            }
        }

        /// An upload that the account began.
        package func upload(_ upload: ObjectID) async throws(HostError) -> UploadState {
            try await core.perform { [self] in try Uploads(host: core).state(upload, account: id) }
        }

        /// Uploads that the account began in a project and did not finish.
        ///
        /// - Parameter earlier: the last one of the page before.
        package func uploads(
            in project: ObjectID, after earlier: ObjectID? = nil, limit: Int = .max
        ) async throws(HostError) -> [UploadState] {
            try await core.perform { [self] in
                try core.database.read { database in
                    try database.require(.look, in: project, for: id)
                    return try database.uploads(in: project, by: id, after: earlier, limit: limit)
                }
            }
        }

        /// Goes on with an upload.
        ///
        /// - Parameter offset: where: at the number of bytes that have been received.
        /// - Throws: ``HostError`` with the reason `conflict` at another one, or while another call is sending.
        package func continueUpload(_ upload: ObjectID, at offset: Int) async throws(HostError) -> UploadWriter {
            try await core.perform { [self] in
                let (claim, state) = try Uploads(host: core).claim(upload, account: id)
                guard offset == state.received else {
                    throw HostError(.conflict, "\(state.received) bytes are here: go on there, not at \(offset)")
                }
                try core.requireRoom(for: 0)
                return try UploadWriter(host: core, claim: claim, upload: state)
            }
        }

        /// Gives up an upload.
        package func cancelUpload(_ upload: ObjectID) async throws(HostError) {
            try await core.perform { [self] in
                let uploads = Uploads(host: core)
                let (claim, _) = try uploads.claim(upload, account: id)
                try uploads.drop(upload)
                claim.end()
            }
        }

        /// Makes a data set of an upload that is complete. It gets the upload's name; called again, it says the same.
        ///
        /// - Parameter annotation: what the client encrypted of its title, tags and notes.
        /// - Throws: ``HostError`` with the reason `conflict` when bytes are missing, and `invalid` when they are not those
        ///   that were announced, or neither queries nor rotation keys; the upload is then gone.
        package func finishDataset(
            _ upload: ObjectID, annotation: Data = Data()
        ) async throws(HostError) -> Dataset {
            try requireAnnotation(annotation)
            return try await core.perform(on: HostThreads.files) { [self] in
                let uploads = Uploads(host: core)
                if let made = try? core.database.read({ try visibleDataset(upload, .fetch, $0) }) { return made }
                let (claim, state) = try uploads.claim(upload, account: id)
                defer { claim.end() }
                try uploads.requireWhole(state)
                let path = core.uploadPath(upload)
                let received: ReceivedFile
                do {
                    received = try ReceivedFile(path: path)
                } catch {
                    try uploads.drop(upload)
                    throw error
                }
                let dataset = Dataset(state, received, annotation: annotation, created: core.clock.date)
                try core.database.write { database in
                    try database.require(.add, in: state.project, for: id)
                    try core.blobs.put(path, as: state.sha256)
                    try database.insert(dataset)
                    try database.deleteUpload(upload)
                    try database.note(
                        .upload, of: dataset.id, in: dataset.project, by: id, sha256: dataset.sha256,
                        byteCount: dataset.byteCount, at: core.clock.milliseconds)
                }
                unlink(path)
                return dataset
            }
        }

        /// Data sets of a project, oldest first.
        ///
        /// - Parameter earlier: the last one of the page before.
        package func datasets(
            in project: ObjectID, after earlier: ObjectID? = nil, limit: Int = .max
        ) async throws(HostError) -> [Dataset] {
            try await core.perform { [self] in
                try core.database.read { database in
                    try database.require(.look, in: project, for: id)
                    return try database.datasets(in: project, after: earlier, limit: limit)
                }
            }
        }

        /// A data set.
        package func dataset(_ dataset: ObjectID) async throws(HostError) -> Dataset {
            try await core.perform { [self] in try core.database.read { try visibleDataset(dataset, .look, $0) } }
        }

        /// The bytes of a data set, checked against its SHA-256.
        package func readDataset(_ dataset: ObjectID) async throws(HostError) -> StoredFile {
            try await core.perform(on: HostThreads.files) { [self] in
                let file = try core.blobs.open(
                    core.database.read { try visibleDataset(dataset, .fetch, $0) }.sha256)
                try core.database.write { database in
                    let dataset = try visibleDataset(dataset, .fetch, database)
                    try database.note(
                        .access, of: dataset.id, in: dataset.project, by: id, sha256: dataset.sha256,
                        byteCount: dataset.byteCount, at: core.clock.milliseconds)
                }
                return file
            }
        }

        /// Replaces what the client encrypted of a data set's title, tags and notes.
        package func annotate(dataset: ObjectID, _ annotation: Data) async throws(HostError) {
            try requireAnnotation(annotation)
            try await core.perform { [self] in
                try core.database.write { database in
                    _ = try visibleDataset(dataset, .add, database)
                    try database.updateDataset(dataset, annotation: annotation)
                }
            }
        }

        /// Deletes a data set: leaves a tombstone and removes the bytes. For owners, and for whoever sent it.
        ///
        /// - Throws: ``HostError`` with the reason `conflict` while jobs need it.
        package func deleteDataset(_ dataset: ObjectID) async throws(HostError) {
            try await core.perform { [self] in
                let sha256 = try core.database.write { database in
                    let dataset = try visibleDataset(dataset, .add, database)
                    try database.require(dataset.account == id ? .add : .administer, in: dataset.project, for: id)
                    guard try !database.activeJobs(needing: dataset.id) else {
                        throw HostError(.conflict, "jobs that wait or run need this data set; cancel them first")
                    }
                    try database.bury(dataset: dataset.id, at: core.clock.milliseconds)
                    try database.note(
                        .deletion, of: dataset.id, in: dataset.project, by: id, sha256: dataset.sha256,
                        byteCount: dataset.byteCount, at: core.clock.milliseconds)
                    return dataset.sha256
                }
                try core.release(sha256)
            }
        }

        func visibleDataset(
            _ dataset: ObjectID, _ permission: Role.Permission, _ database: Database
        ) throws -> Dataset {
            guard let dataset = try database.dataset(dataset) else { throw HostError.notFound }
            try database.require(permission, in: dataset.project, for: id)
            return dataset
        }
    }

    extension Dataset {
        fileprivate init(_ upload: UploadState, _ received: ReceivedFile, annotation: Data, created: Date) {
            let (kind, card, keysSeal, queryCount): (Kind, Digest?, Digest?, Int) =
                switch received.content {
                case .batchQueries(let card, let count): (.batch, card, nil, count)
                case .interactiveQueries(let card, let keys, let count): (.interactive, card, keys, count)
                case .rotationKeys: (.rotationKeys, nil, nil, 0)
                }
            self.init(
                id: upload.id, project: upload.project, account: upload.account, kind: kind, sha256: upload.sha256,
                byteCount: upload.byteCount, seal: received.digest, card: card, keysSeal: keysSeal,
                queryCount: queryCount, annotation: annotation, created: created)
        }
    }

    extension Database {
        /// Checks that a project may have so many bytes more.
        func requireQuota(for byteCount: Int, in project: ObjectID, _ settings: HostSettings) throws {
            let held = try projectByteCount(project)
            guard byteCount <= settings.projectByteLimit - held else {
                throw HostError(
                    .quotaExceeded,
                    "\(byteCount) bytes are too many: the project has \(held) of the \(settings.projectByteLimit) that it may have"
                )
            }
        }
    }
#endif
