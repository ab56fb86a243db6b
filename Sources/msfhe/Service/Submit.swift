#if Service
    import ArgumentParser
    import Foundation
    import JobRunner
    import JobServer
    import RLWE
    import SpectralSearch
    import Storage

    struct Submit: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Have a server search a library for your spectra: encrypted here, searched there.",
            discussion: """
                Fetches the library's files if they are not here yet, encrypts, sends the ciphertexts, submits the job and \
                prints its id. With --wait and --out it waits for the result instead, decrypts it here, and writes the \
                hits; without, fetch does that later. The key and what decryption needs stay in ~/.msfhe (or in the \
                folder that MSFHE_HOME names).

                Without --mode, the number of queries and the server's measured times, which the library's card has, \
                choose the mode. Nothing of the queries is disclosed but their number; --disclose-window lets the server \
                know each precursor to a quarter of that width, and search only the part of a large library that it \
                concerns. Title, tags and notes are encrypted under your key.
                """)

        @Argument(help: "A file of query spectra (MSP, MGF, MassBank, mzML; also gzipped).")
        var queries: String

        @Option(help: "The library's name on the server, or its id.")
        var library: String

        @OptionGroup var encryption: EncryptionOptions

        @Option(help: "The project that the data go to, its title or id; one that is made for you when left out.")
        var project: String?

        @OptionGroup var keyChoice: KeyChoice

        @OptionGroup var annotation: AnnotationOptions

        @Option(help: "Which of your jobs go first: low, normal, high.")
        var priority = JobPriority.normal

        @Flag(help: "Wait for the result.")
        var wait = false

        @Option(help: "With --wait, the table of hits; - is standard output.")
        var out: String?

        @OptionGroup var hits: HitOptions

        @OptionGroup var cores: ThreadOptions

        @OptionGroup var server: ServerChoice

        func validate() throws {
            guard wait == (out != nil) else { throw ValidationError("--wait and --out go together") }
            guard wait || (hits.features ?? hits.fingerprint ?? hits.calibration) == nil else {
                throw ValidationError("--features, --fingerprint and --calibration go with --wait, or with fetch")
            }
            guard hits.fingerprint == nil || encryption.mode != .interactive else {
                throw ValidationError("--fingerprint verifies batch search only, not --mode interactive")
            }
        }

        func run() throws {
            let id = try server.call { client, home in
                let job = try await submitted(client, home)
                if let out {
                    try await followed(job, client)
                    try await Fetching(job: job, hits: hits, threads: cores.threads).run(
                        client, home, key: keyChoice, out: out)
                }
                return job
            }
            if !wait { try printResult(id) }
        }

        /// Encrypts, sends and submits.
        ///
        /// - Returns: the id of the job, whose folder has what decrypting its result needs.
        private func submitted(_ client: JobClient, _ home: ClientHome) async throws -> String {
            let found = try await client.library(named: library, option: "--library")
            guard let digest = Digest(hexadecimal: found.card) else {
                throw ServerFailure("\(client.server): the card's digest is not a SHA-256")
            }
            let card = try await client.library(found.id, card: digest, mode: nil, in: home).card
            var encryption = encryption
            if hits.fingerprint != nil { encryption.mode = .batch }
            try encryption.requireMode(of: card, named: found.name)
            let secret = try KeyFile.read(path: home.keyPath(keyChoice.key))
            let annotation = annotation.changing(
                Annotation(title: URL(fileURLWithPath: queries).lastPathComponent))
            // Whether it is too long is to be known before the work is done.
            _ = try annotation.encrypted(under: secret, for: [])
            let project = try await client.project(for: self.project, key: secret, home)
            let job = try home.newJob()
            let run = try encryption.encrypt(
                queries, for: card, under: secret, to: job.files.upload, threads: cores.threads
            ) { try home.rotationKeys(secret, card: card, threads: cores.threads) }
            try hits.require(for: card, mode: run.mode)
            // What decrypting the result needs is here before there is a job: the server may lose the library.
            _ = try await client.library(found.id, card: digest, mode: run.mode, in: home)
            if let keys = run.rotationKeys {
                try await send(keys, at: home.rotationKeysPath(card), to: project, client)
            }
            let dataset = try await send(job.files.upload, annotation, secret, to: project, client)
            let accepted: JobItem
            do {
                let submission = JobSubmission(
                    library: found.id, dataset: dataset.id, mode: run.mode.rawValue, score: found.score,
                    priority: priority.name, requestKey: UUID().uuidString)
                accepted = try await client.checked(client.post("/v1/jobs", submission))
            } catch {
                try? await client.delete("/v1/datasets/\(dataset.id)")
                throw error
            }
            try home.name(job, accepted.id)
            unlink(home.job(accepted.id).upload)
            log.info("job \(accepted.id): \(run.queryCount) queries x \(found.spectra) library spectra")
            return accepted.id
        }

        /// Sends an upload and makes a data set of it, whose title only the key can read.
        private func send(
            _ path: String, _ annotation: Annotation, _ secret: SecretKey, to project: String, _ client: JobClient
        ) async throws -> DatasetItem {
            let progress = ProgressLine()
            let upload = try await client.upload(path, to: project) { progress.show("sending", $0) }
            let encrypted = try annotation.encrypted(
                under: secret, for: Digest(hexadecimal: upload.sha256).map(\.bytes) ?? [])
            return try await client.post("/v1/uploads/\(upload.id)/dataset", ProjectRequest(annotation: encrypted))
        }

        /// Sends rotation keys, unless the project has them.
        private func send(
            _ keys: RotationKeys, at path: String, to project: String, _ client: JobClient
        ) async throws {
            let datasets = try await client.items("/v1/datasets?project=\(project)", of: DatasetItem.self)
            guard !datasets.contains(where: { $0.seal == keys.digest.description }) else { return }
            let progress = ProgressLine()
            let upload = try await client.upload(path, to: project) { progress.show("sending rotation keys", $0) }
            let _: DatasetItem = try await client.post(
                "/v1/uploads/\(upload.id)/dataset", ProjectRequest(annotation: nil))
        }
    }

    extension JobPriority: ExpressibleByArgument {
        package init?(argument: String) { self.init(name: argument) }
        package static var allValueStrings: [String] { allCases.map(\.name) }
        package var defaultValueDescription: String { name }
    }
#endif
