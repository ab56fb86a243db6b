import Crypto
import Foundation
import Storage

/// A binary file of a known kind that ends with a SHA-256 of what precedes it, checked when it is opened.
///
/// Reads go to the positions they name, so several threads may read at a time.
public final class InputFile: Sendable {
    /// The file's path, for messages.
    public let path: String
    /// Number of bytes before the digest.
    public let contentCount: Int
    /// The digest that ends the file.
    public let digest: Digest
    private let descriptor: Int32

    /// Opens `path` and checks its kind and digest.
    ///
    /// - Parameters:
    ///   - headerCount: bytes of the fixed header; shorter files are refused.
    ///   - visit: called with the content piece by piece, in order, as it is hashed; may throw.
    init(
        path: String, kind: FileKind, headerCount: Int,
        visit: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw InputError(path, "cannot be opened: \(String(cString: strerror(errno)))")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw InputError(path, "is not a regular file")
        }
        let size = Int(status.st_size)
        let start = try Self.read(descriptor, path, at: 0, count: min(size, 64))
        try kind.require(beginning: start, path: path)
        guard size >= headerCount + Digest.byteCount else {
            throw InputError(path, "is cut short: \(size) bytes are fewer than its header has")
        }
        contentCount = size - Digest.byteCount

        let stored = try Self.read(descriptor, path, at: contentCount, count: Digest.byteCount)
        var hasher = SHA256()
        var position = 0
        while position < contentCount {
            let piece = try Self.read(descriptor, path, at: position, count: min(1 << 20, contentCount - position))
            hasher.update(data: piece)
            try piece.withUnsafeBytes(visit)
            position += piece.count
        }
        digest = Digest(hasher.finalize())
        guard digest.bytes == stored else {
            throw InputError(
                path, "is damaged: its content does not have the SHA-256 that it ends with; copy or make it again")
        }
    }

    deinit { close(descriptor) }

    /// The bytes from `offset` on.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        try Self.read(descriptor, path, at: offset, count: count)
    }

    /// Fills `buffer` from `offset` on.
    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        try Self.read(descriptor, path, at: offset, into: buffer)
    }

    private static func read(
        _ descriptor: Int32, _ path: String, at offset: Int, count: Int
    ) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(descriptor, path, at: offset, into: $0) }
        return bytes
    }

    private static func read(
        _ descriptor: Int32, _ path: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw InputError(path, "could not be read to its end; has it changed meanwhile?") }
            done += got
        }
    }
}

/// Reads the little-endian fields of a header one after the other.
struct HeaderReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8], skipping count: Int) { rest = bytes.dropFirst(count) }

    mutating func bytes(_ count: Int) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func integer<Value: FixedWidthInteger>(_: Value.Type) -> Value {
        bytes(MemoryLayout<Value>.size).reversed().reduce(0) { $0 << 8 | Value($1) }
    }
}

extension [UInt8] {
    /// Appends `value`, least significant byte first.
    mutating func append(littleEndian value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }
}

/// The whole content of a text file of ours, refused when it is larger than `limit`: no such file is.
func readWhole(path: String, limit: Int) throws(InputError) -> Data {
    guard let handle = FileHandle(forReadingAtPath: path) else {
        throw InputError(path, "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: limit + 1) else {
        throw InputError(path, "is empty or cannot be read")
    }
    guard data.count <= limit else {
        throw InputError(path, "is larger than \(limit >> 20) MiB, which no file of this kind is")
    }
    return data
}
