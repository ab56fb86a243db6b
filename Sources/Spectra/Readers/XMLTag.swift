/// The attributes of an XML start tag.
struct XMLAttributes {
    fileprivate var pairs: [(name: String, value: String)] = []

    /// The value of the attribute `name`.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }
}

/// What stands between `<` and `>`, read from left to right.
struct XMLTag {
    private let bytes: [UInt8]
    private var rest: Range<Int>
    private let isLatin1: Bool
    /// Whether the tag ends in `/`, and so is an element without content.
    let isEmptyElement: Bool
    let isEndTag: Bool

    private static let mostAttributes = 100

    /// The tag in `range` of `bytes`.
    init(bytes: [UInt8], range: Range<Int>, isLatin1: Bool) {
        self.bytes = bytes
        self.isLatin1 = isLatin1
        isEndTag = range.first.map { bytes[$0] == UInt8(ascii: "/") } ?? false
        isEmptyElement = !isEndTag && range.last.map { bytes[$0] == UInt8(ascii: "/") } ?? false
        rest = isEmptyElement ? range.dropLast() : isEndTag ? range.dropFirst() : range
    }

    /// Reads the name of an element or an attribute.
    mutating func readName() throws(Malformed) -> String {
        let end = rest.first { bytes[$0].endsXMLName } ?? rest.upperBound
        guard end > rest.lowerBound else {
            throw Malformed("'\(bytes.span.excerpt(rest))' is not a tag of well-formed XML")
        }
        defer { rest = end..<rest.upperBound }
        return try text(rest.lowerBound..<end)
    }

    /// Reads the name of an end tag, which is all there is.
    mutating func readEnd() throws(Malformed) -> String {
        let name = try readName()
        skipBlanks()
        guard rest.isEmpty else {
            throw Malformed("'\(bytes.span.excerpt(rest))' in an end tag is not well-formed XML")
        }
        return name
    }

    /// Reads `name="value"` up to the end of the tag.
    mutating func readAttributes() throws(Malformed) -> XMLAttributes {
        var attributes = XMLAttributes()
        while skipBlanks(), !rest.isEmpty {
            let name = try readName()
            skipBlanks()
            guard let equals = rest.first, bytes[equals] == UInt8(ascii: "=") else {
                throw notAnAttribute(name)
            }
            rest = rest.dropFirst()
            skipBlanks()
            guard let quote = rest.first, [UInt8(ascii: "\""), UInt8(ascii: "'")].contains(bytes[quote]),
                let end = rest.dropFirst().first(where: { bytes[$0] == bytes[quote] })
            else { throw notAnAttribute(name) }
            guard attributes.pairs.count < XMLTag.mostAttributes else {
                throw Malformed("a tag has more than \(XMLTag.mostAttributes) attributes")
            }
            guard attributes[name] == nil else {
                throw Malformed("the attribute '\(name.prefix(40))' occurs twice")
            }
            attributes.pairs.append((name, try unescaped(text((quote + 1)..<end))))
            rest = (end + 1)..<rest.upperBound
        }
        guard rest.isEmpty else {
            throw Malformed("'\(bytes.span.excerpt(rest))' in a tag is not well-formed XML")
        }
        return attributes
    }

    private func notAnAttribute(_ name: String) -> Malformed {
        Malformed("the attribute '\(name.prefix(40))' is not name=\"value\", as in well-formed XML")
    }

    @discardableResult
    private mutating func skipBlanks() -> Bool {
        let end = rest.first { !bytes[$0].isXMLBlank } ?? rest.upperBound
        defer { rest = end..<rest.upperBound }
        return end > rest.lowerBound
    }

    private func text(_ range: Range<Int>) throws(Malformed) -> String {
        if isLatin1 { return String(latin1: bytes[range]) }
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw Malformed("'\(bytes.span.excerpt(range))' is not UTF-8, the encoding of this XML")
        }
        return text
    }

    /// `text` with its character references and the five entities of XML replaced by what they stand for.
    private func unescaped(_ text: String) throws(Malformed) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var pieces = text.split(separator: "&", omittingEmptySubsequences: false)[...]
        var result = String(pieces.removeFirst())
        for piece in pieces {
            guard let end = piece.firstIndex(of: ";"), let scalar = XMLTag.scalar(reference: piece[..<end])
            else {
                throw Malformed("'&\(piece.prefix(20))' is not a reference that XML knows")
            }
            result.unicodeScalars.append(scalar)
            result += piece[piece.index(after: end)...]
        }
        return result
    }

    private static func scalar(reference: Substring) -> Unicode.Scalar? {
        switch reference {
        case "lt": return "<"
        case "gt": return ">"
        case "amp": return "&"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard reference.first == "#" else { return nil }
            let digits = reference.dropFirst()
            let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
            return code.flatMap { $0 == 0 ? nil : Unicode.Scalar($0) }
        }
    }
}

extension UInt8 {
    /// Whether this is a blank to XML: space, tab, LF or CR.
    var isXMLBlank: Bool { isBlank || isLineEnd }

    fileprivate var endsXMLName: Bool {
        switch self {
        case UInt8(ascii: "="), UInt8(ascii: "/"), UInt8(ascii: "<"), UInt8(ascii: "\""), UInt8(ascii: "'"):
            true
        default: self <= UInt8(ascii: " ")
        }
    }
}
