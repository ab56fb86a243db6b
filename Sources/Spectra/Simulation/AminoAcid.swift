/// The twenty amino acids of the genetic code, by their one-letter codes.
package enum AminoAcid: Character, Sendable, CaseIterable {
    case alanine = "A"
    case cysteine = "C"
    case asparticAcid = "D"
    case glutamicAcid = "E"
    case phenylalanine = "F"
    case glycine = "G"
    case histidine = "H"
    case isoleucine = "I"
    case lysine = "K"
    case leucine = "L"
    case methionine = "M"
    case asparagine = "N"
    case proline = "P"
    case glutamine = "Q"
    case arginine = "R"
    case serine = "S"
    case threonine = "T"
    case valine = "V"
    case tryptophan = "W"
    case tyrosine = "Y"

    /// The composition of the residue: the amino acid less the water lost in the peptide bond.
    package var residue: ElementalComposition {
        switch self {
        case .alanine: .init(carbon: 3, hydrogen: 5, nitrogen: 1, oxygen: 1)
        case .cysteine: .init(carbon: 3, hydrogen: 5, nitrogen: 1, oxygen: 1, sulfur: 1)
        case .asparticAcid: .init(carbon: 4, hydrogen: 5, nitrogen: 1, oxygen: 3)
        case .glutamicAcid: .init(carbon: 5, hydrogen: 7, nitrogen: 1, oxygen: 3)
        case .phenylalanine: .init(carbon: 9, hydrogen: 9, nitrogen: 1, oxygen: 1)
        case .glycine: .init(carbon: 2, hydrogen: 3, nitrogen: 1, oxygen: 1)
        case .histidine: .init(carbon: 6, hydrogen: 7, nitrogen: 3, oxygen: 1)
        case .isoleucine: .init(carbon: 6, hydrogen: 11, nitrogen: 1, oxygen: 1)
        case .lysine: .init(carbon: 6, hydrogen: 12, nitrogen: 2, oxygen: 1)
        case .leucine: .init(carbon: 6, hydrogen: 11, nitrogen: 1, oxygen: 1)
        case .methionine: .init(carbon: 5, hydrogen: 9, nitrogen: 1, oxygen: 1, sulfur: 1)
        case .asparagine: .init(carbon: 4, hydrogen: 6, nitrogen: 2, oxygen: 2)
        case .proline: .init(carbon: 5, hydrogen: 7, nitrogen: 1, oxygen: 1)
        case .glutamine: .init(carbon: 5, hydrogen: 8, nitrogen: 2, oxygen: 2)
        case .arginine: .init(carbon: 6, hydrogen: 12, nitrogen: 4, oxygen: 1)
        case .serine: .init(carbon: 3, hydrogen: 5, nitrogen: 1, oxygen: 2)
        case .threonine: .init(carbon: 4, hydrogen: 7, nitrogen: 1, oxygen: 2)
        case .valine: .init(carbon: 5, hydrogen: 9, nitrogen: 1, oxygen: 1)
        case .tryptophan: .init(carbon: 11, hydrogen: 10, nitrogen: 2, oxygen: 1)
        case .tyrosine: .init(carbon: 9, hydrogen: 9, nitrogen: 1, oxygen: 2)
        }
    }

    /// The composition of the residue in a sample treated with iodoacetamide, as proteomic samples usually are:
    /// every cysteine carries a carbamidomethyl group, which adds C2H3NO (57.02146 Da).
    package var alkylatedResidue: ElementalComposition {
        let carbamidomethyl = ElementalComposition(carbon: 2, hydrogen: 3, nitrogen: 1, oxygen: 1)
        return self == .cysteine ? residue + carbamidomethyl : residue
    }

    /// Whether the side chain readily takes up a proton.
    package var isBasic: Bool {
        self == .lysine || self == .arginine || self == .histidine
    }
}
