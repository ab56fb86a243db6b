import RLWE
import Ring

/// Where the parts of an answer stand.
///
/// The answer to a library row is a record: the mask, n fields of `maskBits` bits, then for each batch the bodies, one
/// field of `bodyBits` bits for each query. Fields form a little-endian bit stream; each part begins on a byte. Where
/// the library publishes its mask seed, the masks of all rows stand in a file of their own (``MaskPart``), and an
/// answer has the rest.
package struct AnswerLayout: Sendable {
    package let precision: WirePrecision
    package let degree: Int
    package let queryCount: Int
    /// Whether the masks stand apart from the answers.
    package let masksStandApart: Bool

    package init(card: LibraryCard, queryCount: Int) {
        precision = card.content.precision
        degree = card.parameters.degree
        self.queryCount = queryCount
        masksStandApart = card.content.publishedSeed != nil
    }

    /// Bytes of a record's mask.
    package var maskByteCount: Int { PackedResidues.byteCount(degree, bits: precision.maskBits) }

    /// Bytes of a record's bodies.
    package var bodyByteCount: Int {
        Upload.batchSizes(queryCount, degree: degree)
            .reduce(0) { $0 + PackedResidues.byteCount($1, bits: precision.bodyBits) }
    }

    /// Bytes of a whole record.
    package var recordByteCount: Int { maskByteCount + bodyByteCount }

    /// Bytes of a record that an answer holds.
    package var answeredByteCount: Int { masksStandApart ? bodyByteCount : recordByteCount }

    /// Bytes before the first record.
    static let headerCount = 8 + 32 + 32 + 8

    /// What stands before the first record.
    static func header(card: LibraryCard, upload: Upload, rowCount: Int) -> [UInt8] {
        var header = FileKind.answer.opening + card.digest.bytes + upload.digest.bytes
        header.append(littleEndian: UInt32(rowCount))
        header.append(littleEndian: UInt32(upload.queryCount))
        return header
    }
}
