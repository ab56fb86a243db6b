import Foundation
import RLWE
import Ring
import Storage

/// One search on the host, from files to a file: an upload against a library folder.
///
/// Memory holds the packed upload and one block of rows and answers, whatever the size of the library; a bound makes
/// the block smaller.
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
            + index.rowCount * AnswerLayout(card: card, queryCount: upload.queryCount).answeredByteCount
    }

    /// Memory of a process before it searches, and its file buffers: 32 MiB on Linux, of which code and libraries
    /// are 26.
    public static let programByteCount = 40 << 20

    /// Searches, and writes the answer to `output`.
    ///
    /// - Parameters:
    ///   - output: path of the answer; it appears when it is whole.
    ///   - threads: number of cores to use.
    ///   - memoryLimit: bytes that a process which does nothing else may hold, ``programByteCount`` included; without
    ///     it, what the upload takes and 64 MiB of answers at a time.
    ///   - progress: called after each block with the number of library rows done; may throw, to give up.
    /// - Throws: ``InputError`` when the limit is too small for this upload, or a file was changed since it was opened;
    ///   ``FileSystemError`` when the answer cannot be written.
    public func run(output: String, threads: Int, memoryLimit: Int? = nil, progress: (Int) throws -> Void) throws {
        let blockRows = try blockRows(threads: threads, memoryLimit: memoryLimit)
        let file = try SealedFile(path: output)
        try file.write(AnswerLayout.header(card: card, upload: upload, rowCount: index.rowCount))
        let search = try BatchSearch(card: card, upload: upload, threads: threads)
        try Self.answer(index, by: search, blockRows: blockRows, threads: threads) { answer, rowsDone in
            try file.write(answer)
            try progress(rowsDone)
        }
        try file.sealAndCommit()
    }

    /// Rows of a block, as many as the limit allows.
    private func blockRows(threads: Int, memoryLimit: Int?) throws(InputError) -> Int {
        let answerByteCount = AnswerLayout(card: card, queryCount: upload.queryCount).answeredByteCount
        let wanted = Self.blockRows(recordByteCount: answerByteCount, threads: threads)
        guard let memoryLimit else { return wanted }
        let held = Self.programByteCount + BatchSearch.byteCount(card: card, upload: upload, threads: threads)
        let stepByteCount = BatchSearch.blockRows * (answerByteCount + index.dimension)
        guard memoryLimit >= held + stepByteCount else {
            func mebibytes(_ count: Int) -> Int { (count + 1 << 20 - 1) >> 20 }
            throw InputError(
                "memory",
                "\(memoryLimit >> 20) MiB are too few: this search needs \(mebibytes(held + stepByteCount)) at least, \(mebibytes(held - Self.programByteCount)) of them for \(upload.queryCount) queries of \(upload.dimension) features on \(threads) threads"
            )
        }
        return min(wanted, (memoryLimit - held) / stepByteCount * BatchSearch.blockRows)
    }

    /// Computes the mask part of all answers of a library that publishes its mask seed, and writes it to `output`.
    static func writeMasks(
        of index: LibraryIndex, card: LibraryCard, sharedSeed: MaskSeed, to output: String, threads: Int
    ) throws {
        let file = try SealedFile(path: output)
        try file.write(MaskPart.header(card: card))
        let search = BatchSearch(sharedSeed: sharedSeed, card: card, threads: threads)
        let blockRows = blockRows(recordByteCount: search.recordByteCount, threads: threads)
        try answer(index, by: search, blockRows: blockRows, threads: threads) { masks, _ in try file.write(masks) }
        try file.sealAndCommit()
    }

    /// Answers every row of the index in blocks.
    private static func answer(
        _ index: LibraryIndex, by search: BatchSearch, blockRows: Int, threads: Int,
        block: (UnsafeRawBufferPointer, Int) throws -> Void
    ) throws {
        let answer = AlignedBuffer<UInt8>(count: min(blockRows, index.rowCount) * search.recordByteCount)
        for first in stride(from: 0, to: index.rowCount, by: blockRows) {
            let range = first..<min(first + blockRows, index.rowCount)
            try answer.withUnsafeMutableBufferPointer { answer in
                let answer = UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(answer)[0..<range.count * search.recordByteCount])
                try index.withRows(range) { search.answer(rows: $0, into: answer, threads: threads) }
                try block(UnsafeRawBufferPointer(answer), range.upperBound)
            }
        }
    }

    /// Rows of a block: about 64 MiB of answers, and work for every thread.
    private static func blockRows(recordByteCount: Int, threads: Int) -> Int {
        let wanted = (64 << 20) / recordByteCount / BatchSearch.blockRows
        return max(wanted, threads) * BatchSearch.blockRows
    }
}
