/// What mzML says before its spectra: the run, the instrument, and the file that the instrument wrote.
struct MzMLHeader {
    private(set) var runID: String?
    private(set) var instrument: VocabularyTerm?
    private var defaultFile: String?
    private var files: [(id: String, file: SpectrumSource.RawFile)] = []

    /// Files beyond these are not looked at; real runs come from one, or from some per function.
    private static let mostFiles = 1000

    /// What the instrument wrote: the run's default source file, or the first one.
    var rawFile: SpectrumSource.RawFile? {
        (files.first { $0.id == defaultFile } ?? files.first)?.file
    }

    /// Takes in the start of `element`.
    mutating func start(_ element: String, _ attributes: XMLAttributes) {
        switch element {
        case "sourceFile" where files.count < MzMLHeader.mostFiles:
            let name = MzMLHeader.kept(attributes["name"] ?? "").split(whereSeparator: { "/\\".contains($0) }).last
            files.append((attributes["id"] ?? "", SpectrumSource.RawFile(name: String(name ?? ""))))
        case "run":
            runID = attributes["id"].map(MzMLHeader.kept)
            defaultFile = attributes["defaultSourceFileRef"]
        default: return
        }
    }

    /// Takes in what `term` says inside `element`.
    mutating func take(_ term: MzMLTerm, in element: String) {
        switch (element, term.accession) {
        case ("sourceFile", "MS:1000569"), ("sourceFile", "MS:1003151"):
            guard let last = files.indices.last else { return }
            let length = term.accession == "MS:1000569" ? 40 : 64
            guard term.value.utf8.count == length, term.value.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                return
            }
            files[last].file.checksum = SpectrumSource.Checksum(
                method: VocabularyTerm(term.accession, length == 40 ? "SHA-1" : "SHA-256"),
                value: term.value.lowercased())
        case ("sourceFile", _) where term.name.hasSuffix("nativeID format"):
            guard let last = files.indices.last else { return }
            files[last].file.nativeIDFormat = MzMLHeader.kept(term)
        // The serial number and customisations stand beside the model, which comes first among the others.
        case ("instrumentConfiguration", let accession)
        where instrument == nil && !["MS:1000529", "MS:1000032"].contains(accession):
            instrument = MzMLHeader.kept(term)
        default: return
        }
    }

    private static func kept(_ term: MzMLTerm) -> VocabularyTerm? {
        guard term.isOfPSIMS else { return nil }
        // The model of an instrument that has no term of its own is the value of MS:1000031.
        let name = term.accession == "MS:1000031" && !term.value.isEmpty ? term.value : term.name
        return VocabularyTerm(term.accession, kept(name))
    }

    /// As much of `text` as is kept with every run.
    private static func kept(_ text: String) -> String { String(text.onOneLine.prefix(200)) }
}
