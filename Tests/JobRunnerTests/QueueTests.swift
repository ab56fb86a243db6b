#if Service
    import Foundation
    import GRDB
    import Spectra
    import SpectralSearch
    import Storage
    import TestSupport
    import Testing

    @testable import JobRunner

    /// Who gets which job, and what becomes of it; without a search.
    struct QueueTests {
        /// While accounts all have jobs waiting, the work begun for any two differs by at most the largest job of each:
        /// whatever the sizes, and however many jobs they sent. Jobs run in the order that their positions tell.
        @Test(arguments: [1, 2, 3]) func sharesAreFair(seed: UInt64) async throws {
            let fixture = try await HostFixture()
            var random = SplitMix64(seed: seed)
            var waiting: [ObjectID: Int] = [:]
            var jobs: [Job] = []
            var researchers: [Researcher] = []
            for account in 0..<3 {
                let researcher = try await fixture.researcher("account \(account)")
                researchers.append(researcher)
                // One sends few large jobs, one many small ones, one some of all.
                let counts = [[5], [1], [1, 2, 3, 5]][account]
                var datasets: [Dataset] = []
                for count in counts { datasets.append(try await researcher.send("batch\(count).msq")) }
                for _ in 0..<[8, 30, 15][account] {
                    let dataset = datasets[Int(random.next() % UInt64(datasets.count))]
                    jobs.append(try await researcher.submit(dataset))
                }
                waiting[researcher.access.account.id] = [8, 30, 15][account]
            }
            let now = fixture.host.core.clock.deadline(in: .zero)
            let positions = try fixture.host.core.database.read { try $0.positions(.batch, at: now) }
            let order = positions.sorted { $0.value < $1.value }.map(\.key)
            #expect(Array(positions.values).sorted() == Array(0..<jobs.count))
            for job in jobs { #expect(try await shown(job, researchers).position == positions[job.id]) }
            var begun: [ObjectID: Int] = [:]
            var taken: [ObjectID] = []
            while let lease = try fixture.queue.take(.batch).first {
                let account = lease.job.account
                taken.append(lease.job.id)
                begun[account, default: 0] += lease.job.work
                waiting[account]! -= 1
                let busy = waiting.filter { $0.value > 0 }.keys.map { begun[$0] ?? 0 }
                guard busy.count == 3 else { continue }
                #expect(busy.max()! - busy.min()! <= 2 * 5 * SharedFiles.rowCount)
            }
            #expect(taken == order)
            #expect(Set(taken) == Set(jobs.map(\.id)))
        }

        private func shown(_ job: Job, _ researchers: [Researcher]) async throws -> Job {
            let researcher = try #require(researchers.first { $0.access.account.id == job.account })
            return try await researcher.access.job(job.id)
        }

        /// Who was idle neither has saved up turns, nor lost any.
        @Test func newcomersBeginWhereTheOthersAre() async throws {
            let fixture = try await HostFixture()
            let (early, late) = (try await fixture.researcher("early"), try await fixture.researcher("late"))
            let (first, second) = (try await early.send("batch1.msq"), try await late.send("batch1.msq"))
            for _ in 0..<20 { _ = try await early.submit(first) }
            for _ in 0..<10 { #expect(try fixture.queue.take(.batch).count == 1) }
            for _ in 0..<10 { _ = try await late.submit(second) }
            var accounts: [ObjectID] = []
            for _ in 0..<8 { accounts += try fixture.queue.take(.batch).map(\.job.account) }
            // The first is a newcomer's, the others come in turn; of equals, either may be first.
            #expect((4...5).contains(accounts.filter { $0 == late.access.account.id }.count))
        }

        /// An account's own jobs run by priority, then by age; its priorities give it nothing over others.
        @Test func prioritiesOrderAnAccountsOwnJobs() async throws {
            let fixture = try await HostFixture()
            let (one, other) = (try await fixture.researcher("one"), try await fixture.researcher("other"))
            let (dataset, second) = (try await one.send("batch1.msq"), try await other.send("batch1.msq"))
            var expected: [JobPriority: [ObjectID]] = [:]
            for priority in [JobPriority.low, .normal, .high, .low, .high, .normal] {
                expected[priority, default: []].append(try await one.submit(dataset, priority: priority).id)
            }
            for _ in 0..<6 { _ = try await other.submit(second, priority: .low) }
            var jobs: [Job] = []
            while let lease = try fixture.queue.take(.batch).first { jobs.append(lease.job) }
            let mine = jobs.filter { $0.account == one.access.account.id }
            #expect(mine.map(\.id) == expected[.high]! + expected[.normal]! + expected[.low]!)
            #expect(jobs.prefix(6).filter { $0.account == other.access.account.id }.count == 3)
        }

        /// A lease that is renewed holds, one that is not goes to another, and its holder's result does not count then.
        /// What the clock on the wall does has no part in it.
        @Test func leasesRunOutByTheClockThatRunsForwards() async throws {
            let clock = TestClock()
            let fixture = try await HostFixture(clock: clock.hostClock())
            let researcher = try await fixture.researcher("lease")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            let lease = try #require(try fixture.queue.take(.batch).first)
            let limit = Double(fixture.host.settings.leaseSeconds)
            for jump in [1e9, -2e9] {
                clock.jump(seconds: jump)
                clock.advance(seconds: limit * 0.9)
                try fixture.queue.reclaimExpired()
                #expect(try fixture.queue.renew(lease))
                #expect(try fixture.queue.take(.batch).isEmpty)
            }
            clock.advance(seconds: limit)
            try fixture.queue.reclaimExpired()
            let second = try #require(try fixture.queue.take(.batch).first)
            #expect(second.job.id == job.id && second.id != lease.id)
            #expect(try !fixture.queue.renew(lease))

            try complete(lease, fixture, Data("late".utf8))
            #expect(try await researcher.access.job(job.id).state == .running)
            try fixture.queue.abandon(lease, HostError(.invalid, "late"))
            #expect(try await researcher.access.job(job.id).state == .running)
            try complete(second, fixture, Data("in time".utf8))
            try complete(second, fixture, Data("twice".utf8))
            let file = try await researcher.access.readResult(of: job.id)
            #expect(try file.read(0..<file.byteCount) == Data("in time".utf8))
            #expect(try await researcher.access.job(job.id).answerByteCount == file.byteCount)
            #expect(try await fixture.host.events(after: 0, limit: 100).filter { $0.kind == .result }.count == 1)
        }

        /// A lease of an earlier start of the machine is over, whatever its clock said.
        @Test func leasesEndWithTheMachinesStart() async throws {
            let clock = TestClock()
            let fixture = try await HostFixture(clock: clock.hostClock())
            let researcher = try await fixture.researcher("boot")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            _ = try fixture.queue.take(.batch)
            let later = HostClock(now: clock.hostClock().now, sinceBoot: { 0 }, boot: "second")
            let core = fixture.host.core
            let rebooted = try HostCore(folder: core.folder, settings: core.settings, clock: later, log: core.log)
            try rebooted.queue.reclaimExpired()
            #expect(try await researcher.access.job(job.id).state == .queued)
        }

        private func complete(_ lease: Lease, _ fixture: HostFixture, _ answer: Data) throws {
            let path = fixture.host.core.workPath("\(lease.id).mss")
            try answer.write(to: URL(fileURLWithPath: path))
            try fixture.queue.complete(lease, answer: path)
            #expect(!FileManager.default.fileExists(atPath: path))
        }

        /// What fails through no fault of the input is tried again, later each time, and not for ever.
        @Test func failuresAreTriedAgainWithALimit() async throws {
            let clock = TestClock()
            let fixture = try await HostFixture(clock: clock.hostClock())
            let researcher = try await fixture.researcher("retry")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            let settings = fixture.host.settings
            for attempt in 1...settings.attemptLimit {
                let lease = try #require(try fixture.queue.take(.batch).first)
                #expect(lease.job.attempts == attempt - 1)
                try fixture.queue.abandon(lease, HostError.storageFull)
                guard attempt < settings.attemptLimit else { break }
                let pause = Double(settings.retrySeconds) * pow(4, Double(attempt - 1))
                clock.advance(seconds: pause * 0.99)
                #expect(try fixture.queue.take(.batch).isEmpty)
                clock.advance(seconds: pause * 0.02)
            }
            let ended = try await researcher.access.job(job.id)
            #expect(ended.state == .failed && ended.attempts == settings.attemptLimit)
            #expect(ended.problem == HostError.storageFull.message)
        }

        /// Deaths of the process are counted apart from failures, and not for ever either; a drained host's are not counted.
        @Test func deathsAreTriedAgainWithALimit() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("deaths")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            for _ in 0..<5 {
                try fixture.queue.abandon(
                    try #require(try fixture.queue.take(.batch).first), JobActivity.StopReason.draining)
            }
            let limit = fixture.host.settings.interruptionLimit
            for death in 1...limit {
                #expect(try fixture.queue.take(.batch).first?.job.interruptions == death - 1)
                try fixture.queue.reclaimAll()
            }
            let ended = try await researcher.access.job(job.id)
            #expect(ended.state == .failed && ended.attempts == limit)
            #expect(ended.problem?.contains("\(limit) times") == true)
        }

        /// A request sent twice makes one job, also at the same time; another one under its name is refused.
        @Test func aRequestMakesOneJob() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("twice")
            let (dataset, other) = (try await researcher.send("batch1.msq"), try await researcher.send("batch2.msq"))
            let request = researcher.request(dataset, requestKey: "morning")
            let jobs = try await withThrowingTaskGroup(of: ObjectID.self) { group in
                for _ in 0..<20 { group.addTask { try await researcher.access.submit(request).id } }
                return try await group.reduce(into: Set<ObjectID>()) { $0.insert($1) }
            }
            #expect(jobs.count == 1)
            #expect(try await researcher.access.jobs(in: researcher.project).count == 1)
            #expect(
                await refusal { try await researcher.access.submit(researcher.request(other, requestKey: "morning")) }
                    == .conflict)
            #expect(
                await refusal {
                    try await researcher.access.submit(
                        researcher.request(dataset, priority: .high, requestKey: "morning"))
                } == .conflict)
            // The name of a deleted job is used up.
            let ended = try #require(jobs.first)
            _ = try await researcher.access.cancel(ended)
            try await researcher.access.deleteJob(ended)
            #expect(await refusal { try await researcher.access.submit(request) } == .conflict)
            // Names are an account's own.
            let neighbour = try await fixture.researcher("neighbour")
            let theirs = try await neighbour.access.submit(
                neighbour.request(try await neighbour.send("batch1.msq"), requestKey: "morning"))
            #expect(!jobs.contains(theirs.id))
        }

        /// While the disk has no room for answers, jobs wait for it and do not fail.
        @Test func jobsWaitWhileTheDiskIsFull() async throws {
            let clock = TestClock()
            let fixture = try await HostFixture(clock: clock.hostClock())
            let researcher = try await fixture.researcher("waiting")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            var settings = HostSettings()
            settings.diskReserve = .max / 2
            let full = try HostCore(
                folder: fixture.folder("host"), settings: settings, clock: clock.hostClock(), log: fixture.host.core.log
            )
            #expect(try full.queue.take(.batch).isEmpty)
            #expect(try full.queue.takeMore(for: fixture.library.id, count: 8).isEmpty)
            #expect(try await researcher.access.job(job.id).state == .queued)
            #expect(try fixture.queue.take(.batch).map(\.job.id) == [job.id])
        }

        /// Whoever watches a job that waits is told when it moves up.
        @Test func watchersAreToldTheirPlace() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("watcher")
            let dataset = try await researcher.send("batch1.msq")
            var jobs: [Job] = []
            for _ in 0..<4 { jobs.append(try await researcher.submit(dataset)) }
            #expect(jobs.map(\.position) == [0, 1, 2, 3])
            var places: [Int?] = []
            for try await job in researcher.access.follow(jobs[3].id) {
                places.append(job.position)
                if job.state == .running { break }
                _ = try fixture.queue.take(.batch)
                try fixture.queue.tellPositions()
            }
            #expect(places == [3, 2, 1, 0, nil])
        }

        /// What was asked to be cancelled does not begin again, be it that the search failed or that the host stops.
        @Test(arguments: [true, false]) func cancellationIsNotForgotten(isDrained: Bool) async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("cancel")
            let job = try await researcher.submit(researcher.send("batch1.msq"))
            let lease = try #require(try fixture.queue.take(.batch).first)
            _ = try await researcher.access.cancel(job.id)
            try fixture.queue.abandon(
                lease, isDrained ? JobActivity.StopReason.draining : HostError(.failed, "a passing trouble"))
            #expect(try await researcher.access.job(job.id).state == .cancelled)
            #expect(try fixture.queue.take(.batch).isEmpty)
        }

        @Test func requestsWhosePartsDoNotGoTogetherAreRefused() async throws {
            var settings = HostSettings()
            settings.accountJobLimit = 2
            let fixture = try await HostFixture(settings: settings)
            let researcher = try await fixture.researcher("wrong")
            let batch = try await researcher.send("batch1.msq")
            let interactive = try await researcher.send("interactive1.msq")
            func submit(_ dataset: Dataset, _ mode: SearchMode, score: String = "cosine") async -> HostError.Reason? {
                var request = researcher.request(dataset, mode)
                request.score = score
                return await refusal { try await researcher.access.submit(request) }
            }
            #expect(await submit(batch, .interactive) == .invalid)
            #expect(await submit(interactive, .batch) == .invalid)
            #expect(await submit(batch, .batch, score: "entropy") == .invalid)
            #expect(await submit(interactive, .interactive) == .invalid, "its rotation keys are not there")
            let keys = try await researcher.send("keys")
            #expect(await submit(keys, .interactive) == .invalid)
            #expect(await submit(interactive, .interactive) == nil)
            #expect(await submit(batch, .batch) == nil)
            #expect(await submit(batch, .batch) == .quotaExceeded)
            for object in [batch, interactive, keys] {
                #expect(await refusal { try await researcher.access.deleteDataset(object.id) } == .conflict)
            }
            fixture.host.scheduler.drain(grace: .zero)
            #expect(await submit(batch, .batch) == .draining)
        }

        @Test func waitingJobsAreCancelledAtOnceAndRunningOnesByTheirWorker() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("cancel")
            let dataset = try await researcher.send("batch1.msq")
            let running = try await researcher.submit(dataset)
            let waiting = try await researcher.submit(dataset)
            let lease = try #require(try fixture.queue.take(.batch).first)
            #expect(lease.job.id == running.id)
            #expect(try await researcher.access.cancel(waiting.id).state == .cancelled)
            let asked = try await researcher.access.cancel(running.id)
            #expect(asked.state == .running && asked.isCancelling)
            #expect(fixture.host.core.activity.stopReason(running.id) == .cancelled)
            // Too late to be stopped, the answer is dropped.
            try complete(lease, fixture, Data("answer".utf8))
            let ended = try await researcher.access.job(running.id)
            #expect(ended.state == .cancelled && ended.sha256 == nil)
            #expect(try fixture.queue.take(.batch).isEmpty)
            #expect(try await researcher.access.cancel(running.id).state == .cancelled)
        }

        /// A pass is shared by whoever waits for the same library; for another library's turn it is not held up.
        @Test func interactiveJobsForOneLibraryAreTakenTogether() async throws {
            let fixture = try await HostFixture()
            let owner = try fixture.host.accounts.account(label: "library owner")
            let second = try fixture.host.addLibrary(
                folder: fixture.files.folder("library"), name: "second", project: fixture.library.project, owner: owner,
                isShared: true)
            var jobs: [(researcher: Researcher, dataset: Dataset)] = []
            for number in 0..<10 {
                let researcher = try await fixture.researcher("account \(number)")
                _ = try await researcher.send("keys")
                jobs.append((researcher, try await researcher.send("interactive1.msq")))
            }
            func submit(_ number: Int, _ library: HostedLibrary) async throws {
                var request = jobs[number].researcher.request(jobs[number].dataset, .interactive)
                request.library = library.id
                _ = try await jobs[number].researcher.access.submit(request)
            }
            for number in 0..<9 { try await submit(number, fixture.library) }
            let taken = try fixture.queue.take(.interactive)
            #expect(taken.count == InteractiveSearch.queriesPerPass)
            #expect(try fixture.queue.takeMore(for: fixture.library.id, count: 8).count == 1)
            #expect(try fixture.queue.takeMore(for: fixture.library.id, count: 8).isEmpty)
            try await submit(9, second)
            #expect(try fixture.queue.takeMore(for: fixture.library.id, count: 8).isEmpty)
            try await submit(0, fixture.library)
            #expect(try fixture.queue.take(.interactive).count == 1)
            #expect(try fixture.queue.take(.interactive).count == 1)
        }
    }
#endif
