#if Service
    import Foundation
    import GRDB
    import RLWE
    import SpectralSearch
    import Spectra
    import Storage
    import Synchronization
    import TestSupport
    import Testing

    @testable import JobRunner

    /// Something that threads tell each other.
    private final class Flag: Sendable {
        private let state = Mutex(false)
        var isUp: Bool { state.withLock { $0 } }
        func raise() { state.withLock { $0 = true } }
    }

    /// Jobs that are really searched.
    struct SchedulerTests {
        /// What the host answers is what the engine answers, byte for byte: batch searches, and interactive ones of
        /// several accounts in passes that they share.
        @Test func answersAreTheEngines() async throws {
            var settings = HostSettings()
            settings.interactiveSlots = 2
            let fixture = try await HostFixture(settings: settings)
            var jobs: [(researcher: Researcher, job: Job, name: String)] = []
            for number in 0..<6 {
                let researcher = try await fixture.researcher("account \(number)")
                _ = try await researcher.send("keys")
                let count = SharedFiles.queryCounts[number % SharedFiles.queryCounts.count]
                for mode in SearchMode.allCases {
                    let name = "\(mode.rawValue)\(count)"
                    let dataset = try await researcher.send("\(name).msq")
                    jobs.append((researcher, try await researcher.submit(dataset, mode), name))
                }
            }
            try await fixture.runUntilIdle()
            for (researcher, job, name) in jobs {
                let ended = try await researcher.end(of: job)
                #expect(ended.state == .succeeded && ended.attempts == 1, "\(name): \(ended.problem ?? "")")
                let file = try await researcher.access.readResult(of: job.id)
                #expect(file.byteCount == job.answerByteCount && file.byteCount == ended.answerByteCount)
                #expect(try file.read(0..<file.byteCount) == answer(name, fixture), "\(name)")
            }
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: fixture.folder("host/work")).allSatisfy {
                    $0.hasPrefix("library-")
                })
        }

        /// The answer of the engine alone.
        private func answer(_ name: String, _ fixture: HostFixture) throws -> Data {
            let folder = fixture.files.folder
            let output = fixture.folder("alone.mss")
            if name.hasPrefix("batch") {
                try SearchJob(library: folder("library"), queries: folder("\(name).msq"))
                    .run(output: output, threads: 1) { _ in }
            } else {
                try InteractiveSearchJob(
                    library: folder("library"), queries: folder("\(name).msq"), keys: folder("keys")
                )
                .run(output: output, threads: 1) { _ in }
            }
            return try Data(contentsOf: URL(fileURLWithPath: output))
        }

        /// From spectra to names of compounds, with the host in between.
        @Test(arguments: SearchMode.allCases) func aResearcherFindsWhatTheyLookFor(mode: SearchMode) async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("chemist")
            if mode == .interactive { _ = try await researcher.send("keys") }
            let job = try await researcher.submit(researcher.send("\(mode.rawValue)5.msq"), mode)
            try await fixture.runUntilIdle()
            let file = try await researcher.access.readResult(of: job.id)
            let path = try fixture.folder.write(file.read(0..<file.byteCount), to: "run.mss")
            let record = try RunRecord(path: fixture.files.folder("\(mode.rawValue)5.local"))
            let entries = try LibraryEntries(path: fixture.files.folder("library/entries.tsv"), card: record.card).rows
            let key = try KeyFile.read(path: fixture.files.folder("key"))
            let identification =
                switch mode {
                case .batch:
                    try Identification(
                        answer: AnswerFile(path: path, run: record, masksPath: nil), record: record, key: key,
                        entries: entries, top: 1, threads: 1)
                case .interactive:
                    try Identification(
                        answer: InteractiveAnswerFile(path: path, run: record), record: record, key: key,
                        entries: entries, top: 1, threads: 1)
                }
            #expect(identification.hits.count == 5)
            for hit in identification.hits {
                #expect(entries[hit.row].compound == SimulatedPeptides.library[hit.query].compound)
            }
        }

        /// Whoever follows a job is told how it ends, and is not kept waiting.
        @Test func followersAreToldTheEnd() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("follower")
            let job = try await researcher.submit(researcher.send("batch5.msq"))
            async let followed = {
                var states: [JobState] = []
                for try await state in researcher.access.follow(job.id) where states.last != state.state {
                    states.append(state.state)
                }
                return states
            }()
            try await fixture.runUntilIdle()
            let states = try await followed
            #expect(states.last == .succeeded)
            #expect([.queued, .running, .succeeded].filter(states.contains) == states, "in their order, some left out")
        }

        /// Searches that keep every core busy leave threads for calls and tasks.
        @Test(.timeLimit(.minutes(1))) func searchesLeaveThreadsForCalls() async throws {
            let fixture = try await HostFixture()
            let isAnswered = Flag()
            let giveUp = ContinuousClock.now + .seconds(20)
            let searches = (0..<2 * ProcessInfo.processInfo.activeProcessorCount).map { _ in
                Task {
                    await HostThreads.search().run {
                        while !isAnswered.isUp, ContinuousClock.now < giveUp {}
                    }
                }
            }
            // Until they all run.
            try await Task.sleep(for: .milliseconds(200))
            try await fixture.host.requireReadiness()
            isAnswered.raise()
            #expect(ContinuousClock.now < giveUp)
            for search in searches { await search.value }
        }

        /// A host that is drained takes up nothing more, and what it gives back is not lost.
        @Test func drainedHostsKeepTheirJobs() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("drain")
            let dataset = try await researcher.send("batch1.msq")
            var jobs: [Job] = []
            for _ in 0..<40 { jobs.append(try await researcher.submit(dataset)) }
            let running = Task { await fixture.host.scheduler.run() }
            while try await researcher.access.job(jobs[2].id).state == .queued {
                try await Task.sleep(for: .milliseconds(1))
            }
            fixture.host.scheduler.drain(grace: .zero)
            await running.value
            #expect(fixture.host.scheduler.runningCount == 0)
            var counts: [JobState: Int] = [:]
            for job in jobs { counts[try await researcher.access.job(job.id).state, default: 0] += 1 }
            #expect(counts[.succeeded, default: 0] + counts[.queued, default: 0] == jobs.count)
            #expect(counts[.succeeded, default: 0] >= 2 && counts[.queued, default: 0] >= 1)
        }
    }
#endif
