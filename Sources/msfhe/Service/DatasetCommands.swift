#if Service
    import ArgumentParser
    import Foundation
    import JobServer
    import SpectralSearch
    import Storage

    struct ListDatasets: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List your data sets on the server, by the titles that only you can read.")

        @Option(help: "Only those of the project with this title or id.")
        var project: String?

        @Option(help: "Only those whose title, tags or notes contain this.")
        var find: String?

        @Option(name: .customLong("tag"), help: "Only those with this tag; may be given again.")
        var tags: [String] = []

        @OptionGroup var list: ListOptions
        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func run() throws {
            try list.show(
                server.call { client, home in
                    let key = try home.titleKey(keyChoice.key)
                    var datasets: [ListedDataset] = []
                    for project in try await client.projects(named: project, key: key) {
                        let path = "/v1/datasets?project=\(project.id)"
                        datasets += try await client.items(path, of: DatasetItem.self)
                            .map { ListedDataset($0, annotation: $0.annotation(key)) }
                    }
                    return datasets.filter(isWanted)
                })
        }

        private func isWanted(_ dataset: ListedDataset) -> Bool {
            guard Set(tags).isSubset(of: dataset.tags) else { return false }
            guard let find else { return true }
            let texts = [dataset.title, dataset.notes].compactMap(\.self) + dataset.tags
            return texts.contains { $0.localizedCaseInsensitiveContains(find) }
        }
    }

    struct AnnotateDataset: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "annotate", abstract: "Change the title, tags or notes of a data set, encrypted here.")

        @Argument(help: "The data set's id.")
        var dataset: String

        @OptionGroup var annotation: AnnotationOptions
        @OptionGroup var keyChoice: KeyChoice
        @OptionGroup var server: ServerChoice

        func validate() throws {
            if annotation.isEmpty { throw ValidationError("nothing to change: give --title, --tag or --notes") }
        }

        func run() throws {
            try server.call { client, home in
                let secret = try KeyFile.read(path: home.keyPath(keyChoice.key))
                let path = "/v1/datasets/\(escaped(dataset))"
                let item = try await client.get(path, as: DatasetItem.self)
                let before = item.annotation(secret)
                guard before != nil || item.annotation.isEmpty else {
                    throw InputError(
                        "data set \(item.id)", "is annotated under another key, which alone can read what would be lost"
                    )
                }
                let changed = try annotation.changing(before ?? Annotation(title: ""))
                    .encrypted(under: secret, for: item.annotated)
                try await client.put("\(path)/annotation", AnnotationRequest(annotation: changed))
            }
        }
    }

    struct DeleteDatasets: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete data sets on the server; results of their jobs stay.")

        @Argument(help: "The data sets' ids.")
        var datasets: [String]

        @OptionGroup var server: ServerChoice

        func run() throws {
            try server.call { client, _ in
                for dataset in datasets {
                    try await client.delete("/v1/datasets/\(escaped(dataset))")
                    log.info("data set \(dataset): deleted")
                }
            }
        }
    }

    /// A data set with what the key can read.
    private struct ListedDataset: ListedItem {
        var id: String
        var project: String
        var kind: String
        var queries: Int
        var bytes: Int
        var created: Date
        /// Nil where another key encrypted it, or nobody gave one.
        var title: String?
        var tags: [String]
        var notes: String?

        init(_ item: DatasetItem, annotation: Annotation?) {
            (id, project, kind, queries) = (item.id, item.project, item.kind, item.queries)
            (bytes, created) = (item.bytes, item.created)
            (title, tags, notes) = (annotation?.title, annotation?.tags ?? [], annotation?.notes)
        }

        static let columns = ["dataset", "kind", "queries", "bytes", "created", "title", "tags", "notes"]

        var cells: [String] {
            [
                id, kind, "\(queries)", "\(bytes)", created.formatted(.iso8601), title ?? "-",
                tags.joined(separator: ", "), notes ?? "",
            ]
        }
    }
#endif
