/// A molecular formula of element symbols and counts, such as `C17H20N4O2`.
package struct MolecularFormula: Sendable, Hashable {
    /// The mass in daltons when every atom is of its element's most abundant isotope.
    package let monoisotopicMass: Double

    /// Masses in daltons of the most abundant isotopes, from the 2020 atomic mass evaluation (see ``IsotopeMass``): of
    /// the elements that spectral libraries have.
    private static let masses: [Substring: Double] = [
        "H": IsotopeMass.hydrogen1, "B": 11.009305166, "C": IsotopeMass.carbon12, "N": IsotopeMass.nitrogen14,
        "O": IsotopeMass.oxygen16, "F": 18.998403162, "Na": 22.989769282, "Mg": 23.985041689, "Si": 27.976926534,
        "P": 30.973761998, "S": IsotopeMass.sulfur32, "Cl": 34.968852694, "K": 38.963706485, "Ca": 39.962590850,
        "Fe": 55.934935537, "Cu": 62.929597119, "Zn": 63.929141776, "As": 74.921594562, "Se": 79.916521761,
        "Br": 78.918337601, "I": 126.904471838,
    ]

    /// Reads `text`; nil when it is empty, is not made of symbols and counts, or names an element that is not known
    /// here.
    package init?(_ text: String) {
        var mass = 0.0
        var rest = text[...]
        while let match = rest.prefixMatch(of: /([A-Z][a-z]?)([0-9]{0,5})/) {
            guard let atom = Self.masses[match.1], let count = match.2.isEmpty ? 1 : Double(match.2) else { return nil }
            mass += atom * count
            rest = rest[match.range.upperBound...]
        }
        guard rest.isEmpty, mass > 0 else { return nil }
        monoisotopicMass = mass
    }
}
