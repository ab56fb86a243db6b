/// The entries of an MSP `Comments` line.
extension Span<UInt8> {
    /// The next entry in `rest`, which shrinks to what follows it; nil at the end. Entries are `"key=value"`
    /// (MoNA), `key="value"` or `key=value` (NIST); words without `=` are skipped.
    func nextComment(_ rest: inout Range<Int>) -> (key: Range<Int>, value: Range<Int>)? {
        while true {
            rest = trimmed(rest)
            guard let start = rest.first else { return nil }
            let isQuoted = self[start] == UInt8(ascii: "\"")
            let text =
                isQuoted ? nextQuoted(&rest) : start..<(rest.first { self[$0].isBlank } ?? rest.upperBound)
            guard let equals = first(UInt8(ascii: "="), in: text) else {
                if !isQuoted { rest = text.upperBound..<rest.upperBound }
                continue
            }
            let key = text.lowerBound..<equals
            if isQuoted { return (key, (equals + 1)..<text.upperBound) }

            rest = (equals + 1)..<rest.upperBound
            if let next = rest.first, self[next] == UInt8(ascii: "\"") { return (key, nextQuoted(&rest)) }
            defer { rest = text.upperBound..<rest.upperBound }
            return (key, (equals + 1)..<text.upperBound)
        }
    }

    /// What lies between the quotation mark at the start of `rest` and the next one, or the end; `rest`
    /// shrinks to what follows.
    private func nextQuoted(_ rest: inout Range<Int>) -> Range<Int> {
        let start = rest.lowerBound + 1
        let end = first(UInt8(ascii: "\""), in: start..<rest.upperBound) ?? rest.upperBound
        defer { rest = Swift.min(end + 1, rest.upperBound)..<rest.upperBound }
        return start..<end
    }
}
