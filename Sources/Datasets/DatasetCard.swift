import Foundation

/// What the project knows of a public data set that it may not ship: whence it comes, and what must come out.
///
/// A card is a folder of `datasets/` with a `card.json`, which this type reads, and tables beside it.
public struct DatasetCard: Sendable, Hashable, Decodable {
    /// Where the data set comes from.
    public struct Source: Sendable, Hashable, Codable {
        /// Address of the public repository.
        public var repository: String
        /// Name of the release.
        public var release: String
        /// Commit of the release, 40 hexadecimal digits.
        public var commit: String
    }

    /// One file of the prepared data set.
    public struct File: Sendable, Hashable, Codable {
        /// Path relative to the folder of the prepared data set, without `.gz`.
        public var path: String
        /// Number of records in the file.
        public var records: Int
        /// Length of its text in bytes.
        public var bytes: Int
        /// SHA-256 of its text, in hexadecimal.
        public var sha256: String
    }

    /// Short name, as given on the command line.
    public var name: String
    /// What the data set is, for people.
    public var title: String
    /// Whence its records come.
    public var source: Source
    /// The laboratory behind a contributor, where that is not the contributor itself.
    public var laboratories: [String: String]
    /// Every file of the prepared data set.
    public var files: [File]

    static let fileName = "card.json"

    /// Reads `card.json` in `folder`.
    public init(folder: String) throws(DatasetError) {
        let path = folder + "/" + Self.fileName
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw .malformedCard(path: path, reason: "not a card: \(error)")
        }
    }
}

extension DatasetCard {
    /// The folder of the card called `name`.
    ///
    /// Cards lie in the folder `datasets` of the package, beside or above the program or the working directory,
    /// wherever either of them is. A card's folder is called `name`, or `name-RELEASE`.
    ///
    /// - Parameters:
    ///   - name: a card's name, with or without its release: `massbank`, `massbank-2025.05.1`.
    ///   - starts: folders to search upwards from, in this order; the first `datasets` with such a card wins.
    /// - Throws: ``DatasetError/cardNotFound(name:searched:)`` or ``DatasetError/ambiguousName(_:folders:)``.
    public static func folder(
        named name: String, upwardsFrom starts: [String] = programAndWorkingDirectory()
    ) throws(DatasetError) -> String {
        var searched: [String] = []
        for folder in starts.flatMap(ancestors).map({ $0 + "/datasets" }) where !searched.contains(folder) {
            searched.append(folder)
            let found = cards(named: name, in: folder)
            guard found.count < 2 else { throw .ambiguousName(name, folders: found) }
            if let card = found.first { return folder + "/" + card }
        }
        throw .cardNotFound(name: name, searched: searched)
    }

    /// The folder of the running program, links resolved, and the working directory.
    public static func programAndWorkingDirectory() -> [String] {
        let program = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        return [program?.path(percentEncoded: false), FileManager.default.currentDirectoryPath].compactMap(
            \.self)
    }

    /// `folder` and all folders above it, without a slash at the end.
    private static func ancestors(of folder: String) -> [String] {
        let parts = URL(filePath: folder).standardizedFileURL.pathComponents.filter { $0 != "/" }
        return (0...parts.count).reversed().map { count in
            parts.prefix(count).map { "/" + $0 }.joined()
        }
    }

    private static func cards(named name: String, in folder: String) -> [String] {
        let folders = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let candidates = folders.contains(name) ? [name] : folders.filter { $0.hasPrefix(name + "-") }
        return candidates.sorted().filter {
            FileManager.default.fileExists(atPath: "\(folder)/\($0)/\(fileName)")
        }
    }
}
