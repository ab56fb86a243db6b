import ArgumentParser
import Foundation
import SpectralSearch
import Spectra

struct Library: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "library", abstract: "Make a library searchable.", subcommands: [Build.self, Fingerprint.self])

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

        @OptionGroup var similarity: ScoreOptions

        @Option(
            help: ArgumentHelp(
                "What the library is searched by: batch (many queries at once), interactive (one at once), or both.",
                discussion: """
                    An interactive index takes 8 bytes for each number, on disk and in memory. For both, the card says \
                    what searches cost this machine, as they are measured in a moment.
                    """
            ))
        var layout = LibraryLayout.batch

        @Option(
            help: """
                How many bits travel: default, economy (less download), rounded (less upload and work), or verified \
                (answers that a fingerprint can check; a quarter more download).
                """)
        var preset = PrecisionPreset.default

        @Flag(
            help: ArgumentHelp(
                "Publish one mask seed for all runs: later searches skip the mask part of the work.",
                discussion: """
                    The folder then also holds masks, which researchers download once and hand to identify. It \
                    gives the library's vectors away, as the answers of one search do.
                    """))
        var publishSeed = false

        @Flag(
            help: ArgumentHelp(
                "Add a decoy for each spectrum, by which identify estimates false discovery rates.",
                discussion: "They double the work of a search. While they are made, each peak takes 12 bytes of memory."
            ))
        var decoys = false

        @OptionGroup var cores: ThreadOptions

        func validate() throws { try validateDimension(dimension) }

        func run() throws {
            let progress = ProgressLine()
            var options = LibraryBuilder.Options(
                recipe: try VectorRecipe(
                    dimension: dimension, score: similarity.score, expansionRank: similarity.expansionRank))
            options.ionMode = ionMode
            options.preset = preset
            options.layout = layout
            options.publishesSeed = publishSeed
            options.decoys = decoys ? .spectrumBased : nil
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
            let decoyCount = content.decoys?.spectra ?? 0
            log.info(
                "\(out): \(content.library.spectra - decoyCount) spectra of \(content.library.compounds) compounds\(decoyCount > 0 ? " and \(decoyCount) decoys" : ""), \(content.vector.dimension) numbers each"
            )
        }
    }
    struct Fingerprint: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the secret by which a researcher checks a host's answers.",
            discussion: """
                For whoever holds the library and is trusted with it. The file goes to the researcher by a way on which \
                nobody can read or change it, and never to the host: identify --fingerprint then refuses answers that \
                are not this library's. The library is one built with --preset verified.
                """)

        @Option(help: "The library's folder.")
        var library: String

        @Option(help: "The fingerprint: a private file, which is not overwritten.")
        var out: String

        @OptionGroup var cores: ThreadOptions

        func run() throws {
            let progress = ProgressLine()
            let card = try LibraryCard(
                path: URL(fileURLWithPath: library).appendingPathComponent(SpectralLibrary.FileName.card).path)
            let rowCount = card.content.library.spectra
            let fingerprint = try LibraryFingerprint(library: library, output: out, threads: cores.threads) {
                progress.show("multiplying", Double($0) / Double(rowCount))
            }
            progress.clear()
            let resolution = String(format: "%.2g", fingerprint.resolution)
            log.info(
                "\(out): keep it from the host; \(fingerprint.byteCount) bytes for \(rowCount) spectra. Scores off by more than \(resolution) pass with a probability of 2^-40 at most"
            )
        }
    }
}
