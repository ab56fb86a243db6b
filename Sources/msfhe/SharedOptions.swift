import ArgumentParser
import Foundation
import Spectra
import SpectralSearch

extension IonMode: ExpressibleByArgument {}
extension PrecisionPreset: ExpressibleByArgument {}
extension SearchMode: ExpressibleByArgument {}
extension LibraryLayout: ExpressibleByArgument {}

extension SpectralScore: ExpressibleByArgument {}

/// The similarity that vectors express.
struct ScoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The similarity of fragments: \(SpectralScore.allCases.map(\.rawValue).joined(separator: ", ")).",
            discussion: "docs/scores.md says what each is."))
    var score = SpectralScore.cosine

    @Option(
        help: ArgumentHelp(
            "For the entropy score, how far its expansion may change a similarity at most, from 1e-6 to 1; 0.08 when left out.",
            discussion: "Smaller errors take more terms, which share the vector's numbers.", valueName: "error"))
    var entropyError: Double?

    func validate() throws {
        guard let entropyError else { return }
        if score != .entropy { throw ValidationError("--entropy-error goes with --score entropy") }
        if expansionRank == nil {
            throw ValidationError("--entropy-error is \(entropyError), which no expansion of 16 terms keeps to")
        }
    }

    /// Terms of the expansion that keep to the error; nil for the default.
    var expansionRank: Int? { entropyError.flatMap { EntropyExpansion.rank(maximumError: $0) } }
}

/// Checks `--dimension`.
func validateDimension(_ dimension: Int) throws {
    guard (256...4096).contains(dimension), dimension % 4 == 0 else {
        throw ValidationError("--dimension is \(dimension), but must be a multiple of 4 from 256 to 4096")
    }
}

/// Checks `--threads`.
func validateThreads(_ threads: Int) throws {
    guard (1...1024).contains(threads) else {
        throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
    }
}

/// How many cores a command may use.
struct ThreadOptions: ParsableArguments {
    @Option(name: .long, help: "Processor cores to use.")
    var threads = ProcessInfo.processInfo.activeProcessorCount

    func validate() throws { try validateThreads(threads) }
}

/// Reads the spectra of several files, one after the other.
func readSpectra(_ paths: [String], progress: ProgressLine, into body: (Spectrum) throws -> Void) throws {
    for (number, path) in paths.enumerated() {
        let name = URL(fileURLWithPath: path).lastPathComponent
        func show(_ fraction: Double) {
            progress.show("reading \(name)", (Double(number) + fraction) / Double(paths.count))
        }
        try SpectrumFile.read(path: path, progress: show, into: body)
    }
}
