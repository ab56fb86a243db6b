#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import SpectralSearch
    import Storage

    struct Status: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say how far a job is.")

        @Argument(help: "The job's id, which submit printed.")
        var job: String

        func run() throws {
            let job = job
            try printResult(
                withServer { client, _ in try await client.get("/v1/jobs/\(escaped(job))", as: JobItem.self) }.line)
        }
    }

    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Follow a job until it ends.")

        @Argument(help: "The job's id.")
        var job: String

        func run() throws {
            let job = job
            try withServer { client, _ in try await followed(escaped(job), client) }
            log.info("job \(job): succeeded; msfhe fetch decrypts its result")
        }
    }

    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch the result of a job, decrypt it here and list the best hits.")

        @Argument(help: "The job's id.")
        var job: String

        @Option(help: "The table of hits; - is standard output.")
        var out: String

        @Option(help: "The researcher's key; the one in ~/.msfhe when left out.")
        var key: String?

        @Option(help: "Compounds to list for each query.")
        var top = 10

        @OptionGroup var cores: ThreadOptions

        func validate() throws {
            guard (1...1000).contains(top) else { throw ValidationError("--top is \(top), but must be from 1 to 1000") }
        }

        func run() throws {
            let (job, key, top, threads, out) = (job, key, top, cores.threads, out)
            try withServer { client, home in
                try await fetchHits(escaped(job), client, home, key: key, top: top, threads: threads, out: out)
            }
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a job.")

        @Argument(help: "The job's id.")
        var job: String

        func run() throws {
            let job = job
            let cancelled: JobItem = try withServer { client, _ in
                try await client.post("/v1/jobs/\(escaped(job))/cancel")
            }
            try printResult(cancelled.line)
        }
    }

    struct Jobs: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the jobs of your projects, newest first.")

        func run() throws {
            let jobs = try withServer { client, _ in
                var jobs: [JobItem] = []
                for project in try await client.get("/v1/projects", as: Items<ProjectItem>.self).items {
                    jobs += try await client.get("/v1/jobs?project=\(project.id)", as: Items<JobItem>.self).items
                }
                return jobs.sorted { $0.created > $1.created }
            }
            try printResult((["job\tstate\tmode\tcreated\tproblem"] + jobs.map(\.line)).joined(separator: "\n"))
        }
    }

    struct ListDatasets: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List your data sets on the server, by the titles that only you can read.")

        @Option(help: "Only those whose title, tags or notes contain this.")
        var find: String?

        @Option(help: "The researcher's key; the one in ~/.msfhe when left out.")
        var key: String?

        func run() throws {
            let (find, key) = (find, key)
            let lines = try withServer { client, home in
                let secret = try KeyFile.read(path: home.keyPath(key))
                var lines: [String] = []
                for project in try await client.get("/v1/projects", as: Items<ProjectItem>.self).items {
                    let path = "/v1/datasets?project=\(project.id)"
                    for dataset in try await client.get(path, as: Items<DatasetItem>.self).items {
                        let subject = Digest(hexadecimal: dataset.sha256)?.bytes ?? []
                        let annotation = try? Annotation(encrypted: dataset.annotation, under: secret, for: subject)
                        let texts = annotation.map { [$0.title, $0.notes] + $0.tags } ?? []
                        if let find, !texts.contains(where: { $0.localizedCaseInsensitiveContains(find) }) { continue }
                        lines.append(
                            "\(dataset.id)\t\(dataset.kind)\t\(dataset.queries)\t\(dataset.bytes)\t\((annotation?.title ?? "-").onOneLine)"
                        )
                    }
                }
                return lines
            }
            try printResult((["dataset\tkind\tqueries\tbytes\ttitle"] + lines).joined(separator: "\n"))
        }
    }

    /// A part of a path, whatever was typed.
    private func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }

    extension JobItem {
        /// One line of a table.
        fileprivate var line: String {
            var state = state
            if let position { state += " (\(position) before)" }
            if let progress { state += " (\(Int(progress * 100)) %)" }
            return [id, state, mode, created.formatted(.iso8601), problem?.onOneLine ?? ""].joined(separator: "\t")
        }
    }
#endif
