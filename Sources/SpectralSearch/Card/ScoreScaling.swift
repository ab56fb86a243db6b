import RLWE

/// How vectors become small integers, such that no score can wrap around modulo q.
///
/// A library row r becomes round(s r), s = min(``rowEntryCap`` / max |r|, ``rowNormCap`` / ||r||); a query x
/// becomes round(``queryScale`` x). A score is the phase divided by ``queryScale`` s. With ||L||^2 and ||Q||^2 at
/// most their limits,
///
///     ||L|| ||Q|| + (B + 2^(23 - upload bits)) ||L||_1 + n 2^(23 - mask bits) + 2^(23 - body bits) < 2^23,
///
/// where a power counts only if bits are rounded away: the largest phase there can be, by the Cauchy-Schwarz inequality and the bounds of the noise.
public struct ScoreScaling: Sendable, Hashable, Codable {
    /// Largest magnitude of an entry of a library row.
    public var rowEntryCap: Int
    /// Norm that library rows are scaled to, where the entry cap allows: a little below the limit. For whole uploads
    /// 720; 600 to 720 is a flat optimum between rounding and encryption noise (measured on MassBank).
    public var rowNormCap: Double
    /// Largest squared norm of a library row that the host accepts.
    public var rowNormSquaredLimit: Int
    /// Factor of the queries' entries.
    public var queryScale: Int
    /// Largest squared norm of a query that the client encrypts.
    public var queryNormSquaredLimit: Int

    /// The norm of a query vector: unit fragments and unit precursor.
    private static let queryNorm = 2.0.squareRoot()
    private static let queryScaleStep = 256

    /// Noise is about proportional to the rows' norm, since a larger one leaves less room for the queries; rounding
    /// the rows is inversely so. Where the upload is rounded to 16 bits its noise is 23 times that of encryption, and
    /// a quarter of the norm about balances the two: 3.6e-3 and 2.7e-3 on MassBank, where the full norm would have
    /// 1.8e-2 and 0.8e-3.
    private static func rowNormSquaredLimit(_ precision: WirePrecision) -> Int {
        precision.uploadBits == 16 ? 1 << 15 : 1 << 19
    }

    /// The scaling with the largest query scale, in steps of 256, for which no score can wrap around. The limit
    /// of the queries' norm is what a query vector can reach with all its roundings, up to the next 100,000.
    public init(dimension: Int, parameters: RLWEParameters, precision: WirePrecision) {
        rowEntryCap = 127
        rowNormSquaredLimit = Self.rowNormSquaredLimit(precision)
        rowNormCap = 720 * (Double(rowNormSquaredLimit) / 0x1p19).squareRoot()
        queryScale = Self.queryScaleStep << 10
        queryNormSquaredLimit = 0
        repeat {
            queryScale -= Self.queryScaleStep
            let norm = Double(queryScale) * Self.queryNorm + Self.roundingNorm(dimension)
            queryNormSquaredLimit = Int((norm * norm / 100_000).rounded(.up)) * 100_000
        } while queryScale > 0
            && !excludesWrapAround(dimension: dimension, parameters: parameters, precision: precision)
    }

    /// Whether no score of a row and a query within the limits can wrap around.
    public func excludesWrapAround(dimension: Int, parameters: RLWEParameters, precision: WirePrecision) -> Bool {
        guard rowNormSquaredLimit > 0, queryNormSquaredLimit > 0, queryScale > 0 else { return false }
        let product = (Double(rowNormSquaredLimit) * Double(queryNormSquaredLimit)).squareRoot()
        let noise = parameters.phaseErrorBound(
            rowSum: Self.largestRowSum(dimension, rowNormSquaredLimit), precision: precision)
        return product + noise < Double(1 << (parameters.logModulus - 1))
    }

    /// ||L||_1 <= sqrt(D) ||L||.
    private static func largestRowSum(_ dimension: Int, _ rowNormSquaredLimit: Int) -> Double {
        (Double(dimension) * Double(rowNormSquaredLimit)).squareRoot()
    }

    /// The norm that rounding D entries to integers adds at most.
    private static func roundingNorm(_ dimension: Int) -> Double { Double(dimension).squareRoot() / 2 }

    /// The integer row of a library vector, and its scale s. A zero vector has scale 1.
    public func quantisedRow(_ vector: [Float]) -> (row: [Int8], scale: Double) {
        let largest = vector.reduce(0) { max($0, Double($1.magnitude)) }
        guard largest > 0 else { return ([Int8](repeating: 0, count: vector.count), 1) }
        let norm = vector.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        var scale = min(Double(rowEntryCap) / largest, rowNormCap / norm)
        while true {
            let row = vector.map { Int8((Double($0) * scale).rounded()) }
            if Self.normSquared(row) <= rowNormSquaredLimit { return (row, scale) }
            scale *= 0.999  // the roundings happened to lengthen the row
        }
    }

    /// The integer entries of a query vector.
    ///
    /// - Precondition: the vector's norm is at most sqrt(2), as every ``SpectrumVectorizer`` guarantees.
    public func quantisedQuery(_ vector: [Float]) -> [Int32] {
        let query = vector.map { Int32((Double($0) * Double(queryScale)).rounded()) }
        let normSquared = query.reduce(0) { $0 + Int($1) * Int($1) }
        precondition(normSquared <= queryNormSquaredLimit, "a query of this norm could wrap a score around")
        return query
    }

    static func normSquared(_ row: some Sequence<Int8>) -> Int { row.reduce(0) { $0 + Int($1) * Int($1) } }
}
