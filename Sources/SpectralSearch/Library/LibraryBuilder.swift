import Crypto
import Foundation
import RLWE
import Ring
import Spectra
import Storage

/// Builds a library's folder from spectra that arrive one by one: `card.json`, `index` for batch search, `diagonals` for
/// interactive search, `entries.tsv`, and `masks` where the library publishes its mask seed. The folder appears whole or not at all.
///
/// Rows and entries go to their files as they come. Memory holds a few thousand spectra, and up to 50 bytes
/// for each different compound, which is all that grows with the library; with an
/// interactive index, 24 bytes for each spectrum, and 12 D bytes for each of up to 32,768 more. Its vectors wait in
/// a file, 4 D bytes each, until all spectra are there. With decoys, which are made of all spectra and so come last, memory
/// holds 12 bytes for each peak that cleaning keeps and 24 for each spectrum: 0.6 GB for a million spectra of 50 peaks.
public final class LibraryBuilder {
    /// Choices of the builder.
    public struct Options: Sendable {
        /// How spectra become vectors.
        public var recipe: VectorRecipe
        /// What the library is made ready for.
        public var layout = LibraryLayout.batch
        /// How many bits of the residues of batch search travel.
        public var preset = PrecisionPreset.default { didSet { precision = preset.precision } }
        /// Those of the preset, or another choice.
        package var precision = PrecisionPreset.default.precision
        /// Publish one mask seed for all runs. Searches are then cheaper by the mask part, which whoever downloads it
        /// can solve for the library.
        public var publishesSeed = false
        /// Add a decoy for each spectrum, made by this method; nil for none.
        public var decoys: DecoyMethod?
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
    private let folder: OutputFolder
    private let index: IndexWriter?
    private let diagonals: InteractiveIndexWriter?
    private let columnCount: Int?
    private var spectrumCount = 0
    private let entries: EntriesWriter
    private var waiting: [Spectrum] = []
    private var waitingPeakCount = 0
    private var compounds: Set<UInt128> = []
    private var ionMode: IonMode?
    private var fragments = FragmentTable()

    /// As many spectra wait to be quantised together, or fewer where they have more peaks than this in all.
    private static let (mostWaiting, mostWaitingPeaks) = (4096, 1 << 20)

    /// An empty library, which ``finish()`` will put into `folder`.
    ///
    /// - Throws: ``InputError`` when `folder` exists and is not empty, or cannot be made, or where vectors have more
    ///   entries than interactive search can do with.
    public init(_ options: Options, folder path: String) throws {
        self.options = options
        let modes = options.layout.modes
        columnCount = InteractiveScheme.columnCount(dimension: options.recipe.dimension)
        if modes.contains(.interactive), columnCount == nil {
            throw InputError(
                "library", "has vectors of \(options.recipe.dimension) numbers; interactive search takes up to 2048")
        }
        if options.publishesSeed, !modes.contains(.batch) {
            throw InputError("library", "has masks to publish for batch search only: lay it out for that, too")
        }
        vectorizer = SpectrumVectorizer(recipe: options.recipe)
        scaling = ScoreScaling(
            dimension: options.recipe.dimension, parameters: .batch, precision: options.precision)
        folder = try OutputFolder(path: path)
        index =
            modes.contains(.batch)
            ? try IndexWriter(
                path: folder.path(SpectralLibrary.FileName.index), dimension: options.recipe.dimension) : nil
        diagonals =
            modes.contains(.interactive)
            ? try InteractiveIndexWriter(
                path: folder.path(SpectralLibrary.FileName.diagonals), dimension: options.recipe.dimension,
                columnCount: columnCount ?? 0, threads: options.threads) : nil
        entries = try EntriesWriter(
            path: folder.path(SpectralLibrary.FileName.entries), hasDecoys: options.decoys != nil)
        ionMode = options.ionMode
    }

    /// Adds one spectrum, unless it is of the other mode or has no peak to search by.
    ///
    /// - Returns: whether the spectrum is part of the library.
    /// - Throws: ``InputError`` for a spectrum of a second ion mode, unless one was chosen; ``FileSystemError`` when
    ///   the rows cannot be written.
    @discardableResult
    public func add(_ spectrum: Spectrum) throws -> Bool {
        if let mode = spectrum.ionMode, let wanted = options.ionMode, mode != wanted {
            otherModeCount += 1
            return false
        }
        guard spectrum.isSearchable(options.recipe) else {
            withoutPeaksCount += 1
            return false
        }
        if let mode = spectrum.ionMode {
            guard mode == ionMode ?? mode else {
                throw InputError(
                    "library",
                    "has spectra of both ion modes, which are searched apart: say --ion-mode positive or negative")
            }
            ionMode = mode
        }
        if spectrum.precursorMZ == nil { withoutPrecursorCount += 1 }
        if options.decoys != nil {
            let peaks = spectrum.cleanedPeaks(options.recipe)
            guard fragments.fragmentCount + peaks.count <= FragmentTable.largestFragmentCount else {
                throw InputError("library", "has more peaks than decoys can be made of, which is 2^32")
            }
            fragments.add(peaks, precursorMZ: spectrum.precursorMZ)
        }
        try write(spectrum, areDecoys: false)
        return true
    }

