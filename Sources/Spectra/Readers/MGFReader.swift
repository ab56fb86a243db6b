/// Reads the Mascot generic format: `BEGIN IONS`, `KEY=value` lines, peaks, `END IONS`.
///
/// Parameters outside of the blocks hold for all blocks after them. Lines that begin with `#`, `;`, `!` or
/// `/` are comments. Retention times are `RTINSECONDS`, or carry their unit.
struct MGFReader: LineParser {
    private var globalMetadata = SpectrumMetadata()
    private var metadata = SpectrumMetadata()
    private var peaks = PeakList()
    private var isInsideBlock = false

    mutating func consume(_ line: Span<UInt8>) throws(Malformed) -> Spectrum? {
        let content = line.trimmed(line.indices)
        guard let start = content.first, !line[start].beginsComment else { return nil }

        if line.equals("BEGIN IONS", in: content) {
            guard !isInsideBlock else {
                throw Malformed("BEGIN IONS before the END IONS of the block before")
            }
            (isInsideBlock, metadata, peaks) = (true, globalMetadata, PeakList())
        } else if line.equals("END IONS", in: content) {
            guard isInsideBlock else { throw Malformed("END IONS without BEGIN IONS") }
            isInsideBlock = false
            return metadata.spectrum(peaks: peaks.peaks, retentionTimeUnit: nil)
        } else if let equals = line.first(UInt8(ascii: "="), in: content) {
            try addParameter(line, key: start..<equals, value: (equals + 1)..<content.upperBound)
        } else {
            try addPeak(line, content)
        }
        return nil
    }

    mutating func finish() throws(Malformed) -> Spectrum? {
        guard !isInsideBlock else { throw Malformed("the file ends without END IONS: it is truncated") }
        return nil
    }

    private mutating func addParameter(
        _ line: Span<UInt8>, key: Range<Int>, value: Range<Int>
    ) throws(Malformed) {
        guard let field = SpectrumMetadata.field(named: line.normalizedKey(key)) else { return }
        let text = line.text(line.trimmed(value))
        if isInsideBlock {
            try metadata.note(field, text)
        } else {
            try globalMetadata.note(field, text)
        }
    }

    private mutating func addPeak(_ line: Span<UInt8>, _ content: Range<Int>) throws(Malformed) {
        guard isInsideBlock else {
            throw Malformed("'\(line.excerpt(content))' is neither 'KEY=value' nor 'BEGIN IONS'")
        }
        var rest = content
        guard let mz = line.nextWord(&rest).flatMap({ line.number($0) }),
            let intensity = line.nextWord(&rest).flatMap({ line.number($0) }),
            line.isChargeOrNothing(line.trimmed(rest))
        else { throw Malformed("'\(line.excerpt(content))' is neither 'm/z intensity' nor 'KEY=value'") }
        try peaks.append(mz: mz, intensity: intensity)
    }
}

extension Span<UInt8> {
    /// Whether the bytes in `range` are `text`, in whatever case; `text` is in upper case.
    fileprivate func equals(_ text: StaticString, in range: Range<Int>) -> Bool {
        guard range.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { expected in
            zip(range, expected).allSatisfy { self[$0] == $1 || self[$0] == $1 | 0x20 }
        }
    }

    /// Whether `range` is empty or a fragment's charge such as `2+`.
    fileprivate func isChargeOrNothing(_ range: Range<Int>) -> Bool {
        range.count <= 4
            && range.allSatisfy {
                self[$0].isDigit || self[$0] == UInt8(ascii: "+") || self[$0] == UInt8(ascii: "-")
            }
    }
}

extension UInt8 {
    fileprivate var beginsComment: Bool {
        switch self {
        case UInt8(ascii: "#"), UInt8(ascii: ";"), UInt8(ascii: "!"), UInt8(ascii: "/"): true
        default: false
        }
    }
}
