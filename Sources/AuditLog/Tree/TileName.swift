/// The name of a tile: up to 256 neighbouring hashes of one level of the tree, or the entries below such hashes
/// (C2SP tlog-tiles). A hash of level l is the root over 256^l leaves.
package struct TileName: Sendable, Hashable {
    /// Hashes or entries of a full tile.
    package static let fullWidth = 256

    /// What a tile holds.
    package enum Content: Sendable, Hashable {
        /// Hashes; level 0 has those of the leaves.
        case hashes(level: Int)
        /// Entries.
        case entries

        /// The level whose hashes stand above, or are, what the tile holds.
        var level: Int {
            switch self {
            case .hashes(let level): level
            case .entries: 0
            }
        }
    }

    /// What the tile holds.
    package let content: Content
    /// The number of the tile in its level.
    package let index: Int
    /// How many hashes or entries it has, 1 to 256.
    package let width: Int

    /// The tile number `index`.
    package init(_ content: Content, index: Int, width: Int = fullWidth) {
        self.content = content
        self.index = index
        self.width = width
    }

    /// The last tile of a level, full or not, in a tree of `treeSize` leaves, at least 256^level of them.
    static func last(_ content: Content, treeSize: Int) -> TileName {
        let count = treeSize >> (8 * content.level)
        return TileName(content, index: (count - 1) / fullWidth, width: (count - 1) % fullWidth + 1)
    }

    /// The tile number `index` as it is in a tree of `treeSize` leaves; nil where that has none.
    static func inTree(_ content: Content, index: Int, treeSize: Int) -> TileName? {
        let width = min(fullWidth, treeSize >> (8 * content.level) - index * fullWidth)
        return index >= 0 && width > 0 ? TileName(content, index: index, width: width) : nil
    }

    /// Whether nothing will be added to it.
    var isFull: Bool { width == Self.fullWidth }

    /// Where the full tile stands, below the log's folder or address: `tile/0/x001/x234/067`.
    var fullPath: String {
        let level =
            switch content {
            case .hashes(let level): String(level)
            case .entries: "entries"
            }
        var (elements, rest) = ([Self.threeDigits(index % 1000)], index / 1000)
        while rest > 0 {
            elements.insert("x" + Self.threeDigits(rest % 1000), at: 0)
            rest /= 1000
        }
        return "tile/\(level)/\(elements.joined(separator: "/"))"
    }

    /// The folder of the partial tiles that precede the full one.
    var partialFolder: String { fullPath + ".p" }

    /// Where the tile stands; partial ones end with their width: `tile/0/067.p/12`.
    package var path: String { isFull ? fullPath : "\(partialFolder)/\(width)" }

    /// The tile that stands at `path`, or nil when none can.
    package init?(path: String) {
        var elements = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard elements.count >= 3, elements.count < 12, elements.removeFirst() == "tile" else { return nil }
        let level = elements.removeFirst()
        var width = Self.fullWidth
        if elements.count >= 2, elements[elements.count - 2].hasSuffix(".p") {
            guard let partial = Int(elements.removeLast()), (1..<Self.fullWidth).contains(partial) else { return nil }
            width = partial
            elements[elements.count - 1].removeLast(2)
        }
        var index = 0
        for element in elements {
            guard let digits = Int(element.drop { $0 == "x" }), (0..<1000).contains(digits) else { return nil }
            let (shifted, overflow) = index.multipliedReportingOverflow(by: 1000)
            guard !overflow, shifted <= Int.max - digits else { return nil }
            index = shifted + digits
        }
        guard index <= Int.max / Self.fullWidth - 1 else { return nil }
        let content: Content
        if level == "entries" {
            content = .entries
        } else if let number = Int(level), (0..<7).contains(number) {
            // Seven levels of eight bits are what sizes of 63 bits can have.
            content = .hashes(level: number)
        } else {
            return nil
        }
        self.init(content, index: index, width: width)
        // Signs, zeros too many, and an x too many or too few have no place in the one way to write it.
        guard self.path == path else { return nil }
    }

    private static func threeDigits(_ value: Int) -> String {
        String(repeating: "0", count: 3 - String(value).count) + String(value)
    }
}
