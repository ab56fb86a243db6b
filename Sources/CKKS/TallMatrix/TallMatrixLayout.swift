import RLWE
import Ring

/// How a tall plaintext matrix, with many more rows than columns, is laid out for products with encrypted vectors.
///
/// The matrix is real, of D columns, a power of two up to the number n = N/2 of slots. It is cut into blocks of N rows:
/// slot j of a block's product holds rows 2j and 2j + 1, as its real and its imaginary part. The vector is encrypted
/// with its D entries repeated in all slots, so that it is rotated by rotating slots. With z_j the sum of row 2j and i
/// times row 2j + 1, diagonal d has the entry z_j[(j + d) mod D] at j; there are D = giant steps times baby steps of
/// them (Halevi and Shoup, CRYPTO 2014).
///
/// Residues are stored in the order in which they are read, so that memory sees one stream: segments of up to
/// ``blocksPerSegment`` blocks; in a segment tiles, each of ``tileWidth`` neighbouring places of a polynomial; in a
/// tile blocks, in a block giant steps, in those baby steps. A tile of all baby rotations of a vector then stays in the
/// first-level cache while its part of the segment goes by.
public struct TallMatrixLayout: Sendable, Hashable {
    /// The ring degree N, which is the number of rows of a block.
    public let degree: Int
    /// The number of rows.
    public let rowCount: Int
    /// The number D of columns: a power of two.
    public let columnCount: Int
    /// Rotations of the vector: a power of two up to D.
    public let babySteps: Int

    /// Rotations of sums.
    public var giantSteps: Int { columnCount / babySteps }
    /// The number of blocks; the rows that the last one lacks are zero.
    public var blockCount: Int { (rowCount + degree - 1) / degree }

    /// Blocks whose sums are held together: 32,768 rows for N = 4096. The rotated vector is read once for each segment.
    public static let blocksPerSegment = 8
    /// Bytes of a tile of the rotated vector: half of a first-level cache of 32 KB.
    private static let tileByteCount = 16 << 10

    /// Places of a polynomial in a tile: 8, 16 or 32.
    public var tileWidth: Int { max(8, min(32, Self.tileByteCount / (16 * babySteps))) }
    /// The number of tiles.
    public var tileCount: Int { degree / tileWidth }

    /// A layout.
    ///
    /// - Parameters:
    ///   - columnCount: a power of two, from 16 to half the degree.
    ///   - babySteps: when left out, ``babySteps(columnCount:)``.
    /// - Precondition: there is a row.
    public init(degree: Int, rowCount: Int, columnCount: Int, babySteps: Int? = nil) {
        let babySteps = babySteps ?? Self.babySteps(columnCount: columnCount)
        precondition(
            columnCount.nonzeroBitCount == 1 && (16...degree / 2).contains(columnCount),
            "the number of columns is a power of two from 16 to the number of slots")
        precondition(
            babySteps.nonzeroBitCount == 1 && (1...columnCount).contains(babySteps),
            "the number of baby steps is a power of two up to that of the columns")
        precondition(rowCount > 0, "a matrix has a row")
        self.degree = degree
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.babySteps = babySteps
    }

    /// The baby steps for matrices of D columns: about sqrt(8 D). A giant step is taken for each block, and a baby step
    /// once, but costs twice as much. With 512 columns, 64 baby steps were fastest for 18,000 rows (5.3 ms; 8.0 with
    /// 128) and for 100,000 (17.1; 19.7) on Zen 5, and 32 a tenth faster for few rows only.
    public static func babySteps(columnCount: Int) -> Int { 1 << ((columnCount.trailingZeroBitCount + 3) / 2) }

    /// The rotations that keys are needed for: baby steps, then giant steps.
    public var rotations: [Int] { Array(1..<babySteps) + (1..<giantSteps).map { $0 * babySteps } }

    /// The blocks of each segment.
    public var segments: [Range<Int>] {
        stride(from: 0, to: blockCount, by: Self.blocksPerSegment).map {
            $0..<min($0 + Self.blocksPerSegment, blockCount)
        }
    }

    /// The residues of one block.
    public var residuesPerBlock: Int { columnCount * degree }
    /// All residues of the matrix.
    public var residueCount: Int { blockCount * residuesPerBlock }

    /// The rows of block `block` that there are.
    public func rows(ofBlock block: Int) -> Range<Int> {
        block * degree..<min((block + 1) * degree, rowCount)
    }

    /// Where the residues of a tile of a block's diagonal stand in its segment, which has `blocks` blocks.
    func place(tile: Int, block: Int, of blocks: Int, diagonal: Int) -> Int {
        ((tile * blocks + block) * columnCount + diagonal) * tileWidth
    }
}
