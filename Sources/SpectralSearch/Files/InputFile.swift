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
    let descriptor: Int32
    /// When the file was last changed, as it was opened.
    private let changed: timespec

    /// Opens `path` and checks its kind, its size and its digest, in this order: a file of the wrong size is
    /// refused before it is read through.
    ///
    /// - Parameters:
    ///   - headerCount: bytes of the fixed header.
    ///   - expectedCount: the number of bytes that a file with this header has before its digest, nil where the header
    ///     does not say; may refuse the header.
    ///   - visit: called with the content piece by piece, in order, as it is hashed; may throw.
    init(
        path: String, kind: FileKind, headerCount: Int, expectedCount: (HeaderReader) throws -> Int?,
        visit: (UnsafeRawBufferPointer) throws -> Void = { _ in }
    ) throws {
        self.path = path
        let size: Int
        (descriptor, size) = try openRegularFile(path)
        changed = Self.status(descriptor).modified
        contentCount = size - Digest.byteCount
        do {
            let header = try Self.read(descriptor, path, at: 0, count: min(size, headerCount))
            try kind.require(beginning: header, path: path)
            guard contentCount >= headerCount else {
                throw InputError(path, "is cut short: \(size) bytes are fewer than its header has")
            }
            let expected = try expectedCount(HeaderReader(header, skipping: kind.opening.count)) ?? contentCount
            guard contentCount == expected else {
                let difference = contentCount < expected ? "cut short" : "too long"
                throw InputError(
                    path, "is \(difference): it has \(size) bytes, but by its header \(expected + Digest.byteCount)")
            }
            digest = try Self.verifiedDigest(descriptor, path, contentCount, visit)
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// Hashes the content and compares with the digest behind it.
    private static func verifiedDigest(
        _ descriptor: Int32, _ path: String, _ contentCount: Int, _ visit: (UnsafeRawBufferPointer) throws -> Void
    ) throws -> Digest {
        var hasher = SHA256()
        var position = 0
        while position < contentCount {
            let piece = try read(descriptor, path, at: position, count: min(1 << 20, contentCount - position))
            hasher.update(data: piece)
            try piece.withUnsafeBytes(visit)
            position += piece.count
        }
        let digest = Digest(hasher.finalize())
        guard try digest.bytes == read(descriptor, path, at: contentCount, count: Digest.byteCount) else {
            throw InputError(
                path, "is damaged: its content does not have the SHA-256 that it ends with; copy or make it again")
        }
        return digest
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

    /// Checks that nobody wrote to the file or changed its size since it was opened: then its digest says nothing
    /// of it any more.
    func requireUnchanged() throws(InputError) {
        let now = Self.status(descriptor)
        guard now.size == contentCount + Digest.byteCount, now.modified.tv_sec == changed.tv_sec,
            now.modified.tv_nsec == changed.tv_nsec
        else { throw changedMeanwhile }
    }

    /// The error of a file that was written to while it was read.
    var changedMeanwhile: InputError { Self.changedMeanwhile(path) }

    private static func changedMeanwhile(_ path: String) -> InputError {
        InputError(path, "could not be read to its end; has it changed meanwhile?")
    }

    private static func status(_ descriptor: Int32) -> (size: Int, modified: timespec) {
        var status = stat()
        fstat(descriptor, &status)
        #if canImport(Darwin)
            return (Int(status.st_size), status.st_mtimespec)
        #else
            return (Int(status.st_size), status.st_mtim)
        #endif
    }

    private static func read(
        _ descriptor: Int32, _ path: String, at offset: Int, count: Int
    ) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { try read(descriptor, path, at: offset, into: $0) }
        return bytes
    }

    /// Fills `buffer` from `offset` of an open file on.
    static func read(
        _ descriptor: Int32, _ path: String, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        var done = 0
        while done < buffer.count {
            let got = pread(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(offset + done))
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw changedMeanwhile(path) }
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