    private func write(_ spectrum: Spectrum, areDecoys: Bool) throws {
        waiting.append(spectrum)
        waitingPeakCount += spectrum.peaks.count
        if waiting.count == Self.mostWaiting || waitingPeakCount >= Self.mostWaitingPeaks {
            try writeWaiting(areDecoys: areDecoys)
        }
    }

    /// Writes a decoy for each spectrum.
    ///
    /// - Returns: what the card says of them; nil where there are none.
    private func writeDecoys() throws -> LibraryCard.Decoys? {
        guard let method = options.decoys else { return nil }
        let decoys = DecoySpectra(of: fragments, method: method, recipe: options.recipe)
        for first in stride(from: 0, to: decoys.count, by: Self.mostWaiting) {
            let positions = Array(first..<min(first + Self.mostWaiting, decoys.count))
            let spectra = parallelMap(positions, threads: options.threads) { decoys[$0] }
            for spectrum in spectra { try write(spectrum, areDecoys: true) }
        }
        try writeWaiting(areDecoys: true)
        return LibraryCard.Decoys(method: method, spectra: decoys.count)
    }

    /// Completes the folder with the card of the spectra added, and puts it in place.
    ///
    /// - Throws: ``InputError`` when there are none, or the folder's name is taken now; ``FileSystemError`` when the
    ///   files cannot be written.
    public func finish() throws -> LibraryCard {
        try writeWaiting(areDecoys: false)
        guard spectrumCount > 0 else { throw InputError("library", "has no spectrum with peaks to search by") }
        let decoys = try writeDecoys()
        let parameters = RLWEParameters.batch
        let card = try withCosts(
            LibraryCard.Content(
                version: LibraryCard.Content.currentVersion, ionMode: ionMode, vector: options.recipe, scaling: scaling,
                encryption: LibraryCard.Encryption(parameters), precision: options.precision,
                publishedSeed: options.publishesSeed ? Self.freshSeed() : nil,
                interactive: diagonals.map {
                    LibraryCard.Interactive(columns: columnCount ?? 0, indexSHA256: try $0.finish().description)
                },
                decoys: decoys,
                library: LibraryCard.Library(
                    spectra: spectrumCount, compounds: compounds.count,
                    indexSHA256: index.map { try $0.finish().description },
                    entriesSHA256: entries.finish().description)))
        let file = try OutputFile(path: folder.path(SpectralLibrary.FileName.card))
        try file.write(card.text)
        try file.commit()
        if let sharedSeed = card.sharedSeed {
            try SearchJob.writeMasks(
                of: LibraryIndex(path: folder.path(SpectralLibrary.FileName.index), card: card), card: card,
                sharedSeed: sharedSeed, to: folder.path(SpectralLibrary.FileName.masks), threads: options.threads)
        }
        try folder.commit()
        return card
    }

    /// The card of `content`, with the costs of both modes where the library is laid out for both.
    private func withCosts(_ content: LibraryCard.Content) throws -> LibraryCard {
        let card = try LibraryCard(content)
        guard card.modes.count > 1 else { return card }
        var content = content
        content.costs = try CostMeasurement(
            card: card, indexPath: folder.path(SpectralLibrary.FileName.index),
            diagonalsPath: folder.path(SpectralLibrary.FileName.diagonals)
        ).costs()
        return try LibraryCard(content)
    }

    private static func freshSeed() -> Data { SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) } }

    private func writeWaiting(areDecoys: Bool) throws {
        let quantised = parallelMap(waiting, threads: options.threads) { [vectorizer, scaling] in
            let vector = vectorizer.vector(of: $0)
            return (vector: vector, quantised: scaling.quantisedRow(vector))
        }
        for (spectrum, (vector, (row, scale))) in zip(waiting, quantised) {
            let entry = LibraryEntry(spectrum, scale: scale, isDecoy: areDecoys)
            try index?.append(row)
            try diagonals?.append(vector, precursorMZ: spectrum.precursorMZ)
            try entries.append(entry)
            if !areDecoys { compounds.insert(Self.identifier(entry.compound)) }
        }
        spectrumCount += waiting.count
        waiting = []
        waitingPeakCount = 0
    }

    /// 128 bits by which a compound is told from others: of a hash without known collisions, since a name may be of
    /// any length.
    private static func identifier(_ compound: String) -> UInt128 {
        SHA256.hash(data: Array(compound.utf8)).prefix(16).reduce(0) { $0 << 8 | UInt128($1) }
    }
}
