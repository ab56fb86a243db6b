/// The right edge of a growing tree: for each level of tiles the hashes of the one that is not full yet. Enough to append
/// to the tree and to know its root, in memory that grows with the logarithm of its size.
struct TreeEdge: Sendable, Equatable {
    /// For each level the hashes of its partial tile, 0 to 255.
    private(set) var levels: [[MerkleHash]] = []
    /// Number of leaves.
    private(set) var size = 0

    /// The edge of the empty tree.
    init() {}

    /// The edge of a tree of `size` leaves, from its partial tiles.
    init(size: Int, tile: (TileName) throws -> [MerkleHash]) rethrows {
        self.size = size
        var level = 0
        while size >> (8 * level) > 0 {
            let name = TileName.last(.hashes(level: level), treeSize: size)
            levels.append(name.isFull ? [] : try tile(name))
            level += 1
        }
    }

    /// Appends a leaf. Each tile that becomes full by it is shown to `complete`, with its hashes.
    mutating func append(_ leaf: MerkleHash, complete: (TileName, [MerkleHash]) throws -> Void) rethrows {
        size += 1
        var hash = leaf
        for level in 0... {
            if level == levels.count { levels.append([]) }
            levels[level].append(hash)
            guard levels[level].count == TileName.fullWidth else { return }
            let tile = levels[level]
            levels[level] = []
            try complete(TileName(.hashes(level: level), index: size >> (8 * (level + 1)) - 1), tile)
            hash = Self.root(of: tile)
        }
    }

    /// The tiles that are not full, with their hashes.
    var partialTiles: [(TileName, [MerkleHash])] {
        levels.enumerated().filter { !$0.element.isEmpty }.map {
            (TileName.last(.hashes(level: $0.offset), treeSize: size), $0.element)
        }
    }

    /// The root: complete subtrees hashed together from the smallest, which is the last, to the largest.
    var root: MerkleHash {
        var root: MerkleHash?
        for level in levels {
            var rest = level[...]
            while !rest.isEmpty {
                let hash = Self.root(of: rest.suffix(1 << rest.count.trailingZeroBitCount))
                rest = rest.dropLast(1 << rest.count.trailingZeroBitCount)
                root = root.map { MerkleHash(left: hash, right: $0) } ?? hash
            }
        }
        return root ?? .emptyTree
    }

    /// The root over `hashes`, of which there are as many as a power of two.
    static func root(of hashes: some Collection<MerkleHash>) -> MerkleHash {
        var level = Array(hashes)
        precondition(level.count.nonzeroBitCount == 1)
        while level.count > 1 {
            level = stride(from: 0, to: level.count, by: 2).map {
                MerkleHash(left: level[$0], right: level[$0 + 1])
            }
        }
        return level[0]
    }
}
