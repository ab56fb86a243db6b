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

        @OptionGroup var server: ServerChoice

        func run() throws { try printResult(server.call { client, _ in try await client.job(job) }.line) }
    }

    struct Watch: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Follow a job until it ends.")

        @Argument(help: "The job's id.")
        var job: String

        @OptionGroup var server: ServerChoice

        func run() throws {
            try server.call { client, _ in try await followed(job, client) }
            log.info("job \(job): succeeded; msfhe fetch decrypts its result")
        }
    }

    struct Cancel: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Cancel a job.")

        @Argument(help: "The job's id.")
        var job: String

        @OptionGroup var server: ServerChoice

        func run() throws {
            let cancelled: JobItem = try server.call { client, _ in
                try await client.post("/v1/jobs/\(escaped(job))/cancel")
            }
            try printResult(cancelled.line)
        }
    }

    struct Jobs: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List and delete jobs.", subcommands: [ListJobs.self, DeleteJobs.self],
            defaultSubcommand: ListJobs.self)
    }

    struct ListJobs: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the jobs of your projects, newest first.")

        @Option(help: "Only those of the project with this title or id.")
        var project: String?

        @Option(help: "How many, at most.")
        var limit = 100

        @OptionGroup var list: ListOptions
        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func validate() throws {
            guard (1...1000).contains(limit) else {
                throw ValidationError("--limit is \(limit), but must be from 1 to 1000")
            }
        }

        func run() throws {
            try list.show(
                server.call { client, home in
                    let key = try home.titleKey(keyChoice.key)
                    let libraries = try await client.items("/v1/libraries", of: LibraryItem.self)
                    var jobs: [ListedJob] = []
                    for project in try await client.projects(named: project, key: key) {
                        let found = try await client.get(
                            "/v1/jobs?project=\(project.id)&limit=\(limit)", as: Items<JobItem>.self
                        ).items
                        guard !found.isEmpty else { continue }
                        let datasets = try await client.items(
                            "/v1/datasets?project=\(project.id)", of: DatasetItem.self)
                        jobs += found.map { job in
                            ListedJob(
                                job: job, libraryName: libraries.first { $0.id == job.library }?.name,
                                title: datasets.first { $0.id == job.dataset }?.annotation(key)?.title)
                        }
                    }
                    return Array(jobs.sorted { $0.job.created > $1.job.created }.prefix(limit))
                })
        }
    }

    struct DeleteJobs: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete jobs that have ended, their results, and what decrypts them here.")

        @Argument(help: "The jobs' ids.")
        var jobs: [String]

        @OptionGroup var server: ServerChoice

        func run() throws {
            try server.call { client, home in
                for job in jobs {
                    let id = try await client.job(job).id
                    try await client.delete("/v1/jobs/\(id)")
                    try home.forget(job: id)
                    log.info("job \(id): deleted")
                }
            }
        }
    }

    /// A job with the names of what it searches.
    private struct ListedJob: ListedItem {
        var job: JobItem
        /// Nil where the library is gone.
        var libraryName: String?
        /// The data set's, where it is there and the key can read it.
        var title: String?

        static let columns = ["job", "state", "mode", "created", "library", "title", "problem"]

        var cells: [String] {
            [
                job.id, job.stateAndProgress, job.mode, job.created.formatted(.iso8601), libraryName ?? "-",
                title ?? "-", job.problem ?? "",
            ]
        }

        private enum Keys: CodingKey { case libraryName, title }

        func encode(to encoder: any Encoder) throws {
            try job.encode(to: encoder)
            var names = encoder.container(keyedBy: Keys.self)
            try names.encodeIfPresent(libraryName, forKey: .libraryName)
            try names.encodeIfPresent(title, forKey: .title)
        }
    }

    extension JobItem {
        fileprivate var stateAndProgress: String {
            if let position { return "\(state) (\(position) before)" }
            if let progress { return "\(state) (\(ProgressLine.percent(progress)))" }
            return state
        }

        /// One line that says how it is.
        fileprivate var line: String {
            [id, stateAndProgress, mode, created.formatted(.iso8601), problem?.onOneLine ?? ""].joined(separator: "\t")
        }
    }
#endif
