import Foundation
import Ring
import Storage

/// One search on the host, from files to a file: an upload against a library folder.
///
/// Memory holds the packed upload and one block of rows and answers, whatever the size of the library.
public struct SearchJob: Sendable {
    /// The library's card.
    public let card: LibraryCard
    /// The library's rows.
    public let index: LibraryIndex
    /// The encrypted queries.
    public let upload: Upload

    /// Opens and checks everything that the search reads.
    ///
    /// - Throws: ``InputError`` naming the file that is damaged or belongs to another library.
    public init(library folder: String, queries queriesPath: String) throws {
        func path(_ name: String) -> String { URL(fileURLWithPath: folder).appendingPathComponent(name).path }
        card = try LibraryCard(path: path(SpectralLibrary.FileName.card))
        index = try LibraryIndex(path: path(SpectralLibrary.FileName.index), card: card)
        upload = try Upload(path: queriesPath, card: card)
    }

    /// Bytes of the answer that ``run(output:threads:progress:)`` writes.
    public var answerByteCount: Int {
        AnswerLayout.headerCount + Digest.byteCount
            + index.rowCount * AnswerLayout(card: card, queryCount: upload.queryCount).recordByteCount
    }

    /// Searches, and writes the answer to `output`.
    ///
    /// - Parameters:
    ///   - output: path of the answer; it appears when it is whole.
    ///   - threads: number of cores to use.
    ///   - progress: called after each block with the number of library rows done.
    public func run(output: String, threads: Int, progress: (Int) -> Void) throws {
        let file = try SealedFile(path: output)
        try file.write(AnswerLayout.header(card: card, upload: upload, rowCount: index.rowCount))
        try Self.answer(index, card: card, upload: upload, threads: threads) { answer, rowsDone in
            try file.write(answer)
            progress(rowsDone)
        }
        try file.sealAndCommit()
    }

    /// Answers every row of `source` in blocks.
    private static func answer(
        _ source: some RowSource, card: LibraryCard, upload: Upload, threads: Int,
        block: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        let search = BatchSearch(card: card, upload: upload, threads: threads)
        let blockRows = Self.blockRows(recordByteCount: search.recordByteCount, threads: threads)
        let rows = AlignedBuffer<Int8>(count: blockRows * source.dimension)
        let answer = AlignedBuffer<UInt8>(count: blockRows * search.recordByteCount)
        for first in stride(from: 0, to: source.rowCount, by: blockRows) {
            let range = first..<min(first + blockRows, source.rowCount)
            try rows.withUnsafeMutableBufferPointer { rows in
                let rows = UnsafeMutableBufferPointer(rebasing: rows[0..<range.count * source.dimension])
                try source.copyRows(range, to: rows)
                try answer.withUnsafeMutableBufferPointer { answer in
                    let answer = UnsafeMutableRawBufferPointer(
                        rebasing: UnsafeMutableRawBufferPointer(answer)[0..<range.count * search.recordByteCount])
                    search.answer(rows: UnsafeBufferPointer(rows), into: answer, threads: threads)
                    try block(UnsafeRawBufferPointer(answer), range.upperBound)
                }
            }
        }
    }

    /// Rows of a block: about 64 MiB of answers, and work for every thread.
    private static func blockRows(recordByteCount: Int, threads: Int) -> Int {
        let wanted = (64 << 20) / recordByteCount / BatchSearch.blockRows
        return max(wanted, threads) * BatchSearch.blockRows
    }
}
