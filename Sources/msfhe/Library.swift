import ArgumentParser
import SpectralSearch
import Spectra

struct Library: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library", abstract: "Make a library searchable.", subcommands: [Build.self])

    struct Build: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Build a searchable library from spectra (MSP, MGF, MassBank, mzML; also gzipped).",
            discussion: """
                The folder holds card.json (what clients need to encrypt; give it away), index (what the host \
                searches), and entries.tsv (names and scales; clients need it to read their hits).
                """)

        @Argument(help: ArgumentHelp("Files of library spectra.", valueName: "spectra"))
        var files: [String]

        @Option(help: "The library's folder, which must not exist yet.")
        var out: String

        @Option(help: "Keep only spectra of this ion mode (positive or negative) and those that do not say.")
        var ionMode: IonMode?

        @Option(help: "Numbers in a spectrum vector, a multiple of 4 from 256 to 4096.")
        var dimension = 512

        @Option(help: "The similarity: cosine.")
        var score = ScoreName.cosine

        @Option(help: "What the library is searched by: batch.")
        var layout = SearchMode.batch

        @Option(help: "How many bits answers keep: default (16 and 18), or economy (12 and 16).")
        var preset = AnswerPreset.default

        @OptionGroup var cores: ThreadOptions

        func validate() throws { try validateDimension(dimension) }

        func run() throws {
            try SpectralLibrary.requireFree(out)
            let progress = ProgressLine()
            var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
            options.ionMode = ionMode
            options.preset = preset
            options.threads = cores.threads
            let builder = LibraryBuilder(options)
            try readSpectra(files, progress: progress) { builder.add($0) }
            let library = try builder.finish()
            try library.write(to: out)
            progress.clear()
            report(library, builder)
        }

        private func report(_ library: SpectralLibrary, _ builder: LibraryBuilder) {
            let content = library.card.content
            if builder.otherModeCount > 0 {
                log.info("\(builder.otherModeCount) spectra of the other ion mode left out")
            }
            if builder.withoutPeaksCount > 0 {
                log.warning("\(builder.withoutPeaksCount) spectra without usable peaks left out")
            }
            if builder.withoutPrecursorCount > 0 {
                log.warning(
                    "\(builder.withoutPrecursorCount) spectra have no precursor: found by their fragments alone")
            }
            log.info(
                "\(out): \(content.library.spectra) spectra of \(content.library.compounds) compounds, \(content.vector.dimension) numbers each"
            )
        }
    }
}
