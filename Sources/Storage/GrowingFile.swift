import Foundation

/// A private file that grows piece by piece, each at the offset that the caller names, and that outlives the program: an
/// upload that is continued later. Its final place it gets by ``moveIntoPlace(_:to:)``.
package final class GrowingFile: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Opens the file at `path`, or makes it.
    package init(path: String) throws(FileSystemError) {
        self.path = path
        descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileSystemError(path: path, doing: "cannot be written") }
    }

    deinit { close(descriptor) }

    /// Writes `bytes` from `offset` on.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(FileSystemError) {
        var done = 0
        while done < bytes.count {
            let written = pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, off_t(offset + done))
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileSystemError(path: path, doing: "cannot be written") }
            done += written
        }
    }

    /// The bytes of `range`, which have been written.
    package func read(_ range: Range<Int>) throws(FileSystemError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        var done = 0
        while done < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, $0.count - done, off_t(range.lowerBound + done))
            }
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw FileSystemError(path: path, doing: "cannot be read back") }
            done += got
        }
        return bytes
    }

    /// Returns when everything written is on the disk.
    package func synchronise() throws(FileSystemError) {
        guard fsync(descriptor) == 0 else { throw FileSystemError(path: path, doing: "cannot be synchronised") }
    }
}

/// Renames the file at `path`, which is on the disk already, to `destination` on the same file system; returns when the
/// disk knows.
package func moveIntoPlace(_ path: String, to destination: String) throws(FileSystemError) {
    guard rename(path, destination) == 0 else {
        throw FileSystemError(path: destination, doing: "cannot be put in place")
    }
    try synchroniseFolder(URL(fileURLWithPath: destination).deletingLastPathComponent().path)
}

/// Returns when the disk has the names that are in the folder at `path`.
package func synchroniseFolder(_ path: String) throws(FileSystemError) {
    let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw FileSystemError(path: path, doing: "cannot be opened") }
    defer { close(folder) }
    // Some file systems cannot synchronise folders: they say so by this number, and there is nothing to wait for.
    guard fsync(folder) == 0 || errno == EINVAL else {
        throw FileSystemError(path: path, doing: "cannot be synchronised")
    }
}
