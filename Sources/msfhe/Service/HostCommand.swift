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
                AddAccount.self, ListAccounts.self, IssueToken.self, RevokeToken.self, AddLibrary.self, BackUp.self,
            ])
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
            let lines = accounts.map { "\($0.id)\t\($0.created.formatted(.iso8601))\t\($0.label)" }
            try printResult((["account\tcreated\tlabel"] + lines).joined(separator: "\n"))
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
        @Argument(help: "The 16 digits behind msfhe_ in the token.")
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

    struct BackUp: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "backup", abstract: "Copy a server's data folder, also while it is running.")
        @OptionGroup var options: ServerOptions
        @Option(help: "The copy, a folder that must not exist yet.")
        var out: String

        func run() throws {
            try options.administered().backUp(to: out)
            log.info("\(out): a copy of the data; copy the folders audit and audit-keys beside it")
        }
    }

    extension ServerOptions {
        /// The host, for changes while a server may be running.
        fileprivate func administered() throws -> SearchHost {
            let settings = try settings()
            return try SearchHost(folder: settings.folder, settings: settings.host, log: log, purpose: .administration)
        }
    }
#endif
