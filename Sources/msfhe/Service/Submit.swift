#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import RLWE
    import SpectralSearch
    import Spectra
    import Storage

    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a server search a library for your spectra: encrypted here, searched there.",
            discussion: """
                Fetches the library's card, encrypts, sends the ciphertexts and submits the job. With --wait and --out it waits \
                for the result, decrypts it here, and writes the hits; without, fetch does that later. The key and what \
                decryption needs stay in ~/.msfhe (or in the folder that MSFHE_HOME names).
                """)

        @Argument(help: "A file of query spectra (MSP, MGF, MassBank, mzML; also gzipped).")
        var queries: String

        @Option(help: "The library's name on the server, or its id.")
        var library: String

        @Option(help: "How to search: batch, or interactive (an answer at once, for single queries).")
        var mode = SearchMode.batch

        @Option(help: "The project that the data go to; your first, or a new one, when left out.")
        var project: String?

        @Option(help: "The researcher's key; one of your own is made when left out.")
        var key: String?

        @Option(help: "What to call the data set: encrypted, for yourself. The file's name when left out.")
        var title: String?

        @Option(help: "Which of your jobs go first: low, normal, high.")
        var priority = "normal"

        @Flag(help: "Wait for the result.")
        var wait = false

        @Option(help: "With --wait, the table of hits; - is standard output.")
        var out: String?

        @Option(help: "Compounds to list for each query.")
        var top = 10

        @OptionGroup var cores: ThreadOptions

        func validate() throws {
            guard wait == (out != nil) else { throw ValidationError("--wait and --out go together") }
            guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
            guard ["low", "normal", "high"].contains(priority) else {
                throw ValidationError("--priority is \(priority), but must be low, normal or high")
            }
        }

        func run() throws {
            let id = try withServer { client, home in try await submit(client, home) }
            guard let out else {
                try printResult(id)
                return
            }
            try withServer { client, home in
                try await followed(id, client)
                try await fetchHits(id, client, home, key: key, top: top, threads: cores.threads, out: out)
            }
        }

        private func submit(_ client: JobClient, _ home: ClientHome) async throws -> String {
            let progress = ProgressLine()
            let found = try await findLibrary(client)
            let project = try await findProject(client)
            let files = try home.newJob()
            do {
                let files = files.folder
                let card = "\(files)/\(SpectralLibrary.FileName.card)"
                try await client.download("/v1/libraries/\(found.id)/files/\(SpectralLibrary.FileName.card)", to: card)
            }
            let card = try LibraryCard(path: files.card)
            guard card.digest.description == found.card else {
                throw ServerFailure("server: the card is not the one of the library that was asked for")
            }
            try card.require(mode, path: found.name)
            let keyPath = try home.keyPath(key)
            let secret = try KeyFile.read(path: keyPath)
            var spectra: [Spectrum] = []
            try readSpectra([queries], progress: progress) { spectra.append($0) }
            let prepared = QueryVectors(spectra, card: card, threads: cores.threads)
            guard !prepared.vectors.isEmpty else {
                throw InputError(
                    queries,
                    "none of its \(spectra.count) spectra can be searched for: other ion mode, or no usable peaks")
            }
            progress.clear()
            warn(prepared.otherMode, "of the other ion mode left out")
            warn(prepared.withoutPeaks, "without usable peaks left out")
            warn(prepared.withoutPrecursor, "without a precursor, searched by fragments alone")
            switch mode {
            case .batch:
                let encrypted = try EncryptedQueries(prepared, key: secret, card: card, threads: cores.threads) {
                    progress.show("encrypting", Double($0) / Double(prepared.vectors.count))
                }
                try encrypted.write(to: files.upload)
            case .interactive:
                let keys = try await rotationKeys(secret, card, project, client, home)
                try InteractiveQueries(prepared, key: secret, keys: keys, card: card, threads: cores.threads)
                    .write(to: files.upload)
            }
            let dataset = try await send(files.upload, secret, to: project, client, progress)
            unlink(files.upload)
            let job: JobItem = try await client.post(
                "/v1/jobs",
                JobSubmission(
                    library: found.id, dataset: dataset.id, mode: mode.rawValue, score: found.score, priority: priority,
                    requestKey: UUID().uuidString))
            _ = try home.name(files, job.id)
            progress.clear()
            log.info("job \(job.id): \(prepared.vectors.count) queries x \(found.spectra) library spectra")
            return job.id
        }

        private func findLibrary(_ client: JobClient) async throws -> LibraryItem {
            let libraries = try await client.get("/v1/libraries", as: Items<LibraryItem>.self).items
            let found = libraries.filter { $0.name == library || $0.id == library }
            guard let first = found.first else {
                let names = libraries.map { "'\($0.name)'" }.joined(separator: ", ")
                throw InputError("--library", "the server has no '\(library)' for you; it has: \(names)")
            }
            guard found.count == 1 else {
                let ids = found.map(\.id).joined(separator: ", ")
                throw InputError("--library", "several libraries are called '\(library)'; name one by its id: \(ids)")
            }
            return first
        }

        private func findProject(_ client: JobClient) async throws -> String {
            if let project { return project }
            let projects = try await client.get("/v1/projects", as: Items<ProjectItem>.self).items
            if let own = projects.first(where: { $0.role == "owner" }) { return own.id }
            let made: ProjectItem = try await client.post("/v1/projects", ProjectRequest(annotation: nil))
            return made.id
        }

        /// Sends an upload and makes a data set of it, whose title only the key can read.
        private func send(
            _ path: String, _ secret: SecretKey, to project: String, _ client: JobClient, _ progress: ProgressLine
        ) async throws -> DatasetItem {
            let upload = try await client.upload(path, to: project) { progress.show("sending", $0) }
            let title = title ?? URL(fileURLWithPath: queries).lastPathComponent
            let annotation = try Annotation(title: title)
                .encrypted(under: secret, for: Digest(hexadecimal: upload.sha256).map(\.bytes) ?? [])
            return try await client.post("/v1/uploads/\(upload.id)/dataset", ProjectRequest(annotation: annotation))
        }

        /// The rotation keys for this library, which the project has then.
        private func rotationKeys(
            _ secret: SecretKey, _ card: LibraryCard, _ project: String, _ client: JobClient, _ home: ClientHome
        ) async throws -> RotationKeys {
            let scheme = InteractiveScheme(card: card)
            let path = home.rotationKeysPath(columns: card.content.interactive?.columns ?? 0)
            if FileManager.default.fileExists(atPath: path),
                try !RotationKeys(path: path, scheme: scheme).belong(to: secret)
            {
                try FileManager.default.removeItem(atPath: path)
            }
            if !FileManager.default.fileExists(atPath: path) {
                try RotationKeys.create(path: path, key: secret, scheme: scheme, threads: cores.threads)
            }
            let keys = try RotationKeys(path: path, scheme: scheme)
            let datasets = try await client.get("/v1/datasets?project=\(project)", as: Items<DatasetItem>.self).items
            if !datasets.contains(where: { $0.seal == keys.digest.description }) {
                let upload = try await client.upload(path, to: project) { _ in }
                let _: DatasetItem = try await client.post(
                    "/v1/uploads/\(upload.id)/dataset", ProjectRequest(annotation: nil))
            }
            return keys
        }
    }

    /// Waits until a job has its result.
    ///
    /// - Throws: ``ServerFailure`` when it ends without one.
    func followed(_ id: String, _ client: JobClient) async throws {
        let progress = ProgressLine()
        let job = try await client.follow(id) { job in
            switch job.state {
            case "queued": progress.show(job.position.map { "waiting, \($0) jobs before" } ?? "waiting", 0)
            default: progress.show("searching", job.progress ?? 0)
            }
        }
        progress.clear()
        guard job.state == "succeeded" else {
            throw ServerFailure("job \(id) \(job.state)\(job.problem.map { ": \($0)" } ?? "")")
        }
    }

    /// Fetches the result of a job, decrypts it and writes the hits.
    func fetchHits(
        _ id: String, _ client: JobClient, _ home: ClientHome, key: String?, top: Int, threads: Int, out: String
    ) async throws {
        let progress = ProgressLine()
        let files = home.job(id)
        guard FileManager.default.fileExists(atPath: files.record) else {
            throw InputError(
                "job \(id)", "was not submitted from this machine: what decrypts its result is not in \(home.path)")
        }
        let job = try await client.get("/v1/jobs/\(id)", as: JobItem.self)
        guard job.state == "succeeded" else {
            throw InputError("job \(id)", "has no result: it is \(job.state)\(job.problem.map { ": \($0)" } ?? "")")
        }
        let run = try RunRecord(path: files.record)
        let keyPath = try home.keyPath(key)
        let secret = try KeyFile.read(path: keyPath)
        try run.requireKey(secret, path: keyPath)
        let library = "/v1/libraries/\(job.library)/files"
        if !FileManager.default.fileExists(atPath: files.entries) {
            try await client.download("\(library)/\(SpectralLibrary.FileName.entries)", to: files.entries)
        }
        var masks: String?
        if run.card.content.publishedSeed != nil, run.mode == .batch {
            if !FileManager.default.fileExists(atPath: files.masks) {
                try await client.download("\(library)/\(SpectralLibrary.FileName.masks)", to: files.masks)
            }
            masks = files.masks
        }
        try await client.download("/v1/jobs/\(id)/result", to: files.answer) { progress.show("fetching", $0) }
        // Scores are decrypted when they are needed, and lie nowhere.
        defer { unlink(files.answer) }
        let entries = try LibraryEntries(path: files.entries, card: run.card).rows
        let decrypted: (Int) -> Void = { progress.show("decrypting", Double($0) / Double(entries.count)) }
        let identification =
            switch run.mode {
            case .batch:
                try Identification(
                    answer: AnswerFile(path: files.answer, run: run, masksPath: masks), record: run, key: secret,
                    entries: entries, top: top, threads: threads, progress: decrypted)
            case .interactive:
                try Identification(
                    answer: InteractiveAnswerFile(path: files.answer, run: run), record: run, key: secret,
                    entries: entries, top: top, threads: threads, progress: decrypted)
            }
        let results = SearchResults(record: run, entries: entries, hits: identification.hits)
        try write(HitFormat(path: out).data(results), to: out, isPrivate: true)
        progress.clear()
        log.info("\(out == "-" ? "standard output" : out): the best \(top) compounds of \(run.queries.count) queries")
    }
#endif
