import Foundation
import RLWE
import Ring
import Storage

/// Encrypted scores as they travel back to the researcher.
///
/// File: `MSFHE-S1`, the card's digest (32 bytes), the upload's digest (32), the number of library rows and of
/// queries (4 each), then one record for each library row (``AnswerLayout``), then the SHA-256. Where the library
/// publishes its mask seed, the records lack their masks, which are read from the library's mask part.
public final class AnswerFile: Sendable {
    /// Number of library rows.
    public let rowCount: Int
    /// Number of queries.
    public let queryCount: Int
    package let layout: AnswerLayout
    private let file: InputFile
    private let masks: MaskPart?

    /// Opens the answer at `path` and checks that it belongs to `run`.
    ///
    /// - Parameter masksPath: the library's file `masks`, where it publishes its mask seed.
    /// - Throws: ``InputError`` when a file is damaged, the answer to something else, or missing.
    public init(path: String, run: RunRecord, masksPath: String? = nil) throws {
        try run.require(.batch, path: path)
        let rowCount = run.card.content.library.spectra
        let queryCount = run.queries.count
        let layout = AnswerLayout(card: run.card, queryCount: queryCount)
        file = try InputFile(path: path, kind: .answer, headerCount: AnswerLayout.headerCount) { header in
            var header = header
            try run.requireAnswer(&header, path: path)
            return AnswerLayout.headerCount + rowCount * layout.answeredByteCount
        }
        if layout.masksStandApart {
            guard let masksPath else {
                throw InputError(
                    path, "has no masks, which this library publishes: name its file 'masks' with --masks")
            }
            masks = try MaskPart(path: masksPath, card: run.card)
        } else {
            masks = nil
        }
        self.rowCount = rowCount
        self.queryCount = queryCount
        self.layout = layout
    }

    /// Copies the whole records of the library rows of `range` to `buffer`.
    func copyRecords(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) throws {
        guard let masks else { return try copyAnswered(range, to: buffer) }
        let parts = (
            AlignedBuffer<UInt8>(count: range.count * layout.maskByteCount),
            AlignedBuffer<UInt8>(count: range.count * layout.bodyByteCount)
        )
        try parts.0.withUnsafeMutableBufferPointer { try masks.copyMasks(range, to: UnsafeMutableRawBufferPointer($0)) }
        try parts.1.withUnsafeMutableBufferPointer { try copyAnswered(range, to: UnsafeMutableRawBufferPointer($0)) }
        for row in 0..<range.count {
            let record = buffer.baseAddress! + row * layout.recordByteCount
            record.copyMemory(
                from: parts.0.unsafeBase + row * layout.maskByteCount, byteCount: layout.maskByteCount)
            (record + layout.maskByteCount).copyMemory(
                from: parts.1.unsafeBase + row * layout.bodyByteCount, byteCount: layout.bodyByteCount)
        }
    }

    /// Copies the records as the file holds them.
    private func copyAnswered(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) throws {
        try file.requireUnchanged()
        try file.read(at: AnswerLayout.headerCount + range.lowerBound * layout.answeredByteCount, into: buffer)
    }
}
