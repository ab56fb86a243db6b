import CKKS
import Storage

/// The least and the greatest precursor of each block of an interactive index, in daltons: ascending, and infinite where
/// none of a block's spectra has one.
struct BlockPrecursors: Sendable {
    private let ranges: [ClosedRange<Double>]

    /// The ranges of an index whose rows have these precursors, ascending.
    init(_ precursors: [Double], _ layout: TallMatrixLayout) {
        ranges = (0..<layout.blockCount).map {
            let rows = layout.rows(ofBlock: $0)
            return precursors[rows.lowerBound]...(precursors[rows].last { $0 < .infinity } ?? .infinity)
        }
    }

    /// Reads what ``bytes`` gives.
    ///
    /// - Throws: ``InputError`` when a number is none, or they do not ascend.
    init(bytes: [UInt8], path: String) throws(InputError) {
        var reader = HeaderReader(bytes, skipping: 0)
        let limits = (0..<bytes.count / 8).map { _ in Double(bitPattern: reader.integer(UInt64.self)) }
        // Not a number is not below anything, and nothing below it.
        guard limits.allSatisfy({ $0 > 0 }), zip(limits, limits.dropFirst()).allSatisfy({ $0 <= $1 }) else {
            throw InputError(path, "has blocks whose precursors do not ascend")
        }
        ranges = stride(from: 0, to: limits.count, by: 2).map { limits[$0]...limits[$0 + 1] }
    }

    /// The file's part: 16 bytes for each block.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        for range in ranges {
            bytes.append(littleEndian: range.lowerBound.bitPattern)
            bytes.append(littleEndian: range.upperBound.bitPattern)
        }
        return bytes
    }

    static func byteCount(_ layout: TallMatrixLayout) -> Int { 16 * layout.blockCount }

    /// The blocks whose precursors lie around or in `window`; all of them where it is unlimited.
    func blocks(_ window: Range<Double>) -> Range<Int> {
        guard window.upperBound < .infinity else { return ranges.indices }
        let first = ranges.firstIndex { $0.upperBound >= window.lowerBound } ?? ranges.count
        let end = ranges.firstIndex { $0.lowerBound >= window.upperBound } ?? ranges.count
        return first..<max(first, end)
    }
}
