/// Checks proofs without the tree (RFC 9162, sections 2.1.3.2 and 2.1.4.2).
package enum MerkleProof {
    /// Whether `proof` shows that `leaf` has the number `index` in the tree of `size` leaves with this root.
    package static func showsInclusion(
        of leaf: MerkleHash, at index: Int, size: Int, root: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var way = Way(node: index, last: size - 1)
        var hash = leaf
        for sibling in proof {
            guard way.last > 0 else { return false }
            hash =
                way.siblingIsLeft
                ? MerkleHash(left: sibling, right: hash) : MerkleHash(left: hash, right: sibling)
            way.rise()
        }
        return way.last == 0 && hash == root
    }

    /// Whether `proof` shows that the tree of `oldSize` leaves with `oldRoot` is the beginning of that of `size` leaves
    /// with `root`.
    package static func showsConsistency(
        from oldSize: Int, oldRoot: MerkleHash, to size: Int, root: MerkleHash, proof: [MerkleHash]
    ) -> Bool {
        guard oldSize >= 0, oldSize <= size else { return false }
        if oldSize == size { return proof.isEmpty && oldRoot == root }
        if oldSize == 0 { return proof.isEmpty && oldRoot == .emptyTree }
        // A complete old tree is itself where the way begins, and the proof does not repeat it.
        let hashes = oldSize.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
        guard let first = hashes.first else { return false }
        var way = Way(node: oldSize - 1, last: size - 1)
        way.skipRightChildren()
        var (oldHash, hash) = (first, first)
        for sibling in hashes.dropFirst() {
            guard way.last > 0 else { return false }
            if way.siblingIsLeft {
                oldHash = MerkleHash(left: sibling, right: oldHash)
                hash = MerkleHash(left: sibling, right: hash)
            } else {
                hash = MerkleHash(left: hash, right: sibling)
            }
            way.rise()
        }
        return way.last == 0 && oldHash == oldRoot && hash == root
    }

    /// A node on its way to the root, and the last node of its level.
    private struct Way {
        private(set) var node: Int
        private(set) var last: Int

        init(node: Int, last: Int) {
            self.node = node
            self.last = last
        }

        /// Whether the next hash of a proof stands to the left of the node.
        var siblingIsLeft: Bool { node & 1 == 1 || node == last }

        /// Goes to the node above the next hash.
        mutating func rise() {
            if node == last {
                // Levels in which the node is the last and has nobody on its right take no hash.
                while node & 1 == 0, node > 0 { up() }
            }
            up()
        }

        /// Goes up while the node is a right child: so far the old tree is complete.
        mutating func skipRightChildren() {
            while node & 1 == 1 { up() }
        }

        private mutating func up() {
            node >>= 1
            last >>= 1
        }
    }
}
