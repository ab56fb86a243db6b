/// A parser of a line-based format. It is shown every line once, in order, without the line's end.
///
/// A line completes at most one record, and so does the end of the file.
protocol LineParser {
    associatedtype Record

    /// Takes in one line; returns the record that it completes, if any.
    mutating func consume(_ line: Span<UInt8>) throws(Malformed) -> Record?

    /// Takes in the end of the file; returns the record that it completes, if any.
    mutating func finish() throws(Malformed) -> Record?
}

extension LineParser {
    /// Parses `source` and shows `body` each record, until it returns false.
    mutating func parse(_ source: ByteSource, into body: (Record) -> Bool) throws(SpectrumFileError) {
        var lines = try LineReader(source)
        while let line = try lines.next() {
            let record: Record?
            do { record = try consume(lines.bytes.span.extracting(line)) } catch {
                throw lines.failure(error)
            }
            if let record, !body(record) { return }
        }
        let last: Record?
        do { last = try finish() } catch { throw lines.failure(error) }
        if let last { _ = body(last) }
    }
}
