import Foundation

/// A file that appears whole or not at all: written beside its final name, synchronised, then renamed.
///
/// Dropping the object without ``commit()`` removes what was written.
public final class OutputFile {
    /// The file's final path.
    public let path: String

    /// What happens when the final name is taken.
    public enum Collision: Sendable {
        case replace
        case refuse
    }

    private let temporaryPath: String
    private let descriptor: Int32
    private let collision: Collision
    private var isCommitted = false

    /// Starts a file at `path`.
    ///
    /// - Parameters:
    ///   - isPrivate: readable and writable by the owner only (mode 0600).
    ///   - collision: whether an existing file is replaced, at the moment of ``commit()``.
    public init(path: String, isPrivate: Bool = false, collision: Collision = .replace) throws {
        self.path = path
        self.collision = collision
        if collision == .refuse, access(path, F_OK) == 0 {
            throw InputError(path, "exists already; it is not overwritten: choose another name, or remove it first")
        }
        let url = URL(fileURLWithPath: path)
        temporaryPath =
            url.deletingLastPathComponent()
            .appendingPathComponent(".\(url.lastPathComponent).\(getpid()).part").path
        descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        guard descriptor >= 0 else {
            throw InputError(path, "cannot be written: \(String(cString: strerror(errno)))")
        }
        UnfinishedFiles.add(temporaryPath)
    }

    deinit {
        close(descriptor)
        if !isCommitted {
            unlink(temporaryPath)
            UnfinishedFiles.remove(temporaryPath)
        }
    }

    /// Appends `bytes`.
    public func write(_ bytes: UnsafeRawBufferPointer) throws(FileSystemError) {
        var rest = bytes
        while let base = rest.baseAddress, !rest.isEmpty {
            let written = Foundation.write(descriptor, base, rest.count)
            if written < 0 {
                if errno == EINTR { continue }
                throw failure("cannot be written")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[written...])
        }
    }

    /// Appends `bytes`.
    public func write(_ bytes: some ContiguousBytes) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Makes the file appear under its final name.
    public func commit() throws(FileSystemError) {
        guard fsync(descriptor) == 0 else { throw failure("cannot be synchronised") }
        switch collision {
        case .replace:
            guard rename(temporaryPath, path) == 0 else { throw failure("cannot be put in place") }
        case .refuse:
            // A hard link fails when the name is taken: nothing that appeared in the meantime is overwritten.
            guard link(temporaryPath, path) == 0 else { throw failure("cannot be put in place") }
            unlink(temporaryPath)
        }
        isCommitted = true
        UnfinishedFiles.remove(temporaryPath)
        try synchroniseFolder()
    }

    /// The new name is on the disk only when its folder is.
    private func synchroniseFolder() throws(FileSystemError) {
        let folder = open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { throw failure("is written, but its folder cannot be opened") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failure("is written, but its folder cannot be synchronised") }
    }

    private func failure(_ problem: String) -> FileSystemError {
        FileSystemError(path: path, problem: "\(problem): \(String(cString: strerror(errno)))")
    }
}

/// The names of files being written, so that an interrupt can remove them.
public enum UnfinishedFiles {
    private nonisolated(unsafe) static var paths: Set<String> = []
    private static let lock = NSLock()

    static func add(_ path: String) { lock.withLock { _ = paths.insert(path) } }
    static func remove(_ path: String) { lock.withLock { _ = paths.remove(path) } }

    /// Removes every file that has been begun and not committed.
    public static func removeAll() { lock.withLock { paths.forEach { unlink($0) } } }
}
