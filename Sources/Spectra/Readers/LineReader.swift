import Foundation

/// The lines of a byte source, ended by LF, CR LF or CR; the last one may lack its end.
///
/// Lines are handed out as ranges of ``buffer``, which a line's length bounds, not the file's:
///
///     while let line = try lines.next() { use(lines.buffer.span.extracting(line)) }
struct LineReader {
    /// Holds the line last returned by ``next()``.
    private(set) var buffer = [UInt8](repeating: 0, count: ByteSource.pieceLength)
    /// The number of the line last returned, counted from 1.
    private(set) var number = 0

    private let source: ByteSource
    /// The part of `buffer` that is read from the source and not yet handed out.
    private var unread = 0..<0
    private var isAtEnd = false
    private var endedInCarriageReturn = false

    /// The lines of `source`, without the UTF-8 byte order mark that may precede them.
    init(_ source: ByteSource) throws(SpectrumFileError) {
        self.source = source
        try fill()
        if buffer[unread].starts(with: [0xEF, 0xBB, 0xBF]) { unread = 3..<unread.upperBound }
    }

    /// Where in ``buffer`` the next line lies; nil at the end of the file.
    mutating func next() throws(SpectrumFileError) -> Range<Int>? {
        try skipSecondHalfOfLineEnd()
        var scanned = 0
        while true {
            if let end = lineEnd(from: unread.lowerBound + scanned) {
                endedInCarriageReturn = buffer[end] == UInt8(ascii: "\r")
                return handOut(upTo: end, resumingAt: end + 1)
            }
            scanned = unread.count
            guard scanned <= SpectrumFileLimits.lineLength else { throw tooLong() }
            guard !isAtEnd else {
                return unread.isEmpty ? nil : handOut(upTo: unread.upperBound, resumingAt: unread.upperBound)
            }
            try fill()
        }
    }

    /// An error about the line last returned.
    func failure(_ malformed: Malformed) -> SpectrumFileError {
        SpectrumFileError(path: source.path, location: .line(number), message: malformed.message)
    }

    private mutating func skipSecondHalfOfLineEnd() throws(SpectrumFileError) {
        guard endedInCarriageReturn else { return }
        if unread.isEmpty { try fill() }
        if !unread.isEmpty, buffer[unread.lowerBound] == UInt8(ascii: "\n") {
            unread = (unread.lowerBound + 1)..<unread.upperBound
        }
    }

    private mutating func handOut(upTo end: Int, resumingAt next: Int) -> Range<Int> {
        defer { unread = next..<unread.upperBound }
        number += 1
        return unread.lowerBound..<end
    }

    /// The first LF or CR at or after `start`.
    private func lineEnd(from start: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            func first(_ byte: UInt8, before end: Int) -> Int? {
                guard start < end, let base = bytes.baseAddress,
                    let found = memchr(base + start, Int32(byte), end - start)
                else { return nil }
                return UnsafeRawPointer(found) - base
            }
            let lineFeed = first(UInt8(ascii: "\n"), before: unread.upperBound)
            return first(UInt8(ascii: "\r"), before: lineFeed ?? unread.upperBound) ?? lineFeed
        }
    }

    /// Moves what is unread to the front, makes room when a line fills the buffer, and reads on.
    private mutating func fill() throws(SpectrumFileError) {
        if unread.lowerBound > 0 {
            buffer.withUnsafeMutableBytes { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[unread]))
            }
            unread = 0..<unread.count
        }
        if unread.upperBound == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
        let count = try source.read(into: &buffer, from: unread.upperBound)
        unread = unread.lowerBound..<(unread.upperBound + count)
        isAtEnd = count == 0
    }

    private func tooLong() -> SpectrumFileError {
        SpectrumFileError(
            path: source.path, location: .line(number + 1),
            message: "the line is longer than \(SpectrumFileLimits.lineLength >> 20) MiB")
    }
}
