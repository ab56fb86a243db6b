import RLWE
import Ring

/// Where the parts of an answer stand.
///
/// The answer to a library row is the mask, n fields of `maskBits` bits, then for each batch the bodies, one
/// field of `bodyBits` bits for each query. Fields form a little-endian bit stream; each part begins on a byte.
package struct AnswerLayout: Sendable {
    package let precision: AnswerPrecision
    package let degree: Int
    package let queryCount: Int

    package init(card: LibraryCard, queryCount: Int) {
        precision = card.content.answer
        degree = card.parameters.degree
        self.queryCount = queryCount
    }

    package var maskByteCount: Int { PackedResidues.byteCount(degree, bits: precision.maskBits) }

    package var recordByteCount: Int {
        Upload.batchSizes(queryCount, degree: degree)
            .reduce(maskByteCount) { $0 + PackedResidues.byteCount($1, bits: precision.bodyBits) }
    }

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
