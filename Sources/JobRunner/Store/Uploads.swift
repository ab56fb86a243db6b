#if Service
    import Foundation
    import SpectralSearch
    import Storage
    import Synchronization

    /// Files on their way to the host.
    struct Uploads: Sendable {
        let host: HostCore

        func begin(
            project: ObjectID, account: ObjectID, byteCount: Int, sha256: Digest
        ) throws(HostError) -> UploadState {
            guard byteCount > 0 else { throw HostError(.invalid, "a file of \(byteCount) bytes cannot be sent") }
            guard byteCount <= host.settings.fileByteLimit else {
                throw HostError(
                    .tooLarge,
                    "\(byteCount) bytes are more than the \(host.settings.fileByteLimit) that a file may have")
            }
            try host.requireRoom(for: byteCount)
            let upload = UploadState(
                id: .fresh(), project: project, account: account, byteCount: byteCount, sha256: sha256, received: 0)
            try host.database.write { database in
                try database.require(.add, in: project, for: account)
                try database.requireQuota(for: byteCount, in: project, host.settings)
                guard try database.datasetCount(in: project) < host.settings.projectDatasetLimit else {
                    throw HostError(
                        .quotaExceeded,
                        "the project has \(host.settings.projectDatasetLimit) data sets, which is the limit")
                }
                try database.insert(upload, until: host.uploadDeadline, at: host.clock.milliseconds)
            }
            return upload
        }

        /// The upload `id`, which `account` began and may go on with.
        func state(_ id: ObjectID, account: ObjectID) throws(HostError) -> UploadState {
            try host.database.read { database in
                guard let upload = try database.upload(id), upload.account == account else { throw HostError.notFound }
                try database.require(.add, in: upload.project, for: account)
                return upload
            }
        }

        /// The upload `id`, which `account` began, for this call alone, and how it stands. Whether another call is at it,
        /// only its own account is told.
        func claim(_ id: ObjectID, account: ObjectID) throws(HostError) -> (claim: UploadClaim, state: UploadState) {
            _ = try state(id, account: account)
            let claim = try claim(id)
            return (claim, try state(id, account: account))
        }

        private func claim(_ id: ObjectID) throws(HostError) -> UploadClaim {
            guard host.busyUploads.withLock({ $0.insert(id).inserted }) else {
                throw HostError(.conflict, "another call is sending this file; wait for its end")
            }
            return UploadClaim(host: host, id: id)
        }

        func drop(_ id: ObjectID) throws(HostError) {
            try host.database.write { _ = try $0.deleteUpload(id) }
            unlink(host.uploadPath(id))
        }

        func dropIdle() throws(HostError) {
            let now = host.clock.deadline(in: .zero)
            for id in try host.database.read({ try $0.idleUploads(at: now) }) {
                // One that is just being sent is not idle.
                guard let claim = try? claim(id) else { continue }
                try drop(id)
                claim.end()
            }
        }

        /// Checks that all of the upload is there and that it is what was announced. One that is not is dropped.
        func requireWhole(_ upload: UploadState) throws(HostError) {
            guard upload.received == upload.byteCount else {
                throw HostError(
                    .conflict, "\(upload.received) of \(upload.byteCount) bytes are here; send the rest first")
            }
            do {
                let (digest, byteCount) = try BlobStore.digest(path: host.uploadPath(upload.id))
                guard digest == upload.sha256, byteCount == upload.byteCount else {
                    throw HostError(
                        .invalid, "the bytes do not have the SHA-256 that was announced; send the file again")
                }
            } catch {
                let error = HostError(error)
                if error.reason == .invalid { try drop(upload.id) }
                throw error
            }
        }
    }

    /// An upload that nobody else may work on, until it is ended or forgotten.
    final class UploadClaim: Sendable {
        private let host: HostCore
        private let id: ObjectID
        private let hasEnded = Mutex(false)

        init(host: HostCore, id: ObjectID) {
            self.host = host
            self.id = id
        }

        /// Lets others work on it; a second call does nothing.
        func end() {
            hasEnded.withLock { hasEnded in
                if !hasEnded { host.busyUploads.withLock { _ = $0.remove(id) } }
                hasEnded = true
            }
        }

        deinit { end() }
    }

    /// Writes the bytes of an upload from where it stands. What arrived counts even if the rest never does: end it with
    /// ``finish()`` then too.
    package actor UploadWriter {
        private let host: HostCore
        private let claim: UploadClaim
        private let file: GrowingFile
        private var upload: UploadState
        private var position: Int

        /// After so many bytes what has arrived is made sure of, so that a long call does not lose all.
        private static let stepByteCount = 32 << 20

        init(host: HostCore, claim: UploadClaim, upload: UploadState) throws {
            self.host = host
            self.claim = claim
            self.upload = upload
            position = upload.received
            file = try GrowingFile(path: host.uploadPath(upload.id))
        }

        /// Appends `bytes`.
        ///
        /// - Throws: ``HostError``: `tooLarge` when they are more than was announced, `storageFull`, `invalid` when the file
        ///   turns out to be a researcher's key, which is then removed at once.
        package func write(_ bytes: some ContiguousBytes & Sendable) throws(HostError) {
            do {
                try bytes.withUnsafeBytes { bytes in
                    guard bytes.count <= upload.byteCount - position else {
                        throw HostError(
                            .tooLarge, "the file was announced to have \(upload.byteCount) bytes, and more were sent")
                    }
                    if position == 0 { try refuseSecret(bytes) }
                    try file.write(bytes, at: position)
                    position += bytes.count
                }
                if position - upload.received >= Self.stepByteCount { try record() }
            } catch {
                throw HostError(error)
            }
        }

        private func refuseSecret(_ bytes: UnsafeRawBufferPointer) throws {
            do {
                try ReceivedFile.requireNoSecret(beginning: bytes, path: "upload")
            } catch {
                try Uploads(host: host).drop(upload.id)
                throw error
            }
        }

        /// Makes sure of what has arrived.
        ///
        /// - Returns: the upload as it stands.
        @discardableResult
        package func finish() throws(HostError) -> UploadState {
            do {
                if position > upload.received { try record() }
            } catch {
                throw HostError(error)
            }
            claim.end()
            return upload
        }

        private func record() throws {
            try file.synchronise()
            try host.database.write { try $0.updateUpload(upload.id, received: position, until: host.uploadDeadline) }
            upload = UploadState(
                id: upload.id, project: upload.project, account: upload.account, byteCount: upload.byteCount,
                sha256: upload.sha256, received: position)
        }
    }
#endif
