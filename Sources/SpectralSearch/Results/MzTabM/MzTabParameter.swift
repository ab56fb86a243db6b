import Spectra

/// A parameter of mzTab: `[vocabulary, accession, name, value]`.
struct MzTabParameter {
    /// How the file writes it.
    let text: String

    /// A term of a vocabulary.
    init(_ term: VocabularyTerm, value: String = "") {
        let label = term.accession.split(separator: ":").first.map(String.init) ?? ""
        text = Self.text(label, term.accession, term.name, value)
    }

    /// A parameter of our own, where no vocabulary has a term.
    init(user name: String, value: String = "") { text = Self.text("", "", name, value) }

    private static func text(_ label: String, _ accession: String, _ name: String, _ value: String) -> String {
        "[\([label, accession, name, value].map(part).joined(separator: ", "))]"
    }

    /// A part that contains what separates parts stands in quotes.
    private static func part(_ text: String) -> String {
        let text = text.onOneLine.replacing("\"", with: "'")
        return text.contains { ",[]|".contains($0) } ? "\"\(text.replacing("|", with: "/"))\"" : text
    }
}

/// Cells of mzTab's tables.
enum MzTabCell {
    /// What stands for what is not known.
    static let null = "null"

    /// `text`, which must not be empty, have blanks at its ends, or hold `|`, which separates the elements of lists.
    static func text(_ text: String?) -> String {
        let words = (text ?? "").onOneLine.replacing("|", with: "/").split(separator: " ")
        return words.isEmpty ? null : words.joined(separator: " ")
    }

    /// A number where none is known, but null is not allowed.
    static func number(_ value: Double?) -> String { value.map(DecimalText.mz) ?? "NaN" }

    /// An adduct in the specification's notation: `[M+H]+`, `[2M-H]1-`, `[M+2Na]2+`; null for others.
    static func adduct(_ text: String) -> String {
        text.wholeMatch(of: /\[\d*M([+-][A-Za-z0-9_]+)*\]\d*[+-]/) == nil ? null : text
    }

    /// A formula of element symbols and counts; null for others, such as those of ions.
    static func formula(_ text: String) -> String {
        text.wholeMatch(of: /([A-Z][a-z]?[0-9]*)+/) == nil ? null : text
    }

    /// Identifiers, separated by bars; null where there are none.
    static func list(_ identifiers: [Int]) -> String {
        identifiers.isEmpty ? null : identifiers.map(String.init).joined(separator: "|")
    }
}
