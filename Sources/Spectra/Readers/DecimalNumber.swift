/// Reading decimal numbers from bytes.
///
/// The fast path is exact: a significand below 2^53 and a power of ten up to 10^22 are both representable, so
/// that their product or quotient is rounded once (W. D. Clinger, "How to read floating point numbers
/// accurately", PLDI 1990). Everything else goes through the standard library.
extension Span<UInt8> {
    /// The decimal number at the start of `rest`, which shrinks to what follows it; nil, and `rest` as it
    /// was, when there is none. Infinity when the number exceeds the range of `Double`.
    ///
    /// A number is `[+-] digits [. digits] [e [+-] digits]` with a digit before or after the point, at most
    /// 100 bytes in all.
    func nextNumber(_ rest: inout Range<Int>) -> Double? {
        let window = rest.prefix(100)
        var position = window.lowerBound
        let isNegative = skipSign(&position, in: window)

        var digits = DecimalDigits()
        scanDigits(&position, in: window) { digits.append($0) }
        if position < window.upperBound, self[position] == UInt8(ascii: ".") {
            position += 1
            scanDigits(&position, in: window) { digits.append($0, isFraction: true) }
        }
        guard digits.count > 0 else { return nil }
        let exponent = scanExponent(&position, in: window)
        guard position < window.upperBound || window.upperBound == rest.upperBound else { return nil }

        defer { rest = position..<rest.upperBound }
        if let magnitude = digits.exactValue(timesTenTo: exponent) {
            return isNegative ? -magnitude : magnitude
        }
        return Double(text(rest.lowerBound..<position))
    }

    /// The value of `range` when all of it is one decimal number.
    func number(_ range: Range<Int>) -> Double? {
        var rest = range
        guard let value = nextNumber(&rest), rest.isEmpty else { return nil }
        return value
    }

    private func skipSign(_ position: inout Int, in window: Range<Int>) -> Bool {
        guard position < window.upperBound else { return false }
        let isNegative = self[position] == UInt8(ascii: "-")
        if isNegative || self[position] == UInt8(ascii: "+") { position += 1 }
        return isNegative
    }

    private func scanDigits(_ position: inout Int, in window: Range<Int>, _ use: (UInt8) -> Void) {
        while position < window.upperBound, self[position].isDigit {
            use(self[position] - UInt8(ascii: "0"))
            position += 1
        }
    }

    /// The exponent at `position`, which moves past it; 0 when there is none. Clamped to a million, far
    /// beyond the range of `Double`.
    private func scanExponent(_ position: inout Int, in window: Range<Int>) -> Int {
        guard position < window.upperBound, self[position] | 0x20 == UInt8(ascii: "e") else { return 0 }
        var end = position + 1
        let isNegative = skipSign(&end, in: window)
        let start = end
        var exponent = 0
        scanDigits(&end, in: window) { exponent = min(exponent * 10 + Int($0), 1_000_000) }
        guard end > start else { return 0 }
        position = end
        return isNegative ? -exponent : exponent
    }
}

/// The digits of a decimal number, gathered into a significand and a power of ten.
private struct DecimalDigits {
    private(set) var count = 0
    private var significand: UInt64 = 0
    private var fractionDigits = 0
    private var isExact = true

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    mutating func append(_ digit: UInt8, isFraction: Bool = false) {
        count += 1
        if significand < 1 << 53 {
            significand = significand * 10 + UInt64(digit)
            if isFraction { fractionDigits += 1 }
        } else {
            isExact = false
        }
    }

    /// The number times ten to `exponent`; nil when this cannot be had with a single rounding.
    func exactValue(timesTenTo exponent: Int) -> Double? {
        guard isExact, significand <= 1 << 53 else { return nil }
        let power = exponent - fractionDigits
        let powers = DecimalDigits.powersOfTen
        switch power {
        case 0..<powers.count: return Double(significand) * powers[power]
        case -powers.count + 1..<0: return Double(significand) / powers[-power]
        default: return nil
        }
    }
}
