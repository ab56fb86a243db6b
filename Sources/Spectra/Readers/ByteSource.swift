import CZlib
import Foundation

/// The bytes of a file, plain or gzip-compressed, in order and in bounded pieces.
///
/// A gzip stream that ends early or fails its checksum is an error, never a quiet end of file.
final class ByteSource {
    /// How many bytes one ``read(into:from:)`` or ``peek()`` delivers at most.
    static let pieceLength = 256 << 10

    let path: String
    private let file: gzFile
    /// Bytes that were peeked at and not yet read.
    private var pending: ArraySlice<UInt8> = []
    /// The file's size in bytes; 0 where it has none, as a pipe.
    private let size: Int

    /// Opens the file at `path`.
    init(path: String) throws(SpectrumFileError) {
        errno = 0
        guard !path.utf8.contains(0), let file = gzopen(path, "rb") else {
            let reason = errno == 0 ? "not a valid path, or not enough memory" : ByteSource.systemError()
            throw SpectrumFileError(path: path, message: "cannot open the file: \(reason)")
        }
        self.path = path
        self.file = file
        var status = stat()
        size = stat(path, &status) == 0 ? Int(status.st_size) : 0
        gzbuffer(file, UInt32(ByteSource.pieceLength))
    }

    deinit {
        gzclose_r(file)
    }

    /// How much of the file was read, 0 to 1, compressed bytes counted as they stand; 0 where the size is not known.
    var fractionRead: Double {
        size > 0 ? min(1, max(0, Double(gzoffset(file)) / Double(size))) : 0
    }

    /// Reads bytes into `buffer` from index `start` on and returns how many there were; 0 only at the end of
    /// the file, given that there is room.
    func read(into buffer: inout [UInt8], from start: Int) throws(SpectrumFileError) -> Int {
        let room = min(buffer.count - start, ByteSource.pieceLength)
        guard pending.isEmpty else {
            let bytes = pending.prefix(room)
            buffer.replaceSubrange(start..<(start + bytes.count), with: bytes)
            pending.removeFirst(bytes.count)
            return bytes.count
        }
        errno = 0
        let count = buffer.withUnsafeMutableBytes { bytes in
            Int(
                gzread(
                    file, UnsafeMutableRawBufferPointer(rebasing: bytes[start...]).baseAddress, UInt32(room)))
        }
        // A stream that is cut short may deliver bytes all the same; only its state tells.
        var state: Int32 = Z_OK
        let detail = gzerror(file, &state).map { String(cString: $0) } ?? ""
        guard count >= 0, state == Z_OK || state == Z_STREAM_END else {
            throw SpectrumFileError(path: path, message: ByteSource.explanation(of: state, detail: detail))
        }
        return count
    }

    /// The next bytes, at most one piece, without consuming them.
    func peek() throws(SpectrumFileError) -> [UInt8] {
        if pending.isEmpty {
            var piece = [UInt8](repeating: 0, count: ByteSource.pieceLength)
            let count = try read(into: &piece, from: 0)
            pending = piece[..<count]
        }
        return Array(pending)
    }

    /// Consumes the first `count` of the bytes that were peeked at.
    func discardPeeked(_ count: Int) {
        pending.removeFirst(min(count, pending.count))
    }

    private static func explanation(of state: Int32, detail: String) -> String {
        switch state {
        case Z_BUF_ERROR: "the gzip stream ends too early: the file is truncated"
        case Z_ERRNO: "cannot read the file: \(systemError())"
        default: "the gzip stream is damaged (\(detail))"
        }
    }

    private static func systemError() -> String {
        String(cString: strerror(errno))
    }
}
