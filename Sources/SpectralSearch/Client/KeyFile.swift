import Foundation
import RLWE
import Storage

/// The file of a researcher's key: mode 0600, never overwritten.
public enum KeyFile {
    private struct Content: Codable {
        var note = "Secret. Keep it on your own machine; whoever has it can read your searches."
        var key: Data
        var version = 1
    }

    /// Writes a fresh key to `path`.
    ///
    /// - Throws: ``InputError`` when the file exists.
    public static func create(path: String) throws {
        let file = try OutputFile(path: path, isPrivate: true, collision: .refuse)
        var content = Content(key: SecretKey.generate().withUnsafeBytes { Data($0) })
        defer { content.key.resetBytes(in: 0..<content.key.count) }
        var text = try CheckedJSON.encode(content, format: "massspecfhe-key").text
        defer { text.resetBytes(in: 0..<text.count) }
        try file.write(text)
        try file.commit()
    }

    /// Reads the key at `path`.
    ///
    /// - Throws: ``InputError`` when the file is no key, is damaged, or may be read by other users.
    public static func read(path: String) throws -> SecretKey {
        var text = try readWhole(path: path, limit: 1 << 16)
        defer { text.resetBytes(in: 0..<text.count) }
        var content = try CheckedJSON.decode(Content.self, from: text, kind: .secretKey, path: path).value
        defer { content.key.resetBytes(in: 0..<content.key.count) }
        guard content.version == 1, let key = SecretKey(bytes: content.key) else {
            throw InputError(path, "is not a researcher's key of this version")
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & 0o077 == 0 else {
            throw InputError(path, "may be read by other users; make it private first: chmod 600 '\(path)'")
        }
        return key
    }
}
