/// A tree of known size whose complete subtrees can be asked for: what proofs are made from (RFC 9162, section 2.1).
///
/// A complete subtree of height h with the number k has the leaves from k 2^h to (k + 1) 2^h.
package struct MerkleTree {
    /// Number of leaves.
    package let size: Int
    private let subtree: (_ height: Int, _ number: Int) throws -> MerkleHash

    /// The tree of `size` leaves whose complete subtrees `subtree` gives.
    package init(size: Int, subtree: @escaping (_ height: Int, _ number: Int) throws -> MerkleHash) {
        self.size = size
        self.subtree = subtree
    }

    /// The root.
    package func root() throws -> MerkleHash { size == 0 ? .emptyTree : try hash(of: 0..<size) }

    /// What shows that the leaf `index` is in the tree: the hashes beside its way to the root, from the leaf on.
    ///
    /// - Precondition: there is such a leaf.
    package func inclusionProof(of index: Int) throws -> [MerkleHash] {
        precondition((0..<size).contains(index))
        return try path(to: index, in: 0..<size)
    }

    /// What shows that the tree of the first `oldSize` leaves is the beginning of this one.
    ///
    /// - Precondition: `oldSize` is from 0 to `size`.
    package func consistencyProof(from oldSize: Int) throws -> [MerkleHash] {
        precondition((0...size).contains(oldSize))
        guard oldSize > 0, oldSize < size else { return [] }
        return try subproof(oldSize, in: 0..<size, isOldRoot: true)
    }

    /// The hash over the leaves of `range`, which begins at a multiple of the power of two that spans it.
    private func hash(of range: Range<Int>) throws -> MerkleHash {
        if range.count.nonzeroBitCount == 1 {
            let height = range.count.trailingZeroBitCount
            return try subtree(height, range.lowerBound >> height)
        }
        let (left, right) = Self.split(range)
        return try MerkleHash(left: hash(of: left), right: hash(of: right))
    }

    private func path(to index: Int, in range: Range<Int>) throws -> [MerkleHash] {
        guard range.count > 1 else { return [] }
        let (left, right) = Self.split(range)
        return try left.contains(index)
            ? path(to: index, in: left) + [hash(of: right)] : path(to: index, in: right) + [hash(of: left)]
    }

    /// `SUBPROOF` of RFC 9162, section 2.1.4.1: the old tree ends within `range` or with it.
    private func subproof(_ oldSize: Int, in range: Range<Int>, isOldRoot: Bool) throws -> [MerkleHash] {
        if oldSize == range.upperBound { return isOldRoot ? [] : [try hash(of: range)] }
        let (left, right) = Self.split(range)
        return try oldSize <= left.upperBound
            ? subproof(oldSize, in: left, isOldRoot: isOldRoot) + [hash(of: right)]
            : subproof(oldSize, in: right, isOldRoot: false) + [hash(of: left)]
    }

    /// The left part is as large as a power of two can be without being everything.
    private static func split(_ range: Range<Int>) -> (left: Range<Int>, right: Range<Int>) {
        let middle = range.lowerBound + (1 << (Int.bitWidth - 1 - (range.count - 1).leadingZeroBitCount))
        return (range.lowerBound..<middle, middle..<range.upperBound)
    }
}
