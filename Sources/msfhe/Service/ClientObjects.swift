#if Service
    import ArgumentParser
    import Foundation
    import JobRunner
    import JobServer
    import RLWE
    import SpectralSearch
    import Storage

    // How commands name what is on a server, and read what only the researcher's key can read of it.

    /// The researcher's key.
    struct KeyChoice: ParsableArguments {
        @Option(help: "The researcher's key; the one in ~/.msfhe when left out.")
        var key: String?
    }

    /// What a data set is called: encrypted before it is sent.
    struct AnnotationOptions: ParsableArguments {
        @Option(help: "What to call the data set: encrypted, for yourself.")
        var title: String?

        @Option(name: .customLong("tag"), help: "A tag to find the data set by; may be given again.")
        var tags: [String] = []

        @Option(help: "Whatever else there is to say of the data set.")
        var notes: String?

        var isEmpty: Bool { title == nil && tags.isEmpty && notes == nil }

        /// `annotation` with what was given in the place of what it has.
        func changing(_ annotation: Annotation) -> Annotation {
            Annotation(
                title: title ?? annotation.title, tags: tags.isEmpty ? annotation.tags : tags,
                notes: notes ?? annotation.notes)
        }
    }

    extension DatasetItem {
        /// What a data set's annotation is bound to.
        var annotated: [UInt8] { Digest(hexadecimal: sha256)?.bytes ?? [] }

        /// What `key` can read of its title, tags and notes.
        func annotation(_ key: SecretKey?) -> Annotation? {
            key.flatMap { try? Annotation(encrypted: annotation, under: $0, for: annotated) }
        }
    }

    extension ProjectItem {
        /// The title, where `key` can read it.
        func title(_ key: SecretKey?) -> String? {
            key.flatMap { try? Annotation(encrypted: annotation, under: $0, for: []) }?.title
        }
    }

    extension JobClient {
        /// Everything that a list of the server has, page by page.
        func items<Item: Codable & Sendable>(_ path: String, of _: Item.Type) async throws -> [Item] {
            var page = try await get(path, as: Items<Item>.self)
            var items = page.items
            while let next = page.next {
                guard !page.items.isEmpty else { throw ServerFailure("\(server): its list does not go on") }
                let after = "\(path.contains("?") ? "&" : "?")after=\(escaped(next))"
                page = try await get(path + after, as: Items<Item>.self)
                items += page.items
            }
            return items
        }

        func job(_ id: String) async throws -> JobItem { try await checked(get("/v1/jobs/\(escaped(id))")) }

        /// `job`, whose ids name folders here and addresses there, and so have to be ids.
        func checked(_ job: JobItem) throws -> JobItem {
            guard [job.id, job.library, job.dataset].allSatisfy({ ObjectID($0) != nil }) else {
                throw ServerFailure("\(server): gives a job an id that is none")
            }
            return job
        }

        /// The library that is called `name`, or has it as its id.
        func library(named name: String, option: String) async throws -> LibraryItem {
            let libraries = try await items("/v1/libraries", of: LibraryItem.self)
            let found = libraries.filter { $0.name == name || $0.id == name }
            guard let first = found.first else {
                let names = libraries.map { "'\($0.name.onOneLine)'" }.joined(separator: ", ")
                throw InputError(
                    option,
                    "\(server) has no '\(name)' for you; \(names.isEmpty ? "it has none" : "it has: \(names)")")
            }
            guard found.count == 1 else {
                let ids = found.map(\.id).joined(separator: ", ")
                throw InputError(option, "several libraries are called '\(name)'; name one by its id: \(ids)")
            }
            return first
        }

        /// The projects whose title or id is `name`; all of them without a name.
        func projects(named name: String?, key: SecretKey?) async throws -> [ProjectItem] {
            let projects = try await items("/v1/projects", of: ProjectItem.self)
            guard let name else { return projects }
            let found = projects.filter { $0.id == name || $0.title(key) == name }
            guard !found.isEmpty else {
                throw InputError("project", "'\(name)' is neither the id nor the title of one of yours")
            }
            return found
        }

        /// The one project whose title or id is `name`.
        func project(named name: String, key: SecretKey?) async throws -> ProjectItem {
            let found = try await projects(named: name, key: key)
            guard found.count == 1 else {
                let ids = found.map(\.id).joined(separator: ", ")
                throw InputError("project", "several are called '\(name)'; name one by its id: \(ids)")
            }
            return found[0]
        }

        /// The id of the project that data go to: the named one, or else one that was made here for the account. Another
        /// that it owns will not do: anyone may make a project and the account an owner of it.
        func project(for name: String?, key: SecretKey?, _ home: ClientHome) async throws -> String {
            if let name { return try await project(named: name, key: key).id }
            let account = try await get("/v1/account", as: AccountItem.self).account
            if let made = try home.ownProject(of: account, on: server),
                try await projects(named: nil, key: key).contains(where: { $0.id == made && $0.role != "auditor" })
            {
                return made
            }
            let made: ProjectItem = try await post("/v1/projects", ProjectRequest(annotation: nil))
            try home.keep(ownProject: made.id, of: account, on: server)
            return made.id
        }
    }

    /// A part of a path, whatever was typed.
    func escaped(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }

    // MARK: Lists

    /// A line of a list. JSON tells all of it, a table what there is room for.
    protocol ListedItem: Encodable {
        static var columns: [String] { get }
        var cells: [String] { get }
    }

    /// How a list is shown.
    struct ListOptions: ParsableArguments {
        @Option(help: "Write the list as JSON to this file, in place of the table; - is standard output.")
        var json: String?

        /// Shows `items`: as a table with a heading, tab-separated, on standard output.
        func show<Item: ListedItem>(_ items: [Item]) throws {
            if let json { return try write(WireJSON.encode(items) + Data("\n".utf8), to: json, isPrivate: true) }
            try printTable(Item.columns, items.map(\.cells))
        }
    }

    /// Prints a table with a heading, tab-separated.
    func printTable(_ columns: [String], _ rows: [[String]]) throws {
        try printResult(
            ([columns] + rows.map { $0.map(\.onOneLine) }).map { $0.joined(separator: "\t") }.joined(separator: "\n"))
    }
#endif
