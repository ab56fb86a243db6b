import Foundation

/// Calls `body` with a folder in the system's place for temporary files, which is gone afterwards, or when the
/// program is interrupted.
public func withScratchFolder<Result>(label: String, _ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("\(label)-\(UUID().uuidString)")
    UnfinishedFiles.add(folder.path)
    defer {
        try? FileManager.default.removeItem(at: folder)
        UnfinishedFiles.remove(folder.path)
    }
    do {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
        throw InputError(folder.path, "cannot be made: \(error.localizedDescription)")
    }
    return try body(folder)
}
