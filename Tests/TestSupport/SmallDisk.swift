import Foundation

/// A disk of a few megabytes in memory, which is gone when the object is. For root.
public final class SmallDisk: Sendable {
    private let folder: TemporaryFolder
    /// Where it is.
    public var path: String { folder.path }
    private var filler: String { folder("filler") }

    /// Whether this process may mount one.
    public static let isPossible = (try? SmallDisk(byteCount: 1 << 20)) != nil

    /// The system does not let this process mount one.
    public struct CannotBeMounted: Error {}

    /// Mounts a disk of so many bytes.
    public init(byteCount: Int) throws {
        folder = try TemporaryFolder()
        guard Self.run("mount", "-t", "tmpfs", "-o", "size=\(byteCount)", "tmpfs", folder.path) else {
            throw CannotBeMounted()
        }
    }

    deinit { _ = Self.run("umount", "--lazy", folder.path) }

    /// Takes all the room but so many bytes; what others write meanwhile may take it before.
    public func fill(leaving byteCount: Int) throws {
        try empty()
        var status = statvfs()
        statvfs(path, &status)
        var rest = max(0, Int(status.f_bavail) * Int(status.f_frsize) - byteCount)
        let descriptor = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let piece = [UInt8](repeating: 0, count: 1 << 16)
        while rest > 0 {
            let count = write(descriptor, piece, min(rest, piece.count))
            guard count > 0 else { return }
            rest -= count
        }
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
