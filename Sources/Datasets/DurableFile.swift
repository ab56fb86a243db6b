import CZlib
import Foundation

/// Writing a file so that, whatever happens, there is either the whole file or none of it.
package enum DurableFile {
    package enum Form: String, Sendable {
        /// The bytes as they are.
        case plain = "wbT"
        /// A gzip stream without name and time, so that equal bytes make equal files.
        case gzip = "wb9"
    }

    /// Writes `bytes` to `path`: into a file beside it, through to the disk, then under its name.
    package static func write(_ bytes: [UInt8], to path: String, as form: Form) throws(DatasetError) {
        let temporary = "\(path).\(getpid()).tmp"
        do throws(Failure) {
            try fill(temporary, with: bytes, as: form)
            guard rename(temporary, path) == 0 else { throw Failure() }
            try synchronizeFolder(of: path)
        } catch {
            unlink(temporary)
            throw .unwritable(path: path, reason: "cannot write: \(error.reason)")
        }
    }

    private struct Failure: Error {
        let reason = String(cString: strerror(errno))
    }

    private static func fill(_ path: String, with bytes: [UInt8], as form: Form) throws(Failure) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure() }
        defer { close(descriptor) }

        // zlib closes what it is given, before the bytes are on the disk; a second descriptor outlives it.
        let second = dup(descriptor)
        guard let file = gzdopen(second, form.rawValue) else {
            let failure = Failure()
            close(second)
            throw failure
        }
        let isWritten = bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: pieceLength).allSatisfy { start in
                let piece = bytes[start..<min(start + pieceLength, bytes.count)]
                return gzwrite(file, UnsafeRawBufferPointer(rebasing: piece).baseAddress, UInt32(piece.count))
                    == piece.count
            }
        }
        guard gzclose_w(file) == Z_OK, isWritten, fsync(descriptor) == 0 else { throw Failure() }
    }

    private static let pieceLength = 1 << 20

    private static func synchronizeFolder(of path: String) throws(Failure) {
        let folder = open(
            URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false), O_RDONLY)
        guard folder >= 0 else { throw Failure() }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Failure() }
    }
}
