#if Service
    import ArgumentParser
    import Foundation
    import JobRunner
    import JobServer
    import SpectralSearch
    import Storage

    struct Projects: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Projects on the server: what is seen together, and by whom.",
            discussion: """
                Data sets and jobs belong to a project, and its members see them: an owner everything, a collaborator \
                all but members and others' deletions, an auditor sizes and states only. None of them can read titles or \
                decrypt results without the key that encrypted them.
                """,
            subcommands: [
                ListProjects.self, CreateProject.self, RenameProject.self, ListMembers.self, ShareProject.self,
                UnshareProject.self,
            ], defaultSubcommand: ListProjects.self)
    }

    struct ListProjects: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List your projects, by the titles that only you can read.")

        @OptionGroup var list: ListOptions
        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func run() throws {
            try list.show(
                server.call { client, home in
                    let key = try home.titleKey(keyChoice.key)
                    return try await client.projects(named: nil, key: key).map { item in
                        ListedProject(
                            id: item.id, role: item.role, bytes: item.bytes, created: item.created,
                            title: item.title(key))
                    }
                })
        }
    }

    struct CreateProject: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "create", abstract: "Make a project; prints its id.")

        @Argument(help: "Its title, encrypted here.")
        var title: String

        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func run() throws {
            try printResult(
                server.call { client, home in
                    let annotation = try encrypted(title, home, keyChoice)
                    let made: ProjectItem = try await client.post(
                        "/v1/projects", ProjectRequest(annotation: annotation))
                    return made.id
                })
        }
    }

    struct RenameProject: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "rename", abstract: "Give a project a title.")

        @OptionGroup var project: ProjectChoice

        @Argument(help: "Its new title, encrypted here.")
        var title: String

        func run() throws {
            try project.call { client, home, id in
                let annotation = try encrypted(title, home, project.keyChoice)
                try await client.put("/v1/projects/\(id)/annotation", AnnotationRequest(annotation: annotation))
            }
        }
    }

    struct ListMembers: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "members", abstract: "List the accounts that see a project.")

        @OptionGroup var project: ProjectChoice
        @OptionGroup var list: ListOptions

        func run() throws {
            try list.show(
                project.call { client, _, id in
                    try await client.items("/v1/projects/\(id)/members", of: MemberItem.self)
                        .map { ListedMember(account: $0.account, role: $0.role) }
                })
        }
    }

    struct ShareProject: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "share", abstract: "Let an account see a project, or change what it may do there.")

        @OptionGroup var project: ProjectChoice

        @Argument(help: "The account's id, which login tells its researcher.")
        var account: String

        @Option(help: "What it may do: owner, collaborator, or auditor (sizes and states only).")
        var role: Role

        func run() throws {
            try project.call { client, _, id in
                try await client.put(
                    "/v1/projects/\(id)/members/\(escaped(account))", RoleRequest(role: role.rawValue))
            }
        }
    }

    struct UnshareProject: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unshare", abstract: "Shut an account out of a project.")

        @OptionGroup var project: ProjectChoice

        @Argument(help: "The account's id.")
        var account: String

        func run() throws {
            try project.call { client, _, id in
                try await client.delete("/v1/projects/\(id)/members/\(escaped(account))")
            }
        }
    }

    extension Role: ExpressibleByArgument {}

    /// The project that a command is about.
    struct ProjectChoice: ParsableArguments {
        @Argument(help: "The project's title or id.")
        var project: String

        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        /// Calls `body` with a client for its server, and its id.
        func call<Result: Sendable>(
            _ body: @escaping @Sendable (JobClient, ClientHome, String) async throws -> Result
        ) throws -> Result {
            try server.call { client, home in
                let key = try home.titleKey(keyChoice.key)
                return try await body(client, home, client.project(named: project, key: key).id)
            }
        }
    }

    /// A title as it goes to the server.
    private func encrypted(_ title: String, _ home: ClientHome, _ keyChoice: KeyChoice) throws -> Data {
        try Annotation(title: title).encrypted(under: KeyFile.read(path: home.keyPath(keyChoice.key)), for: [])
    }

    private struct ListedProject: ListedItem {
        var id: String
        var role: String
        var bytes: Int
        var created: Date
        /// Nil where another key encrypted it, or nobody gave one.
        var title: String?

        static let columns = ["project", "role", "bytes", "created", "title"]
        var cells: [String] { [id, role, "\(bytes)", created.formatted(.iso8601), title ?? "-"] }
    }

    private struct ListedMember: ListedItem {
        var account: String
        var role: String

        static let columns = ["account", "role"]
        var cells: [String] { [account, role] }
    }
#endif
