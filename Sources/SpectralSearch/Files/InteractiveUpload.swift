import CKKS
import Crypto
import Foundation
import Storage

/// Single encrypted queries as they travel to the host: a seeded ciphertext of 25 KB for each.
///
/// File: `MSFHE-Q2`, the card's digest (32 bytes), the digest that ends the rotation keys (32), the number of queries
/// (4), the width of the disclosed precursor windows (4; 0 where none are), their centres (4 each, where there are
/// windows), then each query as docs/ckks-wire-format.md says, then the SHA-256.
public struct InteractiveUpload: Sendable {
    /// Digest of the card that the queries were made for.
    public let cardDigest: Digest
    /// Digest of the rotation keys that go with them.
    public let keysDigest: Digest
    /// Number of queries.
    public let queryCount: Int
    /// What the host is told of the queries' precursors; nil for nothing.
    public let disclosure: PrecursorDisclosure?
    /// The centre of each query's window, where windows are disclosed.
    private let centres: [UInt32]
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

    /// An upload of serialized ciphertexts, of queries that have these precursors.
    init(
        cardDigest: Digest, keysDigest: Digest, scheme: InteractiveScheme, queries: [Data],
        disclosure: PrecursorDisclosure? = nil, precursors: [Double?] = []
    ) {
        self.cardDigest = cardDigest
        self.keysDigest = keysDigest
        self.disclosure = disclosure
        centres = disclosure.map { precursors.map($0.centre) } ?? []
        queryCount = queries.count
        self.queries = .made(queries)
        var hasher = SHA256()
        hasher.update(data: Self.header(cardDigest, keysDigest, queries.count, disclosure, centres))
        for query in queries { hasher.update(data: query) }
        digest = Digest(hasher.finalize())
        byteCount = Self.byteCount(queries.count, scheme, disclosure)
    }

    /// Opens the upload at `path`; its queries are read when they are asked for.
    ///
    /// - Throws: ``InputError`` when the file is not a whole upload for `card`.
    public init(path: String, card: LibraryCard, scheme: InteractiveScheme) throws {
        var keysDigest: Digest?
        var queryCount = 0
        var disclosure: PrecursorDisclosure?
        let file = try InputFile(path: path, kind: .interactiveUpload, headerCount: Self.headerCount) { header in
            var header = header
            guard header.bytes(Digest.byteCount) == card.digest.bytes else {
                throw InputError(path, "was encrypted for another library: it does not name card \(card.digest)")
            }
            keysDigest = Digest(bytes: header.bytes(Digest.byteCount))
            queryCount = Int(header.integer(UInt32.self))
            guard (1...Self.maximumQueryCount).contains(queryCount) else {
                throw InputError(path, "announces \(queryCount) queries; there must be 1 to \(Self.maximumQueryCount)")
            }
            let width = Int(header.integer(UInt32.self))
            if width != 0 { disclosure = try PrecursorDisclosure(width: width) }
            return Self.byteCount(queryCount, scheme, disclosure) - Digest.byteCount
        }
        var table = HeaderReader(
            try file.read(at: Self.headerCount, count: Self.tableByteCount(queryCount, disclosure)), skipping: 0)
        centres = (0..<(disclosure == nil ? 0 : queryCount)).map { _ in table.integer(UInt32.self) }
        guard centres.allSatisfy(PrecursorDisclosure.isCentre) else {
            throw InputError(path, "discloses precursor windows that no spectrum has")
        }
        guard let keysDigest else { throw InputError(path, "names no rotation keys") }
        cardDigest = card.digest
        self.keysDigest = keysDigest
        self.queryCount = queryCount
        self.disclosure = disclosure
        digest = file.digest
        byteCount = Self.byteCount(queryCount, scheme, disclosure)
        queries = .file(file)
    }

    /// The window, in daltons, in which the precursor of the query at `index` is disclosed to be; unlimited where it is not.
    func window(_ index: Int) -> Range<Double> {
        disclosure.map { $0.window(centre: centres[index]) } ?? -.infinity ..< .infinity
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
                let first = Self.headerCount + Self.tableByteCount(queryCount, disclosure)
                seeded = try SeededCiphertext(
                    from: file.source(from: first + index * Self.queryByteCount(scheme)),
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
        try file.write(Self.header(cardDigest, keysDigest, queryCount, disclosure, centres))
        guard case .made(let queries) = queries else { preconditionFailure("only what was made here is written") }
        for query in queries { try file.write(query) }
        try file.sealAndCommit()
    }

    private static func queryByteCount(_ scheme: InteractiveScheme) -> Int {
        SeededCiphertext.serializedByteCount(parameters: scheme.parameters, primes: 1)
    }

    /// Bytes of the file of an upload.
    static func byteCount(
        _ queryCount: Int, _ scheme: InteractiveScheme, _ disclosure: PrecursorDisclosure? = nil
    ) -> Int {
        headerCount + tableByteCount(queryCount, disclosure) + queryCount * queryByteCount(scheme) + Digest.byteCount
    }

    /// Bytes of the centres.
    private static func tableByteCount(_ queryCount: Int, _ disclosure: PrecursorDisclosure?) -> Int {
        disclosure == nil ? 0 : 4 * queryCount
    }

    /// What stands before the queries.
    private static func header(
        _ cardDigest: Digest, _ keysDigest: Digest, _ queryCount: Int, _ disclosure: PrecursorDisclosure?,
        _ centres: [UInt32]
    ) -> [UInt8] {
        var header = FileKind.interactiveUpload.opening + cardDigest.bytes + keysDigest.bytes
        for number in [UInt32(queryCount), UInt32(disclosure?.width ?? 0)] + centres {
            header.append(littleEndian: number)
        }
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
