/// A MassBank record as its file writes it: every field in order, every number as text.
///
/// The format is MassBank Record Format 2: `TAG: value` lines, tables whose rows are indented by blanks, and
/// `//` at the end. A file may hold several records.
package struct MassBankRecord: Sendable {
    /// A `TAG: value` line. A table's head (`PK$PEAK`, `PK$ANNOTATION`) is a field too.
    package struct Field: Sendable, Hashable {
        package var tag: String
        package var value: String
    }

    /// A row of the peak table, its numbers as the file writes them.
    package struct Peak: Sendable, Hashable {
        package var mz: String
        package var intensity: String
        /// The relative intensity, 1 to 999; empty when the row has two columns.
        package var relativeIntensity: String
    }

    /// All fields in the order of the file; a tag may occur more than once.
    package var fields: [Field] = []
    /// The rows of `PK$ANNOTATION` without their indentation.
    package var annotations: [String] = []
    /// The rows of `PK$PEAK`, as many as `PK$NUM_PEAK` says.
    package var peaks: [Peak] = []
    /// The same rows as numbers.
    var peakList = PeakList()

    /// The value of the first field `tag`.
    package func value(_ tag: String) -> String? {
        fields.first { $0.tag == tag }?.value
    }

    /// The values of every field `tag`, in the order of the file.
    package func values(_ tag: String) -> [String] {
        fields.lazy.filter { $0.tag == tag }.map(\.value)
    }

    /// What follows `subtag` in the first field `tag` that begins with it, such as `MS2` for `MS_TYPE` in
    /// `AC$MASS_SPECTROMETRY: MS_TYPE MS2`.
    package func value(_ tag: String, _ subtag: String) -> String? {
        let prefix = subtag + " "
        let field = fields.first { $0.tag == tag && $0.value.hasPrefix(prefix) }
        return field.map { String($0.value.dropFirst(prefix.count).drop { $0 == " " }) }
    }

    /// Whether the record was withdrawn; such a record keeps its accession and has no spectrum.
    package internal(set) var isDeprecated = false

    /// Reads the file at `path`, plain or gzip-compressed, and shows `body` each record until it returns
    /// false.
    ///
    /// - Throws: an error with the line for a file that is not made of complete records, or whose peak tables
    ///   are not as long as they say or hold something else than numbers in the range of m/z and intensities.
    package static func read(
        path: String, into body: (MassBankRecord) -> Bool
    ) throws(SpectrumFileError) {
        var parser = MassBankRecordParser()
        try parser.parse(ByteSource(path: path), into: body)
    }

    /// All records of the file at `path`.
    package static func records(path: String) throws(SpectrumFileError) -> [MassBankRecord] {
        var records: [MassBankRecord] = []
        try read(path: path) {
            records.append($0)
            return true
        }
        return records
    }
}

/// Collects the lines of a file into MassBank records.
struct MassBankRecordParser: LineParser {
    private var record = MassBankRecord()
    /// Bytes of text in `record`.
    private var length = 0

    mutating func consume(_ line: Span<UInt8>) throws(Malformed) -> MassBankRecord? {
        let content = line.trimmed(line.indices)
        if content.isEmpty { return nil }
        if line.isRecordEnd(content) { return try endRecord() }
        if record.isDeprecated { return nil }

        length += line.count
        guard length <= SpectrumFileLimits.recordLength else {
            throw Malformed(
                "the record is longer than \(SpectrumFileLimits.recordLength >> 20) MiB; '//' missing?")
        }
        if content.lowerBound > 0 {
            try addRow(line, content)
        } else {
            try addField(line, content)
        }
        return nil
    }

    mutating func finish() throws(Malformed) -> MassBankRecord? {
        guard record.fields.isEmpty else {
            throw Malformed("the file ends inside record \(name): no '//' line; the file is truncated")
        }
        return nil
    }

    private var name: String { record.value("ACCESSION") ?? "" }

    private mutating func addField(_ line: Span<UInt8>, _ content: Range<Int>) throws(Malformed) {
        guard let colon = line.first(UInt8(ascii: ":"), in: content), colon > 0 else {
            throw Malformed("'\(line.excerpt(content))' is not 'TAG: value' as in a MassBank record")
        }
        let tag = line.text(0..<colon)
        guard tag == "ACCESSION" || !record.fields.isEmpty else {
            throw Malformed("the record begins with '\(tag)'; a MassBank record begins with 'ACCESSION: '")
        }
        guard tag != "ACCESSION" || record.fields.isEmpty else {
            throw Malformed("a second ACCESSION in record \(name): '//' missing before this line")
        }
        let value = line.trimmed((colon + 1)..<content.upperBound)
        if tag == "DEPRECATED" { record.isDeprecated = true }
        record.fields.append(MassBankRecord.Field(tag: tag, value: line.text(value)))
    }

    private mutating func addRow(_ line: Span<UInt8>, _ content: Range<Int>) throws(Malformed) {
        switch record.fields.last?.tag {
        case "PK$PEAK": try addPeak(line, content)
        case "PK$ANNOTATION": record.annotations.append(line.text(content))
        default: throw Malformed("'\(line.excerpt(content))' is indented, but no table precedes it")
        }
    }

    private mutating func addPeak(_ line: Span<UInt8>, _ content: Range<Int>) throws(Malformed) {
        var rest = content
        guard let mz = line.nextWord(&rest), let mzValue = line.number(mz),
            let intensity = line.nextWord(&rest), let intensityValue = line.number(intensity)
        else {
            throw Malformed("peak '\(line.excerpt(content))' is not 'm/z intensity relative-intensity'")
        }
        try record.peakList.append(mz: mzValue, intensity: intensityValue)
        let relative = line.nextWord(&rest) ?? rest
        record.peaks.append(
            MassBankRecord.Peak(
                mz: line.text(mz), intensity: line.text(intensity), relativeIntensity: line.text(relative)))
    }

    private mutating func endRecord() throws(Malformed) -> MassBankRecord {
        guard !record.fields.isEmpty else { throw Malformed("'//' ends a record, but none has begun") }
        if !record.isDeprecated { try checkPeakCount() }
        defer { self = MassBankRecordParser() }
        return record
    }

    private func checkPeakCount() throws(Malformed) {
        let announced = record.value("PK$NUM_PEAK") ?? ""
        guard announced == String(record.peaks.count) || (announced == "N/A" && record.peaks.isEmpty) else {
            throw Malformed(
                "record \(name): PK$NUM_PEAK is '\(announced)', but there are \(record.peaks.count) peaks")
        }
    }
}

extension Span<UInt8> {
    fileprivate func isRecordEnd(_ content: Range<Int>) -> Bool {
        content.count == 2 && self[content.lowerBound] == UInt8(ascii: "/")
            && self[content.lowerBound + 1] == UInt8(ascii: "/")
    }
}
