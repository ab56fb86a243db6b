import Foundation
import Spectra

/// The metadata of mzTab-M, in the order of the specification.
struct MzTabMetadata {
    /// The section.
    private(set) var text = ""

    init(_ results: SearchResults, _ measures: [ConfidenceMeasure], version: String) {
        let record = results.record
        let name = MzTabCell.text(record.source?.file.name ?? "queries")
        add("mzTab-version", "2.0.0-M")
        add("mzTab-ID", "massspecfhe-\(record.uploadDigest.description.prefix(16))")
        add(
            "description",
            "Spectra of \(name) identified by encrypted search of a spectral library; nothing is quantified")
        if let instrument = record.source?.file.instrument {
            add("instrument[1]-name", MzTabParameter(instrument))
        }
        add("software[1]", MzTabParameter(user: "MassSpecFHE", value: version))
        add("software[1]-setting[1]", "score = \(record.card.content.vector.score.rawValue)")
        add("software[1]-setting[2]", "precursor tolerance of features = \(results.grouping.tolerancePPM) ppm")
        add("software[1]-setting[3]", "longest gap in features = \(results.grouping.maximumGap) s")
        if let collection = results.collection { add("uri[1]", Self.uri(collection)) }
        add("quantification_method", Self.noQuantification)
        addRun(record)
        add("assay[1]", name)
        add("assay[1]-ms_run_ref", "ms_run[1]")
        add("study_variable[1]", "undefined")
        add("study_variable[1]-assay_refs", "assay[1]")
        add("study_variable[1]-description", "the one run that was searched")
        addCustom(record)
        addVocabularies()
        addDatabases(results)
        add("small_molecule-quantification_unit", Self.noQuantification)
        add("small_molecule_feature-quantification_unit", Self.noQuantification)
        for (index, measure) in measures.enumerated() { add("id_confidence_measure[\(index + 1)]", measure.parameter) }
        let unit = MzTabParameter(VocabularyTerm("UO:0000169", "parts per million"))
        add("colunit-small_molecule_evidence", "opt_global_precursor_error=\(unit.text)")
    }

    private static let noQuantification = MzTabParameter(user: "no quantification")

    private mutating func add(_ field: String, _ value: String) { text += MzTabM.row(["MTD", field, value]) }

    private mutating func add(_ field: String, _ value: MzTabParameter) { add(field, value.text) }

    private static func uri(_ collection: RunCollection) -> String {
        switch collection.accession {
        case let study where study.hasPrefix("MTBLS"): "https://www.ebi.ac.uk/metabolights/\(study)"
        case let study where study.hasPrefix("MSV"): "https://identifiers.org/massive:\(study)"
        case let study: "https://proteomecentral.proteomexchange.org/dataset/\(study)"
        }
    }

    // MARK: The run

    private mutating func addRun(_ record: RunRecord) {
        let source = record.source
        // The record does not know in which folder the file was.
        add("ms_run[1]-location", source.map { "file:///" + Self.percentEncoded($0.file.name) } ?? MzTabCell.null)
        if source?.file.instrument != nil { add("ms_run[1]-instrument_ref", "instrument[1]") }
        if let source {
            add("ms_run[1]-format", Self.format(source.file.format))
            add("ms_run[1]-id_format", Self.identifierFormat(source.file.format))
        }
        for (index, method) in (source?.dissociation ?? []).enumerated() {
            add("ms_run[1]-fragmentation_method[\(index + 1)]", MzTabParameter(method))
        }
        for (index, polarity) in Self.polarities(record).enumerated() {
            add("ms_run[1]-scan_polarity[\(index + 1)]", MzTabParameter(polarity))
        }
        if let digest = source?.sha256 {
            add("ms_run[1]-hash", digest)
            add("ms_run[1]-hash_method", MzTabParameter(VocabularyTerm("MS:1003151", "SHA-256")))
        }
    }

    /// The polarities of the queries; where they do not tell, that of the library; where nobody does, the term for
    /// polarity itself, since the field is mandatory.
    private static func polarities(_ record: RunRecord) -> [VocabularyTerm] {
        let modes = Set(record.queries.compactMap(\.ionMode)).union(
            record.queries.allSatisfy { $0.ionMode == nil } ? [record.card.content.ionMode].compactMap(\.self) : [])
        let terms = IonMode.allCases.filter(modes.contains).map { mode in
            switch mode {
            case .positive: VocabularyTerm("MS:1000130", "positive scan")
            case .negative: VocabularyTerm("MS:1000129", "negative scan")
            }
        }
        return terms.isEmpty ? [VocabularyTerm("MS:1000465", "scan polarity")] : terms
    }

