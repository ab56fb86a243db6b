import Foundation

/// A file that appears whole or not at all: written beside its final name, synchronised, then renamed.
///
/// Dropping the object without ``commit()`` removes what was written. The path `-`, and devices and pipes, are
/// written to as they are: there nothing can be put in place afterwards.
public final class OutputFile {
    /// The file's final path.
    public let path: String

    /// What happens when the final name is taken.
    public enum Collision: Sendable {
        case replace
        case refuse
    }

    private let descriptor: Int32
    private let collision: Collision
    /// Where the bytes go until ``commit()``; nil for what is written to as it is.
    private let temporaryPath: String?
    /// The final name, symbolic links followed.
    private let destination: String
    private var isCommitted = false

    /// Starts a file at `path`.
    ///
    /// - Parameters:
    ///   - isPrivate: readable and writable by the owner only (mode 0600).
    ///   - collision: whether an existing file is replaced, at the moment of ``commit()``.
    /// - Throws: ``InputError`` when nothing can be written there; ``FileSystemError`` when the disk is full or broken.
    public init(path: String, isPrivate: Bool = false, collision: Collision = .replace) throws {
        self.path = path
        self.collision = collision
        destination = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        if path == "-" {
            temporaryPath = nil
            descriptor = dup(STDOUT_FILENO)
        } else if let kind = Self.kind(of: path), kind != S_IFREG {
            guard kind != S_IFDIR else { throw InputError(path, "is a folder; a file's name is wanted") }
            temporaryPath = nil
            descriptor = open(path, O_WRONLY | O_CLOEXEC)
        } else {
            if collision == .refuse, Self.kind(of: path) != nil { throw Self.taken(path) }
            let url = URL(fileURLWithPath: destination)
            let name = ".\(url.lastPathComponent).\(String(UInt64.random(in: 0 ... .max), radix: 36)).part"
            let temporary = url.deletingLastPathComponent().appendingPathComponent(name).path
            UnfinishedFiles.add(temporary)
            temporaryPath = temporary
            descriptor = open(
                temporary, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, isPrivate ? 0o600 : 0o644)
        }
        guard descriptor >= 0 else {
            let failure = systemFailure(path, doing: "cannot be written")
            temporaryPath.map(UnfinishedFiles.remove)
            throw failure
        }
    }

    deinit {
        close(descriptor)
        if let temporaryPath, !isCommitted {
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

    /// Replaces what was written from `offset` on by `bytes`.
    ///
    /// - Precondition: as many bytes were written there, to a file and not to a pipe.
    public func overwrite(_ bytes: [UInt8], at offset: Int) throws(FileSystemError) {
        let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset)) }
        guard written == bytes.count else { throw failure("cannot be written") }
    }

    /// Shows `visit` everything written so far, piece by piece.
    ///
    /// - Precondition: it was written to a file and not to a pipe.
    public func readBack(_ visit: (UnsafeRawBufferPointer) -> Void) throws {
        var piece = [UInt8](repeating: 0, count: 1 << 20)
        var position = 0
        while true {
            let got = piece.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(position)) }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw failure("cannot be read back") }
            if got == 0 { return }
            piece.withUnsafeBytes { visit(UnsafeRawBufferPointer(rebasing: $0[..<got])) }
            position += got
        }
    }

    /// Fills `buffer` with what was written from `offset` on.
    ///
    /// - Precondition: as many bytes were written there, to a file and not to a pipe.
    public func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(FileSystemError) {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw failure("cannot be read back") }
            done += got
        }
    }

    /// Makes the file appear under its final name.
    ///
    /// - Throws: ``InputError`` when the name was taken meanwhile and is not to be replaced; ``FileSystemError`` when
    ///   the file cannot be put in place. In both cases the final name is as it was.
    public func commit() throws {
        guard let temporaryPath else { return }
        guard fsync(descriptor) == 0 else { throw failure("cannot be synchronised") }
        switch collision {
        case .replace:
            guard rename(temporaryPath, destination) == 0 else { throw failure("cannot be put in place") }
        case .refuse:
            try renameUnlessTaken(temporaryPath)
        }
        isCommitted = true
        UnfinishedFiles.remove(temporaryPath)
        synchroniseFolder()
    }

    private func renameUnlessTaken(_ temporaryPath: String) throws {
        // A hard link fails when the name is taken. Some file systems have none: there the name is looked at first.
        if link(temporaryPath, destination) == 0 {
            unlink(temporaryPath)
            return
        }
        guard errno != EEXIST, Self.kind(of: destination) == nil else { throw Self.taken(path) }
        guard rename(temporaryPath, destination) == 0 else { throw failure("cannot be put in place") }
    }

    /// The new name is on the disk only when its folder is; file systems that cannot synchronise folders do without.
    private func synchroniseFolder() {
        let folder = open(URL(fileURLWithPath: destination).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private static func kind(of path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }

    private static func taken(_ path: String) -> InputError {
        InputError(path, "exists already; it is not overwritten: choose another name, or remove it first")
    }

    private func failure(_ problem: String) -> FileSystemError {
        FileSystemError(path: path, doing: problem)
    }
}

/// The files and folders being written, so that an interrupt can remove them.
public enum UnfinishedFiles {
    private nonisolated(unsafe) static var paths: Set<String> = []
    private static let lock = NSLock()

    /// Notes that `path` is to be removed on an interrupt.
    public static func add(_ path: String) { lock.withLock { _ = paths.insert(path) } }

    /// Notes that `path` is finished, or removed already.
    public static func remove(_ path: String) { lock.withLock { _ = paths.remove(path) } }

    /// Removes every file and folder that has been begun and not finished.
    public static func removeAll() {
        lock.withLock { paths.forEach { try? FileManager.default.removeItem(atPath: $0) } }
    }
}
