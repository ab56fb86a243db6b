import Spectra
import Storage

/// A public collection of runs, by the accession that its repository gave it.
public struct RunCollection: Sendable, Hashable {
    /// The accession, such as `PXD000561`.
    public let accession: String

    /// What accessions look like: letters, and how many digits. The first three are the collections that the
    /// specification admits for runs, the last one is that of MetaboLights.
    private static let patterns: [(prefix: String, digits: ClosedRange<Int>)] = [
        ("PXD", 6...6), ("RPXD", 6...6), ("MSV", 9...9), ("MTBLS", 1...9),
    ]

    /// The collection of `accession`.
    ///
    /// - Throws: ``InputError`` when it is none of ProteomeXchange, MassIVE or MetaboLights.
    public init(_ accession: String) throws(InputError) {
        let isKnown = Self.patterns.contains { pattern in
            let digits = accession.utf8.dropFirst(pattern.prefix.utf8.count)
            return accession.hasPrefix(pattern.prefix) && pattern.digits.contains(digits.count)
                && digits.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard isKnown else {
            throw InputError(
                accession.onOneLine,
                "is no collection's accession: PXD000561, RPXD000561, MSV000078547 and MTBLS1 are such")
        }
        self.accession = accession
    }
}

/// Universal Spectrum Identifiers: `mzspec:` collection, run, kind of index, index, which name one spectrum among all
/// public ones.
///
/// Source: Deutsch et al., "Universal Spectrum Identifier for mass spectra", Nature Methods 18, 768-770 (2021), and the
/// HUPO-PSI specification 1.0. Reference spectra are named as by Bittremieux et al., "Universal MS/MS visualization and
/// retrieval with the Metabolomics Spectrum Resolver web service", bioRxiv 2020.05.09.086066.
enum UniversalSpectrumIdentifier {
    /// The identifier of `query` in the run of the file `source`, deposited in `collection`; nil when the file is not
    /// mzML, or when neither its name nor the native id can be written as one.
    ///
    /// A run is called by its file without the ending.
    static func query(_ query: RunRecord.Query, source: SpectrumSource, collection: RunCollection) -> String? {
        guard source.format == .mzML, let index = index(query) else { return nil }
        var run = source.name[...]
        for ending in [".gz", ".mzml"] where run.lowercased().hasSuffix(ending) { run = run.dropLast(ending.count) }
        guard isPart(String(run)) else { return nil }
        return "mzspec:\(collection.accession):\(run):\(index)"
    }

    /// The kind of index and the index: the scan number where it alone names the spectrum, else the numbers of the native
    /// id.
    private static func index(_ query: RunRecord.Query) -> String? {
        if let scan = query.scanNumber { return "scan:\(scan)" }
        guard let native = query.nativeID.flatMap({ NativeID($0) }), let numbers = native.numbers else { return nil }
        let values = numbers.map(String.init).joined(separator: ",")
        return native.pairs.count == 1 && native.pairs[0].key == "index" ? "index:\(values)" : "nativeId:\(values)"
    }

    /// The identifier of the reference spectrum `accession`; nil when it is neither MassBank's nor GNPS's.
    static func reference(_ accession: String) -> String? {
        guard isPart(accession) else { return nil }
        switch ReferenceDatabase(accession: accession) {
        case .massBank: return "mzspec:MASSBANK::accession:\(accession)"
        case .gnps: return "mzspec:GNPS:GNPS-LIBRARY:accession:\(accession)"
        case .library: return nil
        }
    }

    /// Whether `text` can stand between two colons.
    private static func isPart(_ text: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != ":" && $0.value >= 0x20 }
    }
}

/// Where a reference spectrum is kept, by its accession.
enum ReferenceDatabase: CaseIterable {
    case library, massBank, gnps

    init(accession: String) {
        if accession.hasPrefix("MSBNK-") {
            self = .massBank
        } else if accession.hasPrefix("CCMSLIB") {
            self = .gnps
        } else {
            self = .library
        }
    }
}
