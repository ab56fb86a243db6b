#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    extension Access {
        /// Accepts a job: once this returns, the job will be run, whatever happens to the host's process.
        ///
        /// The job belongs to the project of its queries. Interactive queries are searched with the rotation keys that they
        /// name, which must be in the same project.
        ///
        /// - Returns: the job; that of an earlier request of the same name and content, if there was one.
        /// - Throws: ``HostError``: `invalid` when library, queries, mode and score do not go together; `conflict` when the
        ///   request's name was used for another one; `quotaExceeded`, `tooLarge` when the answer would be too large;
        ///   `draining`.
        package func submit(_ request: JobRequest) async throws(HostError) -> Job {
            guard (1...200).contains(request.requestKey.utf8.count) else {
                throw HostError(.invalid, "the name of a request has 1 to 200 bytes")
            }
            let job = try await core.perform { [self] in
                let card = try core.openLibraries.card(
                    Libraries(host: core).visible(request.library, account: id), core)
                return try core.database.write { try accept(request, card, $0) }
            }
            core.activity.jobsWait()
            return try await self.job(job)
        }

        private func accept(_ request: JobRequest, _ card: LibraryCard, _ database: Database) throws -> ObjectID {
            guard let library = try database.library(request.library, for: id) else { throw HostError.notFound }
            let dataset = try visibleDataset(request.dataset, .add, database)
            if let job = try database.job(requestKey: request.requestKey, of: id) {
                guard try database.job(job.id) != nil else {
                    throw HostError(
                        .conflict, "this name of a request was used for a job that was deleted; choose a new name")
                }
                guard job.library == library.id, job.dataset == dataset.id, job.mode == request.mode,
                    job.priority == request.priority, library.score == request.score
                else {
                    throw HostError(.conflict, "this name of a request was used for another one; choose a new name")
                }
                return job.id
            }
            guard !core.activity.isDraining else {
                throw HostError(.draining, "the host is about to stop; try again when it is back")
            }
            let job = try newJob(request, library, card, dataset, database)
            guard try database.activeJobCount(of: id) < core.settings.accountJobLimit else {
                throw HostError(
                    .quotaExceeded,
                    "the account has \(core.settings.accountJobLimit) jobs that wait or run, which is the limit")
            }
            try database.requireQuota(for: job.answerByteCount, in: job.project, core.settings)
            let name = ObjectID.fresh()
            try database.enterShare(id, request.mode)
            try database.insert(request, id: name, as: job, at: core.clock.milliseconds)
            try database.note(.job, of: name, in: job.project, by: id, at: core.clock.milliseconds)
            return name
        }

        /// Checks that the parts of a request go together.
        private func newJob(
            _ request: JobRequest, _ library: HostedLibrary, _ card: LibraryCard, _ dataset: Dataset,
            _ database: Database
        ) throws -> NewJob {
            guard library.modes.contains(request.mode) else {
                throw HostError(
                    .invalid,
                    "the library is not laid out for \(request.mode.rawValue) search, but for: \(library.modes.map(\.rawValue).joined(separator: ", "))"
                )
            }
            guard library.score == request.score else {
                throw HostError(.invalid, "the library is searched by '\(library.score)', not by '\(request.score)'")
            }
            guard dataset.kind.rawValue == request.mode.rawValue else {
                throw HostError(
                    .invalid,
                    "the data set does not hold queries of \(request.mode.rawValue) search: \(dataset.kind.rawValue)")
            }
            guard dataset.card == library.card else {
                throw HostError(.invalid, "the queries were encrypted for another library: they do not name its card")
            }
            var keys: Dataset?
            if let seal = dataset.keysSeal {
                keys = try database.rotationKeys(seal: seal, in: dataset.project)
                guard keys != nil else {
                    throw HostError(
                        .invalid, "the rotation keys that the queries name are not in their project; send them")
                }
            }
            let answerByteCount = request.mode.answerByteCount(card: card, queryCount: dataset.queryCount)
            guard answerByteCount <= core.settings.fileByteLimit else {
                throw HostError(
                    .tooLarge,
                    "the answer would have \(answerByteCount) bytes, more than the \(core.settings.fileByteLimit) that a file may have; split the queries"
                )
            }
            return NewJob(
                project: dataset.project, account: id, keys: keys?.id, work: library.spectrumCount * dataset.queryCount,
                answerByteCount: answerByteCount)
        }

        /// A job.
        package func job(_ job: ObjectID) async throws(HostError) -> Job {
            try await core.perform { [self] in
                try core.database.read { database in
                    var job = shown(try visibleJob(job, .look, database))
                    if job.state == .queued { job.position = try positions(job.mode, of: job.id, database)[job.id] }
                    return job
                }
            }
        }

        /// Jobs of a project, newest first.
        ///
        /// - Parameter earlier: the last job of the page before this one.
        package func jobs(
            in project: ObjectID, after earlier: ObjectID? = nil, limit: Int = 100
        ) async throws(HostError) -> [Job] {
            try await core.perform { [self] in
                try core.database.read { database in
                    try database.require(.look, in: project, for: id)
                    let sequence = try earlier.map { try visibleJob($0, .look, database).sequence } ?? .max
                    let jobs = try database.jobs(in: project, before: sequence, limit: limit)
                    var places: [ObjectID: Int] = [:]
                    for mode in Set(jobs.filter { $0.state == .queued }.map(\.mode)) {
                        places.merge(try positions(mode, database)) { $1 }
                    }
                    return jobs.map { shown($0, position: places[$0.id]) }
                }
            }
        }

        /// A job each time that something has become of it, beginning with how it is; ends when nothing will.
        package func follow(_ job: ObjectID) -> AsyncThrowingStream<Job, any Error> {
            AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
                let task = Task {
                    do {
                        for await _ in core.activity.changes(of: job) {
                            let state = try await watched(job)
                            continuation.yield(state)
                            if state.state.isFinal { break }
                        }
                        continuation.finish()
                    } catch {
                        continuation.finish(throwing: error)
                    }
                }
                continuation.onTermination = { _ in task.cancel() }
            }
        }

        /// A job for those who watch it: many do, so its place is that of the last look at the queue, where there was one.
        private func watched(_ job: ObjectID) async throws(HostError) -> Job {
            guard let position = core.activity.position(of: job) else { return try await self.job(job) }
            return try await core.perform { [self] in
                shown(try core.database.read { try visibleJob(job, .look, $0) }, position: position)
            }
        }

        /// Cancels a job: at once when it waits, soon when it runs. One that has ended stays as it is.
        ///
        /// - Returns: the job as it is then.
        package func cancel(_ job: ObjectID) async throws(HostError) -> Job {
            let cancelled = try await core.perform { [self] in
                try core.database.write { database in
                    let job = try visibleJob(job, .add, database)
                    switch job.state {
                    case .queued:
                        try database.finish(job.id, .cancelled, at: core.clock.milliseconds)
                        try database.note(
                            .cancellation, of: job.id, in: job.project, by: id, at: core.clock.milliseconds)
                    case .running: try database.requestCancellation(job.id)
                    case .succeeded, .failed, .cancelled: break
                    }
                    return shown(try visibleJob(job.id, .look, database))
                }
            }
            if cancelled.state == .running { core.activity.stop(job, .cancelled) }
            core.activity.changed(job)
            return cancelled
        }

        /// The encrypted scores of a job that succeeded, checked against their SHA-256.
        ///
        /// - Throws: ``HostError`` with the reason `conflict` when it has none.
        package func readResult(of job: ObjectID) async throws(HostError) -> StoredFile {
            try await core.perform(on: HostThreads.files) { [self] in
                let job = try core.database.read { try visibleJob(job, .fetch, $0) }
                guard let sha256 = job.sha256 else {
                    throw HostError(.conflict, "the job is \(job.state.rawValue): it has no result")
                }
                let file = try core.blobs.open(sha256)
                try core.database.write { database in
                    let job = try visibleJob(job.id, .fetch, database)
                    try database.note(
                        .access, of: job.id, in: job.project, by: id, sha256: sha256, byteCount: file.byteCount,
                        at: core.clock.milliseconds)
                }
                return file
            }
        }

        /// Deletes a job that has ended, and its result: leaves a tombstone and removes the bytes. For owners, and for
        /// whoever submitted it.
        package func deleteJob(_ job: ObjectID) async throws(HostError) {
            try await core.perform { [self] in
                let sha256 = try core.database.write { database in
                    let job = try visibleJob(job, .add, database)
                    try database.require(job.account == id ? .add : .administer, in: job.project, for: id)
                    guard job.state.isFinal else {
                        throw HostError(.conflict, "the job is \(job.state.rawValue); cancel it first")
                    }
                    try database.bury(job: job.id, at: core.clock.milliseconds)
                    try database.note(
                        .deletion, of: job.id, in: job.project, by: id, sha256: job.sha256,
                        byteCount: job.sha256.map { _ in job.answerByteCount }, at: core.clock.milliseconds)
                    return job.sha256
                }
                if let sha256 { try core.release(sha256) }
            }
        }

        private func visibleJob(_ job: ObjectID, _ permission: Role.Permission, _ database: Database) throws -> Job {
            guard let job = try database.job(job) else { throw HostError.notFound }
            try database.require(permission, in: job.project, for: id)
            return job
        }

        /// A job with what the database does not say of it.
        private func shown(_ job: Job, position: Int? = nil) -> Job {
            var job = job
            if job.state == .queued { job.position = position }
            if job.state == .running { job.progress = core.activity.progress(of: job.id) }
            return job
        }

        private func positions(
            _ mode: SearchMode, of job: ObjectID? = nil, _ database: Database
        ) throws -> [ObjectID: Int] {
            try database.positions(mode, of: job, at: core.clock.deadline(in: .zero))
        }
    }
#endif
