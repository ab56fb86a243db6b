/// HTML or SVG text in which every interpolated string has been escaped.
///
/// Names of compounds come from files that anybody may have written. Only this type can build a page, plain
/// strings enter it escaped, and only literals in our source enter it as they are.
public struct Markup: ExpressibleByStringInterpolation, Sendable {
    /// The text, ready to stand in a page.
    public private(set) var text: String

    /// A literal, as it is.
    public init(stringLiteral value: String) { text = value }
    /// A literal with values in it, which are escaped.
    public init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    /// Collects the parts of a literal.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        /// An empty collection with room for a literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + 16 * interpolationCount)
        }

        /// Part of a literal, as it is.
        public mutating func appendLiteral(_ literal: String) { text += literal }
        /// Markup, as it is.
        public mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
        /// Markup, part after part.
        public mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.text }
        }
        /// Text, escaped.
        public mutating func appendInterpolation(_ string: String) { text += Markup.escape(string) }
        /// A whole number, without separators.
        public mutating func appendInterpolation(_ number: Int) { text += String(number) }
        /// A coordinate, to a tenth of a unit.
        public mutating func appendInterpolation(_ coordinate: Double) {
            text += Markup.coordinate(coordinate)
        }
    }

    /// Appends `addition`.
    public static func += (markup: inout Markup, addition: Markup) { markup.text += addition.text }

    /// Replaces what HTML or XML would interpret, and characters that XML forbids.
    private static func escape(_ string: String) -> String {
        var escaped = ""
        escaped.reserveCapacity(string.utf8.count)
        for scalar in string.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            case "\n", "\t": escaped.unicodeScalars.append(scalar)
            case "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
            default:
                let isControl = scalar.properties.generalCategory == .control
                escaped.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
            }
        }
        return escaped
    }

    private static func coordinate(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e9 else { return "0" }
        let tenths = Int((value * 10).rounded())
        guard !tenths.isMultiple(of: 10) else { return String(tenths / 10) }
        return "\(tenths < 0 ? "-" : "")\(tenths.magnitude / 10).\(tenths.magnitude % 10)"
    }
}
