/// The lines of a byte source, ended by LF, CR LF or CR; the last one may lack its end.
///
/// Lines are handed out as ranges of ``bytes``, whose length the longest line bounds, not the file:
///
///     while let line = try lines.next() { use(lines.bytes.span.extracting(line)) }
struct LineReader {
    /// The number of the line last returned, counted from 1.
    private(set) var number = 0

    private var window: ByteWindow
    private var endedInCarriageReturn = false

    /// The lines of `source`, without the UTF-8 byte order mark that may precede them.
    init(_ source: ByteSource) throws(SpectrumFileError) {
        window = ByteWindow(source)
        try window.skipByteOrderMark()
    }

    /// Holds the line last returned by ``next()``.
    var bytes: [UInt8] { window.bytes }

    /// Where in ``bytes`` the next line lies; nil at the end of the file.
    mutating func next() throws(SpectrumFileError) -> Range<Int>? {
        try skipSecondHalfOfLineEnd()
        var scanned = 0
        while true {
            if let end = lineEnd(from: window.unread.lowerBound + scanned) {
                endedInCarriageReturn = window.bytes[end] == UInt8(ascii: "\r")
                return handOut(upTo: end, resumingAt: end + 1)
            }
            scanned = window.unread.count
            guard scanned <= SpectrumFileLimits.lineLength else { throw tooLong() }
            guard !window.isAtEnd else {
                let end = window.unread.upperBound
                return window.unread.isEmpty ? nil : handOut(upTo: end, resumingAt: end)
            }
            try window.fill()
        }
    }

    /// An error about the line last returned.
    func failure(_ malformed: Malformed) -> SpectrumFileError {
        SpectrumFileError(path: window.source.path, location: .line(number), message: malformed.message)
    }

    private mutating func skipSecondHalfOfLineEnd() throws(SpectrumFileError) {
        guard endedInCarriageReturn else { return }
        if window.unread.isEmpty { try window.fill() }
        let start = window.unread.lowerBound
        if !window.unread.isEmpty, window.bytes[start] == UInt8(ascii: "\n") {
            window.consume(upTo: start + 1)
        }
    }

    private mutating func handOut(upTo end: Int, resumingAt next: Int) -> Range<Int> {
        let line = window.unread.lowerBound..<end
        window.consume(upTo: next)
        number += 1
        return line
    }

    /// The first LF or CR at or after `start`.
    private func lineEnd(from start: Int) -> Int? {
        (start..<window.unread.upperBound).first { window.bytes[$0].isLineEnd }
    }

    private func tooLong() -> SpectrumFileError {
        SpectrumFileError(
            path: window.source.path, location: .line(number + 1),
            message: "the line is longer than \(SpectrumFileLimits.lineLength >> 20) MiB")
    }
}
