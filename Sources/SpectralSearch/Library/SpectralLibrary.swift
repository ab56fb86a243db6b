import Foundation

/// A library that is ready to be searched: the folder that ``LibraryBuilder`` made, opened and checked.
public struct SpectralLibrary: Sendable {
    /// The manifest.
    public let card: LibraryCard
    /// The quantised rows.
    public let index: LibraryIndex
    /// One entry for each row.
    public let entries: [LibraryEntry]

    /// The names of the files in a library's folder.
    public enum FileName {
        /// The manifest.
        public static let card = "card.json"
        /// The quantised rows, of batch search.
        public static let index = "index"
        /// The vectors as diagonals of a matrix, of interactive search.
        public static let diagonals = "diagonals"
        /// One entry for each row.
        public static let entries = "entries.tsv"
        /// The mask part of all answers, where the library publishes its mask seed.
        public static let masks = "masks"
        /// From scores to probabilities, where somebody put a calibration there.
        public static let calibration = "calibration.json"
        /// All that building makes. A library has the indices of its layout, and masks where it publishes its seed.
        public static let all = [card, index, diagonals, entries, masks]
    }

    /// Opens the library in `folder`.
    ///
    /// - Throws: ``InputError`` naming the file that is missing, damaged or of another library.
    public init(folder: String) throws {
        func path(_ name: String) -> String { URL(fileURLWithPath: folder).appendingPathComponent(name).path }
        card = try LibraryCard(path: path(FileName.card))
        index = try LibraryIndex(path: path(FileName.index), card: card)
        entries = try LibraryEntries(path: path(FileName.entries), card: card).rows
    }

    /// Opens and checks every file of the library in `folder` that its card asks for, as a search and its researchers
    /// will.
    ///
    /// - Throws: ``InputError`` naming the file that is missing, damaged or of another library.
    public static func check(folder: String) throws -> LibraryCard {
        func path(_ name: String) -> String { URL(fileURLWithPath: folder).appendingPathComponent(name).path }
        let card = try LibraryCard(path: path(FileName.card))
        if card.modes.contains(.batch) { _ = try LibraryIndex(path: path(FileName.index), card: card) }
        if card.modes.contains(.interactive) { _ = try InteractiveIndex(path: path(FileName.diagonals), card: card) }
        _ = try LibraryEntries(path: path(FileName.entries), card: card)
        return card
    }
}
