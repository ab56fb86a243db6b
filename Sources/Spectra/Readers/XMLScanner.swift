/// The tags and texts of an XML document, one after another, in memory that its longest tag bounds.
///
/// This is the part of XML that mzML needs, with one answer to everything else: an error. Document type
/// declarations are refused, so that there are no entities to expand or to fetch. Encodings are UTF-8 and
/// ISO-8859-1. Comments, processing instructions and CDATA sections are passed over; text is handed out as it
/// is written.
///
/// Foundation's `XMLParser` would do more, but on Linux it ends the process on input as small as `<?x?>` or a
/// name that is not valid UTF-8, and takes a document that ends too early for a good one.
struct XMLScanner {
    enum Token {
        /// A start tag, whose attributes are ``attributes``. An empty element has an end tag too.
        case start(String)
        case end(String)
        /// A piece of text: a range of ``bytes``. Long texts come in several pieces.
        case text(Range<Int>)
    }

    /// The attributes of the start tag last returned.
    private(set) var attributes = XMLAttributes()
    /// The names of the open elements from the root inwards; the element of a start tag is the last of them.
    private(set) var elements: [String] = []

    private var window: ByteWindow
    private var isLatin1 = false
    /// Whether the last start tag was an empty element, whose end is still to be returned.
    private var isEmptyElement = false
    private var hasRoot = false
    /// How many line ends were consumed and have left the window.
    private var pastLines = 0

    private static let longestTag = 1 << 20
    private static let deepestElement = 256

    /// The document in `source`, of which nothing was read yet.
    init(_ source: ByteSource) throws(SpectrumFileError) {
        window = ByteWindow(source)
        try window.skipByteOrderMark()
        let hasByteOrderMark = window.unread.lowerBound > 0
        if isNext("<?xml"), window.unread.count > 5, window.bytes[window.unread.lowerBound + 5].isXMLBlank {
            try readDeclaration(isUTF8: hasByteOrderMark)
        }
    }

    /// Holds the piece of text last returned.
    var bytes: [UInt8] { window.bytes }

    /// The number of the line that is read, counted from 1.
    var line: Int { pastLines + lineEnds(before: window.unread.lowerBound) + 1 }

    /// The next tag or text; nil at the end of a complete document.
    mutating func next() throws(SpectrumFileError) -> Token? {
        if isEmptyElement {
            isEmptyElement = false
            return elements.popLast().map(Token.end)
        }
        while true {
            // The longest of the marks that are told apart below.
            try need("<![CDATA[".utf8.count)
            guard let first = window.unread.first else {
                guard hasRoot, elements.isEmpty else { throw truncated() }
                return nil
            }
            if window.bytes[first] != UInt8(ascii: "<") {
                if let text = try readText() { return .text(text) }
            } else if isNext("<?") {
                try skip("<?", past: "?>")
            } else if isNext("<!--") {
                try skip("<!--", past: "-->")
            } else if isNext("<![CDATA[") {
                try skip("<![CDATA[", past: "]]>")
            } else if isNext("<!") {
                throw failure("a document type declaration, which mzML never has, is not read")
            } else {
                return try readTag()
            }
        }
    }

    /// An error at the line that is read.
    func failure(_ message: String) -> SpectrumFileError {
        SpectrumFileError(path: window.source.path, location: .line(line), message: message.onOneLine)
    }

    private func truncated() -> SpectrumFileError {
        failure("the XML ends too early: the file is truncated")
    }
}

// MARK: - The window

extension XMLScanner {
    private mutating func fill() throws(SpectrumFileError) {
        pastLines += lineEnds(before: window.unread.lowerBound)
        try window.fill()
    }

    /// Reads on until there are `count` unread bytes or the file ends.
    private mutating func need(_ count: Int) throws(SpectrumFileError) {
        while window.unread.count < count, !window.isAtEnd { try fill() }
    }

    private func lineEnds(before end: Int) -> Int {
        window.bytes[..<end].reduce(0) { $0 + ($1 == UInt8(ascii: "\n") ? 1 : 0) }
    }

    private func isNext(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { window.bytes[window.unread].starts(with: $0) }
    }

