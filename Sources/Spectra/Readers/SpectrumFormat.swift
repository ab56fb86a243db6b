/// The formats that are read.
public enum SpectrumFormat: String, Sendable, Codable, CaseIterable {
    case msp, mgf, massBank, mzML

    /// Reads all spectra of `source` and shows `body` each one, until it returns false. Returns what the file says
    /// of itself.
    func read(_ source: ByteSource, into body: (Spectrum) -> Bool) throws(SpectrumFileError) -> SpectrumSource {
        let name = source.path.split(separator: "/").last.map { String($0).onOneLine } ?? ""
        var file = SpectrumSource(name: name, format: self)
        switch self {
        case .msp:
            var reader = MSPReader()
            try reader.parse(source, into: body)
        case .mgf:
            var reader = MGFReader()
            try reader.parse(source, into: body)
        case .massBank:
            var reader = MassBankReader()
            try reader.parse(source, into: body)
        case .mzML:
            let header = try MzMLReader.read(source, into: body)
            (file.runID, file.instrument, file.rawFile) = (header.runID, header.instrument, header.rawFile)
        }
        return file
    }
}

extension SpectrumFormat {
    /// What is read, for whoever brings something else.
    static let advice = "MSP, MGF, MassBank records and mzML are read"

    /// The format of `source`, by the beginning of its content, else by the end of its name.
    init(of source: ByteSource) throws(SpectrumFileError) {
        let head = try source.peek()
        do throws(Malformed) {
            guard let format = try SpectrumFormat(head: head) ?? SpectrumFormat(name: source.path) else {
                throw Malformed("the format is not known; \(SpectrumFormat.advice)")
            }
            self = format
        } catch {
            throw SpectrumFileError(path: source.path, message: error.message)
        }
    }

    private init?(head: [UInt8]) throws(Malformed) {
        guard !head.isEmpty else { throw Malformed("the file is empty") }
        if head.starts(with: [0xFE, 0xFF]) || head.starts(with: [0xFF, 0xFE]) {
            throw Malformed("the text is UTF-16; save it as UTF-8")
        }
        let text = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head.dropFirst(3) : head[...]
        switch text.first(where: { !$0.isBlank && !$0.isLineEnd }) {
        // Of XML, the reader looks at the root element.
        case UInt8(ascii: "<"): self = .mzML
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            throw Malformed("JSON is not read; \(SpectrumFormat.advice)")
        default: self.init(text: text)
        }
    }

    /// The format of a text, by the first line that only one of the formats has.
    private init?(text: ArraySlice<UInt8>) {
        for line in text.lazy.split(whereSeparator: \.isLineEnd) {
            if let format = SpectrumFormat(telltale: Array(line)) {
                self = format
                return
            }
        }
        return nil
    }

    private init?(telltale line: [UInt8]) {
        let massBankTags = ["RECORD_TITLE:", "DEPRECATED:", "CH$", "AC$", "MS$", "PK$"]
        let key = line.span.normalizedKey(0..<(line.firstIndex(of: UInt8(ascii: ":")) ?? line.count))
        if massBankTags.contains(where: { line.starts(with: $0.utf8) }) {
            self = .massBank
        } else if key == "beginions" {
            self = .mgf
        } else if key == "numpeaks" {
            self = .msp
        } else {
            return nil
        }
    }

    private init?(name: String) {
        var name = name.lowercased()
        if name.hasSuffix(".gz") { name.removeLast(3) }
        switch name.split(separator: ".").last {
        case "msp": self = .msp
        case "mgf": self = .mgf
        default: return nil
        }
    }
}
