#if Service
    import Foundation
    import GRDB
    import SpectralSearch

    extension Database {
        func insert(_ request: JobRequest, id: ObjectID, as job: NewJob, at time: Int64) throws {
            try execute(
                sql: """
                    INSERT INTO job (id, project, account, library, dataset, keys, mode, priority, work, requestKey, state,
                        answerByteCount, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'queued', ?, ?)
                    """,
                arguments: [
                    id, job.project, job.account, request.library, request.dataset, job.keys, request.mode.rawValue,
                    request.priority.rawValue, job.work, request.requestKey, job.answerByteCount, time,
                ])
        }

        func job(_ id: ObjectID) throws -> Job? {
            try Job.fetchOne(self, sql: "SELECT * FROM job WHERE id = ? AND deleted IS NULL", arguments: [id])
        }

        /// The job that an account made by a request of this name, deleted ones included: such a name is used up.
        func job(requestKey: String, of account: ObjectID) throws -> Job? {
            try Job.fetchOne(
                self, sql: "SELECT * FROM job WHERE account = ? AND requestKey = ?", arguments: [account, requestKey])
        }

        /// Jobs of a project, newest first, that came before `sequence`.
        func jobs(in project: ObjectID, before sequence: Int64, limit: Int) throws -> [Job] {
            try Job.fetchAll(
                self,
                sql: """
                    SELECT * FROM job WHERE project = ? AND sequence < ? AND deleted IS NULL ORDER BY sequence DESC LIMIT ?
                    """,
                arguments: [project, sequence, limit])
        }

        /// Jobs of an account that wait or run.
        func activeJobCount(of account: ObjectID) throws -> Int {
            try Int.fetchOne(
                self, sql: "SELECT count(*) FROM job WHERE account = ? AND state IN ('queued', 'running')",
                arguments: [account]) ?? 0
        }

        /// Jobs that wait, by mode.
        func queuedJobCount(_ mode: SearchMode) throws -> Int {
            try Int.fetchOne(
                self, sql: "SELECT count(*) FROM job WHERE mode = ? AND state = 'queued'", arguments: [mode.rawValue])
                ?? 0
        }

        /// Jobs that run or wait and need the data set or library `id`.
        func activeJobs(needing id: ObjectID) throws -> Bool {
            try Bool.fetchOne(
                self,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job WHERE state IN ('queued', 'running')
                        AND (dataset = :id OR keys = :id OR library = :id))
                    """,
                arguments: ["id": id]) ?? false
        }

        /// Whether a job waits and may be begun: not one that waits for another attempt.
        private static let isReady = """
            job.state = 'queued' AND job.mode = :mode AND (job.retryAt IS NULL OR job.retryBoot <> :boot OR job.retryAt <= :now)
            """

        /// The job of `mode` whose turn it is, of those for `library` if one is named: the first of the account that is least
        /// ahead. See ``JobQueue``.
        func nextJob(_ mode: SearchMode, library: ObjectID? = nil, at now: Deadline) throws -> Job? {
            let isReady = Self.isReady + " AND (:library IS NULL OR job.library = :library)"
            return try Job.fetchOne(
                self,
                sql: """
                    SELECT * FROM job WHERE \(isReady) AND job.account = (
                        SELECT share.account FROM share WHERE share.mode = :mode
                            AND EXISTS (SELECT 1 FROM job WHERE \(isReady) AND job.account = share.account)
                        ORDER BY share.begun, share.account LIMIT 1)
                    ORDER BY priority DESC, sequence LIMIT 1
                    """,
                arguments: ["mode": mode.rawValue, "boot": now.boot, "now": now.at, "library": library])
        }

        /// How many jobs would run before each of those of `mode` that wait, if nobody sent anything more: what ``nextJob``
        /// would say one after the other.
        ///
        /// - Parameter job: the only one that is asked for.
        func positions(_ mode: SearchMode, of job: ObjectID? = nil, at now: Deadline) throws -> [ObjectID: Int] {
            let rows = try Row.fetchAll(
                self,
                sql: """
                    WITH waiting AS (
                        SELECT job.id, job.account, share.begun + coalesce(sum(job.work) OVER (
                            PARTITION BY job.account ORDER BY job.priority DESC, job.sequence
                            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS start
                        FROM job JOIN share ON share.mode = job.mode AND share.account = job.account
                        WHERE \(Self.isReady)
                    ), ordered AS (SELECT id, row_number() OVER (ORDER BY start, account) - 1 AS position FROM waiting)
                    SELECT id, position FROM ordered WHERE :id IS NULL OR id = :id
                    """,
                arguments: ["mode": mode.rawValue, "boot": now.boot, "now": now.at, "id": job])
            return Dictionary(uniqueKeysWithValues: rows.map { ($0["id"], $0["position"]) })
        }

        /// An account that had no job of a mode begins where the others are: it gets no credit for the time without.
        func enterShare(_ account: ObjectID, _ mode: SearchMode) throws {
            let isActive = try Bool.fetchOne(
                self,
                sql: """
                    SELECT EXISTS (SELECT 1 FROM job WHERE account = ? AND mode = ? AND state IN ('queued', 'running'))
                    """,
                arguments: [account, mode.rawValue])
            guard isActive != true else { return }
            try execute(
                sql: """
                    INSERT INTO share (mode, account, begun, start)
                    VALUES (:mode, :account, (SELECT coalesce(max(start), 0) FROM share WHERE mode = :mode), 0)
                    ON CONFLICT DO UPDATE SET begun = max(begun, excluded.begun)
                    """,
                arguments: ["mode": mode.rawValue, "account": account])
        }

        /// Gives a job that waits to the holder of `lease`, and counts its work in its account's share.
        func begin(_ job: Job, lease: ObjectID, until deadline: Deadline, at time: Int64) throws {
            try execute(
                sql: """
                    UPDATE job SET state = 'running', attempts = attempts + 1, lease = ?, leaseBoot = ?, leaseDeadline = ?,
                        started = coalesce(started, ?) WHERE id = ?
                    """,
                arguments: [lease, deadline.boot, deadline.at, time, job.id])
            try execute(
                sql: "UPDATE share SET start = begun, begun = begun + ? WHERE mode = ? AND account = ?",
                arguments: [job.work, job.mode.rawValue, job.account])
        }

        /// The job of a lease that still holds.
        func job(of lease: Lease) throws -> Job? {
            try Job.fetchOne(
                self, sql: "SELECT * FROM job WHERE id = ? AND lease = ? AND state = 'running'",
                arguments: [lease.job.id, lease.id])
        }

        /// Puts off the end of a lease.
        func renew(_ lease: Lease, until deadline: Deadline) throws {
            try execute(
                sql: "UPDATE job SET leaseBoot = ?, leaseDeadline = ? WHERE id = ? AND lease = ? AND state = 'running'",
                arguments: [deadline.boot, deadline.at, lease.job.id, lease.id])
        }

        /// Running jobs whose lease has run out by `now`; all of them when it is nil.
        func abandonedJobs(at now: Deadline?) throws -> [Job] {
            try Job.fetchAll(
                self,
                sql: """
                    SELECT * FROM job WHERE state = 'running'
                        AND (:boot IS NULL OR leaseBoot <> :boot OR leaseDeadline <= :now) ORDER BY sequence
                    """,
                arguments: ["boot": now?.boot, "now": now?.at])
        }

        /// Lets a job wait again, until `retry` at least; it is counted as interrupted, or as not tried at all.
        func requeue(
            _ job: ObjectID, interruption: Bool = false, forgettingAttempt: Bool = false, problem: String? = nil,
            retry: Deadline? = nil
        ) throws {
            try execute(
                sql: """
                    UPDATE job SET state = 'queued', lease = NULL, leaseBoot = NULL, leaseDeadline = NULL,
                        interruptions = interruptions + ?, attempts = attempts - ?, problem = ?, retryBoot = ?, retryAt = ?
                    WHERE id = ?
                    """,
                arguments: [interruption ? 1 : 0, forgettingAttempt ? 1 : 0, problem, retry?.boot, retry?.at, job])
        }

        /// Ends a job; its answer may be smaller than it could have been.
        func finish(
            _ job: ObjectID, _ state: JobState, blob: Digest? = nil, byteCount: Int? = nil, problem: String? = nil,
            at time: Int64
        ) throws {
            try execute(
                sql: """
                    UPDATE job SET state = ?, lease = NULL, leaseBoot = NULL, leaseDeadline = NULL, retryBoot = NULL,
                        retryAt = NULL, blob = ?, answerByteCount = coalesce(?, answerByteCount), problem = ?, finished = ?
                    WHERE id = ?
                    """,
                arguments: [state.rawValue, blob, byteCount, problem, time, job])
        }

        func requestCancellation(_ job: ObjectID) throws {
            try execute(sql: "UPDATE job SET isCancelling = 1 WHERE id = ?", arguments: [job])
        }

        func bury(job id: ObjectID, at time: Int64) throws {
            try execute(sql: "UPDATE job SET deleted = ? WHERE id = ?", arguments: [time, id])
        }
    }

    /// What a job has besides its request.
    struct NewJob {
        let project: ObjectID
        let account: ObjectID
        let keys: ObjectID?
        let work: Int
        let answerByteCount: Int
    }

    extension Job: FetchableRecord {
        package init(row: Row) throws {
            self.init(
                id: row["id"], project: row["project"], account: row["account"], library: row["library"],
                dataset: row["dataset"], mode: try row.value("mode"),
                priority: JobPriority(rawValue: row["priority"]) ?? .normal, state: try row.value("state"),
                isCancelling: row["isCancelling"], attempts: row["attempts"], answerByteCount: row["answerByteCount"],
                sha256: row["blob"], problem: row["problem"], created: row.date("created"),
                started: row.dateIfAny("started"), finished: row.dateIfAny("finished"), sequence: row["sequence"],
                keys: row["keys"], work: row["work"], interruptions: row["interruptions"])
        }
    }
#endif