    private static func format(_ format: SpectrumFormat) -> MzTabParameter {
        switch format {
        case .mzML: MzTabParameter(VocabularyTerm("MS:1000584", "mzML format"))
        case .mgf: MzTabParameter(VocabularyTerm("MS:1001062", "Mascot MGF format"))
        case .msp: MzTabParameter(user: "MSP format")
        case .massBank: MzTabParameter(user: "MassBank record format")
        }
    }

    /// How ``reference(_:_:)`` names spectra.
    private static func identifierFormat(_ format: SpectrumFormat) -> MzTabParameter {
        switch format {
        case .mzML: MzTabParameter(VocabularyTerm("MS:1001530", "mzML unique identifier"))
        case .mgf, .msp, .massBank: MzTabParameter(VocabularyTerm("MS:1000774", "multiple peak list nativeID format"))
        }
    }

    /// The reference to the spectrum of `query`: by native id in mzML, by its number in other files.
    static func reference(_ query: RunRecord.Query, _ record: RunRecord) -> String {
        if record.source?.file.format == .mzML, let identifier = query.nativeID {
            return "ms_run[1]:\(MzTabCell.text(identifier))"
        }
        return query.position.map { "ms_run[1]:index=\($0)" } ?? "ms_run[1]"
    }

    /// The file that the instrument wrote, where the run's file names it.
    private mutating func addCustom(_ record: RunRecord) {
        guard let file = record.source?.file.rawFile else { return }
        add("custom[1]", MzTabParameter(user: "raw file", value: file.name))
        if let checksum = file.checksum {
            add("custom[2]", MzTabParameter(user: "\(checksum.method.name) of the raw file", value: checksum.value))
        }
    }

    // MARK: Vocabularies and databases

    private mutating func addVocabularies() {
        let vocabularies = [
            (
                "MS", "PSI-MS controlled vocabulary", "4.1.182",
                "https://raw.githubusercontent.com/HUPO-PSI/psi-ms-CV/master/psi-ms.obo"
            ),
            ("UO", "Units of Measurement Ontology", "2023-05-25", "http://purl.obolibrary.org/obo/uo.obo"),
        ]
        for (index, (label, name, version, uri)) in vocabularies.enumerated() {
            add("cv[\(index + 1)]-label", label)
            add("cv[\(index + 1)]-full_name", name)
            add("cv[\(index + 1)]-version", version)
            add("cv[\(index + 1)]-uri", uri)
        }
    }

    /// The library that was searched, and the public databases that its hits come from.
    private mutating func addDatabases(_ results: SearchResults) {
        let used = Set(results.hits.map { ReferenceDatabase(accession: results.entries[$0.row].accession) })
        for (index, database) in ReferenceDatabase.allCases.filter({ $0 == .library || used.contains($0) }).enumerated()
        {
            add("database[\(index + 1)]", MzTabParameter(user: database.name))
            add("database[\(index + 1)]-prefix", database.prefix)
            let library = results.record.card.content.library
            add("database[\(index + 1)]-version", database == .library ? library.entriesSHA256 : "Unknown")
            add("database[\(index + 1)]-uri", database.uri ?? Self.uri(sha256: results.record.card.digest))
        }
    }

    /// Names the library by the digest of its card (RFC 6920), as it has no address.
    private static func uri(sha256 digest: Digest) -> String {
        let base64 = Data(digest.bytes).base64EncodedString()
        return "ni:///sha-256;" + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    /// `text` as a part of a URI: every byte but the unreserved ones (RFC 3986) becomes `%` and two digits.
    static func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
}

extension ReferenceDatabase {
    fileprivate var name: String {
        switch self {
        case .library: "the library that was searched"
        case .massBank: "MassBank"
        case .gnps: "GNPS library"
        }
    }

    /// What precedes an accession.
    var prefix: String {
        switch self {
        case .library: "library"
        case .massBank: "massbank"
        case .gnps: "gnps"
        }
    }

    fileprivate var uri: String? {
        switch self {
        case .library: nil
        case .massBank: "https://massbank.eu/MassBank/"
        case .gnps: "https://gnps.ucsd.edu/ProteoSAFe/libraries.jsp"
        }
    }
}
