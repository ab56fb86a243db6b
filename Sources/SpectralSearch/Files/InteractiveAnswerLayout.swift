import CKKS

/// Where the parts of an answer to interactive queries stand.
///
/// File: `MSFHE-S2`, the card's digest (32 bytes), the upload's digest (32), the number of library rows and of queries
/// (4 each), then for each query the ciphertext of each block of 4,096 rows, then the SHA-256. A ciphertext is two
/// polynomials of 4,096 coefficients modulo 2^27, c_0 and c_1, each a little-endian bit stream.
struct InteractiveAnswerLayout: Sendable {
    let queryCount: Int
    let blockCount: Int
    let blockByteCount: Int

    static let headerCount = 8 + 32 + 32 + 8

    init(scheme: InteractiveScheme, rowCount: Int, queryCount: Int) {
        self.queryCount = queryCount
        blockCount = scheme.layout(rowCount: rowCount).blockCount
        blockByteCount = scheme.answerBlockByteCount
    }

    /// Bytes before the digest.
    var contentCount: Int { Self.headerCount + queryCount * blockCount * blockByteCount }

    /// Where the answer of a block to a query begins.
    func offset(query: Int, block: Int) -> Int {
        Self.headerCount + (query * blockCount + block) * blockByteCount
    }

    static func header(card: LibraryCard, upload: InteractiveUpload, rowCount: Int) -> [UInt8] {
        var header = FileKind.interactiveAnswer.opening + card.digest.bytes + upload.digest.bytes
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(upload.queryCount))
        return header
    }
}
