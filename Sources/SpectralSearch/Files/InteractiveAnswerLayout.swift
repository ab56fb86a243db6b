import CKKS

/// Where the parts of an answer to interactive queries stand.
///
/// File: `MSFHE-S2`, the card's digest (32 bytes), the upload's digest (32), the number of library rows and of queries
/// (4 each), for each query the blocks of 4,096 rows that are answered, the first and the one behind the last (4 each),
/// then for each query the ciphertext of each of its blocks, then the SHA-256. A ciphertext is two polynomials of 4,096
/// coefficients modulo 2^27, c_0 and c_1, each a little-endian bit stream.
struct InteractiveAnswerLayout: Sendable {
    /// The blocks that each query's answer has.
    let blocks: [Range<Int>]
    private let blockByteCount: Int
    /// For each query, the number of ciphertexts before its own; then all of them.
    private let before: [Int]

    static let headerCount = 8 + 32 + 32 + 8

    init(scheme: InteractiveScheme, blocks: [Range<Int>]) {
        self.blocks = blocks
        blockByteCount = scheme.answerBlockByteCount
        before = blocks.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    }

    /// Bytes before the digest.
    var contentCount: Int { Self.firstOffset(queryCount: blocks.count) + before[blocks.count] * blockByteCount }

    /// Where the answer of a block to a query begins, and how long it is; nil where the query was not searched for there.
    func place(query: Int, block: Int) -> (offset: Int, count: Int)? {
        guard blocks[query].contains(block) else { return nil }
        let number = before[query] + block - blocks[query].lowerBound
        return (Self.firstOffset(queryCount: blocks.count) + number * blockByteCount, blockByteCount)
    }

    /// Where the first ciphertext begins: behind the header and the table of blocks.
    static func firstOffset(queryCount: Int) -> Int { headerCount + 8 * queryCount }

    /// What stands before the ciphertexts: the header and the table of blocks.
    func header(card: LibraryCard, upload: InteractiveUpload, rowCount: Int) -> [UInt8] {
        var header = FileKind.interactiveAnswer.opening + card.digest.bytes + upload.digest.bytes
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(upload.queryCount))
        for blocks in blocks {
            header.append(littleEndian: UInt32(blocks.lowerBound))
            header.append(littleEndian: UInt32(blocks.upperBound))
        }
        return header
    }

    /// Reads the blocks of a query from the table.
    ///
    /// - Returns: nil where they are not blocks of an index that has `blockCount` of them.
    static func blocks(_ table: inout HeaderReader, blockCount: Int) -> Range<Int>? {
        let (first, end) = (Int(table.integer(UInt32.self)), Int(table.integer(UInt32.self)))
        return first <= end && end <= blockCount ? first..<end : nil
    }
}
