/// Reads the MS2 spectra of an mzML file (HUPO-PSI mzML 1.1), indexed or not, one after another.
///
/// The index and the chromatograms are passed over. The retention time is that of the first scan, the
/// precursor that of the first selected ion.
struct MzMLReader {
    /// What the file said so far, besides its spectra.
    private(set) var header = MzMLHeader()
    private let path: String
    private var xml: XMLScanner
    private var groups: [String: [MzMLTerm]] = [:]
    private var groupName = ""
    /// How many terms `groups` holds.
    private var groupTerms = 0
    private var scan: MzMLScan?
    private var array: BinaryArray?

    /// A reference to a group costs as much as the group has terms; real groups have a few.
    private static let mostGroupTerms = 1000

    /// Reads all of `source` and shows `body` each spectrum, until it returns false. Returns what else was said.
    static func read(_ source: ByteSource, into body: (Spectrum) -> Bool) throws(SpectrumFileError) -> MzMLHeader {
        var reader = try MzMLReader(source)
        while let spectrum = try reader.next() {
            if !body(spectrum) { break }
        }
        return reader.header
    }

    /// The spectra of `source`, of which nothing was read yet.
    init(_ source: ByteSource) throws(SpectrumFileError) {
        path = source.path
        xml = try XMLScanner(source)
    }

    /// The next spectrum; nil at the end of the file.
    mutating func next() throws(SpectrumFileError) -> Spectrum? {
        while let token = try xml.next() {
            do throws(Malformed) {
                if let spectrum = try take(token) { return spectrum }
            } catch {
                throw failure(error)
            }
        }
        return nil
    }

    private func failure(_ malformed: Malformed) -> SpectrumFileError {
        guard let scan else { return xml.failure(malformed.message) }
        return SpectrumFileError(
            path: path, location: .spectrum(scan.identifier.onOneLine), message: malformed.message)
    }

    /// Takes in a tag or a text; returns the spectrum that it completes, if any.
    private mutating func take(_ token: XMLScanner.Token) throws(Malformed) -> Spectrum? {
        switch token {
        case .start(let element):
            try start(element, in: xml.elements.dropLast().last)
            return nil
        case .end(let element):
            return try end(element)
        case .text(let text):
            if array != nil, xml.elements.last == "binary" { try array?.append(xml.bytes[text]) }
            return nil
        }
    }

    private mutating func start(_ element: String, in parent: String?) throws(Malformed) {
        guard let parent else { return try checkRoot(element) }
        switch element {
        case "referenceableParamGroup": groupName = xml.attributes["id"] ?? ""
        case "spectrum":
            guard scan == nil else { throw Malformed("a spectrum inside a spectrum") }
            scan = try MzMLScan(xml.attributes)
        case "scan": scan?.scanCount += 1
        case "precursor": scan?.precursorCount += 1
        case "selectedIon": scan?.selectedIonCount += 1
        case "binaryDataArray":
            guard let scan, try scan.isWanted() else { return }
            array = scan.array(xml.attributes)
        case "cvParam": try take(MzMLTerm(xml.attributes), in: parent)
        case "referenceableParamGroupRef":
            for term in groups[xml.attributes["ref"] ?? ""] ?? [] { try take(term, in: parent) }
        default: if scan == nil { header.start(element, xml.attributes) }
        }
    }

    private func checkRoot(_ element: String) throws(Malformed) {
        switch element {
        case "mzML", "indexedmzML": return
        case "mzXML", "msRun":
            throw Malformed("mzXML is not read, convert it with msconvert; \(SpectrumFormat.advice)")
        default:
            throw Malformed("the XML element <\(element.prefix(40))> is not mzML; \(SpectrumFormat.advice)")
        }
    }

    private mutating func take(_ term: MzMLTerm, in element: String) throws(Malformed) {
        switch element {
        case "referenceableParamGroup": try addToGroup(term)
        case "binaryDataArray": array?.describe(term.accession, name: term.name)
        default:
            if scan == nil { header.take(term, in: element) } else { try scan?.take(term, in: element) }
        }
    }

    private mutating func addToGroup(_ term: MzMLTerm) throws(Malformed) {
        guard groupTerms < MzMLReader.mostGroupTerms else {
            throw Malformed("more than \(MzMLReader.mostGroupTerms) terms in referenceableParamGroups")
        }
        groupTerms += 1
        groups[groupName, default: []].append(term)
    }

    private mutating func end(_ element: String) throws(Malformed) -> Spectrum? {
        switch element {
        case "binaryDataArray":
            if let array { try scan?.add(array) }
            array = nil
            return nil
        case "spectrum":
            let spectrum = try scan.flatMap { scan throws(Malformed) in
                try scan.isWanted() ? scan.spectrum() : nil
            }
            scan = nil
            return spectrum
        default:
            return nil
        }
    }
}
