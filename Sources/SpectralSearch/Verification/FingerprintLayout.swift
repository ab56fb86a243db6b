import RLWE

/// Where the parts of a library's fingerprint stand, and what it is made of.
///
/// The rows are taken in blocks. For each block there are ``vectorCount`` secret binary vectors u, one bit a row, and
/// for each vector its product w = u^T L with the block's rows, modulo 2^24, and its weight: the sum of the squares of
/// the numbers of equal rows that it chooses, which is the number of rows chosen where all rows are different.
struct FingerprintLayout: Sendable {
    let rowCount: Int
    let dimension: Int

    /// Vectors of a block. A wrong answer passes one of them with probability one half at most.
    static let vectorCount = 40
    /// Rows of a block. More of them would cost less to check, and let larger errors pass: both go with the square root,
    /// the errors', and the number, the cost's, of rows.
    static let blockRows = 1024
    /// Bytes before the first block.
    static let headerCount = 8 + Digest.byteCount + seedByteCount + 8
    /// Bytes of the seed of the vectors.
    static let seedByteCount = 32
    /// Bytes of a residue.
    static let residueByteCount = 3

    var blockCount: Int { (rowCount + Self.blockRows - 1) / Self.blockRows }

    /// Bytes of a block: the weights, then the products.
    var blockByteCount: Int { Self.vectorCount * (4 + Self.residueByteCount * dimension) }

    /// Bytes before the digest.
    var contentCount: Int { Self.headerCount + blockCount * blockByteCount }

    /// The library rows of a block.
    func rows(_ block: Int) -> Range<Int> {
        block * Self.blockRows..<min((block + 1) * Self.blockRows, rowCount)
    }

    /// The header of a fingerprint of the library of `card`.
    func header(card: LibraryCard, seed: some Sequence<UInt8>) -> [UInt8] {
        var header = FileKind.fingerprint.opening + card.digest.bytes + seed
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(dimension))
        return header
    }
}
