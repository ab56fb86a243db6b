import Foundation

/// A disk of a few megabytes in memory, which is gone when the object is. For root.
public final class SmallDisk: Sendable {
    private let folder: TemporaryFolder
    /// Where it is.
    public var path: String { folder.path }
    private var filler: String { folder("filler") }

    /// Whether this process may mount one.
    public static let isPossible = (try? SmallDisk(byteCount: 1 << 20)) != nil

    public struct CannotBeMounted: Error {}

    /// Mounts a disk of so many bytes.
    public init(byteCount: Int) throws {
        folder = try TemporaryFolder()
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", folder.path) else {
            throw CannotBeMounted()
        }
    }

    deinit { _ = Self.run("umount", "--lazy", folder.path) }

    /// Takes all the room but so many bytes.
    public func fill(leaving byteCount: Int) throws {
        try empty()
        var status = statvfs()
        statvfs(path, &status)
        let count = max(0, Int(status.f_bavail) * Int(status.f_frsize) - byteCount)
        try Data(count: count).write(to: URL(fileURLWithPath: filler))
    }

    /// Gives the room back.
    public func empty() throws {
        if FileManager.default.fileExists(atPath: filler) { try FileManager.default.removeItem(atPath: filler) }
    }

    private static func run(_ arguments: String...) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
