import Foundation
import RLWE
import Ring
import Spectra
import Storage

/// A library made searchable: quantised rows, entries, and the card that describes them.
public struct SpectralLibrary: Sendable {
    /// The manifest.
    public let card: LibraryCard
    /// One entry for each row.
    public let entries: [LibraryEntry]
    package let rows: MemoryRows

    /// The names of the files in a library's folder.
    public enum FileName {
        /// The manifest.
        public static let card = "card.json"
        /// The quantised rows.
        public static let index = "index"
        /// One entry for each row.
        public static let entries = "entries.tsv"
    }

    init(rows: MemoryRows, entries: [LibraryEntry], ionMode: IonMode?, options: LibraryBuilder.Options) throws {
        let parameters = RLWEParameters.batch
        let precision = options.preset.precision
        card = try LibraryCard(
            LibraryCard.Content(
                version: 1, score: "cosine", ionMode: ionMode, vector: options.recipe,
                scaling: ScoreScaling(
                    dimension: options.recipe.dimension, parameters: parameters, precision: precision),
                encryption: LibraryCard.Encryption(parameters), answer: precision,
                library: LibraryCard.Library(
                    spectra: entries.count, compounds: Set(entries.map(\.compound)).count,
                    indexSHA256: LibraryIndex.digest(of: rows).description,
                    entriesSHA256: LibraryEntries.encode(entries).digest.description)))
        self.rows = rows
        self.entries = entries
    }

    /// Checks that a library can be written to `folder`.
    ///
    /// - Throws: ``InputError`` when it exists and is not an empty folder.
    public static func requireFree(_ folder: String) throws(InputError) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        guard let contents = try? FileManager.default.contentsOfDirectory(atPath: folder), contents.isEmpty else {
            throw InputError(folder, "exists and is not an empty folder; choose another name, or remove it first")
        }
    }

    /// Writes the library's folder: `card.json`, `index`, `entries.tsv`. The folder appears whole or not at all.
    ///
    /// - Throws: ``InputError`` when `folder` exists and is not empty, or cannot be made.
    public func write(to folder: String) throws {
        let url = URL(fileURLWithPath: folder)
        let unfinished = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(getpid()).part")
        try Self.requireFree(folder)
        UnfinishedFiles.add(unfinished.path)
        defer { UnfinishedFiles.remove(unfinished.path) }
        do {
            try FileManager.default.createDirectory(at: unfinished, withIntermediateDirectories: true)
        } catch {
            throw InputError(folder, "cannot be made: \(error.localizedDescription)")
        }
        defer { try? FileManager.default.removeItem(at: unfinished) }
        func path(_ name: String) -> String { unfinished.appendingPathComponent(name).path }
        try LibraryIndex.write(rows, to: path(FileName.index))
        for (name, text) in [
            (FileName.entries, LibraryEntries.encode(entries).text), (FileName.card, card.text),
        ] {
            let file = try OutputFile(path: path(name))
            try file.write(text)
            try file.commit()
        }
        guard rename(unfinished.path, folder) == 0 else {
            throw InputError(folder, "cannot be put in place: \(String(cString: strerror(errno)))")
        }
    }
}

/// Builds a library from spectra that arrive one by one.
public final class LibraryBuilder {
    /// Choices of the builder.
    public struct Options: Sendable {
        /// How spectra become vectors.
        public var recipe: VectorRecipe
        /// How many bits answers keep.
        public var preset = AnswerPreset.default
        /// Keep only spectra of this mode, and those that do not say; nil asks that all are of one mode.
        public var ionMode: IonMode?
        /// Processor cores to use.
        public var threads = 1

        /// The defaults with `recipe`.
        public init(recipe: VectorRecipe) { self.recipe = recipe }
    }

    /// Spectra left out because they are of the other ion mode.
    public private(set) var otherModeCount = 0
    /// Spectra left out because no peak survived cleaning.
    public private(set) var withoutPeaksCount = 0
    /// Spectra kept although their precursor is unknown.
    public private(set) var withoutPrecursorCount = 0

    private let options: Options
    private let vectorizer: SpectrumVectorizer
    private let scaling: ScoreScaling
    private var waiting: [Spectrum] = []
    private var rows: [Int8] = []
    private var entries: [LibraryEntry] = []
    private var seenModes: Set<IonMode> = []

    /// An empty library.
    public init(_ options: Options) {
        self.options = options
        vectorizer = SpectrumVectorizer(recipe: options.recipe)
        scaling = ScoreScaling(
            dimension: options.recipe.dimension, parameters: .batch, precision: options.preset.precision)
    }

    /// Adds one spectrum, unless it is of the other mode or has no peak to search by.
    ///
    /// - Returns: whether the spectrum is part of the library.
    @discardableResult
    public func add(_ spectrum: Spectrum) -> Bool {
        if let mode = spectrum.ionMode, let wanted = options.ionMode, mode != wanted {
            otherModeCount += 1
            return false
        }
        guard !spectrum.cleanedPeaks(options.recipe).isEmpty else {
            withoutPeaksCount += 1
            return false
        }
        if let mode = spectrum.ionMode { seenModes.insert(mode) }
        if spectrum.precursorMZ == nil { withoutPrecursorCount += 1 }
        waiting.append(spectrum)
        if waiting.count == 4096 { quantiseWaiting() }
        return true
    }

    /// The library of the spectra added.
    ///
    /// - Throws: ``InputError`` when there are none, or when they are of both ion modes.
    public func finish() throws -> SpectralLibrary {
        quantiseWaiting()
        guard seenModes.count <= 1 else {
            throw InputError(
                "library",
                "has spectra of both ion modes, which are searched apart: say --ion-mode positive or negative")
        }
        guard !entries.isEmpty else { throw InputError("library", "has no spectrum with peaks to search by") }
        return try SpectralLibrary(
            rows: MemoryRows(dimension: options.recipe.dimension, values: rows), entries: entries,
            ionMode: options.ionMode ?? seenModes.first, options: options)
    }

    private func quantiseWaiting() {
        let quantised = parallelMap(waiting, threads: options.threads) { [vectorizer, scaling] in
            scaling.quantisedRow(vectorizer.vector(of: $0))
        }
        for (spectrum, (row, scale)) in zip(waiting, quantised) {
            rows += row
            entries.append(LibraryEntry(spectrum, scale: scale))
        }
        waiting = []
    }
}
