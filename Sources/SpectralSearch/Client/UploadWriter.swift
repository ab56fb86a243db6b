import Crypto
import Foundation
import RLWE
import Storage

/// Writes an upload batch by batch; the header, which holds the number of queries, comes last.
final class UploadWriter {
    /// Queries appended so far.
    private(set) var queryCount = 0
    /// Bytes of the file so far.
    private(set) var byteCount = 0
    private let cardDigest: Digest
    private let seed: MaskSeed
    private let dimension: Int
    private let degree: Int
    private let file: OutputFile

    /// Starts an upload for the card of `cardDigest` at `path`, which must not exist.
    init(path: String, cardDigest: Digest, seed: MaskSeed, dimension: Int, degree: Int) throws {
        (self.cardDigest, self.seed, self.dimension, self.degree) = (cardDigest, seed, dimension, degree)
        file = try OutputFile(path: path, collision: .refuse)
        try write([UInt8](repeating: 0, count: Upload.headerCount))
    }

    /// Appends the bodies of the next batch.
    func append(_ body: Data, queryCount count: Int) throws {
        precondition(queryCount.isMultiple(of: degree), "only the last batch may be smaller than the others")
        guard queryCount + count <= Upload.maximumQueryCount else {
            throw InputError(file.path, "would have more than \(Upload.maximumQueryCount) queries; split the run")
        }
        queryCount += count
        try write(body)
    }

    /// Completes the content and returns the digest that ends it. The digest covers the header, so all is read once
    /// more.
    func seal() throws -> Digest {
        try file.overwrite(Upload.header(cardDigest, seed, dimension, queryCount), at: 0)
        var hasher = SHA256()
        try file.readBack { hasher.update(bufferPointer: $0) }
        let digest = Digest(hasher.finalize())
        try write(digest.bytes)
        return digest
    }

    /// Makes the sealed file appear.
    func commit() throws { try file.commit() }

    private func write(_ bytes: some ContiguousBytes & Collection<UInt8>) throws {
        try file.write(bytes)
        byteCount += bytes.count
    }
}
