import Crypto
import Foundation
import Storage

/// A SHA-256.
public struct Digest: Sendable, Hashable, CustomStringConvertible {
    /// Number of bytes of a digest.
    public static let byteCount = 32
    /// The 32 bytes.
    public let bytes: [UInt8]

    package init(_ digest: SHA256Digest) { bytes = Array(digest) }

    init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// The digest of the file at `path`, read piece by piece; nil when it is no regular file, or cannot be read.
    init?(ofRegularFile path: String) {
        guard let (descriptor, _) = try? openRegularFile(path) else { return nil }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var hasher = SHA256()
        do {
            while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { hasher.update(data: piece) }
        } catch {
            return nil
        }
        self.init(hasher.finalize())
    }

    /// The digest written as 64 hexadecimal digits, or nil when it is not.
    package init?(hexadecimal text: some StringProtocol) {
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
