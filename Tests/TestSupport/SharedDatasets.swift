import Foundation

/// The data sets, which are not part of the package: in the folder that `MSFHE_DATASETS` names, or in
/// `shared/datasets` beside the package.
public enum SharedDatasets {
    /// The folder of the package.
    public static let package = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["MSFHE_DATASETS"]
        let beside = package.appending(path: "../shared/datasets").standardizedFileURL.path(percentEncoded: false)
        let found = [named, beside].compactMap(\.self).first {
            FileManager.default.fileExists(atPath: $0 + "/massbank-manifest.json")
        }
        if found == nil { print("Data sets not found (set MSFHE_DATASETS): their tests are skipped.") }
        return found
    }()

    /// Whether the data sets are there; tests that need them are skipped when they are not.
    public static var arePresent: Bool { folder != nil }

    /// The path of `name` in the data sets.
    public static func path(_ name: String) -> String { (folder ?? "") + "/" + name }
}
