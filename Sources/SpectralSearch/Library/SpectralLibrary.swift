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
}
