import Foundation
import Storage

/// The mask part of all answers of a library that publishes its mask seed: computed once by the host, downloaded once
/// by each researcher.
///
/// File `masks`: `MSFHE-M1`, the card's digest (32 bytes), the number of library rows (4), 4 zeros, then for each row
/// its mask (``AnswerLayout``), then the SHA-256.
public final class MaskPart: Sendable {
    private let file: InputFile
    private let maskByteCount: Int

    private static let headerCount = 8 + 32 + 8

    /// Opens the mask part at `path`.
    ///
    /// - Throws: ``InputError`` when it is damaged or belongs to another library than `card`.
    public init(path: String, card: LibraryCard) throws {
        let rowCount = card.content.library.spectra
        let maskByteCount = AnswerLayout(card: card, queryCount: 0).maskByteCount
        self.maskByteCount = maskByteCount
        file = try InputFile(path: path, kind: .masks, headerCount: Self.headerCount) { header in
            var header = header
            guard header.bytes(Digest.byteCount) == card.digest.bytes, header.integer(UInt32.self) == rowCount else {
                throw InputError(path, "belongs to another library than the run was encrypted for")
            }
            return Self.headerCount + rowCount * maskByteCount
        }
    }

    /// Copies the masks of the library rows of `range` to `buffer`, one after the other.
    func copyMasks(_ range: Range<Int>, to buffer: UnsafeMutableRawBufferPointer) throws {
        try file.requireUnchanged()
        try file.read(at: Self.headerCount + range.lowerBound * maskByteCount, into: buffer)
    }

    /// What stands before the first mask.
    static func header(card: LibraryCard) -> [UInt8] {
        var header = FileKind.masks.opening + card.digest.bytes
        header.append(littleEndian: UInt32(card.content.library.spectra))
        header.append(littleEndian: UInt32(0))
        return header
    }
}
