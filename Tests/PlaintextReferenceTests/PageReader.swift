import Foundation

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// Collects the elements, attributes and text of a page, and where it is not well-formed.
final class PageReader: NSObject, XMLParserDelegate {
    private(set) var elements: [String: Int] = [:]
    private(set) var attributes: Set<String> = []
    private(set) var identifiers: [String] = []
    private(set) var text = ""
    /// The text of each table row, cells apart.
    private(set) var rows: [String] = []
    private(set) var failure: String?

    init(_ page: String) {
        super.init()
        let parser = XMLParser(data: Data(page.utf8))
        parser.delegate = self
        if !parser.parse() {
            failure = "line \(parser.lineNumber): \(parser.parserError.map { "\($0)" } ?? "unknown")"
        }
    }

    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        elements[elementName, default: 0] += 1
        self.attributes.formUnion(attributes.keys)
        if let identifier = attributes["id"] { identifiers.append(identifier) }
        if elementName == "tr" { rows.append("") }
        if ["td", "th"].contains(elementName) { rows[rows.count - 1] += " | " }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        text += string
        if !rows.isEmpty { rows[rows.count - 1] += string }
    }
}