    /// Consumes what begins with `start` up to and with the next `end` after it.
    private mutating func skip(_ start: StaticString, past end: StaticString) throws(SpectrumFileError) {
        window.consume(upTo: window.unread.lowerBound + start.utf8CodeUnitCount)
        let last = end.withUTF8Buffer { $0[end.utf8CodeUnitCount - 1] }
        while true {
            var position = window.unread.lowerBound
            while position + end.utf8CodeUnitCount <= window.unread.upperBound {
                position += 1
                guard window.bytes[position + end.utf8CodeUnitCount - 2] == last else { continue }
                window.consume(upTo: position - 1)
                if isNext(end) {
                    window.consume(upTo: position - 1 + end.utf8CodeUnitCount)
                    return
                }
            }
            window.consume(upTo: position)
            guard !window.isAtEnd else { throw truncated() }
            try fill()
        }
    }

    /// Consumes text up to the next tag or the end of the window; nil when it lies outside of the root
    /// element.
    private mutating func readText() throws(SpectrumFileError) -> Range<Int>? {
        let end = window.unread.first { window.bytes[$0] == UInt8(ascii: "<") } ?? window.unread.upperBound
        let text = window.unread.lowerBound..<end
        if elements.isEmpty {
            guard text.allSatisfy({ window.bytes[$0].isXMLBlank }) else {
                throw failure("text outside of the root element is not well-formed XML")
            }
        }
        window.consume(upTo: end)
        return elements.isEmpty ? nil : text
    }
}

// MARK: - Tags

extension XMLScanner {
    private mutating func readTag() throws(SpectrumFileError) -> Token {
        let end = try findTagEnd()
        var tag = XMLTag(bytes: window.bytes, range: (window.unread.lowerBound + 1)..<end, isLatin1: isLatin1)
        let token: Token
        do throws(Malformed) {
            token = try tag.isEndTag ? close(tag.readEnd()) : open(tag.readName(), &tag)
        } catch {
            throw failure(error.message)
        }
        window.consume(upTo: end + 1)
        return token
    }

    /// Where the `>` of the tag lies that begins the unread bytes.
    private mutating func findTagEnd() throws(SpectrumFileError) -> Int {
        while true {
            var quote: UInt8?
            for position in window.unread {
                let byte = window.bytes[position]
                if byte == quote {
                    quote = nil
                } else if quote == nil {
                    if byte == UInt8(ascii: ">") { return position }
                    if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
                }
            }
            guard !window.isAtEnd else { throw truncated() }
            guard window.unread.count <= XMLScanner.longestTag else {
                throw failure("a tag is longer than 1 MiB")
            }
            try fill()
        }
    }

    private mutating func open(_ name: String, _ tag: inout XMLTag) throws(Malformed) -> Token {
        guard !hasRoot || !elements.isEmpty else {
            throw Malformed("<\(name.prefix(40))> follows the root element")
        }
        guard elements.count < XMLScanner.deepestElement else {
            throw Malformed("more than \(XMLScanner.deepestElement) elements lie in one another")
        }
        attributes = try tag.readAttributes()
        isEmptyElement = tag.isEmptyElement
        hasRoot = true
        elements.append(name)
        return .start(name)
    }

    private mutating func close(_ name: String) throws(Malformed) -> Token {
        guard elements.last == name else {
            throw Malformed("</\(name.prefix(40))> does not end <\((elements.last ?? "").prefix(40))>")
        }
        elements.removeLast()
        return .end(name)
    }

    /// Heeds the encoding of the XML declaration that comes next.
    private mutating func readDeclaration(isUTF8: Bool) throws(SpectrumFileError) {
        let end = try findTagEnd()
        guard window.bytes[end - 1] == UInt8(ascii: "?") else {
            throw failure("the XML declaration is not well-formed")
        }
        var tag = XMLTag(
            bytes: window.bytes, range: (window.unread.lowerBound + 2)..<(end - 1), isLatin1: true)
        do throws(Malformed) {
            _ = try tag.readName()
            let encoding = try tag.readAttributes()["encoding"] ?? "UTF-8"
            switch encoding.lowercased() {
            case "utf-8", "us-ascii": break
            case "iso-8859-1" where !isUTF8: isLatin1 = true
            default: throw Malformed("the encoding '\(encoding.prefix(40))' is not UTF-8 or ISO-8859-1")
            }
        } catch {
            throw failure(error.message)
        }
        window.consume(upTo: end + 1)
    }
}
