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
                The folder holds card.json (what clients need to encrypt; give it away), index and diagonals (what \
                the host searches in batch and in interactive mode), and entries.tsv (names and scales; clients need \
                it to read their hits).
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

        @Option(
            help: ArgumentHelp(
                "What the library is searched by: batch (many queries at once), interactive (one at once), or both.",
                discussion: """
                    An interactive index takes 8 bytes for each number, on disk and in memory. For both, the card says \
                    what searches cost this machine, as they are measured in a moment.
                    """
            ))
        var layout = LibraryLayout.batch

        @Option(help: "How many bits travel: default, economy (less download), or rounded (less upload and work).")
        var preset = PrecisionPreset.default

        @Flag(
            help: ArgumentHelp(
                "Publish one mask seed for all runs: later searches skip the mask part of the work.",
                discussion: """
                    The folder then also holds masks, which researchers download once and hand to identify. It \
                    gives the library's vectors away, as the answers of one search do.
                    """))
        var publishSeed = false

        @OptionGroup var cores: ThreadOptions

        func validate() throws { try validateDimension(dimension) }

        func run() throws {
            let progress = ProgressLine()
            var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
            options.ionMode = ionMode
            options.preset = preset
            options.layout = layout
            options.publishesSeed = publishSeed
            options.threads = cores.threads
            let builder = try LibraryBuilder(options, folder: out)
            try readSpectra(files, progress: progress) { try builder.add($0) }
            let card = try builder.finish()
            progress.clear()
            report(card, builder)
        }

        private func report(_ card: LibraryCard, _ builder: LibraryBuilder) {
            let content = card.content
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
