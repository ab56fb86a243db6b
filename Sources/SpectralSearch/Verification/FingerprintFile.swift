import Crypto
import Foundation
import Ring
import Storage

/// What the file of a fingerprint holds, read block by block.
///
/// File: `MSFHE-F1`, the card's digest (32 bytes), the seed of the vectors (32), the number of library rows and D (4
/// each), then for each block of 1,024 rows the weights of its 40 vectors (4 each) and their products (3 for each of D),
/// then the SHA-256.
final class FingerprintFile: Sendable {
    let layout: FingerprintLayout
    private let vectors: FingerprintVectors
    private let file: InputFile

    /// Opens the fingerprint at `path` and checks that it is of the library of `card`.
    ///
    /// - Throws: ``InputError`` when it is spent, damaged or of another library, or when the library's answers cannot be
    ///   verified.
    init(path: String, card: LibraryCard) throws {
        try card.requireVerifiableAnswers(path: path)
        let layout = FingerprintLayout(
            rowCount: card.content.library.spectra, dimension: card.content.vector.dimension)
        var seed = SymmetricKey(size: .bits256)
        file = try InputFile(path: path, kind: .fingerprint, headerCount: FingerprintLayout.headerCount) { header in
            var header = header
            guard header.bytes(Digest.byteCount) == card.digest.bytes else {
                throw InputError(path, "is the fingerprint of another library than the run was encrypted for")
            }
            seed = SymmetricKey(data: header.bytes(FingerprintLayout.seedByteCount))
            guard header.integer(UInt32.self) == layout.rowCount, header.integer(UInt32.self) == layout.dimension
            else {
                throw InputError(
                    path, "is not of \(layout.rowCount) spectra of \(layout.dimension) numbers, as its library has")
            }
            return layout.contentCount
        }
        self.layout = layout
        vectors = FingerprintVectors(seed: seed, layout: layout)
    }

    /// The vectors of a block, and what they make of the library.
    ///
    /// - Throws: ``InputError`` when the block holds numbers that no library gives, or the file was changed since it was
    ///   opened.
    func block(_ number: Int) throws -> (choices: RowChoices, content: FingerprintBlock) {
        try file.requireUnchanged()
        let bytes = AlignedBuffer<UInt8>(count: layout.blockByteCount, lifetime: .wiped)
        let content = try bytes.withUnsafeMutableBufferPointer { bytes in
            let bytes = UnsafeMutableRawBufferPointer(bytes)
            try file.read(at: FingerprintLayout.headerCount + number * layout.blockByteCount, into: bytes)
            return FingerprintBlock(
                encoded: UnsafeRawBufferPointer(bytes), dimension: layout.dimension, rowCount: layout.rows(number).count
            )
        }
        guard let content else { throw InputError(file.path, "holds numbers that no library gives") }
        return (vectors.choices(number), content)
    }
}
