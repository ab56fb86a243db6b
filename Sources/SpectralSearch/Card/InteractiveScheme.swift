import CKKS
import Ring

/// What interactive search computes with: CKKS modulo one prime of 49 bits, with a special one of 49, and no rescaling.
///
/// Vectors are padded with zeros to D columns, a power of two. A query is encrypted at scale 2^28, its entries repeated
/// in all slots; library entries have scale 2^18. Vectors have norm sqrt(2) at most, so scores are at most 2, a slot,
/// which has two of them, at most sqrt(8), and a coefficient at most 2^(46 + 1.5): below q/2, nearly 2^48. Scores do
/// not depend on anything else: there is no integer row, and no scale for each.
///
/// Immutable and shared freely.
public final class InteractiveScheme: Sendable {
    /// The parameters: N = 4096.
    public let parameters: CKKSParameters
    /// Columns of the library's matrix.
    public let columnCount: Int
    /// Rotations of a query.
    public let babySteps: Int

    static let literal = ParametersLiteral.n4096
    /// What query entries are multiplied by.
    package static let queryScale = 0x1p28
    /// What library entries are multiplied by.
    package static let rowScale = 0x1p18
    /// Bits of a coefficient of the answers.
    package static let answerBits = 27
    /// The largest norm of a query or a library vector.
    package static let largestNorm = 2.0.squareRoot() * (1 + 1e-5)

    /// The scheme for a library of `card`, which was laid out for it.
    public convenience init(card: LibraryCard, backend: Backend = .selected) {
        guard let interactive = card.content.interactive else {
            preconditionFailure("the library is not laid out for interactive search")
        }
        self.init(columnCount: interactive.columns, backend: backend)
    }

    package init(columnCount: Int, backend: Backend = .selected) {
        parameters = backend.kernels == Backend.selected.kernels ? Self.shared : Self.parameters(backend)
        self.columnCount = columnCount
        babySteps = TallMatrixLayout.babySteps(columnCount: columnCount)
    }

    /// The parameters on the backend in use, whose tables all libraries and keys share.
    private static let shared = parameters(.selected)

    private static func parameters(_ backend: Backend) -> CKKSParameters {
        do {
            return try CKKSParameters(literal, backend: backend)
        } catch {
            preconditionFailure("the parameters of interactive search are sound: \(error)")
        }
    }

    /// The least power of two that has room for vectors of `dimension` entries; nil beyond the number of slots.
    public static func columnCount(dimension: Int) -> Int? {
        let columns = 1 << (Int.bitWidth - (dimension - 1).leadingZeroBitCount)
        return columns <= literal.degree / 2 ? max(columns, 16) : nil
    }

    /// The layout of a library of `rowCount` rows.
    package func layout(rowCount: Int) -> TallMatrixLayout {
        TallMatrixLayout(
            degree: parameters.degree, rowCount: rowCount, columnCount: columnCount, babySteps: babySteps)
    }

    package var encoder: TallMatrixEncoder {
        TallMatrixEncoder(
            parameters: parameters, columnCount: columnCount, babySteps: babySteps, scale: Self.rowScale)
    }

    /// The expected root mean square of a score's error, for vectors of norm sqrt(2).
    package func scoreDeviation(rowCount: Int) -> Double {
        parameters.tallProductDeviation(
            layout: layout(rowCount: rowCount), pairNormSquared: 4, vectorNormSquared: 2,
            vectorScale: Self.queryScale, matrixScale: Self.rowScale, bits: Self.answerBits)
    }

    /// The scale of the slots of an answer.
    package var answerScale: Double {
        let q = Double(parameters.chain.basis.moduli[0].value)
        return Self.queryScale * Self.rowScale / q * Double(1 << Self.answerBits)
    }
    /// Bytes of the answer to a block of N rows.
    package var answerBlockByteCount: Int {
        RoundedCiphertext.byteCount(bits: Self.answerBits, degree: parameters.degree)
    }
}

extension LibraryCard {
    /// How single queries are encrypted, and which index they search.
    public struct Interactive: Sendable, Hashable, Codable {
        /// The name of the parameters, which is their specification.
        public var parameters: String
        /// Columns of the library's matrix, a power of two.
        public var columns: Int
        /// Rotations of a query.
        public var babySteps: Int
        /// log2 of what query entries are multiplied by.
        public var logQueryScale: Int
        /// log2 of what library entries are multiplied by.
        public var logRowScale: Int
        /// Bits of a coefficient of the answers.
        public var answerBits: Int
        /// The SHA-256 that ends the interactive index, in hexadecimal.
        public var indexSHA256: String

        init(columns: Int, indexSHA256: String) {
            parameters = InteractiveScheme.literal.name
            self.columns = columns
            babySteps = TallMatrixLayout.babySteps(columnCount: columns)
            logQueryScale = Int(InteractiveScheme.queryScale.exponent)
            logRowScale = Int(InteractiveScheme.rowScale.exponent)
            answerBits = InteractiveScheme.answerBits
            self.indexSHA256 = indexSHA256
        }
    }
}
