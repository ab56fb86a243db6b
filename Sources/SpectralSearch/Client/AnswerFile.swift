import Foundation
import RLWE
import Storage

/// Encrypted scores as they travel back to the researcher.
///
/// File: `MSFHE-S1`, the card's digest (32 bytes), the upload's digest (32), the number of library rows and of
/// queries (4 each), then one record for each library row (``AnswerLayout``), then the SHA-256.
public final class AnswerFile: Sendable {
    /// Number of library rows.
    public let rowCount: Int
    /// Number of queries.
    public let queryCount: Int
    package let layout: AnswerLayout
    private let file: InputFile

    /// Opens the answer at `path` and checks that it belongs to `run`.
    ///
    /// - Throws: ``InputError`` when it is damaged, or the answer to something else.
    public init(path: String, run: RunRecord) throws {
        let rowCount = run.card.content.library.spectra
        let queryCount = run.queries.count
        let layout = AnswerLayout(card: run.card, queryCount: queryCount)
        file = try InputFile(path: path, kind: .answer, headerCount: AnswerLayout.headerCount) { header in
            var header = header
            let cardDigest = header.bytes(Digest.byteCount)
            guard header.bytes(Digest.byteCount) == run.uploadDigest.bytes else {
                throw InputError(path, "is the answer to another run than the one whose record was given with --run")
            }
            guard cardDigest == run.card.digest.bytes else {
                throw InputError(path, "comes from another library than the run was encrypted for")
            }
            guard header.integer(UInt32.self) == rowCount, header.integer(UInt32.self) == queryCount else {
                throw InputError(
                    path, "does not hold the scores of \(queryCount) queries against \(rowCount) library spectra")
            }
            return AnswerLayout.headerCount + rowCount * layout.recordByteCount
        }
        self.rowCount = rowCount
        self.queryCount = queryCount
        self.layout = layout
    }

    /// Copies the records of the library rows of `range` to `buffer`.
    func copyRecords(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) throws {
        try file.read(at: AnswerLayout.headerCount + range.lowerBound * layout.recordByteCount, into: buffer)
    }
}
