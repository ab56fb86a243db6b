import Foundation

/// Numbers as a reader wants them, with true minus signs and no-break spaces, in one locale everywhere.
public enum Numerals {
    private static let space = "\u{A0}"
    private static let unknown = "\u{2013}"

    /// A decimal number, such as `−0.05`; `+` goes before positive numbers on demand.
    public static func decimal(_ value: Double, places: Int, showsPlus: Bool = false) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return unknown }
        let digits = String(format: "%.\(places)f", value.magnitude)
        // What rounds to zero has no sign.
        guard digits.contains(where: { ("1"..."9").contains($0) }) else { return digits }
        return (value < 0 ? "\u{2212}" : showsPlus ? "+" : "") + digits
    }

    /// A number of at least `figures` significant figures without an exponent, such as `1.84` or `136`.
    public static func significant(_ value: Double, figures: Int = 3) -> String {
        guard value.isFinite, value > 0 else { return decimal(value, places: 0) }
        return decimal(value, places: min(max(figures - 1 - exponent(value, places: figures - 1), 0), 12))
    }

    /// A share as a percentage, such as `95.45 %`; only a whole is 100 %.
    public static func percent(_ share: Double, places: Int) -> String {
        let largestPart = 100 - pow(10, -Double(places))
        let percentage = share < 1 ? min(100 * share, largestPart) : 100 * share
        return decimal(percentage, places: places) + space + "%"
    }

    /// A count with its thousands separated, such as `18,388`.
    public static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [Substring] = []
        while digits.count > 3 {
            groups.insert(digits.suffix(3), at: 0)
            digits = String(digits.dropLast(3))
        }
        return (value < 0 ? "\u{2212}" : "") + ([Substring(digits)] + groups).joined(separator: ",")
    }

    /// A count and what is counted, in the singular or plural, such as `1 query`.
    public static func count(_ value: Int, _ singular: String, _ plural: String) -> String {
        count(value) + space + (value == 1 ? singular : plural)
    }

    /// A number in scientific notation, such as `5.9 × 10⁻⁴`.
    public static func scientific(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return decimal(value, places: 0) }
        let exponent = exponent(value, places: 1)
        let mantissa = decimal(value / pow(10, Double(exponent)), places: 1)
        return exponent == 0 ? mantissa : "\(mantissa)\(space)\u{D7}\(space)\(powerOfTen(exponent))"
    }

    /// The power of ten of a finite number that has been rounded to `places` after the first digit.
    private static func exponent(_ value: Double, places: Int) -> Int {
        String(format: "%.\(places)e", value).split(separator: "e").last.flatMap { Int($0) } ?? 0
    }

    /// A power of ten, such as `10⁻³`; `1` for the exponent 0.
    public static func powerOfTen(_ exponent: Int) -> String {
        guard exponent != 0 else { return "1" }
        let digits: [Character] = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"]
        let raised = String(exponent.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] }
        return "10" + (exponent < 0 ? "⁻" : "") + String(raised)
    }

    /// A duration in the unit that suits it, such as `36 ms` or `2 min 13 s`.
    public static func duration(seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e12 else { return unknown }
        switch seconds {
        case ...0: return "0\(space)s"
        case ..<0.9995e-3: return significant(seconds * 1e6) + space + "µs"
        case ..<0.9995: return significant(seconds * 1e3) + space + "ms"
        case ..<119.5: return significant(seconds) + space + "s"
        default:
            let whole = Int(seconds.rounded())
            return whole < 7200
                ? "\(whole / 60)\(space)min \(whole % 60)\(space)s"
                : "\(count(whole / 3600))\(space)h \(whole / 60 % 60)\(space)min"
        }
    }

    /// A size in decimal units, such as `12.6 MB`.
    public static func bytes(_ value: Int) -> String {
        guard value >= 1000 else { return count(value) + space + "B" }
        var (amount, units) = (Double(value) / 1000, ["kB", "MB", "GB", "TB", "PB", "EB"][...])
        while amount >= 999.5 {
            amount /= 1000
            units.removeFirst()
        }
        return significant(amount) + space + units[units.startIndex]
    }
}
