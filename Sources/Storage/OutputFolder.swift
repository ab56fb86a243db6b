import Foundation

/// A folder that appears whole or not at all: filled beside its final name, then renamed.
///
/// Dropping the object without ``commit()`` removes it with everything in it.
public final class OutputFolder {
    private let folder: String
    private let unfinished: URL

    /// Starts a folder at `folder`.
    ///
    /// - Throws: ``InputError`` when it exists and is not an empty folder, or cannot be made.
    public init(path folder: String) throws(InputError) {
        try Self.requireFree(folder)
        self.folder = folder
        let url = URL(fileURLWithPath: folder)
        unfinished = url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(getpid()).part")
        UnfinishedFiles.add(unfinished.path)
        do {
            try FileManager.default.createDirectory(at: unfinished, withIntermediateDirectories: true)
        } catch {
            UnfinishedFiles.remove(unfinished.path)
            throw InputError(folder, "cannot be made: \(error.localizedDescription)")
        }
    }

    deinit {
        // After a commit there is nothing of this name.
        try? FileManager.default.removeItem(at: unfinished)
        UnfinishedFiles.remove(unfinished.path)
    }

    /// Where `name` stands until ``commit()``.
    public func path(_ name: String) -> String { unfinished.appendingPathComponent(name).path }

    /// Makes the folder appear under its final name.
    ///
    /// - Throws: ``InputError`` when something stands there now; ``FileSystemError`` when the disk is full or broken.
    public func commit() throws {
        guard rename(unfinished.path, folder) == 0 else {
            throw systemFailure(folder, doing: "cannot be put in place")
        }
    }

    private static func requireFree(_ folder: String) throws(InputError) {
        guard FileManager.default.fileExists(atPath: folder) else { return }
        guard let contents = try? FileManager.default.contentsOfDirectory(atPath: folder), contents.isEmpty else {
            throw InputError(folder, "exists and is not an empty folder; choose another name, or remove it first")
        }
    }
}
