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
    /// Digest of the upload that was searched for.
    public let uploadDigest: Digest
    package let layout: AnswerLayout
    private let file: InputFile

    static let headerCount = 8 + 32 + 32 + 8

    /// Opens the answer at `path` and checks that it belongs to `run`.
    ///
    /// - Throws: ``InputError`` when it is damaged, or the answer to something else.
    public init(path: String, run: RunRecord) throws {
        file = try InputFile(path: path, kind: .answer, headerCount: Self.headerCount)
        var header = HeaderReader(try file.read(at: 0, count: Self.headerCount), skipping: 8)
        guard let cardDigest = Digest(bytes: header.bytes(32)), let uploadDigest = Digest(bytes: header.bytes(32))
        else { throw InputError(path, "has a damaged header") }
        rowCount = Int(header.integer(UInt32.self))
        queryCount = Int(header.integer(UInt32.self))
        self.uploadDigest = uploadDigest
        guard uploadDigest == run.uploadDigest else {
            throw InputError(path, "is the answer to another run than the one whose record was given with --run")
        }
        guard cardDigest == run.card.digest else {
            throw InputError(path, "comes from another library than the run was encrypted for")
        }
        layout = AnswerLayout(card: run.card, queryCount: queryCount)
        guard queryCount == run.queries.count, rowCount == run.card.content.library.spectra,
            file.contentCount == Self.headerCount + rowCount * layout.recordByteCount
        else {
            throw InputError(
                path,
                "does not hold the scores of \(run.queries.count) queries against "
                    + "\(run.card.content.library.spectra) library spectra")
        }
    }

    /// Copies the records of the library rows of `range` to `buffer`.
    func copyRecords(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) throws {
        try file.read(at: Self.headerCount + range.lowerBound * layout.recordByteCount, into: buffer)
    }

    static func header(card: LibraryCard, upload: Upload, rowCount: Int) -> [UInt8] {
        var header = FileKind.answer.opening + card.digest.bytes + upload.digest.bytes
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(upload.queryCount))
        return header
    }
}
