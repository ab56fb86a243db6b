#if Service
    import ArgumentParser
    import Foundation
    import JobRunner
    import JobServer
    import Storage

    struct HostCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "host", abstract: "Look after a server's accounts and libraries, also while it is running.",
            subcommands: [
                InitialiseHost.self, AddAccount.self, ListAccounts.self, DisableAccount.self, IssueToken.self,
                ListTokens.self, RevokeToken.self, AddLibrary.self, ListHostedLibraries.self, ShareHostedLibrary.self,
                DeleteHostedLibrary.self, ShowUse.self, ShowAuditKey.self, BackUp.self,
            ])
    }

    struct InitialiseHost: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init", abstract: "Make the data folder that the settings name; serve does so, too.")
        @OptionGroup var options: ServerOptions

        func run() throws {
            let settings = try options.settings()
            guard !SearchHost.isThere(folder: settings.folder) else {
                throw InputError(settings.folder, "is a host's data folder already")
            }
            _ = try SearchHost(folder: settings.folder, settings: settings.host, log: log, purpose: .administration)
            log.info("\(settings.folder): a new data folder")
        }
    }

    struct AddAccount: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-account", abstract: "Make an account; prints its token, once.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "What you call the account.")
        var label: String

        func run() throws {
            let host = try options.administered()
            let account = try host.accounts.create(label: label)
            log.info("account \(account.id); its token:")
            try printResult(host.accounts.issueToken(for: account).text)
        }
    }

    struct ListAccounts: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "accounts", abstract: "List the accounts.")
        @OptionGroup var options: ServerOptions

        func run() throws {
            let accounts = try options.administered().accounts.all()
            try printTable(
                ["account", "created", "label"],
                accounts.map { ["\($0.id)", $0.created.formatted(.iso8601), $0.label] })
        }
    }

    struct DisableAccount: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable-account",
            abstract: "Make all tokens of an account useless; issue-token lets it in again.",
            discussion: "Its objects stay, and its jobs go on.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "What you call the account.")
        var label: String

        func run() throws {
            let accounts = try options.administered().accounts
            let count = try accounts.disable(accounts.account(label: label))
            log.info("'\(label)' had \(count) \(count == 1 ? "token" : "tokens"); none is taken any more")
        }
    }

    struct ListTokens: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokens", abstract: "List the tokens that are taken, by how they begin.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "Only those of the account that you call so.")
        var label: String?

        func run() throws {
            let accounts = try options.administered().accounts
            let tokens = try accounts.tokens(of: label.map { try accounts.account(label: $0) })
            try printTable(
                ["token", "created", "account"],
                tokens.map { [$0.prefix, $0.created.formatted(.iso8601), $0.label] })
        }
    }

    struct IssueToken: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "issue-token", abstract: "Print a further token of an account, once.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "What you call the account.")
        var label: String

        func run() throws {
            let accounts = try options.administered().accounts
            try printResult(accounts.issueToken(for: accounts.account(label: label)).text)
        }
    }

    struct RevokeToken: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "revoke-token", abstract: "Make a token useless.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "The 16 digits behind msfhe_ in the token, as tokens lists them.")
        var prefix: String

        func run() throws {
            try options.administered().accounts.revokeToken(prefix: prefix)
            log.info("the token that begins with \(prefix) is not taken any more")
        }
    }

    struct AddLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add-library", abstract: "Put a library that library build made on the server.")
        @OptionGroup var options: ServerOptions
        @Argument(help: "The library's folder.")
        var folder: String
        @Option(help: "What researchers call it.")
        var name: String
        @Option(help: "The account that owns it.")
        var owner: String
        @Option(help: "The project of that account to put it in; a new one when left out.")
        var project: String?
        @Flag(help: "Let every account search it.")
        var shared = false

        func run() throws {
            let host = try options.administered()
            let account = try host.accounts.account(label: owner)
            let wanted = try project.map { text in
                guard let id = ObjectID(text) else {
                    throw InputError("--project", "'\(text.prefix(40))' is not a project's id")
                }
                return id
            }
            let access = host.access(for: account)
            let target = try waitFor {
                if let wanted { return wanted }
                return try await access.createProject().id
            }
            let library = try host.addLibrary(
                folder: folder, name: name, project: target, owner: account, isShared: shared)
            log.info("library '\(library.name)', \(library.spectrumCount) spectra, in project \(library.project)")
            try printResult(library.id.description)
        }
    }

    struct ListHostedLibraries: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "libraries", abstract: "List all libraries.")
        @OptionGroup var options: ServerOptions

        func run() throws {
            let libraries = try options.administered().libraries()
            try printTable(
                ["library", "project", "spectra", "bytes", "shared", "name"],
                libraries.map {
                    [
                        "\($0.id)", "\($0.project)", "\($0.spectrumCount)", "\($0.byteCount)",
                        $0.isShared ? "yes" : "no",
                        $0.name,
                    ]
                })
        }
    }

    struct DeleteHostedLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete-library", abstract: "Delete a library that no job needs, for good.")
        @OptionGroup var options: ServerOptions
        @OptionGroup var library: LibraryChoice

        func run() throws {
            let id = try library.id
            try options.administered().deleteLibrary(id)
            log.info("library \(id) is deleted")
        }
    }

    struct ShareHostedLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "share-library", abstract: "Let every account search a library, or not any more.")
        @OptionGroup var options: ServerOptions
        @OptionGroup var library: LibraryChoice
        @Flag(help: "Let only the members of its project search it.")
        var withdraw = false

        func run() throws {
            let id = try library.id
            try options.administered().share(!withdraw, library: id)
            log.info("library \(id) is searched by \(withdraw ? "the members of its project" : "every account")")
        }
    }

    struct LibraryChoice: ParsableArguments {
        @Argument(help: "The library's id, as libraries lists it.")
        var library: String

        var id: ObjectID {
            get throws {
                guard let id = ObjectID(library) else {
                    throw InputError("library", "'\(library.prefix(40))' is not a library's id")
                }
                return id
            }
        }
    }

    struct ShowUse: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "usage", abstract: "List what each account's projects have: bytes, data sets, libraries, jobs."
        )
        @OptionGroup var options: ServerOptions

        func run() throws {
            try printTable(
                ["owner", "project", "bytes", "data sets", "libraries", "jobs"],
                options.administered().use().map {
                    [$0.owner, "\($0.project)"]
                        + [$0.byteCount, $0.datasetCount, $0.libraryCount, $0.jobCount].map { "\($0)" }
                })
        }
    }

    struct ShowAuditKey: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "audit-key",
            abstract: "Print the public key by which anyone verifies the audit log: hand it out, but not with the log.")
        @OptionGroup var options: ServerOptions

        func run() throws {
            let settings = try options.settings()
            _ = try options.administered()
            try printResult(JobServer.auditKey(settings).description)
        }
    }

    struct BackUp: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup", abstract: "Copy a server's data folder, also while it is running.",
            discussion: """
                The copy is a data folder, with the audit log and its private keys: keep it in a safe place. Files that are \
                damaged are named and left out (exit status 1).
                """)
        @OptionGroup var options: ServerOptions
        @Option(help: "The copy, a folder that must not exist yet.")
        var out: String

        func run() throws {
            let settings = try options.existing()
            let (entryCount, damaged) = try JobServer.backUp(settings, to: out, log: log)
            log.info("\(out): a copy of the data, and of the audit log with \(entryCount) entries")
            for digest in damaged {
                log.error("the file with the SHA-256 \(digest) is damaged: the copy does not have it")
            }
            if !damaged.isEmpty { throw ExitCode.failure }
        }
    }

    extension ServerOptions {
        /// The settings of a host that is there: a folder that is mistaken for one does not become one.
        fileprivate func existing() throws -> ServerSettings {
            let settings = try settings()
            guard SearchHost.isThere(folder: settings.folder) else {
                throw InputError(
                    settings.folder, "is no host's data folder; name another by --config, or make it: msfhe host init")
            }
            return settings
        }

        /// The host, for changes while a server may be running.
        fileprivate func administered() throws -> SearchHost {
            let settings = try existing()
            return try SearchHost(folder: settings.folder, settings: settings.host, log: log, purpose: .administration)
        }
    }
#endif
