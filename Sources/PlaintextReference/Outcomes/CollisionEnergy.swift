/// A collision energy as files write it, made comparable: `20 eV`, `35eV`, `60 % (nominal)`, `30(NCE)`,
/// `Ramp 5-60 V`, `45`.
///
/// - Volts count as electronvolts, which they are for singly charged precursors.
/// - `%`, `NCE`, `normalized` and MassBank's `(nominal)` all mean normalised collision energy: the share of an energy
///   that grows with the precursor's m/z (Thermo Fisher Scientific's unit).
package enum CollisionEnergy: Sendable, Hashable {
    /// In electronvolts.
    case electronvolts(Double)
    /// Normalised, in per cent.
    case normalised(Double)
    /// A number whose unit the file does not give.
    case withoutUnit(Double)
    /// A ramp, or several energies in one spectrum.
    case several

    /// Reads the energy in `text`; nil when it names none.
    package init?(_ text: String) {
        // What follows 200 characters is not an energy.
        let text = text.prefix(200).lowercased()
        let numbers = Self.numbers(in: text)
        guard let (value, rest) = numbers.first else { return nil }
        if numbers.count > 1 || text.contains("ramp") || text.contains("step") {
            self = .several
            return
        }
        switch rest.prefix(while: \.isLetter) {
        case "ev", "v": self = .electronvolts(value)
        case "kev", "kv": self = .electronvolts(1000 * value)
        default: self = Self.saysNormalised(text) ? .normalised(value) : .withoutUnit(value)
        }
    }

    private static func saysNormalised(_ text: String) -> Bool {
        let words = text.split { !$0.isLetter }
        return text.contains("%") || !Set(words).isDisjoint(with: ["nce", "nominal", "normalized", "normalised"])
    }

    /// The numbers in `text`, without sign, each with what follows it; digits within a word, as in `MS2`, are none.
    private static func numbers(in text: String) -> [(value: Double, rest: Substring)] {
        var numbers: [(Double, Substring)] = []
        var rest = text[...]
        var previous: Character = " "
        while let character = rest.first {
            guard character.isASCII, character.isNumber, !previous.isLetter else {
                previous = rest.removeFirst()
                continue
            }
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            previous = "0"
            // Finite, whatever the number of digits.
            if let value = Double(digits), value < 1e6 { numbers.append((value, rest.drop { $0 == " " })) }
        }
        return numbers
    }
}
