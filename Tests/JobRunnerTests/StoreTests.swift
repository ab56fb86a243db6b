#if Service
    import Foundation
    import GRDB
    import Spectra
    import SpectralSearch
    import Storage
    import TestSupport
    import Testing

    @testable import JobRunner

    /// Files on their way to the host, in its store, and out again.
    struct StoreTests {
        /// Whatever the pieces, and wherever a connection or a process ends: what arrives is what was sent.
        @Test func uploadsGoOnWhereTheyWereCut() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("cut")
            let bytes = try fixture.files.content("batch5.msq")
            var random = SplitMix64(seed: 5)
            for _ in 0..<5 {
                let upload = try await researcher.announce(bytes)
                var offset = 0
                while offset < bytes.count {
                    offset = try await sendSome(bytes, upload, from: offset, researcher, &random)
                }
                let dataset = try await researcher.access.finishDataset(upload.id)
                #expect(dataset.kind == .batch && dataset.queryCount == 5 && dataset.byteCount == bytes.count)
                #expect(try await researcher.access.readDataset(dataset.id).read(0..<bytes.count) == bytes)
                // Asked for again, since an answer was lost, it is the same.
                #expect(try await researcher.access.finishDataset(upload.id).id == dataset.id)
            }
            #expect(try await researcher.access.uploads(in: researcher.project).isEmpty)
        }

        /// Sends a few pieces in one call, which ends with a word or without.
        ///
        /// - Returns: where the upload then stands.
        private func sendSome(
            _ bytes: Data, _ upload: UploadState, from first: Int, _ researcher: Researcher, _ random: inout SplitMix64
        ) async throws -> Int {
            let writer = try await researcher.access.continueUpload(upload.id, at: first)
            var offset = first
            for _ in 0..<random.next() % 3 + 1 where offset < bytes.count {
                let count = min(Int(random.next() % 3000) + 1, bytes.count - offset)
                try await writer.write(bytes[offset..<offset + count])
                offset += count
            }
            // What was not made sure of is lost, and no more.
            guard random.next() % 4 > 0 else { return first }
            #expect(try await writer.finish().received == offset)
            return offset
        }

        @Test func uploadsAreRefusedForWhatIsWrongWithThem() async throws {
            var settings = HostSettings()
            settings.fileByteLimit = 1 << 20
            settings.projectDatasetLimit = 2
            let fixture = try await HostFixture(settings: settings)
            let researcher = try await fixture.researcher("refused")
            let access = researcher.access
            let bytes = try fixture.files.content("batch1.msq")
            func begin(_ count: Int, _ digest: String) async -> HostError.Reason? {
                await refusal { try await access.beginUpload(to: researcher.project, byteCount: count, sha256: digest) }
            }
            #expect(await begin(0, sha256(bytes)) == .invalid)
            #expect(await begin(1 << 20 + 1, sha256(bytes)) == .tooLarge)
            #expect(await begin(1, "SHA") == .invalid)

            let upload = try await researcher.announce(bytes)
            #expect(await refusal { try await access.finishDataset(upload.id) } == .conflict, "bytes are missing")
            #expect(await refusal { try await access.continueUpload(upload.id, at: 1) } == .conflict)
            let writer = try await access.continueUpload(upload.id, at: 0)
            #expect(await refusal { try await access.continueUpload(upload.id, at: 0) } == .conflict, "one at a time")
            #expect(await refusal { try await writer.write(bytes + [0]) } == .tooLarge)
            try await writer.write(bytes)
            try await writer.finish()
            _ = try await access.finishDataset(upload.id)

            // Other bytes than announced; bytes that are no upload; a key.
            var other = bytes
            other[100] ^= 1
            let wrong = try await access.beginUpload(
                to: researcher.project, byteCount: bytes.count, sha256: sha256(bytes))
            let wrongWriter = try await access.continueUpload(wrong.id, at: 0)
            try await wrongWriter.write(other)
            try await wrongWriter.finish()
            #expect(await refusal { try await access.finishDataset(wrong.id) } == .invalid)
            #expect(await refusal { try await access.upload(wrong.id) } == .notFound)
            #expect(await refusal { try await researcher.send(other) } == .invalid, "damaged before it was sent")
            #expect(await refusal { try await researcher.send(Data(repeating: 7, count: 1000)) } == .invalid)
            let key = try fixture.files.content("key")
            #expect(await refusal { try await researcher.send(key) } == .invalid)
            #expect(try FileManager.default.contentsOfDirectory(atPath: fixture.folder("host/uploads")).isEmpty)

            _ = try await researcher.send("batch2.msq")
            #expect(await refusal { try await researcher.announce(bytes) } == .quotaExceeded)
        }

        @Test func projectsHaveNoMoreThanTheirQuota() async throws {
            var settings = HostSettings()
            settings.projectByteLimit = 16 << 20
            let fixture = try await HostFixture(settings: settings)
            let researcher = try await fixture.researcher("full")
            let bytes = try fixture.files.content("batch1.msq")
            let dataset = try await researcher.send(bytes)
            let room = settings.projectByteLimit - bytes.count
            func begin(_ count: Int) async throws -> UploadState {
                try await researcher.access.beginUpload(to: researcher.project, byteCount: count, sha256: sha256(bytes))
            }
            #expect(await refusal { try await begin(room + 1) } == .quotaExceeded)
            // What is announced counts, and so does the answer of a job.
            let upload = try await begin(room)
            #expect(await refusal { try await begin(1) } == .quotaExceeded)
            #expect(await refusal { try await researcher.submit(dataset) } == .quotaExceeded)
            try await researcher.access.cancelUpload(upload.id)
            let job = try await researcher.submit(dataset)
            #expect(
                try await researcher.access.project(researcher.project).byteCount == bytes.count + job.answerByteCount)
        }

        @Test func aFullDiskIsSaidAndLeavesNothing() async throws {
            var settings = HostSettings()
            settings.diskReserve = .max / 2
            let fixture = try await HostFixture(settings: settings)
            let researcher = try await fixture.researcher("disk")
            #expect(await refusal { try await researcher.send("batch1.msq") } == .storageFull)
            #expect(await refusal { try await fixture.host.requireReadiness() } == .storageFull)
            #expect(try await researcher.access.uploads(in: researcher.project).isEmpty)
        }

        /// On a disk that really is full: uploads and jobs say so, leave nothing behind, and go on when there is room.
        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func aDiskThatFillsUpDoesNoHarm() async throws {
            var settings = HostSettings()
            settings.diskReserve = 0
            (settings.attemptLimit, settings.retrySeconds) = (2, 0)
            let disk = try SmallDisk(byteCount: 32 << 20)
            let fixture = try await HostFixture(settings: settings, disk: disk.path + "/host")
            let researcher = try await fixture.researcher("small disk")
            let bytes = try fixture.files.content("keys")
            let upload = try await researcher.announce(bytes)
            let dataset = try await researcher.send("many.msq")
            let job = try await researcher.submit(dataset)
            // Room for the database, but for less than the answer or the rest of the upload.
            let room = job.answerByteCount * 9 / 10
            try #require(room < bytes.count)
            try disk.fill(leaving: room)
            let writer = try await researcher.access.continueUpload(upload.id, at: 0)
            #expect(await refusal { try await writer.write(bytes) } == .storageFull)
            try await writer.finish()
            #expect(await refusal { try await researcher.announce(bytes) } == .storageFull)
            try disk.fill(leaving: room)
            try await fixture.runUntilIdle()
            let ended = try await researcher.access.job(job.id)
            // Where not even the database could be written at some moment, the lease ran out, and the job was tried again.
            #expect(ended.state == .failed && ended.attempts >= 2 && ended.problem == HostError.storageFull.message)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: disk.path + "/host/work").allSatisfy {
                    $0.hasPrefix("library-")
                })
            try disk.empty()
            let rest = try await researcher.access.continueUpload(
                upload.id, at: try await researcher.access.upload(upload.id).received)
            try await rest.write(bytes[try await researcher.access.upload(upload.id).received...])
            try await rest.finish()
            #expect(try await researcher.access.finishDataset(upload.id).kind == .rotationKeys)
        }

        /// A flipped bit on the disk is noticed by whoever reads, and by a job, which says so.
        @Test func damagedBytesAreNoticed() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("damage")
            let dataset = try await researcher.send("batch1.msq")
            _ = try await researcher.access.readDataset(dataset.id)
            let name = dataset.sha256.description
            let path = fixture.folder("host/blobs/\(name.prefix(2))/\(name)")
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            bytes[bytes.count / 2] ^= 4
            let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
            try handle.write(contentsOf: bytes)
            try handle.close()
            #expect(await refusal { try await researcher.access.readDataset(dataset.id) } == .damaged)
            let job = try await researcher.submit(dataset)
            try await fixture.runUntilIdle()
            let ended = try await researcher.access.job(job.id)
            #expect(ended.state == .failed && ended.attempts == 1)
            #expect(ended.problem?.contains("not the ones") == true)
            // Sent again, the bytes are whole again.
            let again = try await researcher.send("batch1.msq")
            #expect(again.sha256 == dataset.sha256)
            _ = try await researcher.access.readDataset(dataset.id)
        }

        /// Equal bytes are kept once, and as long as anybody has them; nobody learns that another has them.
        @Test func bytesGoWithTheirLastOwner() async throws {
            let fixture = try await HostFixture()
            let (one, other) = (try await fixture.researcher("one"), try await fixture.researcher("other"))
            let (first, second) = (try await one.send("batch1.msq"), try await other.send("batch1.msq"))
            #expect(first.sha256 == second.sha256 && first.id != second.id)
            let name = first.sha256.description
            let path = fixture.folder("host/blobs/\(name.prefix(2))/\(name)")
            let open = try await one.access.readDataset(first.id)
            try await one.access.deleteDataset(first.id)
            #expect(await refusal { try await one.access.dataset(first.id) } == .notFound)
            _ = try await other.access.readDataset(second.id)
            try await other.access.deleteDataset(second.id)
            #expect(!FileManager.default.fileExists(atPath: path))
            #expect(try open.read(0..<8) == Data("MSFHE-Q1".utf8), "who has it open keeps it")
        }

        @Test func idleUploadsAreDroppedByTheClockThatRunsForwards() async throws {
            let clock = TestClock()
            let fixture = try await HostFixture(clock: clock.hostClock())
            let researcher = try await fixture.researcher("idle")
            let upload = try await researcher.announce(fixture.files.content("batch1.msq"))
            let limit = Double(fixture.host.settings.uploadIdleSeconds)
            for jump in [10 * limit, -20 * limit] {
                clock.jump(seconds: jump)
                try await fixture.host.dropIdleUploads()
                _ = try await researcher.access.upload(upload.id)
            }
            clock.advance(seconds: limit - 1)
            let writer = try await researcher.access.continueUpload(upload.id, at: 0)
            try await writer.write(Data([1]))
            try await writer.finish()
            clock.advance(seconds: limit - 1)
            try await fixture.host.dropIdleUploads()
            #expect(try await researcher.access.upload(upload.id).received == 1)
            clock.advance(seconds: 2)
            try await fixture.host.dropIdleUploads()
            #expect(await refusal { try await researcher.access.upload(upload.id) } == .notFound)
        }

        /// What a process left behind is put in order by the next one, and nothing else is touched.
        @Test func leftoversAreRemovedAtTheNextStart() async throws {
            let folder: TemporaryFolder
            let account: Account
            let dataset: Dataset
            do {
                let fixture = try await HostFixture()
                folder = fixture.folder
                let researcher = try await fixture.researcher("start")
                account = researcher.access.account
                dataset = try await researcher.send("batch1.msq")
            }
            let orphan = sha256(Data([1, 2, 3]))
            try folder.write(Data([1, 2, 3]), to: "host/blobs/\(orphan.prefix(2))/\(orphan)")
            try folder.write(Data([1]), to: "host/uploads/\(ObjectID.fresh())")
            try folder.write(Data([1]), to: "host/work/half.mss")
            let host = try SearchHost(folder: folder("host"), purpose: .serving)
            #expect(!FileManager.default.fileExists(atPath: folder("host/blobs/\(orphan.prefix(2))/\(orphan)")))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder("host/uploads")).isEmpty)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder("host/work")).isEmpty)
            _ = try await host.access(for: account).readDataset(dataset.id)
            // One process serves; others may look after accounts meanwhile.
            #expect(await refusal { try SearchHost(folder: folder("host"), purpose: .serving) } == .conflict)
            _ = try SearchHost(folder: folder("host"), purpose: .administration).accounts.create(label: "later")
            _ = try host.accounts.account(label: "later")
        }

        /// Files without a database are not taken for leftovers.
        @Test func aLostDatabaseIsNotAnEmptyOne() async throws {
            let folder: TemporaryFolder
            do {
                let fixture = try await HostFixture()
                folder = fixture.folder
            }
            for name in ["host.sqlite", "host.sqlite-wal", "host.sqlite-shm"] {
                try? FileManager.default.removeItem(atPath: folder("host/\(name)"))
            }
            #expect(await refusal { try SearchHost(folder: folder("host"), purpose: .serving) } == .failed)
        }

        /// A copy that is made while the host works is a host of its own.
        @Test func copiesAreWholeHosts() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("copy")
            let dataset = try await researcher.send("batch2.msq")
            let job = try await researcher.submit(dataset)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for _ in 0..<20 {
                        let passing = try await researcher.send("batch3.msq")
                        try await researcher.access.deleteDataset(passing.id)
                    }
                }
                group.addTask { try fixture.host.backUp(to: fixture.folder("copy")) }
                try await group.waitForAll()
            }
            #expect(throws: InputError.self) { try fixture.host.backUp(to: fixture.folder("copy")) }
            let copy = try SearchHost(folder: fixture.folder("copy"), purpose: .serving)
            let access = copy.access(for: try copy.accounts.account(label: "copy"))
            #expect(try await access.readDataset(dataset.id).byteCount == dataset.byteCount)
            copy.scheduler.drain(grace: .zero)
            #expect(try await access.job(job.id).state == .queued)
            #expect(try await access.libraries().map(\.id) == [fixture.library.id])
        }

        /// Indices that would not go into the host's memory are refused before they are read.
        @Test func librariesBeyondMemoryAreRefused() async throws {
            var settings = HostSettings()
            let fixture = try await HostFixture()
            let status = try FileManager.default.attributesOfItem(atPath: fixture.files.folder("library/diagonals"))
            let byteCount = try #require(status[.size] as? Int)
            for (limit, isTaken) in [(byteCount - 1, false), (byteCount, true)] {
                settings.indexByteLimit = limit
                let host = try SearchHost(
                    folder: fixture.folder("host \(limit)"), settings: settings, purpose: .administration)
                let account = try host.accounts.create(label: "owner")
                let project = try await host.access(for: account).createProject().id
                let reason = await refusal {
                    try host.addLibrary(
                        folder: fixture.files.folder("library"), name: "large", project: project, owner: account,
                        isShared: false)
                }
                #expect(reason == (isTaken ? nil : .tooLarge))
            }
        }

        /// A researcher's key that somebody sends by mistake is refused in whatever pieces it comes, and not kept.
        @Test(arguments: [1, 3, 7, 64]) func keysAreRefusedInPieces(pieceByteCount: Int) async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("mistaken")
            let key = try fixture.files.content("key")
            let upload = try await researcher.announce(key)
            var received = 0
            let reason = await refusal {
                while received < key.count {
                    // Each piece in a call of its own: what came before is on the disk only.
                    let writer = try await researcher.access.continueUpload(upload.id, at: received)
                    try await writer.write(key.dropFirst(received).prefix(pieceByteCount))
                    received = try await writer.finish().received
                }
            }
            #expect(reason == .invalid)
            #expect(received < 64)
            #expect(await refusal { try await researcher.access.upload(upload.id) } == .notFound)
            #expect(!FileManager.default.fileExists(atPath: fixture.host.core.uploadPath(upload.id)))
        }

        /// An upload that was announced while there was room does not take the reserve later.
        @Test func uploadsLeaveTheReserve() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("reserve")
            let upload = try await researcher.announce(fixture.files.content("batch1.msq"))
            var settings = HostSettings()
            settings.diskReserve = .max / 2
            let full = try SearchHost(folder: fixture.folder("host"), settings: settings, purpose: .administration)
            let access = full.access(for: researcher.access.account)
            #expect(await refusal { try await access.continueUpload(upload.id, at: 0) } == .storageFull)
        }

        /// A library of uploads is the same as one from a folder; what is no library is refused.
        @Test func librariesAreUploadedFileByFile() async throws {
            let fixture = try await HostFixture()
            let researcher = try await fixture.researcher("librarian")
            func send(_ name: String) async throws -> ObjectID {
                let bytes = try fixture.files.content("library/\(name)")
                let upload = try await researcher.announce(bytes)
                let writer = try await researcher.access.continueUpload(upload.id, at: 0)
                try await writer.write(bytes)
                try await writer.finish()
                return upload.id
            }
            var uploads = ["card.json": try await send("card.json"), "index": try await send("index")]
            func create(_ uploads: [String: ObjectID], name: String = "mine") async throws -> HostedLibrary {
                try await researcher.access.createLibrary(name: name, project: researcher.project, uploads: uploads)
            }
            #expect(await refusal { try await create(uploads) } == .invalid, "no entries, no diagonals")
            uploads["entries.tsv"] = try await send("entries.tsv")
            uploads["diagonals"] = try await send("diagonals")
            #expect(await refusal { try await create(uploads.merging(["x": uploads["index"]!]) { $1 }) } == .invalid)
            #expect(await refusal { try await create(uploads, name: "two\nlines") } == .invalid)
            let library = try await create(uploads)
            #expect(
                library.card == fixture.library.card && library.modes == [.batch, .interactive] && !library.isShared)
            #expect(try await researcher.access.uploads(in: researcher.project).isEmpty)
            let entries = try await researcher.access.readLibraryFile("entries.tsv", of: library.id)
            #expect(try entries.read(0..<entries.byteCount) == fixture.files.content("library/entries.tsv"))
            for name in ["index", "diagonals", "../host.sqlite", "masks"] {
                #expect(
                    await refusal { try await researcher.access.readLibraryFile(name, of: library.id) } == .notFound)
            }
            try await researcher.access.deleteLibrary(library.id)
            #expect(try await researcher.access.libraries().map(\.id) == [fixture.library.id])
        }
    }
#endif
