import Crypto
import Foundation
import RLWE
import Ring
import Storage

/// The file of a researcher's key: mode 0600, never overwritten.
///
/// JSON would pass through buffers that nobody wipes, so the file has a layout of its own: the line
/// `MSFHE-K1 secret: keep it on your own machine`, the 32 bytes of the key in hexadecimal on a second line, and on a
/// third the SHA-256 of both.
public enum KeyFile {
    private static var byteCount: Int { FileKind.secretKey.opening.count + 2 * (2 * SecretKey.byteCount + 1) }

    /// Writes a fresh key to `path`.
    ///
    /// - Throws: ``InputError`` when the file exists.
    public static func create(path: String) throws {
        let file = try OutputFile(path: path, isPrivate: true, collision: .refuse)
        let text = AlignedBuffer<UInt8>(count: byteCount, lifetime: .wiped)
        try text.withUnsafeMutableBufferPointer { text in
            var end = 0
            func append(_ byte: UInt8) {
                text[end] = byte
                end += 1
            }
            func appendHexadecimal(_ bytes: some Sequence<UInt8>) {
                for byte in bytes {
                    append(digit(byte >> 4))
                    append(digit(byte & 15))
                }
                append(UInt8(ascii: "\n"))
            }
            for byte in FileKind.secretKey.opening { append(byte) }
            SecretKey.generate().withUnsafeBytes { appendHexadecimal($0) }
            appendHexadecimal(SHA256.hash(data: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<end])))
            try file.write(UnsafeRawBufferPointer(text))
        }
        try file.commit()
    }

    /// Reads the key at `path`.
    ///
    /// - Throws: ``InputError`` when the file is no key, is damaged, or may be read by other users.
    public static func read(path: String) throws -> SecretKey {
        let (descriptor, size) = try openRegularFile(path)
        defer { close(descriptor) }
        let text = AlignedBuffer<UInt8>(count: byteCount, lifetime: .wiped)
        return try text.withUnsafeMutableBufferPointer { text in
            let length = pread(descriptor, text.baseAddress, text.count, 0)
            try FileKind.secretKey.require(beginning: text.prefix(max(length, 0)), path: path)
            var status = stat()
            guard fstat(descriptor, &status) == 0, status.st_mode & 0o077 == 0 else {
                throw InputError(path, "may be read by other users; make it private first: chmod 600 '\(path)'")
            }
            let keyStart = FileKind.secretKey.opening.count
            let digestStart = keyStart + 2 * SecretKey.byteCount + 1
            let content = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<digestStart])
            let stored = String(decoding: text[digestStart...], as: UTF8.self)
            guard size == byteCount, length == byteCount, stored == "\(Digest(SHA256.hash(data: content)))\n" else {
                throw InputError(path, "is damaged: it does not end with the SHA-256 of its content; use a copy")
            }
            return try key(UnsafeBufferPointer(rebasing: text[keyStart..<digestStart]), path: path)
        }
    }

    /// The key written as `line`: lower-case hexadecimal digits and a line feed.
    private static func key(_ line: UnsafeBufferPointer<UInt8>, path: String) throws -> SecretKey {
        let bytes = AlignedBuffer<UInt8>(count: SecretKey.byteCount, lifetime: .wiped)
        return try bytes.withUnsafeMutableBufferPointer { bytes in
            // Anything but the digits that the bytes are written with; looked at once, when all have been read.
            var differences = line[2 * bytes.count] ^ UInt8(ascii: "\n")
            for index in bytes.indices {
                let byte = value(line[2 * index]) << 4 | value(line[2 * index + 1])
                bytes[index] = byte
                differences |= digit(byte >> 4) ^ line[2 * index]
                differences |= digit(byte & 15) ^ line[2 * index + 1]
            }
            guard differences == 0, let key = SecretKey(bytes: UnsafeRawBufferPointer(bytes)) else {
                throw InputError(path, "is not a researcher's key of this version")
            }
            return key
        }
    }

    /// The hexadecimal digit of `value`, 0 to 15, without a table that the value would index.
    private static func digit(_ value: UInt8) -> UInt8 {
        value &+ 0x30 &+ ((9 &- value) >> 7) &* 0x27
    }

    /// The value of a lower-case hexadecimal digit, without a branch on it.
    private static func value(_ digit: UInt8) -> UInt8 {
        (digit & 15) &+ (digit >> 6) &* 9
    }

}
