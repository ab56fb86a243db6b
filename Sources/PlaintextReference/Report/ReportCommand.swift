/// A command as one types it in a shell, to stand beside the figures that it makes.
package struct ReportCommand: Sendable, Equatable {
    private let words: [String]

    /// - Parameter words: the program and its arguments, file names without folders.
    package init(_ words: [String]) { self.words = words }

    /// The command line.
    package var text: String { words.map(Self.quoted).joined(separator: " ") }

    /// A word as a shell reads it back, except that control characters are shown as `?`.
    private static func quoted(_ word: String) -> String {
        let safe = word.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || "-_./,:=+@%".unicodeScalars.contains(scalar)
        }
        if safe && !word.isEmpty { return word }
        let visible = String(
            word.map { $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? "?" : $0 })
        return "'" + visible.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
