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
    /// ``finish()`` then too. One call at a time writes.
    package final class UploadWriter: Sendable {
        private let host: HostCore
        private let claim: UploadClaim
        private let file: GrowingFile
        private let state: Mutex<State>

        private struct State {
            var upload: UploadState
            /// How many bytes are written; those that the upload has received are on the disk.
            var position: Int
            /// The first bytes, until they are enough to tell a key by.
            var beginning: [UInt8] = []
        }

        /// After so many bytes what has arrived is made sure of, so that a long call does not lose all.
        private static let stepByteCount = 32 << 20
        /// As many bytes as any kind of file begins with.
        private static let openingByteCount = 64

        init(host: HostCore, claim: UploadClaim, upload: UploadState) throws {
            self.host = host
            self.claim = claim
            file = try GrowingFile(path: host.uploadPath(upload.id))
            state = Mutex(State(upload: upload, position: upload.received))
        }

        /// Appends `bytes`.
        ///
        /// - Throws: ``HostError``: `tooLarge` when they are more than was announced, `storageFull`, `invalid` when the file
        ///   turns out to be a researcher's key, which is then removed at once.
        package func write(_ bytes: some ContiguousBytes & Sendable) async throws(HostError) {
            try await host.perform(on: HostThreads.files) { [self] in
                try state.withLock { state in
                    try bytes.withUnsafeBytes { try append($0, to: &state) }
                    if state.position - state.upload.received >= Self.stepByteCount { try record(&state) }
                }
            }
        }

        private func append(_ bytes: UnsafeRawBufferPointer, to state: inout State) throws {
            guard bytes.count <= state.upload.byteCount - state.position else {
                throw HostError(
                    .tooLarge, "the file was announced to have \(state.upload.byteCount) bytes, and more were sent")
            }
            if state.position < Self.openingByteCount { try refuseSecret(bytes, &state) }
            try file.write(bytes, at: state.position)
            state.position += bytes.count
        }

        private func refuseSecret(_ bytes: UnsafeRawBufferPointer, _ state: inout State) throws {
            // What an earlier call sent is in the file.
            if state.beginning.isEmpty, state.position > 0 { state.beginning = try file.read(0..<state.position) }
            state.beginning += bytes.prefix(Self.openingByteCount - state.beginning.count)
            do {
                try ReceivedFile.requireNoSecret(beginning: state.beginning, path: "upload")
            } catch {
                try Uploads(host: host).drop(state.upload.id)
                throw error
            }
        }

        /// Makes sure of what has arrived.
        ///
        /// - Returns: the upload as it stands.
        @discardableResult
        package func finish() async throws(HostError) -> UploadState {
            try await host.perform(on: HostThreads.files) { [self] in
                try state.withLock { state in
                    if state.position > state.upload.received { try record(&state) }
                    claim.end()
                    return state.upload
                }
            }
        }

        private func record(_ state: inout State) throws {
            try file.synchronise()
            let (upload, position) = (state.upload, state.position)
            try host.database.write { try $0.updateUpload(upload.id, received: position, until: host.uploadDeadline) }
            state.upload = UploadState(
                id: upload.id, project: upload.project, account: upload.account, byteCount: upload.byteCount,
                sha256: upload.sha256, received: position)
            // What is sent on from here must not take the reserve.
            if position < upload.byteCount { try host.requireRoom(for: 0) }
        }
    }
#endif
