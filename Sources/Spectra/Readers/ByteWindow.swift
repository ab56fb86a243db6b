/// The part of a file that is in memory: it slides along the file and grows only for what does not fit.
struct ByteWindow {
    /// The bytes in memory; those outside of `unread` mean nothing.
    private(set) var bytes = [UInt8](repeating: 0, count: ByteSource.pieceLength)
    /// Where the bytes lie that are not consumed yet.
    private(set) var unread = 0..<0
    /// Whether nothing follows the unread bytes.
    private(set) var isAtEnd = false

    let source: ByteSource

    init(_ source: ByteSource) {
        self.source = source
    }

    /// Consumes the unread bytes before `index`.
    mutating func consume(upTo index: Int) {
        unread = index..<unread.upperBound
    }

    /// Moves the unread bytes to the front, makes room when they fill the window, and reads on.
    mutating func fill() throws(SpectrumFileError) {
        if unread.lowerBound > 0 {
            bytes.withUnsafeMutableBytes { bytes in
                bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[unread]))
            }
            unread = 0..<unread.count
        }
        if unread.upperBound == bytes.count { bytes += [UInt8](repeating: 0, count: bytes.count) }
        let count = try source.read(into: &bytes, from: unread.upperBound)
        unread = 0..<(unread.upperBound + count)
        isAtEnd = count == 0
    }

    /// Consumes the UTF-8 byte order mark that the file may begin with. To be called before anything is read.
    mutating func skipByteOrderMark() throws(SpectrumFileError) {
        try fill()
        if bytes[unread].starts(with: [0xEF, 0xBB, 0xBF]) { consume(upTo: 3) }
    }
}
