import Crypto
import Foundation
import RLWE
import Storage

/// Encrypted queries as they travel to the host: for each batch of up to n queries, the bodies of D ciphertext
/// rows. Three bytes for each feature of each query.
///
/// File: `MSFHE-Q1`, the card's digest (32 bytes), the mask seed (32), D and the number of queries (4 each),
/// then batch after batch D rows of three-byte residues, then the SHA-256.
public struct Upload: Sendable {
    /// Digest of the card that the queries were made for.
    public let cardDigest: Digest
    /// The public seed of the run's masks.
    public let seed: MaskSeed
    /// Features of each query, D.
    public let dimension: Int
    /// Number of queries, all batches together.
    public let queryCount: Int
    /// For each batch, D rows of residues.
    package let bodies: [Data]
    /// The digest that ends the file.
    public let digest: Digest

    static let headerCount = 8 + 32 + 32 + 8
    /// More queries than this, 65,536 batches, are refused.
    static let maximumQueryCount = 1 << 26

    package init(
        cardDigest: Digest, seed: MaskSeed, dimension: Int, queryCount: Int, bodies: [Data]
    ) {
        self.cardDigest = cardDigest
        self.seed = seed
        self.dimension = dimension
        self.queryCount = queryCount
        self.bodies = bodies
        var hasher = SHA256()
        hasher.update(data: Self.header(cardDigest, seed, dimension, queryCount))
        for body in bodies { hasher.update(data: body) }
        digest = Digest(hasher.finalize())
    }

    /// Reads the upload at `path`.
    ///
    /// - Throws: ``InputError`` when the file is not a whole upload for `card`.
    public init(path: String, card: LibraryCard) throws {
        let dimension = card.content.vector.dimension
        var seedBytes = Data()
        var queryCount = 0
        let file = try InputFile(path: path, kind: .upload, headerCount: Self.headerCount) { header in
            var header = header
            guard header.bytes(Digest.byteCount) == card.digest.bytes else {
                throw InputError(path, "was encrypted for another library: it does not name card \(card.digest)")
            }
            seedBytes = Data(header.bytes(MaskSeed.byteCount))
            let announced = header.integer(UInt32.self)
            queryCount = Int(header.integer(UInt32.self))
            guard announced == dimension, (1...Self.maximumQueryCount).contains(queryCount) else {
                throw InputError(
                    path,
                    "announces \(queryCount) queries of \(announced) features; this library's have \(dimension)")
            }
            return Self.headerCount + 3 * dimension * queryCount
        }
        guard let seed = MaskSeed(received: seedBytes) else { throw InputError(path, "has no seed") }
        cardDigest = card.digest
        self.seed = seed
        self.dimension = dimension
        self.queryCount = queryCount
        digest = file.digest
        var bodies: [Data] = []
        var offset = Self.headerCount
        for columns in Self.batchSizes(queryCount, degree: card.parameters.degree) {
            var body = Data(count: 3 * dimension * columns)
            try body.withUnsafeMutableBytes { try file.read(at: offset, into: $0) }
            offset += body.count
            bodies.append(body)
        }
        self.bodies = bodies
    }

    /// Writes the upload's file.
    func write(to file: SealedFile) throws {
        try file.write(Self.header(cardDigest, seed, dimension, queryCount))
        for body in bodies { try file.write(body) }
        try file.sealAndCommit()
    }

    /// Number of bytes of the file.
    public var byteCount: Int { Self.headerCount + 3 * dimension * queryCount + Digest.byteCount }

    /// How many queries each batch holds: all but the last are full.
    package static func batchSizes(_ queryCount: Int, degree: Int) -> [Int] {
        stride(from: 0, to: queryCount, by: degree).map { min(degree, queryCount - $0) }
    }

    private static func header(_ cardDigest: Digest, _ seed: MaskSeed, _ dimension: Int, _ queryCount: Int) -> [UInt8] {
        var header = FileKind.upload.opening + cardDigest.bytes + seed.bytes
        header.append(littleEndian: UInt32(dimension))
        header.append(littleEndian: UInt32(queryCount))
        return header
    }
}
