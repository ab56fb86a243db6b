/// A library spectrum in mzTab's tables.
struct MzTabEntry {
    /// The accession behind the prefix of its database; `null` behind it when the spectrum has none.
    let identifier: String
    let formula: String
    let name: String
    /// The spectrum's page.
    let uri: String
    let adduct: String
    let inchiKey: String

    /// The cells of `entry`; those of what is not known are `null`.
    init(_ entry: LibraryEntry) {
        let database = ReferenceDatabase(accession: entry.accession)
        identifier = "\(database.prefix):\(MzTabCell.text(entry.accession))"
        formula = MzTabCell.formula(entry.formula)
        name = MzTabCell.text(entry.name)
        adduct = MzTabCell.adduct(entry.adduct)
        inchiKey = MzTabCell.text(entry.inchiKey)
        let accession = MzTabMetadata.percentEncoded(entry.accession)
        uri =
            switch database {
            case .library: MzTabCell.null
            case .massBank: "https://massbank.eu/MassBank/RecordDisplay?id=\(accession)"
            case .gnps: "https://gnps.ucsd.edu/ProteoSAFe/gnpslibraryspectrum.jsp?SpectrumID=\(accession)"
            }
    }
}
