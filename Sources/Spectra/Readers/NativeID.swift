/// A spectrum's native id in mzML: `key=value` pairs, as the PSI-MS vocabulary defines for each vendor (below
/// MS:1000767).
public struct NativeID: Sendable {
    /// The pairs in their order. Values are whole numbers in most formats.
    public let pairs: [(key: Substring, value: Substring)]

    /// Reads `text`; nil when it is not made of pairs.
    public init?(_ text: String) {
        let words = text.split(separator: " ")
        let pairs = words.compactMap { word -> (key: Substring, value: Substring)? in
            let parts = word.split(separator: "=", omittingEmptySubsequences: false)
            return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty ? (parts[0], parts[1]) : nil
        }
        guard !pairs.isEmpty, pairs.count == words.count else { return nil }
        self.pairs = pairs
    }

    /// The scan number, where it alone names the spectrum: `scan=17`, and Thermo's ids of the mass spectrometer's own
    /// controller. In the ids of other vendors, scans are counted anew for each function or sample.
    public var scanNumber: Int? {
        guard let last = pairs.last, last.key == "scan",
            pairs.count == 1
                || (pairs.count == 3 && pairs[0] == ("controllerType", "0") && pairs[1] == ("controllerNumber", "1"))
        else { return nil }
        return NativeID.wholeNumber(last.value)
    }

    /// The values, when all of them are whole numbers.
    public var numbers: [Int]? {
        let numbers = pairs.compactMap { NativeID.wholeNumber($0.value) }
        return numbers.count == pairs.count ? numbers : nil
    }

    /// The number that `text` writes with digits alone.
    static func wholeNumber(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy(\.isDigit) ? Int(text) : nil
    }
}
