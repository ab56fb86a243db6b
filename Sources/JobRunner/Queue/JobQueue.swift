#if Service
    import Foundation
    import GRDB
    import SpectralSearch
    import Storage

    /// The jobs that wait and run: who gets which, and what becomes of them.
    ///
    /// A job that was accepted is in the database until somebody deletes it. Whoever works on one has a lease that runs out
    /// unless it is renewed; a result counts only while the lease holds, in one transaction with the end of the job. So each
    /// job ends once, with one result, whenever processes die.
    ///
    /// Shares are fair by start-time fair queueing (Goyal, Vin, Cheng 1997): an account's next job starts, in a time of its
    /// own, where its last one would have ended had the account worked alone, or where the others are if it was idle; the
    /// job that starts first goes first. While two accounts both have jobs waiting, the work begun for them differs by at most
    /// the largest job of each.
    struct JobQueue: Sendable {
        let host: HostCore

        private var leaseEnd: Deadline { host.clock.deadline(in: .seconds(host.settings.leaseSeconds)) }
        private var now: Deadline { host.clock.deadline(in: .zero) }

        /// Takes up the job of `mode` whose turn it is. With an interactive one come others that wait for the same library, as
        /// many as a pass has room for: they cost little beside it.
        func take(_ mode: SearchMode) throws(HostError) -> [Lease] {
            guard mayBegin else { return [] }
            return try host.database.write { database in
                guard let first = try database.nextJob(mode, at: now) else { return [] }
                var leases = [try begin(first, database)]
                guard mode == .interactive else { return leases }
                while leases.count < InteractiveSearch.queriesPerPass,
                    let job = try database.nextJob(mode, library: first.library, at: now)
                {
                    leases.append(try begin(job, database))
                }
                return leases
            }
        }

        /// Takes up to `count` interactive jobs more that wait for `library`, unless one that waits for another library has
        /// its turn.
        func takeMore(for library: ObjectID, count: Int) throws(HostError) -> [Lease] {
            guard count > 0, mayBegin else { return [] }
            return try host.database.write { database in
                var leases: [Lease] = []
                while leases.count < count, let job = try database.nextJob(.interactive, at: now),
                    job.library == library
                {
                    leases.append(try begin(job, database))
                }
                return leases
            }
        }

        /// Whether jobs are begun now: not while the host is about to stop, nor while its disk has no room for answers.
        private var mayBegin: Bool { !host.activity.isDraining && host.hasRoom(for: 0) }

        /// Tells those who watch jobs that wait how many are before them, where that has changed.
        func tellPositions() throws(HostError) {
            guard host.activity.isWatched else { return host.activity.moved(to: [:]) }
            host.activity.moved(
                to: try host.database.read { database in
                    try SearchMode.allCases.reduce(into: [:]) { all, mode in
                        all.merge(try database.positions(mode, at: now)) { $1 }
                    }
                })
        }

        /// Renews a lease.
        ///
        /// - Returns: false when it was lost.
        func renew(_ lease: Lease) throws(HostError) -> Bool {
            try host.database.write { database in
                guard let job = try database.job(of: lease) else { return false }
                if job.isCancelling { host.activity.stop(job.id, .cancelled) }
                try database.renew(lease, until: leaseEnd)
                return true
            }
        }

        /// Ends a job with the answer in the file at `path`, which is on the disk and is removed.
        func complete(_ lease: Lease, answer path: String) throws {
            defer { unlink(path) }
            let (digest, byteCount) = try BlobStore.digest(path: path)
            try host.database.write { database in
                guard let job = try database.job(of: lease) else { return }
                guard !job.isCancelling else { return try finish(job, .cancelled, database) }
                try host.blobs.put(path, as: digest)
                try finish(job, .succeeded, answer: (digest, byteCount), database)
            }
        }

        /// Ends work on a job that did not come to its end: it has failed, waits for another attempt, or was cancelled.
        func abandon(_ lease: Lease, _ error: any Error) throws(HostError) {
            try host.database.write { database in
                guard let job = try database.job(of: lease) else { return }
                switch error {
                case _ where job.isCancelling, JobActivity.StopReason.cancelled:
                    try finish(job, .cancelled, database)
                case JobActivity.StopReason.draining:
                    try database.requeue(job.id, forgettingAttempt: true)
                default:
                    let error = HostError(error)
                    guard !error.isLasting, job.attempts - job.interruptions < host.settings.attemptLimit else {
                        return try finish(job, .failed, problem: error.message, database)
                    }
                    try database.requeue(job.id, problem: error.message, retry: retryMoment(job))
                }
            }
        }

        private func retryMoment(_ job: Job) -> Deadline {
            let failures = max(job.attempts - job.interruptions, 1)
            return host.clock.deadline(in: .seconds(host.settings.retrySeconds << (2 * min(failures - 1, 8))))
        }

        /// Lets jobs wait again whose lease has run out.
        func reclaimExpired() throws(HostError) { try reclaim(at: now) }

        /// Lets all jobs wait again that were running: for a process that has just begun, and is alone in running them.
        func reclaimAll() throws(HostError) { try reclaim(at: nil) }

        private func reclaim(at moment: Deadline?) throws(HostError) {
            let reclaimed = try host.database.write { database in
                let jobs = try database.abandonedJobs(at: moment)
                for job in jobs {
                    if job.isCancelling {
                        try finish(job, .cancelled, database)
                    } else if job.interruptions + 1 < host.settings.interruptionLimit {
                        try database.requeue(job.id, interruption: true)
                    } else {
                        let problem =
                            "the host's process ended \(job.interruptions + 1) times while it ran; it is not tried again"
                        try finish(job, .failed, problem: problem, database)
                    }
                }
                return jobs
            }
            for job in reclaimed { host.activity.changed(job.id) }
        }

        private func finish(
            _ job: Job, _ state: JobState, answer: (digest: Digest, byteCount: Int)? = nil, problem: String? = nil,
            _ database: Database
        ) throws {
            let kind: HostEvent.Kind =
                switch state {
                case .succeeded: .result
                case .cancelled: .cancellation
                case .failed, .queued, .running: .failure
                }
            try database.finish(
                job.id, state, blob: answer?.digest, byteCount: answer?.byteCount, problem: problem,
                at: host.clock.milliseconds)
            try database.note(
                kind, of: job.id, in: job.project, sha256: answer?.digest, byteCount: answer?.byteCount,
                at: host.clock.milliseconds)
        }

        private func begin(_ job: Job, _ database: Database) throws -> Lease {
            let lease = Lease(job: job, id: .fresh())
            try database.begin(job, lease: lease.id, until: leaseEnd, at: host.clock.milliseconds)
            return lease
        }
    }

    extension HostError {
        /// Whether another attempt would end the same way.
        fileprivate var isLasting: Bool {
            switch reason {
            case .failed, .storageFull, .draining: false
            default: true
            }
        }
    }
#endif
