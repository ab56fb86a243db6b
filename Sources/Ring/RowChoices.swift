import CKernels

/// Sets of the rows of a matrix, and the sums of the rows that each set chooses, modulo 2^32.
///
/// The sets are secret from whoever made the matrix, and are wiped. They decide which addresses a sum reads, though
/// not how many: do not compute sums where that one could watch the caches.
package final class RowChoices: Sendable {
    /// Number of sets, a multiple of 40.
    package let setCount: Int
    /// Number of rows.
    package let rowCount: Int
    /// How many rows each set chooses.
    package let counts: [Int]
    /// For each four rows a byte for each set, one bit a row; zero for the rows that the last four lack.
    private let groups: AlignedBuffer<UInt8>

    /// Columns come in panels of as many.
    package static let panelColumns = 32

    /// The sets whose bits are given: for each row `setCount` bits, bit k saying whether it is in set k.
    ///
    /// - Precondition: `setCount` is a multiple of 40.
    package init(bits: UnsafeRawBufferPointer, setCount: Int, rowCount: Int) {
        precondition(setCount % 40 == 0, "the kernel works on 10 sets at a time, and bits come in bytes")
        let rowByteCount = setCount / 8
        precondition(bits.count == rowByteCount * rowCount, "a bit for each row and set")
        self.setCount = setCount
        self.rowCount = rowCount
        groups = AlignedBuffer(count: setCount * Self.wholeGroups(rowCount) / 4, lifetime: .wiped)
        var counts = [Int](repeating: 0, count: setCount)
        for row in 0..<rowCount {
            let group = groups.unsafeBase + row / 4 * setCount
            for set in 0..<setCount {
                let bit = bits[rowByteCount * row + set / 8] >> UInt8(truncatingIfNeeded: set % 8) & 1
                group[set] |= bit &<< UInt8(truncatingIfNeeded: row % 4)
                counts[set] &+= Int(bit)
            }
        }
        self.counts = counts
    }

    /// `rowCount` rounded up to whole groups of four rows.
    private static func wholeGroups(_ rowCount: Int) -> Int { (rowCount + 3) / 4 * 4 }

    /// 1 where `row` is in `set`, 0 elsewhere.
    package func membership(_ row: Int, of set: Int) -> Int {
        Int(groups.unsafeBase[row / 4 * setCount + set] >> UInt8(row % 4) & 1)
    }

    /// Where the sum of column `column` and set `set` stands among sums.
    package func place(set: Int, column: Int) -> Int {
        let (panel, rest) = column.quotientAndRemainder(dividingBy: Self.panelColumns)
        return Self.panelColumns * (panel * setCount + set) + rest
    }

    /// Adds chosen rows to `sums`.
    ///
    /// - Parameters:
    ///   - rows: the rows `first` ..< `first` + `count`, `stride` words each; 64-byte aligned, and `stride` a multiple of
    ///     16. Up to three rows of any content follow, where the last four are not whole.
    ///   - first: a multiple of 4.
    ///   - count: a multiple of 4, unless these rows are the last.
    ///   - columns: the columns to sum, a multiple of ``panelColumns``.
    ///   - sums: `columns` sums for each set, where ``place(set:column:)`` says; 64-byte aligned.
    ///
    /// 51 additions for four rows and a column and 40 sets: 0.2 ns a row and column with AVX-512 (measured on Zen 5).
    package func add(
        _ rows: UnsafePointer<UInt32>, stride: Int, first: Int, count: Int, columns: Int,
        to sums: UnsafeMutablePointer<UInt32>, backend: Backend = .selected
    ) {
        precondition(
            first % 4 == 0 && (count % 4 == 0 ? first + count <= rowCount : first + count == rowCount),
            "whole groups of four rows, but for the last")
        backend.kernels.pointee.sum_chosen_rows(
            sums, rows, stride, Self.wholeGroups(count), columns, groups.unsafeBase + first / 4 * setCount, setCount)
    }
}
