/// Reading text from the bytes of a line.
extension Span<UInt8> {
    /// The text of the bytes in `range`: UTF-8, or, where they are not that, Latin-1, as older files have it.
    func text(_ range: Range<Int>) -> String {
        extracting(range).withUnsafeBufferPointer { bytes in
            String(validating: bytes, as: UTF8.self) ?? String(latin1: bytes)
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

    /// The next run of bytes without blanks in `rest`, which shrinks to what follows it; nil when there is
    /// none.
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

    /// Whether this is LF or CR.
    var isLineEnd: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }

    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
}

extension Span<UInt8> {
    /// The text of `range` for an error message: one line, cut to a readable length.
    func excerpt(_ range: Range<Int>) -> String {
        let limit = 60
        let text = text(range.prefix(limit)).onOneLine
        return range.count > limit ? text + "..." : text
    }
}

extension Span<UInt8> {
    /// The field key in `range` in the form that dialects share: lower case, without blanks, `_`, `-` and
    /// `/`. A key of more than 40 bytes is none that we know, and empty.
    func normalizedKey(_ range: Range<Int>) -> String {
        guard range.count <= 40 else { return "" }
        return String(unsafeUninitializedCapacity: range.count) { key in
            var length = 0
            for index in range where !self[index].isKeySeparator {
                key.initializeElement(at: length, to: self[index].lowercased)
                length += 1
            }
            return length
        }
    }
}

extension UInt8 {
    fileprivate var isKeySeparator: Bool {
        isBlank || self == UInt8(ascii: "_") || self == UInt8(ascii: "-") || self == UInt8(ascii: "/")
    }

    fileprivate var lowercased: UInt8 {
        UInt8(ascii: "A")...UInt8(ascii: "Z") ~= self ? self | 0x20 : self
    }
}

extension String {
    /// The text of `bytes` in ISO-8859-1, whose code points are those of Unicode.
    init(latin1 bytes: some Collection<UInt8>) {
        if bytes.allSatisfy({ $0 < 0x80 }) {
            self.init(decoding: bytes, as: UTF8.self)
        } else {
            self.init(decoding: bytes.map { UInt16($0) }, as: UTF16.self)
        }
    }

    /// This text with a blank for every control character, line ends among them: fit for a message or a
    /// terminal.
    var onOneLine: String {
        let visible = unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        return String(String.UnicodeScalarView(visible))
    }
}
