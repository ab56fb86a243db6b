import Testing

@testable import AuditLog

/// The tree and its proofs, against known hashes and against one another.
struct MerkleTreeTests {
    /// The leaves that implementations of Certificate Transparency test with.
    static let knownLeaves: [[UInt8]] = [
        [], [0x00], [0x10], [0x20, 0x21], [0x30, 0x31], Array(0x40...0x43), Array(0x50...0x57), Array(0x60...0x6F),
    ]
    /// The roots over the first 0, 1, ..., 8 of them.
    static let knownRoots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    /// Leaves in memory, with every complete subtree over them.
    private struct Memory {
        let leaves: [MerkleHash]
        private let levels: [[MerkleHash]]

        init(_ leaves: [MerkleHash]) {
            self.leaves = leaves
            var levels = [leaves]
            while levels[levels.count - 1].count > 1 {
                let below = levels[levels.count - 1]
                levels.append(
                    stride(from: 0, to: below.count - 1, by: 2).map {
                        MerkleHash(left: below[$0], right: below[$0 + 1])
                    })
            }
            self.levels = levels
        }

        func tree(_ size: Int) -> MerkleTree { MerkleTree(size: size) { levels[$0][$1] } }

        static func numbered(_ count: Int) -> Memory {
            Memory((0..<count).map { MerkleHash(leaf: Array("leaf \($0)".utf8)) })
        }
    }

    @Test func knownTrees() throws {
        let memory = Memory(Self.knownLeaves.map { MerkleHash(leaf: $0) })
        var edge = TreeEdge()
        for size in 0...8 {
            #expect(try memory.tree(size).root().description == Self.knownRoots[size])
            #expect(edge.root.description == Self.knownRoots[size])
            if size < 8 { edge.append(memory.leaves[size]) { _, _ in } }
        }
    }

    /// Proofs that implementations of Certificate Transparency test with.
    @Test func knownProofs() throws {
        let memory = Memory(Self.knownLeaves.map { MerkleHash(leaf: $0) })
        let inclusion = try memory.tree(8).inclusionProof(of: 5).map(\.description)
        #expect(
            inclusion == [
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
                "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
                "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            ])
        let consistency = try memory.tree(5).consistencyProof(from: 2).map(\.description)
        #expect(
            consistency == [
                "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
                "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            ])
    }

    /// Every proof of every tree up to 130 leaves shows what it should, and nothing that differs by a step.
    @Test func everyInclusionProof() throws {
        let memory = Memory.numbered(130)
        for size in 1...130 {
            let tree = memory.tree(size)
            let root = try tree.root()
            for index in 0..<size {
                let proof = try tree.inclusionProof(of: index)
                func holds(_ index: Int, _ size: Int, _ leaf: MerkleHash, _ proof: [MerkleHash]) -> Bool {
                    MerkleProof.showsInclusion(of: leaf, at: index, size: size, root: root, proof: proof)
                }
                let leaf = memory.leaves[index]
                #expect(holds(index, size, leaf, proof))
                #expect(!holds(index + 1, size, leaf, proof))
                #expect(!holds(index - 1, size, leaf, proof))
                #expect(!holds(index, size, root, proof) || size == 1)
                #expect(!holds(index, size, leaf, proof + [leaf]))
                if !proof.isEmpty {
                    #expect(!holds(index, size, leaf, proof.dropLast()))
                    var wrong = proof
                    wrong[index % proof.count] = leaf
                    #expect(!holds(index, size, leaf, wrong))
                }
            }
        }
    }

    @Test func everyConsistencyProof() throws {
        let memory = Memory.numbered(130)
        let roots = try (0...130).map { try memory.tree($0).root() }
        for size in 0...130 {
            for oldSize in 0...size {
                let proof = try memory.tree(size).consistencyProof(from: oldSize)
                func holds(_ oldRoot: MerkleHash, _ root: MerkleHash, _ proof: [MerkleHash]) -> Bool {
                    MerkleProof.showsConsistency(from: oldSize, oldRoot: oldRoot, to: size, root: root, proof: proof)
                }
                let (oldRoot, root) = (roots[oldSize], roots[size])
                let other = MerkleHash(leaf: [7])
                #expect(holds(oldRoot, root, proof))
                #expect(!holds(other, root, proof))
                #expect(!holds(oldRoot, other, proof) || oldSize == 0)
                #expect(!holds(oldRoot, root, proof + [other]))
                for index in proof.indices {
                    var wrong = proof
                    wrong[index] = other
                    #expect(!holds(oldRoot, root, wrong))
                }
                if !proof.isEmpty { #expect(!holds(oldRoot, root, proof.dropLast())) }
            }
        }
    }

    /// The edge knows the root of each tree that it grows through, and gives each full tile once.
    @Test func edgeAgreesWithTheTree() throws {
        let memory = Memory.numbered(70_000)
        var edge = TreeEdge()
        var tiles: [TileName: [MerkleHash]] = [:]
        for (index, leaf) in memory.leaves.enumerated() {
            edge.append(leaf) { name, hashes in
                #expect(tiles.updateValue(hashes, forKey: name) == nil)
            }
            if index % 9973 == 0 { #expect(try edge.root == memory.tree(index + 1).root()) }
        }
        // The tree of 70,000 leaves that C2SP tlog-tiles describes.
        #expect(tiles.keys.filter { $0.content == .hashes(level: 0) }.count == 273)
        #expect(tiles.keys.filter { $0.content == .hashes(level: 1) }.count == 1)
        #expect(edge.partialTiles.map(\.0.path) == ["tile/0/273.p/112", "tile/1/001.p/17", "tile/2/000.p/1"])
        #expect(tiles.values.allSatisfy { $0.count == 256 })
        for (name, hashes) in edge.partialTiles { tiles[name] = hashes }
        // What was written is enough to go on.
        let again = TreeEdge(size: 70_000) { tiles[$0]! }
        #expect(again == edge)
    }
}
