#if Service
    import struct Crypto.SHA256
    import Foundation
    import GRDB
    import Logging
    import RLWE
    import SpectralSearch
    import Spectra
    import Storage
    import Synchronization
    import TestSupport

    @testable import JobRunner

    /// A small library of both layouts, a researcher's key, and uploads, made once for all tests.
    final class SharedFiles: Sendable {
        static let made: Result<SharedFiles, any Error> = Result { try SharedFiles() }

        let folder: TemporaryFolder
        let card: LibraryCard
        static let rowCount = 60
        /// Numbers of queries for which there are uploads of both modes: `batch3.msq`, `interactive3.msq`.
        static let queryCounts = [1, 2, 3, 5]
        /// Batch queries whose answer is larger than what the database writes meanwhile: `many.msq`.
        static let manyCount = 3000

        private init() throws {
            folder = try TemporaryFolder()
            var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: 256))
            options.layout = .both
            let builder = try LibraryBuilder(options, folder: folder("library"))
            for spectrum in SimulatedPeptides.library.prefix(Self.rowCount) { try builder.add(spectrum) }
            card = try builder.finish()
            try KeyFile.create(path: folder("key"))
            let key = try KeyFile.read(path: folder("key"))
            let scheme = InteractiveScheme(card: card)
            try RotationKeys.create(path: folder("keys"), key: key, scheme: scheme, threads: 2)
            let keys = try RotationKeys(path: folder("keys"), scheme: scheme)
            let many = (0..<Self.manyCount).map { SimulatedPeptides.library[$0 % Self.rowCount] }
            try EncryptedQueries(QueryVectors(many, card: card, threads: 2), key: key, card: card, threads: 2)
                .write(to: folder("many.msq"))
            for count in Self.queryCounts {
                let queries = QueryVectors(Array(SimulatedPeptides.library.prefix(count)), card: card, threads: 1)
                try EncryptedQueries(queries, key: key, card: card, threads: 1).write(to: folder("batch\(count).msq"))
                try InteractiveQueries(queries, key: key, keys: keys, card: card, threads: 1)
                    .write(to: folder("interactive\(count).msq"))
            }
        }

        func content(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: folder(name))) }
    }

    /// A clock that stands still until it is moved.
    final class TestClock: Sendable {
        private let state = Mutex((wall: Date(timeIntervalSince1970: 1_700_000_000), boot: Int64(1_000_000_000)))

        /// Lets time pass.
        func advance(seconds: Double) {
            state.withLock {
                $0.wall += seconds
                $0.boot += Int64(seconds * 1e9)
            }
        }

        /// Sets the clock on the wall, and not that which only runs forwards.
        func jump(seconds: Double) { state.withLock { $0.wall += seconds } }

        func hostClock(boot: String = "first") -> HostClock {
            HostClock(
                now: { [self] in state.withLock(\.wall) }, sinceBoot: { [self] in state.withLock(\.boot) }, boot: boot)
        }
    }

    /// A host in a folder of its own, with a shared library.
    struct HostFixture: Sendable {
        let files: SharedFiles
        let folder: TemporaryFolder
        let host: SearchHost
        let library: HostedLibrary

        init(
            settings: HostSettings = HostSettings(), clock: HostClock = .system, purpose: SearchHost.Purpose = .serving,
            disk: String? = nil
        ) async throws {
            files = try SharedFiles.made.get()
            folder = try TemporaryFolder()
            host = try SearchHost(
                folder: disk ?? folder("host"), settings: settings, clock: clock,
                log: Logger(label: "host") { _ in SwiftLogNoOpLogHandler() },
                purpose: purpose)
            let owner = try host.accounts.create(label: "library owner")
            let project = try await host.access(for: owner).createProject()
            library = try host.addLibrary(
                folder: files.folder("library"), name: "peptides", project: project.id, owner: owner, isShared: true)
        }

        /// A new account with a project of its own.
        func researcher(_ label: String) async throws -> Researcher {
            let access = host.access(for: try host.accounts.create(label: label))
            return Researcher(fixture: self, access: access, project: try await access.createProject().id)
        }

        var queue: JobQueue { host.core.queue }

        /// Runs jobs until none waits or runs, then stops the host's scheduler for good.
        func runUntilIdle() async throws {
            let running = Task { await host.scheduler.run() }
            while try host.core.database.read({ try !$0.abandonedJobs(at: nil).isEmpty || $0.hasQueuedJobs }) {
                try await Task.sleep(for: .milliseconds(5))
            }
            host.scheduler.drain(grace: .seconds(60))
            await running.value
        }
    }

    extension Database {
        fileprivate var hasQueuedJobs: Bool {
            get throws { try SearchMode.allCases.contains { try queuedJobCount($0) > 0 } }
        }
    }

    /// An account of a host and its project.
    struct Researcher: Sendable {
        let fixture: HostFixture
        let access: Access
        let project: ObjectID

        /// Sends a file in one piece.
        func send(_ bytes: Data, annotation: Data = Data()) async throws -> Dataset {
            let upload = try await announce(bytes)
            let writer = try await access.continueUpload(upload.id, at: 0)
            try await writer.write(bytes)
            try await writer.finish()
            return try await access.finishDataset(upload.id, annotation: annotation)
        }

        func announce(_ bytes: Data) async throws -> UploadState {
            try await access.beginUpload(to: project, byteCount: bytes.count, sha256: sha256(bytes))
        }

        func send(_ name: String) async throws -> Dataset { try await send(fixture.files.content(name)) }

        func request(
            _ dataset: Dataset, _ mode: SearchMode = .batch, priority: JobPriority = .normal,
            requestKey: String = UUID().uuidString
        ) -> JobRequest {
            JobRequest(
                library: fixture.library.id, dataset: dataset.id, mode: mode, score: "cosine", priority: priority,
                requestKey: requestKey)
        }

        func submit(
            _ dataset: Dataset, _ mode: SearchMode = .batch, priority: JobPriority = .normal
        ) async throws -> Job {
            try await access.submit(request(dataset, mode, priority: priority))
        }

        /// The job once nothing will become of it any more.
        func end(of job: Job) async throws -> Job {
            var last = job
            for try await state in access.follow(job.id) { last = state }
            return last
        }
    }

    func sha256(_ bytes: Data) -> String { Digest(SHA256.hash(data: bytes)).description }

    /// The reason for which `body` is refused; nil when it is not.
    func refusal<Result>(_ body: () async throws -> Result) async -> HostError.Reason? {
        do {
            _ = try await body()
            return nil
        } catch {
            return HostError(error).reason
        }
    }
#endif
