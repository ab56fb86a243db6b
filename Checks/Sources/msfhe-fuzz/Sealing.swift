import Crypto

/// The digests that the project's files end with. Targets get files without them and seal what they get, as a malicious
/// author would: otherwise no input would ever come past the digest.
///
/// Written by what `docs/file-formats.md` says, not by the code under test.
enum Sealing {
    case binary, json, table, lines

    /// `content` with its digest behind it.
    func seal(_ content: [UInt8]) -> [UInt8] { content + ending(SHA256.hash(data: content)) }

    /// What a sealed file holds before its digest.
    func content(_ file: [UInt8]) -> [UInt8] { file.dropLast(ending(SHA256.hash(data: [UInt8]())).count) }

    /// The digest that a file of this content ends with, in hexadecimal.
    static func digest(_ content: [UInt8]) -> String { hexadecimal(SHA256.hash(data: content)) }

    private func ending(_ digest: SHA256Digest) -> [UInt8] {
        switch self {
        case .binary: Array(digest)
        case .json: Array(",\n  \"sha256\" : \"\(Self.hexadecimal(digest))\"\n}\n".utf8)
        case .table: Array("# sha256 \(Self.hexadecimal(digest))\n".utf8)
        case .lines: Array("\(Self.hexadecimal(digest))\n".utf8)
        }
    }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
