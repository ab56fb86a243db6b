/// What precedes the root element of an XML document: the declaration, comments and processing instructions.
///
/// It is looked at before any XML parser sees the document. A document type declaration is refused, so that
/// there are no entities to expand or to fetch; so are encodings in which ASCII characters are not
/// themselves, under which a declaration could hide.
struct XMLProlog {
    private var rest: ArraySlice<UInt8>

    private static let encodings = ["utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "windows-1252"]

    /// The prolog of the document that begins with `head`.
    init(_ head: [UInt8]) {
        rest = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
    }

    /// The name of the root element.
    mutating func rootElement() throws(Malformed) -> String {
        if rest.starts(with: "<?xml".utf8) { try checkDeclaration() }
        while true {
            rest = rest.drop { $0.isBlank || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            if rest.starts(with: "<?".utf8) {
                try skip("<?", past: "?>")
            } else if rest.starts(with: "<!--".utf8) {
                try skip("<!--", past: "-->")
            } else if rest.starts(with: "<!".utf8) {
                throw Malformed(
                    "the XML has a document type declaration, which mzML never has; it is not read")
            } else {
                return try elementName()
            }
        }
    }

    private mutating func checkDeclaration() throws(Malformed) {
        let start = rest
        try skip("<?", past: "?>")
        let declaration = String(decoding: start[..<rest.startIndex], as: UTF8.self)
        guard let label = declaration.firstRange(of: "encoding") else { return }
        let quoted = declaration[label.upperBound...].split(omittingEmptySubsequences: false) {
            "\"'".contains($0)
        }
        guard quoted.count > 1, XMLProlog.encodings.contains(quoted[1].lowercased()) else {
            throw Malformed("the encoding in '\(declaration.prefix(80))' is not UTF-8 or ISO-8859-1")
        }
    }

    /// Skips what begins with `start` and ends with `end`; the two do not overlap.
    private mutating func skip(_ start: String, past end: String) throws(Malformed) {
        let end = Array(end.utf8)
        var position = rest.startIndex + start.utf8.count
        while position + end.count <= rest.endIndex {
            if rest[position...].starts(with: end) {
                rest = rest[(position + end.count)...]
                return
            }
            position += 1
        }
        throw Malformed("the XML has no element within its first \(ByteSource.pieceLength >> 10) KiB")
    }

    private func elementName() throws(Malformed) -> String {
        guard rest.first == UInt8(ascii: "<") else {
            throw Malformed("the XML does not begin with an element")
        }
        return String(
            decoding: rest.dropFirst().prefix { $0 > UInt8(ascii: " ") && !"/>".utf8.contains($0) },
            as: UTF8.self)
    }
}
