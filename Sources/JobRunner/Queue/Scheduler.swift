#if Service
    import Foundation
    import Logging
    import SpectralSearch
    import Storage
    import Synchronization

    /// Runs the jobs of a host: so many of each mode at a time as its settings say, each on threads of its own.
    package final class Scheduler: Sendable {
        private let host: HostCore
        /// The leases that this process has.
        private let leases = Mutex<[ObjectID: Lease]>([:])

        private var queue: JobQueue { host.queue }

        init(_ host: HostCore) { self.host = host }

        /// Runs jobs until the host is drained. To be called once.
        package func run() async {
            let keeper = Task { await keepTime() }
            await withTaskGroup(of: Void.self) { group in
                for mode in SearchMode.allCases {
                    for _ in 0..<host.settings.slots(mode) { group.addTask { await self.work(mode) } }
                }
            }
            keeper.cancel()
        }

        /// Takes no jobs up any more; ``run()`` returns when those that run have ended. What still runs after `grace` is
        /// given up and waits for the next start of the host, as if it had not been begun.
        package func drain(grace: Duration) {
            host.activity.drain()
            Task {
                try? await Task.sleep(for: grace)
                for lease in leases.withLock({ Array($0.values) }) { host.activity.stop(lease.job.id, .draining) }
            }
        }

        /// Jobs that run in this process.
        package var runningCount: Int { leases.withLock(\.count) }

        // MARK: Time

        /// Every second, or thrice in the time of a lease: renews leases, takes back those that ran out, looks for jobs
        /// whose next attempt is due, and tells those who watch a waiting job its place.
        private func keepTime() async {
            let interval = min(Duration.seconds(1), .seconds(host.settings.leaseSeconds) / 3)
            while !Task.isCancelled {
                try? await Task.sleep(for: interval)
                do {
                    try await host.perform { [self] in
                        for lease in leases.withLock({ Array($0.values) }) where try !queue.renew(lease) {
                            host.activity.stop(lease.job.id, .leaseLost)
                        }
                        try queue.reclaimExpired()
                        try queue.tellPositions()
                    }
                } catch {
                    host.log.error("the queue cannot be looked after", metadata: ["reason": "\(error)"])
                }
                host.activity.jobsWait()
            }
        }

        // MARK: Work

        /// Works on one job after the other whenever there may be some.
        private func work(_ mode: SearchMode) async {
            let thread = HostThreads.search()
            for await _ in host.activity.workSignals() {
                while await thread.run({ self.workOnce(mode) }) {}
                if host.activity.isDraining { return }
            }
        }

        /// Works on what has its turn.
        ///
        /// - Returns: whether there was something.
        private func workOnce(_ mode: SearchMode) -> Bool {
            do {
                let taken = try queue.take(mode)
                guard let first = taken.first else { return false }
                switch mode {
                case .batch: searchBatch(hold(first))
                case .interactive: searchInteractively(library: first.job.library, taken.map(hold))
                }
                return true
            } catch {
                host.log.error("no job can be taken up", metadata: ["reason": "\(error)"])
                return false
            }
        }

        private func hold(_ lease: Lease) -> Lease {
            leases.withLock { $0[lease.id] = lease }
            host.activity.changed(lease.job.id)
            return lease
        }

        private func searchBatch(_ lease: Lease) {
            let output = answerPath(lease)
            let outcome = Result {
                let files = try JobFiles(lease.job, host)
                let search = try SearchJob(library: files.libraryFolder, queries: files.queries)
                try files.requireSeal(search.upload.digest)
                try search.run(
                    output: output, threads: host.settings.threads, memoryLimit: host.settings.batchMemory
                ) { rowsDone in
                    if let reason = host.activity.stopReason(lease.job.id) { throw reason }
                    host.activity.report(lease.job.id, Double(rowsDone) / Double(search.index.rowCount))
                }
            }
            end(lease, outcome)
        }

        /// Answers interactive jobs for one library in passes that they share, and those that come to wait meanwhile.
        private func searchInteractively(library: ObjectID, _ first: [Lease]) {
            var underWay: [InteractivePasses.Ticket: (lease: Lease, queryCount: Int)] = [:]
            var passes: InteractivePasses?
            func add(_ lease: Lease) {
                do {
                    let files = try JobFiles(lease.job, host)
                    let search = try host.openLibraries.interactiveSearch(library, card: files.card, host)
                    let shared = passes ?? InteractivePasses(search: search, card: files.card)
                    passes = shared
                    let upload = try InteractiveUpload(
                        path: files.queries, card: files.card, scheme: search.index.scheme)
                    try files.requireSeal(upload.digest)
                    let keys = try RotationKeys(path: files.requiredKeys, scheme: search.index.scheme)
                    underWay[try shared.add(upload, keys: keys, output: answerPath(lease))] = (lease, upload.queryCount)
                } catch {
                    end(lease, .failure(error))
                }
            }
            for lease in first { add(lease) }
            while let passes, !underWay.isEmpty {
                for (ticket, search) in underWay {
                    guard let reason = host.activity.stopReason(search.lease.job.id) else { continue }
                    passes.remove(ticket)
                    underWay[ticket] = nil
                    end(search.lease, .failure(reason))
                }
                do {
                    for (ticket, progress) in try passes.advance(threads: host.settings.threads) {
                        guard let (lease, queryCount) = underWay[ticket] else { continue }
                        switch progress {
                        case .answered(let count):
                            host.activity.report(lease.job.id, Double(count) / Double(queryCount))
                        case .finished: end(lease, .success(()))
                        case .failed(let error): end(lease, .failure(error))
                        }
                        if case .answered = progress { continue }
                        underWay[ticket] = nil
                    }
                    let room = InteractiveSearch.queriesPerPass - underWay.count
                    for lease in try queue.takeMore(for: library, count: room) { add(hold(lease)) }
                } catch {
                    for (lease, _) in underWay.values { end(lease, .failure(error)) }
                    return
                }
            }
        }

        /// Says what became of a job: its answer is in place, or it has none.
        private func end(_ lease: Lease, _ outcome: Result<Void, any Error>) {
            let output = answerPath(lease)
            do {
                do {
                    try outcome.get()
                    try queue.complete(lease, answer: output)
                    host.log.info("job answered", metadata: ["mode": "\(lease.job.mode)"])
                } catch {
                    unlink(output)
                    try queue.abandon(lease, error)
                    host.log.notice(
                        "job not answered", metadata: ["mode": "\(lease.job.mode)", "reason": "\(HostError(error))"])
                }
            } catch {
                // Its lease will run out.
                host.log.error("job left", metadata: ["mode": "\(lease.job.mode)", "reason": "\(error)"])
            }
            leases.withLock { $0[lease.id] = nil }
            host.activity.end(lease.job.id)
        }

        /// Where the answer to a job is written; two leases of one job do not meet there.
        private func answerPath(_ lease: Lease) -> String { host.workPath("\(lease.id).mss") }
    }

    /// The files that a job reads, checked against their digests.
    private struct JobFiles {
        let libraryFolder: String
        let card: LibraryCard
        let queries: String
        private let seal: Digest
        private let keys: String?

        init(_ job: Job, _ host: HostCore) throws {
            let (library, dataset, keys) = try host.database.read { database in
                (
                    try database.library(job.library, for: job.account), try database.dataset(job.dataset),
                    try job.keys.flatMap { try database.dataset($0) }
                )
            }
            guard let library, let dataset else {
                throw HostError(.invalid, "the library or the queries are not there any more, or not for this account")
            }
            card = try host.openLibraries.card(library, host)
            libraryFolder = try host.openLibraries.folder(library.id, host)
            queries = try host.blobs.open(dataset.sha256).path
            seal = dataset.seal
            self.keys = try keys.map { try host.blobs.open($0.sha256).path }
        }

        /// The rotation keys of interactive queries.
        var requiredKeys: String {
            get throws {
                guard let keys else { throw HostError(.invalid, "the rotation keys are not there any more") }
                return keys
            }
        }

        /// Checks that the queries that were opened are those that were sent.
        func requireSeal(_ digest: Digest) throws(HostError) {
            guard digest == seal else {
                throw HostError(.damaged, "the stored queries are not the ones that were sent")
            }
        }
    }
#endif
