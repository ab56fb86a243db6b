import Crypto
import Foundation
import RLWE
import Storage

/// Encrypted queries as they travel to the host: for each batch of up to n queries, the bodies of D ciphertext
/// rows. Two or three bytes for each feature of each query, as the card says.
///
/// File: `MSFHE-Q1`, the card's digest (32 bytes), the mask seed (32), D and the number of queries (4 each),
/// then batch after batch D rows of little-endian residues, then the SHA-256.
public struct Upload: Sendable {
    /// Digest of the card that the queries were made for.
    public let cardDigest: Digest
    /// The public seed of the run's masks.
    public let seed: MaskSeed
    /// Features of each query, D.
    public let dimension: Int
    /// Number of queries, all batches together.
    public let queryCount: Int
    /// Bits of a residue: 16 or 24.
    package let residueBits: Int
    private let bodies: Bodies
    /// The digest that ends the file.
    public let digest: Digest

    /// For each batch, D rows of residues: as they were encrypted, or where they stand.
    private enum Bodies: Sendable {
        case made([Data])
        case file(InputFile, degree: Int)
    }

    static let headerCount = 8 + 32 + 32 + 8
    /// More queries than this, 65,536 batches, are refused.
    static let maximumQueryCount = 1 << 26

    package init(
        cardDigest: Digest, seed: MaskSeed, dimension: Int, queryCount: Int, residueBits: Int, bodies: [Data]
    ) {
        self.residueBits = residueBits
        self.cardDigest = cardDigest
        self.seed = seed
        self.dimension = dimension
        self.queryCount = queryCount
        self.bodies = .made(bodies)
        var hasher = SHA256()
        hasher.update(data: Self.header(cardDigest, seed, dimension, queryCount))
        for body in bodies { hasher.update(data: body) }
        digest = Digest(hasher.finalize())
    }

    /// Opens the upload at `path`; its batches are read when they are asked for.
    ///
    /// - Throws: ``InputError`` when the file is not a whole upload for `card`.
    public init(path: String, card: LibraryCard) throws {
        let dimension = card.content.vector.dimension
        let queryByteCount = card.content.precision.uploadBits / 8 * dimension
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
            return Self.headerCount + queryByteCount * queryCount
        }
        guard let seed = MaskSeed(received: seedBytes) else { throw InputError(path, "has no seed") }
        guard card.sharedSeed == nil || card.sharedSeed == seed else {
            throw InputError(path, "does not have the mask seed that the library publishes; encrypt the queries again")
        }
        cardDigest = card.digest
        self.seed = seed
        self.dimension = dimension
        self.queryCount = queryCount
        residueBits = card.content.precision.uploadBits
        digest = file.digest
        bodies = .file(file, degree: card.parameters.degree)
    }

    /// How many batches there are.
    package var batchCount: Int {
        switch bodies {
        case .made(let bodies): bodies.count
        case .file(_, let degree): (queryCount + degree - 1) / degree
        }
    }

    /// The residues of one batch: D rows.
    ///
    /// - Throws: ``InputError`` when they are to be read from a file, and it was changed since it was opened.
    package func body(_ batch: Int) throws -> Data {
        switch bodies {
        case .made(let bodies): return bodies[batch]
        case .file(let file, let degree):
            let queryByteCount = residueBits / 8 * dimension
            let columns = min(degree, queryCount - batch * degree)
            var body = Data(count: queryByteCount * columns)
            try file.requireUnchanged()
            try body.withUnsafeMutableBytes {
                try file.read(at: Self.headerCount + queryByteCount * degree * batch, into: $0)
            }
            return body
        }
    }

    /// Writes the upload's file.
    func write(to file: SealedFile) throws {
        try file.write(Self.header(cardDigest, seed, dimension, queryCount))
        for batch in 0..<batchCount { try file.write(body(batch)) }
        try file.sealAndCommit()
    }

    /// Number of bytes of the file.
    public var byteCount: Int { Self.headerCount + residueBits / 8 * dimension * queryCount + Digest.byteCount }

    /// How many queries each batch holds: all but the last are full.
    package static func batchSizes(_ queryCount: Int, degree: Int) -> [Int] {
        stride(from: 0, to: queryCount, by: degree).map { min(degree, queryCount - $0) }
    }

    static func header(_ cardDigest: Digest, _ seed: MaskSeed, _ dimension: Int, _ queryCount: Int) -> [UInt8] {
        var header = FileKind.upload.opening + cardDigest.bytes + seed.bytes
        header.append(littleEndian: UInt32(dimension))
        header.append(littleEndian: UInt32(queryCount))
        return header
    }
}
