import Storage

/// Neighbouring entries in one file, each after its number of bytes, two bytes with the higher first (C2SP tlog-tiles).
package enum EntryBundle {
    /// Bytes of the largest entry.
    package static let entryByteLimit = Int(UInt16.max)
    /// Bytes of the largest bundle.
    package static let byteLimit = TileName.fullWidth * (2 + entryByteLimit)

    /// The bundle of `entries`, at most 256, each within the limit.
    package static func encode(_ entries: some Collection<[UInt8]>) -> [UInt8] {
        entries.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 0xFF)] + $0 }
    }

    /// The entries in `bytes`.
    ///
    /// - Parameter source: what to call the bundle when it is none.
    package static func decode(_ bytes: [UInt8], source: String) throws(InputError) -> [[UInt8]] {
        let (entries, byteCount) = wholeEntries(bytes)
        guard byteCount == bytes.count else {
            throw InputError(
                source,
                entries.count == TileName.fullWidth
                    ? "has more than the \(TileName.fullWidth) entries of a bundle"
                    : "ends within its entry number \(entries.count)")
        }
        return entries
    }

    /// The entries that `bytes` begin with, at most 256, and how many bytes they take.
    static func wholeEntries(_ bytes: [UInt8]) -> (entries: [[UInt8]], byteCount: Int) {
        var (entries, position) = ([[UInt8]](), 0)
        while position + 2 <= bytes.count, entries.count < TileName.fullWidth {
            let end = position + 2 + (Int(bytes[position]) << 8 | Int(bytes[position + 1]))
            guard end <= bytes.count else { break }
            entries.append(Array(bytes[position + 2..<end]))
            position = end
        }
        return (entries, position)
    }
}
