#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import RLWE
    import SpectralSearch
    import Storage

    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the result of a job, decrypt it here and list the best hits.",
            discussion: """
                As identify does, with what submit left in ~/.msfhe; it may be done again. With --fingerprint, the upload is \
                fetched, too, since the check needs it.
                """)

        @Argument(help: "The job's id.")
        var job: String

        @Option(help: "The table of hits; - is standard output.")
        var out: String

        @OptionGroup var keyChoice: KeyChoice

        @OptionGroup var hits: HitOptions

        @OptionGroup var cores: ThreadOptions

        @OptionGroup var server: ServerChoice

        func run() throws {
            try server.call { client, home in
                try await Fetching(job: job, hits: hits, threads: cores.threads).run(
                    client, home, key: keyChoice, out: out)
            }
        }
    }

    /// Fetches the result of a job, decrypts it and writes the hits.
    struct Fetching {
        let job: String
        let hits: HitOptions
        let threads: Int

        func run(_ client: JobClient, _ home: ClientHome, key: KeyChoice, out: String) async throws {
            let item = try await client.job(job)
            let files = home.job(item.id)
            guard FileManager.default.fileExists(atPath: files.record) else {
                throw InputError(
                    "job \(item.id)",
                    "was not submitted from this machine: what decrypts its result is not in \(home.path)")
            }
            guard item.state == "succeeded" else {
                throw InputError("job \(item.id)", "has no result: it is \(item.outcome)")
            }
            let run = try RunRecord(path: files.record)
            let keyPath = try home.keyPath(key.key)
            let secret = try KeyFile.read(path: keyPath)
            try run.requireKey(secret, path: keyPath)
            try hits.require(for: run.card, mode: run.mode)
            let library = try await client.library(item.library, card: run.card.digest, mode: run.mode, in: home).files
            try await writeHits(of: item, run, files, library, secret, client, to: out)
            let kept = [files.folder, library.folder].map { ProgressLine.bytes(ClientHome.byteCount($0)) }
            log.info(
                "kept in \(home.path): \(kept[0]) that decrypt the result, until msfhe jobs delete \(item.id); \(kept[1]) of the library, for all its jobs"
            )
        }

        /// Fetches the answer, and the upload where a check needs it, and writes what the answer says.
        private func writeHits(
            of item: JobItem, _ run: RunRecord, _ files: ClientHome.JobFiles, _ library: ClientHome.LibraryFiles,
            _ secret: SecretKey, _ client: JobClient, to out: String
        ) async throws {
            // Neither answer nor upload stays, whatever happens.
            let passing = [files.answer, files.upload]
            passing.forEach(UnfinishedFiles.add)
            defer {
                for path in passing {
                    unlink(path)
                    UnfinishedFiles.remove(path)
                }
            }
            let progress = ProgressLine()
            if hits.fingerprint != nil {
                try await client.download(
                    "/v1/datasets/\(item.dataset)/content", to: files.upload,
                    limit: 1024 + 4 * run.card.content.vector.dimension * run.queries.count
                ) {
                    progress.show("fetching the upload", $0)
                }
            }
            let limit = run.mode.answerByteCount(card: run.card, queryCount: run.queries.count)
            try await client.download("/v1/jobs/\(item.id)/result", to: files.answer, limit: limit) {
                progress.show("fetching", $0)
            }
            progress.clear()
            try hits.write(
                AnswerFiles(
                    run: run, answer: files.answer, entries: library.entries,
                    masks: run.card.content.publishedSeed == nil ? nil : library.masks, upload: files.upload),
                key: secret, to: out, threads: threads)
        }
    }

    /// Waits until a job has its result.
    ///
    /// - Throws: ``ServerFailure`` when it ends without one.
    func followed(_ id: String, _ client: JobClient) async throws {
        let progress = ProgressLine()
        let job = try await client.follow(escaped(id)) { job in
            switch job.state {
            case "queued": progress.show(job.position.map { "waiting, \($0) jobs before" } ?? "waiting")
            default: progress.show("searching", job.progress ?? 0)
            }
        }
        progress.clear()
        guard job.state == "succeeded" else { throw ServerFailure("job \(job.id): \(job.outcome)") }
    }

    extension JobItem {
        /// Its state, and what is wrong with it.
        var outcome: String { "\(state)\(problem.map { ": \($0.onOneLine)" } ?? "")" }
    }
#endif
