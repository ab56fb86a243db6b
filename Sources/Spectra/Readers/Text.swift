/// Reading text from the bytes of a line.
extension Span<UInt8> {
    /// The text of the bytes in `range`: UTF-8, or, where they are not that, Latin-1, as older files have it.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { bytes in
            String(validating: bytes, as: UTF8.self)
                ?? String(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
        }
    }

    /// `range` without the blanks at both of its ends.
    func trimmed(_ range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while start < end, self[start].isBlank { start += 1 }
        while start < end, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// Where `byte` first occurs in `range`.
    func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
        range.first { self[$0] == byte }
    }

    /// The next run of bytes without blanks in `rest`, which shrinks to what follows it; nil when there is none.
    func nextWord(_ rest: inout Range<Int>) -> Range<Int>? {
        rest = trimmed(rest)
        guard !rest.isEmpty else { return nil }
        let end = rest.first { self[$0].isBlank } ?? rest.upperBound
        defer { rest = end..<rest.upperBound }
        return rest.lowerBound..<end
    }
}

extension UInt8 {
    /// Whether this is a space or a tab.
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }

    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension Span<UInt8> {
    /// The text of `range` for an error message: one line, cut to a readable length.
    func excerpt(_ range: Range<Int>) -> String {
        let limit = 60
        let text = text(range.count > limit ? range.lowerBound..<(range.lowerBound + limit) : range)
        let visible = String(text.unicodeScalars.map { $0.properties.isWhitespace ? " " : Character($0) })
        return range.count > limit ? visible + "..." : visible
    }
}

extension Malformed {
    static func tooManyPeaks() -> Malformed {
        Malformed("the spectrum has more than \(SpectrumFileLimits.peaks) peaks")
    }
}
