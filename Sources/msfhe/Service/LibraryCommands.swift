#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import SpectralSearch
    import Storage

    struct Libraries: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Libraries on the server.",
            subcommands: [
                ListLibraries.self, SendLibrary.self, ShareLibrary.self, UnshareLibrary.self, DeleteLibrary.self,
            ],
            defaultSubcommand: ListLibraries.self)
    }

    struct ListLibraries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the libraries that you may search.")

        @OptionGroup var list: ListOptions
        @OptionGroup var server: ServerChoice

        func run() throws {
            try list.show(
                server.call { client, _ in try await client.items("/v1/libraries", of: LibraryItem.self) })
        }
    }

    struct SendLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Send a library that library build made; prints its id.",
            discussion: "The server gets the library itself, not encrypted: it is for libraries that it may know.")

        @Argument(help: "The library's folder.")
        var folder: String

        @Option(help: "What researchers call it.")
        var name: String

        @Option(help: "The project to put it in, its title or id; one that is made for you when left out.")
        var project: String?

        @Flag(help: "Let every account of the server search it.")
        var shared = false

        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func run() throws {
            _ = try SpectralLibrary.check(folder: folder)
            try printResult(
                server.call { client, home in
                    let project = try await client.project(for: project, key: home.titleKey(keyChoice.key), home)
                    var uploads: [String: String] = [:]
                    do {
                        let progress = ProgressLine()
                        for file in SpectralLibrary.FileName.all
                        where FileManager.default.fileExists(atPath: "\(folder)/\(file)") {
                            uploads[file] = try await client.upload("\(folder)/\(file)", to: project) {
                                progress.show("sending \(file)", $0)
                            }.id
                        }
                        progress.clear()
                        let made: LibraryItem = try await client.post(
                            "/v1/libraries",
                            LibraryRequest(name: name, project: project, uploads: uploads, shared: shared))
                        return made.id
                    } catch {
                        for id in uploads.values { try? await client.delete("/v1/uploads/\(id)") }
                        throw error
                    }
                })
        }
    }

    struct ShareLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "share", abstract: "Let every account of the server search a library.")

        @Argument(help: "The library's name or id.")
        var library: String

        @OptionGroup var server: ServerChoice

        func run() throws { try server.share(true, library) }
    }

    struct UnshareLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unshare", abstract: "Let only the members of its project search a library.")

        @Argument(help: "The library's name or id.")
        var library: String

        @OptionGroup var server: ServerChoice

        func run() throws { try server.share(false, library) }
    }

    struct DeleteLibrary: ParsableCommand {
        static let configuration = CommandConfiguration(commandName: "delete", abstract: "Delete a library.")

        @Argument(help: "The library's name or id.")
        var library: String

        @OptionGroup var server: ServerChoice

        func run() throws {
            try server.call { client, _ in
                let found = try await client.library(named: library, option: "library")
                try await client.delete("/v1/libraries/\(found.id)")
                log.info("library '\(found.name.onOneLine)': deleted")
            }
        }
    }

    extension ServerChoice {
        fileprivate func share(_ isShared: Bool, _ library: String) throws {
            try call { client, _ in
                let id = try await client.library(named: library, option: "library").id
                try await client.put("/v1/libraries/\(id)/sharing", SharingRequest(shared: isShared))
            }
        }
    }

    extension LibraryItem: ListedItem {
        static let columns = ["library", "name", "spectra", "score", "modes", "shared", "created"]

        var cells: [String] {
            [
                id, name, "\(spectra)", score, modes.joined(separator: ","), shared ? "yes" : "no",
                created.formatted(.iso8601),
            ]
        }
    }
#endif
