/// Numbers of carbon, hydrogen, nitrogen, oxygen and sulfur atoms: the elements of unmodified peptides.
package struct ElementalComposition: Sendable, Hashable {
    package var carbon = 0
    package var hydrogen = 0
    package var nitrogen = 0
    package var oxygen = 0
    package var sulfur = 0

    package static let water = ElementalComposition(hydrogen: 2, oxygen: 1)

    package static func + (a: Self, b: Self) -> Self {
        Self(
            carbon: a.carbon + b.carbon, hydrogen: a.hydrogen + b.hydrogen, nitrogen: a.nitrogen + b.nitrogen,
            oxygen: a.oxygen + b.oxygen, sulfur: a.sulfur + b.sulfur)
    }

    /// The mass in daltons when every atom is of its element's most abundant isotope.
    package var monoisotopicMass: Double {
        Double(carbon) * IsotopeMass.carbon12 + Double(hydrogen) * IsotopeMass.hydrogen1
            + Double(nitrogen) * IsotopeMass.nitrogen14 + Double(oxygen) * IsotopeMass.oxygen16
            + Double(sulfur) * IsotopeMass.sulfur32
    }

    /// The molecular formula in Hill order, such as `C41H62N10O13`.
    package var hillFormula: String {
        let symbols = [("C", carbon), ("H", hydrogen), ("N", nitrogen), ("O", oxygen), ("S", sulfur)]
        return symbols.filter { $0.1 > 0 }.map { $0.1 == 1 ? $0.0 : "\($0.0)\($0.1)" }.joined()
    }
}

/// Masses in daltons of neutral atoms, from the 2020 atomic mass evaluation (Wang et al., Chinese Physics C 45,
/// 030003, 2021), and of the proton, from CODATA 2018.
package enum IsotopeMass {
    package static let carbon12 = 12.0
    package static let hydrogen1 = 1.007_825_031_898
    package static let nitrogen14 = 14.003_074_004_251
    package static let oxygen16 = 15.994_914_619_257
    package static let sulfur32 = 31.972_071_173_5
    package static let proton = 1.007_276_466_621
}
