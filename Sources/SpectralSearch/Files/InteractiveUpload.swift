import CKKS
import Crypto
import Foundation
import Storage

/// Single encrypted queries as they travel to the host: a seeded ciphertext of 25 KB for each.
///
/// File: `MSFHE-Q2`, the card's digest (32 bytes), the digest that ends the rotation keys (32), the number of queries
/// (4), 4 zeros, then each query as docs/ckks-wire-format.md says, then the SHA-256.
public struct InteractiveUpload: Sendable {
    /// Digest of the card that the queries were made for.
    public let cardDigest: Digest
    /// Digest of the rotation keys that go with them.
    public let keysDigest: Digest
    /// Number of queries.
    public let queryCount: Int
    /// The digest that ends the file.
    public let digest: Digest
    /// Number of bytes of the file.
    public let byteCount: Int
    private let queries: Queries

    private enum Queries: Sendable {
        case made([Data])
        case file(InputFile)
    }

    private static let headerCount = 8 + 32 + 32 + 8
    /// More queries than this, 100 MB, are refused: such runs are for batch search.
    static let maximumQueryCount = 1 << 12

    /// An upload of serialized ciphertexts.
    init(cardDigest: Digest, keysDigest: Digest, scheme: InteractiveScheme, queries: [Data]) {
        self.cardDigest = cardDigest
        self.keysDigest = keysDigest
        queryCount = queries.count
        self.queries = .made(queries)
        var hasher = SHA256()
        hasher.update(data: Self.header(cardDigest, keysDigest, queries.count))
        for query in queries { hasher.update(data: query) }
        digest = Digest(hasher.finalize())
        byteCount = Self.byteCount(queries.count, scheme)
    }

    /// Opens the upload at `path`; its queries are read when they are asked for.
    ///
    /// - Throws: ``InputError`` when the file is not a whole upload for `card`.
    public init(path: String, card: LibraryCard, scheme: InteractiveScheme) throws {
        var keysDigest: Digest?
        var queryCount = 0
        let file = try InputFile(path: path, kind: .interactiveUpload, headerCount: Self.headerCount) { header in
            var header = header
            guard header.bytes(Digest.byteCount) == card.digest.bytes else {
                throw InputError(path, "was encrypted for another library: it does not name card \(card.digest)")
            }
            keysDigest = Digest(bytes: header.bytes(Digest.byteCount))
            queryCount = Int(header.integer(UInt32.self))
            guard (1...Self.maximumQueryCount).contains(queryCount), header.integer(UInt32.self) == 0 else {
                throw InputError(path, "announces \(queryCount) queries; there must be 1 to \(Self.maximumQueryCount)")
            }
            return Self.byteCount(queryCount, scheme) - Digest.byteCount
        }
        guard let keysDigest else { throw InputError(path, "names no rotation keys") }
        cardDigest = card.digest
        self.keysDigest = keysDigest
        self.queryCount = queryCount
        digest = file.digest
        byteCount = Self.byteCount(queryCount, scheme)
        queries = .file(file)
    }

    /// The query at `index`, of the parameters of `scheme`: that of the index which is searched.
    ///
    /// - Throws: ``InputError`` when it is no encrypted query, or its file was changed since it was opened.
    package func query(_ index: Int, scheme: InteractiveScheme) throws -> Ciphertext {
        let seeded: SeededCiphertext
        var subject = "upload"
        do {
            switch queries {
            case .made(let queries):
                seeded = try SeededCiphertext(serialized: queries[index], parameters: scheme.parameters)
            case .file(let file):
                subject = file.path
                try file.requireUnchanged()
                seeded = try SeededCiphertext(
                    from: file.source(from: Self.headerCount + index * Self.queryByteCount(scheme)),
                    parameters: scheme.parameters)
            }
        } catch let error as WireError {
            throw InputError(subject, "query \(index): \(error)")
        }
        guard seeded.scale == InteractiveScheme.queryScale,
            seeded.packing == .slots(scheme.parameters.slotCapacity)
        else { throw InputError(subject, "query \(index) is not encoded as queries are") }
        return seeded.expanded()
    }

    /// Writes the upload's file.
    func write(to file: SealedFile) throws {
        try file.write(Self.header(cardDigest, keysDigest, queryCount))
        guard case .made(let queries) = queries else { preconditionFailure("only what was made here is written") }
        for query in queries { try file.write(query) }
        try file.sealAndCommit()
    }

    private static func queryByteCount(_ scheme: InteractiveScheme) -> Int {
        SeededCiphertext.serializedByteCount(parameters: scheme.parameters, primes: 1)
    }

    private static func byteCount(_ queryCount: Int, _ scheme: InteractiveScheme) -> Int {
        headerCount + queryCount * queryByteCount(scheme) + Digest.byteCount
    }

    private static func header(_ cardDigest: Digest, _ keysDigest: Digest, _ queryCount: Int) -> [UInt8] {
        var header = FileKind.interactiveUpload.opening + cardDigest.bytes + keysDigest.bytes
        header.append(littleEndian: UInt32(queryCount))
        header.append(littleEndian: UInt32(0))
        return header
    }
}

extension FileKind {
    /// The way of searching that the upload at `path` is for.
    ///
    /// - Throws: ``InputError`` when it is no upload.
    public static func modeOfUpload(path: String) throws -> SearchMode {
        let (descriptor, _) = try openRegularFile(path)
        defer { close(descriptor) }
        var opening = [UInt8](repeating: 0, count: 64)
        let length = max(0, opening.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) })
        if opening.prefix(length).starts(with: FileKind.interactiveUpload.opening) { return .interactive }
        try FileKind.upload.require(beginning: opening.prefix(length), path: path)
        return .batch
    }
}
