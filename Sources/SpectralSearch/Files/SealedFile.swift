import Crypto
import Foundation
import Storage

/// An output file that ends with a SHA-256 of what precedes it.
final class SealedFile {
    private let file: OutputFile
    private var hasher = SHA256()

    /// Starts a file at `path`; see ``OutputFile``.
    init(path: String, isPrivate: Bool = false, collision: OutputFile.Collision = .replace) throws {
        file = try OutputFile(path: path, isPrivate: isPrivate, collision: collision)
    }

    /// Appends `bytes`.
    func write(_ bytes: UnsafeRawBufferPointer) throws {
        hasher.update(bufferPointer: bytes)
        try file.write(bytes)
    }

    /// Appends `bytes`.
    func write(_ bytes: some ContiguousBytes) throws {
        try bytes.withUnsafeBytes { try write($0) }
    }

    /// Appends the SHA-256 of everything written, and makes the file appear under its name.
    func sealAndCommit() throws {
        try file.write(Digest(hasher.finalize()).bytes)
        try file.commit()
    }
}
