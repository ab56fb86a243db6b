import Foundation
import FoundationXML

/// Reads the MS2 spectra of an mzML file (HUPO-PSI mzML 1.1), indexed or not, while it is parsed.
///
/// The index and the chromatograms are passed over. The retention time is that of the first scan, the
/// precursor that of the first selected ion. ``XMLProlog`` has refused document type declarations before.
final class MzMLReader: NSObject {
    private let source: ByteSource
    private let body: (Spectrum) -> Bool

    private var elements: [String] = []
    private var groups: [String: [MzMLTerm]] = [:]
    /// About how many bytes `groups` holds.
    private var groupsLength = 0
    private var groupName = ""
    private var scan: MzMLScan?
    private var array: BinaryArray?
    private var failure: SpectrumFileError?
    private var isStopped = false
    /// The line of the first thing that the XML parser found wrong; it goes on for a while after that.
    private var damagedLine: Int?

    /// Reads all of `source` and shows `body` each spectrum, until it returns false.
    static func read(_ source: ByteSource, into body: (Spectrum) -> Bool) throws(SpectrumFileError) {
        let failure = withoutActuallyEscaping(body) { MzMLReader(source, $0).parse() }
        if let failure { throw failure }
    }

    private init(_ source: ByteSource, _ body: @escaping (Spectrum) -> Bool) {
        self.source = source
        self.body = body
    }

    private func parse() -> SpectrumFileError? {
        let stream = ByteSourceStream(source)
        let parser = XMLParser(stream: stream)
        parser.delegate = self
        let isWellFormed = parser.parse()
        if isStopped { return nil }
        if let failure = stream.failure { return failure }
        if let failure, damagedLine == nil { return failure }
        // To `XMLParser` a document that ends too early is a good one.
        return isWellFormed && elements.isEmpty ? failure : damage(stream, parser)
    }

    private func damage(_ stream: ByteSourceStream, _ parser: XMLParser) -> SpectrumFileError {
        SpectrumFileError(
            path: source.path, location: .line(max(damagedLine ?? parser.lineNumber, 1)),
            message: stream.isAtEnd
                ? "the XML ends too early: the file is truncated" : "this is not well-formed XML")
    }

    /// Runs `step` unless the reading is over, and ends the reading when it fails.
    private func attempt(_ parser: XMLParser, _ step: () throws(Malformed) -> Void) {
        guard failure == nil, !isStopped else { return }
        do throws(Malformed) {
            try step()
        } catch {
            let location =
                scan.map { SpectrumFileError.Location.spectrum($0.identifier) } ?? .line(parser.lineNumber)
            failure = SpectrumFileError(path: source.path, location: location, message: error.message)
        }
        // What fails after damage is its consequence: the XML parser is to report the damage.
        if isStopped || (failure != nil && damagedLine == nil) { parser.abortParsing() }
    }
}

extension MzMLReader: XMLParserDelegate {
    func parser(
        _ parser: XMLParser, didStartElement elementName: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        attempt(parser) { () throws(Malformed) in
            let parent = elements.last ?? ""
            elements.append(elementName)
            try start(elementName, in: parent, attributes)
        }
    }

    func parser(
        _ parser: XMLParser, didEndElement elementName: String, namespaceURI: String?, qualifiedName: String?
    ) {
        attempt(parser) { () throws(Malformed) in
            _ = elements.popLast()
            try end(elementName)
        }
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        if damagedLine == nil, failure == nil { damagedLine = parser.lineNumber }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        guard array != nil, elements.last == "binary" else { return }
        attempt(parser) { () throws(Malformed) in try array?.append(string) }
    }
}

extension MzMLReader {
    private func start(_ element: String, in parent: String, _ attributes: [String: String]) throws(Malformed)
    {
        switch element {
        case "referenceableParamGroup": groupName = attributes["id"] ?? ""
        case "spectrum":
            guard scan == nil else { throw Malformed("a spectrum inside a spectrum") }
            scan = try MzMLScan(attributes)
        case "scan": scan?.scanCount += 1
        case "selectedIon": scan?.selectedIonCount += 1
        case "binaryDataArray":
            guard let scan, try scan.isWanted() else { return }
            array = scan.array(attributes)
        case "cvParam": try take(MzMLTerm(attributes), in: parent)
        case "referenceableParamGroupRef":
            guard scan != nil else { return }
            for term in groups[attributes["ref"] ?? ""] ?? [] { try take(term, in: parent) }
        default: return
        }
    }

    private func take(_ term: MzMLTerm, in element: String) throws(Malformed) {
        switch element {
        case "referenceableParamGroup":
            groupsLength += groupName.utf8.count + term.name.utf8.count + term.value.utf8.count + 256
            guard groupsLength <= SpectrumFileLimits.lineLength else {
                throw Malformed(
                    "the referenceableParamGroups exceed \(SpectrumFileLimits.lineLength >> 20) MiB")
            }
            groups[groupName, default: []].append(term)
        case "binaryDataArray": array?.describe(term.accession, name: term.name)
        default: try scan?.take(term, in: element)
        }
    }

    private func end(_ element: String) throws(Malformed) {
        switch element {
        case "binaryDataArray":
            if let array { try scan?.add(array) }
            array = nil
        case "spectrum":
            if let scan, try scan.isWanted() { isStopped = try !body(scan.spectrum()) }
            scan = nil
        default: return
        }
    }
}

/// A byte source as the stream that `XMLParser` pulls from, 128 KiB at a time.
private final class ByteSourceStream: InputStream {
    private let source: ByteSource
    private var buffer: [UInt8] = []
    private(set) var failure: SpectrumFileError?
    private(set) var isAtEnd = false

    init(_ source: ByteSource) {
        self.source = source
        super.init(data: Data())
    }

    override func open() {}
    override func close() {}
    override var hasBytesAvailable: Bool { !isAtEnd }

    override func read(_ bytes: UnsafeMutablePointer<UInt8>, maxLength: Int) -> Int {
        if buffer.count != maxLength { buffer = [UInt8](repeating: 0, count: maxLength) }
        do throws(SpectrumFileError) {
            let count = try source.read(into: &buffer, from: 0)
            bytes.update(from: buffer, count: count)
            isAtEnd = count == 0
            return count
        } catch {
            failure = error
            return -1
        }
    }
}
