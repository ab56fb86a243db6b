import Crypto

/// A hash in the tree: a SHA-256 that begins with a byte by which leaves and nodes differ (RFC 9162, section 2.1.1).
package struct MerkleHash: Sendable, Hashable, CustomStringConvertible {
    /// Number of bytes of a hash.
    package static let byteCount = 32
    /// The 32 bytes.
    package let bytes: [UInt8]

    /// The hash of these bytes, or nil when they are not 32.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = Array(bytes)
    }

    /// The hash of the leaf that holds `entry`.
    package init(leaf entry: some Collection<UInt8>) {
        bytes = Array(SHA256.hash(data: [0] + Array(entry)))
    }

    /// The hash of the node above `left` and `right`.
    package init(left: MerkleHash, right: MerkleHash) {
        bytes = Array(SHA256.hash(data: [1] + left.bytes + right.bytes))
    }

    /// The root of the tree without leaves.
    package static let emptyTree = MerkleHash(bytes: Array(SHA256.hash(data: [UInt8]())))!

    /// The hash of 64 lower-case hexadecimal digits; nil when that is none.
    package init?(hexadecimal text: String) {
        let digits = Array(text.utf8)
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        guard digits.count == 2 * Self.byteCount else { return nil }
        self.init(bytes: bytes)
        guard description == text else { return nil }
    }

    /// 64 lower-case hexadecimal digits.
    package var description: String { bytes.hexadecimal }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits for each byte.
    var hexadecimal: String { map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
}
