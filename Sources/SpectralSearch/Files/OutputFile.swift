import Crypto
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
    private var hasher = SHA256()
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
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        try writeUnhashed(bytes)
    }

    /// Appends `bytes`.
    public func write(_ bytes: some ContiguousBytes) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Appends the SHA-256 of everything written so far, and returns it.
    @discardableResult
    public func writeDigest() throws -> Digest {
        let digest = Digest(hasher.finalize())
        try digest.bytes.withUnsafeBytes { try writeUnhashed($0) }
        return digest
    }

    /// Makes the file appear under its final name.
    public func commit() throws {
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
    }

    private func writeUnhashed(_ bytes: UnsafeRawBufferPointer) throws {
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

/// A SHA-256.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// Number of bytes of a digest.
    public static let byteCount = 32
    /// The 32 bytes.
    public let bytes: [UInt8]

    init(_ digest: SHA256Digest) { bytes = Array(digest) }

    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// The digest written as 64 hexadecimal digits, or nil when it is not.
    init?(hexadecimal text: some StringProtocol) {
        let digits = Array(text.utf8)
        guard digits.count == 2 * Self.byteCount else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        self.bytes = bytes
        guard description == text else { return nil }
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
