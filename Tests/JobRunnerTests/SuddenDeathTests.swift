#if Service
    import Foundation
    import GRDB
    import Spectra
    import SpectralSearch
    import Storage
    import TestSupport
    import Testing

    @testable import JobRunner

    /// The process that runs the jobs is killed again and again, at random moments, while others submit.
    struct SuddenDeathTests {
        /// How long, at least: some seconds, or what `MSFHE_SOAK_SECONDS` says.
        private static let seconds = Double(ProcessInfo.processInfo.environment["MSFHE_SOAK_SECONDS"] ?? "") ?? 4

        /// Jobs that wait or run at a time: always some, and few that are left in the end.
        private static let waitingCount = 12

        private static let worker: URL = {
            let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return [CommandLine.arguments[0], tests.path]
                .map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("JobWorker") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? tests
        }()

        /// No accepted job is lost, none has two results, and every result is the right one.
        @Test func noJobIsLostAndNoResultDoubled() async throws {
            // This process submits; another one runs the jobs.
            let fixture = try await HostFixture(purpose: .administration)
            let researcher = try await fixture.researcher("unlucky")
            _ = try await researcher.send("keys")
            var datasets: [Dataset] = []
            for name in ["batch5.msq", "batch1.msq", "interactive1.msq", "interactive3.msq"] {
                datasets.append(try await researcher.send(name))
            }
            func active() throws -> Int {
                try fixture.host.core.database.read { try $0.activeJobCount(of: researcher.access.account.id) }
            }
            var random = SplitMix64(seed: UInt64(Date().timeIntervalSince1970))
            let deadline = ContinuousClock.now + .seconds(Self.seconds)
            var (accepted, kills, deathsAtWork) = ([ObjectID](), 0, 0)
            while ContinuousClock.now < deadline {
                let worker = Process()
                worker.executableURL = Self.worker
                worker.arguments = [fixture.folder("host")]
                try worker.run()
                // Some of these moments are before the process has begun to work, most are not.
                let moment = ContinuousClock.now + .milliseconds(Int64(random.next() % 300))
                while ContinuousClock.now < moment {
                    if try active() < Self.waitingCount {
                        let dataset = datasets[Int(random.next() % UInt64(datasets.count))]
                        let mode: SearchMode = dataset.kind == .batch ? .batch : .interactive
                        accepted.append(try await researcher.submit(dataset, mode).id)
                    } else {
                        try await Task.sleep(for: .milliseconds(1))
                    }
                }
                #expect(worker.isRunning, "it dies of nothing else")
                kill(worker.processIdentifier, SIGKILL)
                try await worker.end()
                kills += 1
                deathsAtWork += try fixture.host.core.database.read { try $0.abandonedJobs(at: nil).isEmpty ? 0 : 1 }
            }
            let worker = Process()
            worker.executableURL = Self.worker
            worker.arguments = [fixture.folder("host")]
            try worker.run()
            defer { kill(worker.processIdentifier, SIGKILL) }
            let patience = ContinuousClock.now + .seconds(60 + Self.seconds)
            while try active() > 0 {
                try #require(ContinuousClock.now < patience, "the jobs come to an end")
                try await Task.sleep(for: .milliseconds(20))
            }

            var answers: [ObjectID: Set<Digest>] = [:]
            for id in accepted {
                let job = try await researcher.access.job(id)
                #expect(job.state == .succeeded, "\(job.problem ?? "")")
                answers[job.dataset, default: []].insert(try #require(job.sha256))
                #expect(try await researcher.access.readResult(of: id).byteCount == job.answerByteCount)
            }
            // Equal queries have equal answers, however often they were begun.
            #expect(answers.values.allSatisfy { $0.count == 1 } && answers.count == datasets.count)
            let results = try await fixture.host.events(after: 0, limit: .max).filter { $0.kind == .result }
            #expect(results.count == accepted.count && Set(results.map(\.object)) == Set(accepted))
            #expect(Set(accepted).count == accepted.count)
            print("\(kills) kills, \(deathsAtWork) of them in the middle of a job; \(accepted.count) jobs")
            #expect(deathsAtWork > 0, "a kill that interrupts nothing shows nothing")
        }

        /// A file that is being sent when the host dies goes on from what was made sure of.
        @Test func uploadsOutliveTheirHost() async throws {
            let files = try SharedFiles.made.get()
            let bytes = try files.content("keys")
            let folder: TemporaryFolder
            let (account, upload): (Account, UploadState)
            let half = bytes.count / 2
            do {
                let fixture = try await HostFixture()
                folder = fixture.folder
                let researcher = try await fixture.researcher("sender")
                account = researcher.access.account
                upload = try await researcher.announce(bytes)
                let writer = try await researcher.access.continueUpload(upload.id, at: 0)
                try await writer.write(bytes[..<half])
                try await writer.finish()
                // What is written behind it and never made sure of does no harm.
                let rest = try await researcher.access.continueUpload(upload.id, at: half)
                try await rest.write(Data(repeating: 1, count: 1000))
            }
            let host = try SearchHost(folder: folder("host"), purpose: .serving)
            let access = host.access(for: account)
            #expect(try await access.upload(upload.id).received == half)
            let writer = try await access.continueUpload(upload.id, at: half)
            try await writer.write(bytes[half...])
            try await writer.finish()
            #expect(try await access.finishDataset(upload.id).kind == .rotationKeys)
        }
    }
#endif
