/// A term of a controlled vocabulary: of the PSI-MS vocabulary, whose accessions begin with `MS:`, unless something
/// else is said.
public struct VocabularyTerm: Sendable, Hashable, Codable {
    /// The accession, such as `MS:1000422`.
    public var accession: String
    /// The name, such as `beam-type collision-induced dissociation`.
    public var name: String

    /// A term.
    public init(_ accession: String, _ name: String) {
        self.accession = accession
        self.name = name
    }
}

extension VocabularyTerm {
    /// The methods of dissociation (below MS:1000044), by accession.
    static let dissociationMethods = Set([
        "MS:1000133", "MS:1000134", "MS:1000135", "MS:1000136", "MS:1000242", "MS:1000250", "MS:1000262", "MS:1000282",
        "MS:1000422", "MS:1000433", "MS:1000435", "MS:1000598", "MS:1000599", "MS:1001880", "MS:1002000", "MS:1002472",
        "MS:1002481", "MS:1002631", "MS:1002678", "MS:1002679", "MS:1003181", "MS:1003182", "MS:1003246", "MS:1003247",
        "MS:1003294",
    ])
}
