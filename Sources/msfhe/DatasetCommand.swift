import ArgumentParser
import Datasets

struct DatasetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets",
        abstract: "Make benchmarks from public releases of spectra; look after data sets on a server.",
        subcommands: subcommands)

    private static var subcommands: [any ParsableCommand.Type] {
        #if Service
            [Prepare.self, ListDatasets.self, AnnotateDataset.self, DeleteDatasets.self]
        #else
            [Prepare.self]
        #endif
    }

    struct Prepare: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a benchmark's files from a public release, checked against its card.",
            discussion: """
                massbank: a checkout of MassBank-data, release 2025.05.1; datasets/README.md says how to get it.
                """)

        @Argument(help: "The data set: massbank.")
        var name: String

        @Option(help: "The folder of the release's records.")
        var source: String

        @Option(help: "The folder to write to.")
        var out: String

        @Option(help: "The folder of the data set's card, where it is not found by itself.")
        var card: String?

        @Flag(help: "Write what there is when records are missing; the provenance then says so.")
        var partial = false

        func run() throws {
            let progress = ProgressLine()
            let dataset = try MassBankDataset(cardFolder: card ?? DatasetCard.folder(named: name))
            let provenance = try dataset.prepare(
                source: source, output: out, tool: "msfhe \(ProgramVersion.current)", partial: partial
            ) { progress.show("reading records", Double($0) / Double($1)) }
            progress.clear()
            if !provenance.isComplete {
                log.warning("\(provenance.missingRecords) records are missing: this is not the benchmark")
            }
            log.info("\(out): \(provenance.files.count) files of \(provenance.records) records, and PROVENANCE.json")
        }
    }
}
