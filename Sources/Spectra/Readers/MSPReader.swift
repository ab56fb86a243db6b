/// Reads the MSP text format of spectral libraries: `KEY: value` lines, `Num Peaks: n`, n peaks, a blank
/// line.
///
/// There is no standard; this reads what NIST, MoNA, MassBank, RIKEN (MS-DIAL) and the Golm database write.
/// Retention times without a unit are in minutes, as RIKEN and MoNA have them.
struct MSPReader: LineParser {
    private enum State {
        /// Before the first line of a record.
        case start
        case header
        /// Among the peaks, of which there are to be `announced`.
        case peaks(announced: Int)
        /// After the last peak of a record.
        case complete
    }

    private var state = State.start
    private var metadata = SpectrumMetadata()
    private var peaks = PeakList()
    private var hasName = false

    mutating func consume(_ line: Span<UInt8>) throws(Malformed) -> Spectrum? {
        let content = line.trimmed(line.indices)
        guard !content.isEmpty else { return try endRecord() }

        switch state {
        case .start, .header:
            try addHeader(line, content)
            return nil
        case .peaks(let announced):
            guard line.startsNumber(content) else { throw peakCountFailure(announced) }
            try addPeaks(line, content, announced: announced)
            return nil
        case .complete:
            guard !line.startsNumber(content) else {
                throw Malformed(
                    "'Num Peaks' is \(peaks.count), but more peaks follow: '\(line.excerpt(content))'")
            }
            let spectrum = try endRecord()
            try addHeader(line, content)
            return spectrum
        }
    }

    mutating func finish() throws(Malformed) -> Spectrum? {
        try endRecord()
    }

    /// Ends the record at a blank line, at the next record or at the end of the file.
    private mutating func endRecord() throws(Malformed) -> Spectrum? {
        switch state {
        case .start: return nil
        case .header: throw Malformed("the record ends here without 'Num Peaks: n' and peaks")
        case .peaks(let announced): throw peakCountFailure(announced)
        case .complete:
            let spectrum = metadata.spectrum(peaks: peaks.peaks, retentionTimeUnit: .minute)
            self = MSPReader()
            return spectrum
        }
    }

    private mutating func addHeader(_ line: Span<UInt8>, _ content: Range<Int>) throws(Malformed) {
        guard let colon = line.first(UInt8(ascii: ":"), in: content) else {
            throw Malformed("'\(line.excerpt(content))' is not 'KEY: value'")
        }
        state = .header
        let value = line.trimmed((colon + 1)..<content.upperBound)
        switch line.normalizedKey(content.lowerBound..<colon) {
        case "numpeaks": try startPeaks(line, value)
        case "comment", "comments": try addComments(line, value)
        case let key:
            guard let field = SpectrumMetadata.field(named: key) else { return }
            if field == .name { try startName() }
            try metadata.note(field, line.text(value))
        }
    }

    private mutating func startName() throws(Malformed) {
        guard !hasName else {
            throw Malformed("a second name in one record: 'Num Peaks' and peaks are missing")
        }
        hasName = true
    }

    private mutating func startPeaks(_ line: Span<UInt8>, _ value: Range<Int>) throws(Malformed) {
        guard let announced = Int(line.text(value)), 0...SpectrumFileLimits.peaks ~= announced else {
            throw Malformed(
                "'Num Peaks' is '\(line.excerpt(value))', not a number from 0 to \(SpectrumFileLimits.peaks)")
        }
        state = announced == 0 ? .complete : .peaks(announced: announced)
    }

    /// Adds a line of peaks: `m/z intensity` or `m/z:intensity`, each with an annotation in quotes or
    /// without, separated by blanks or semicolons.
    private mutating func addPeaks(
        _ line: Span<UInt8>, _ content: Range<Int>, announced: Int
    ) throws(Malformed) {
        var rest = content
        while !rest.isEmpty {
            guard let mz = line.nextNumber(&rest), line.skipToIntensity(&rest),
                let intensity = line.nextNumber(&rest), line.skipToNextPeak(&rest)
            else {
                throw Malformed("'\(line.excerpt(content))' is not 'm/z intensity', once or several times")
            }
            try peaks.append(mz: mz, intensity: intensity)
        }
        guard peaks.count <= announced else { throw peakCountFailure(announced) }
        if peaks.count == announced { state = .complete }
    }

    private func peakCountFailure(_ announced: Int) -> Malformed {
        Malformed("'Num Peaks' is \(announced), but there are \(peaks.count) peaks")
    }

    /// Takes from the comments what the record has no line of its own for.
    private mutating func addComments(_ line: Span<UInt8>, _ value: Range<Int>) throws(Malformed) {
        var rest = value
        while let entry = line.nextComment(&rest) {
            guard let field = SpectrumMetadata.field(named: line.normalizedKey(entry.key)) else { continue }
            try metadata.note(field, line.text(line.trimmed(entry.value)), isFallback: true)
        }
    }
}

extension Span<UInt8> {
    /// Whether a peak could begin here.
    fileprivate func startsNumber(_ range: Range<Int>) -> Bool {
        let first = self[range.lowerBound]
        return first.isDigit || first == UInt8(ascii: ".") || first == UInt8(ascii: "+")
            || first == UInt8(ascii: "-")
    }

    /// Skips the blanks or the colon between an m/z and its intensity; says whether there were any.
    fileprivate func skipToIntensity(_ rest: inout Range<Int>) -> Bool {
        skip(&rest) { $0.isBlank || $0 == UInt8(ascii: ":") }
    }

    /// Skips the annotation in quotes that may follow an intensity, and the blanks and semicolons around it;
    /// says whether the peak ends properly.
    fileprivate func skipToNextPeak(_ rest: inout Range<Int>) -> Bool {
        guard skip(&rest, where: { $0.isBlank || $0 == UInt8(ascii: ";") }) || rest.isEmpty else {
            return false
        }
        guard let quote = rest.first, self[quote] == UInt8(ascii: "\"") else { return true }
        guard let end = first(UInt8(ascii: "\""), in: (quote + 1)..<rest.upperBound) else { return false }
        rest = (end + 1)..<rest.upperBound
        return skip(&rest) { $0.isBlank || $0 == UInt8(ascii: ";") } || rest.isEmpty
    }

    private func skip(_ rest: inout Range<Int>, where isSkipped: (UInt8) -> Bool) -> Bool {
        let end = rest.first { !isSkipped(self[$0]) } ?? rest.upperBound
        defer { rest = end..<rest.upperBound }
        return end > rest.lowerBound
    }
}
