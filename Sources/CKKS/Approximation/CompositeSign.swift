/// The sign of numbers in [-1, 1], by a composition f_k(... f_1(x)) of odd minimax polynomials: within ``error`` of
/// -1 or 1 wherever gap <= |x| <= 1.
///
/// Each polynomial is the best of its degree on the range that the one before leaves, 1 - e ... 1 + e, divided by
/// 1 + e so that all are series on [-1, 1] and no level is spent between them. The best polynomials of the same degrees
/// make the best composition, so that only the degrees are to be chosen: by dynamic programming, for the least depth
/// and then the fewest products of ciphertexts (Lee, Lee, No, Kim: "Minimax Approximation of Sign Function by Composite
/// Polynomial for Homomorphic Comparison", IEEE TDSC 2021; compositions before: Cheon, Kim, Kim, Lee, Lee, ASIACRYPT
/// 2020). Products are those of ``EvaluationCost``, whose giant steps are powers of two; the method's published counts
/// are one less at degrees 5, 9, 17 and 19.
///
/// All polynomials grow monotonously within their gaps: for |x| below ``gap`` the result stays within -1 - error ...
/// 1 + error, on the way between.
///
/// What follows from it, for a and b in [0, 1]:
///
///     step(x)    = (sign(x) + 1) / 2                       as deep: the last series is scaled by 1/2
///     a > b      = step(a - b)                             1, 0, or 1/2 for equal ones
///     max(a, b)  = (a + b) / 2 + (a - b) sign(a - b) / 2   one level and one product more
///
/// The step is within error / 2. The maximum is within max(error, gap (1 + error)) / 2 everywhere: where the sign is
/// undecided, |a - b| is below the gap.
///
/// | gap | error | degrees | depth | products | error reached |
/// | --- | --- | --- | --- | --- | --- |
/// | 2^-8 | 2^-10 | 7, 13, 27 | 12 | 22 | 2^-11.1 |
/// | 2^-12 | 2^-20 | 15, 15, 15, 29 | 17 | 35 | 2^-21.0 |
/// | 2^-16 | 2^-20 | 7, 7, 7, 15, 15, 27 | 22 | 41 | 2^-20.2 |
/// | 2^-20 | 2^-20 | 31, 31, 31, 31, 31 | 25 | 60 | 2^-20.4 |
///
/// (Degrees up to 31, the default slack; a test computes the table.)
public struct CompositeSign: Sendable, Hashable {
    /// Where the sign is decided: gap <= |x| <= 1.
    public let gap: Double
    /// The distance to the sign that was asked for.
    public let error: Double
    /// What every value between two series may be off, absolutely, from noise and rounding.
    public let slack: Double
    /// f_1 ... f_k, odd series on [-1, 1]; all but the last are scaled to end within 1 - slack.
    public let stages: [ChebyshevSeries]
    /// The largest distance to the sign where gap <= |x| <= 1, at most ``error``: that of the last series on all that
    /// the ones before can yield, noise within ``slack`` included. The noise of the last one's own evaluation comes on
    /// top.
    public let maximumError: Double

    /// The composition of least depth, and among those of fewest products.
    ///
    /// Cost: some thousand minimax polynomials, 0.02 s for a gap of 2^-8, 0.2 s for 2^-16.
    /// - Parameters:
    ///   - gap: 2^-32 ..< 1.
    ///   - error: 2^-44 ..< 1.
    ///   - slack: Below the gap. Without, a 256th of the gap, below which noise has to be for the gap to mean anything,
    ///     or the error if that is less.
    ///   - maximumDegree: Of one series: 1 ... 63.
    public init(
        gap: Double, error: Double, slack: Double? = nil, maximumDegree: Int = 31
    ) throws(ApproximationError) {
        try ApproximationError.check(gap: gap)
        try ApproximationError.check(error: error)
        try ApproximationError.check(degree: maximumDegree, 1...63)
        let slack = slack ?? min(gap / 256, error)
        guard slack >= 0, slack < gap else { throw .slack(slack, below: gap) }
        self.gap = gap
        self.error = error
        self.slack = slack
        (stages, maximumError) = try Self.search(
            gap: gap, error: error, slack: slack, maximumDegree: maximumDegree)
    }

    /// Levels from x to the sign, products by coefficients included.
    public var depth: Int { stages.reduce(0) { $0 + $1.depth } }

    /// Products of two ciphertexts.
    public var multiplications: Int { stages.reduce(0) { $0 + $1.cost.multiplications } }

    /// The approximate sign of `x` in [-1, 1].
    public func callAsFunction(_ x: Double) -> Double { stages.reduce(x) { $1($0) } }

    /// 1 for positive, 0 for negative `x` in [-1, 1], approximately: (sign(x) + 1) / 2.
    public func step(_ x: Double) -> Double { (self(x) + 1) / 2 }

    /// 1 if `a` is greater, 0 if `b` is, 1/2 if they are equal, approximately: step(a - b), for a and b in [0, 1].
    public func comparison(_ a: Double, _ b: Double) -> Double { step(a - b) }

    /// The greater of `a` and `b` in [0, 1], approximately: (a + b) / 2 + (a - b) sign(a - b) / 2.
    public func maximum(_ a: Double, _ b: Double) -> Double { (a + b) / 2 + (a - b) * self(a - b) / 2 }
}

extension CompositeSign {
    /// The first series of a composition, and the gap that they leave.
    private struct Beginning {
        var stages: [ChebyshevSeries]
        var multiplications: Int
        var gap: Double
    }

    private static func search(
        gap: Double, error: Double, slack: Double, maximumDegree: Int
    ) throws(ApproximationError) -> (stages: [ChebyshevSeries], maximumError: Double) {
        let degrees = stride(from: 1, through: maximumDegree, by: 2).map { degree in
            (degree: degree, cost: EvaluationCost(degree: degree, parity: .odd))
        }
        // By depth, the beginnings that no other one of the depth beats in both products and gap.
        var beginnings = [[Beginning(stages: [], multiplications: 0, gap: gap)]]
        for depth in 1... {
            var best: (stages: [ChebyshevSeries], multiplications: Int, error: Double)?
            var longer: [Beginning] = []
            for (degree, cost) in degrees where cost.depth <= depth {
                for beginning in beginnings[depth - cost.depth] {
                    let multiplications = beginning.multiplications + cost.multiplications
                    if let best, best.multiplications < multiplications { continue }
                    guard let minimax = try sign(gap: beginning.gap, degree: degree) else { continue }
                    let reached = minimax.maximumError
                    if reached <= error {
                        if best.map({ (multiplications, reached) < ($0.multiplications, $0.error) }) ?? true {
                            best = (beginning.stages + [minimax.series], multiplications, reached)
                        }
                    } else if best == nil {
                        // 1 - reached ... 1 + reached becomes next ... 1, both widened by the slack.
                        let factor = (1 - slack) / (1 + reached)
                        let next = (1 - reached) * factor - slack
                        guard degree > 1, next > beginning.gap else { continue }
                        let stage = try minimax.series.scaled(by: factor)
                        longer.append(
                            Beginning(
                                stages: beginning.stages + [stage], multiplications: multiplications, gap: next))
                    }
                }
            }
            if let best { return (best.stages, best.error) }
            beginnings.append(undominated(longer))
            // No series is deeper than the last six depths.
            if beginnings.suffix(6).allSatisfy(\.isEmpty) { break }
        }
        throw .noProgress(gap: gap, slack: slack)
    }

    /// The minimax polynomial. Nil where the degree is too high for double precision: across a gap close to 1 few terms
    /// reach it, and more of them cannot be told apart, nor held to grow from 0 to the gap.
    private static func sign(gap: Double, degree: Int) throws(ApproximationError) -> MinimaxApproximation? {
        do {
            let minimax = try MinimaxApproximation.sign(gap: gap, degree: degree, acceptsRounding: true)
            let samples = 4 * degree
            let values = (0...samples).map { minimax.series(gap * Double($0) / Double(samples)) }
            return zip(values, values.dropFirst()).allSatisfy { $0 < $1 } ? minimax : nil
        } catch .rounding, .notLevelled {
            return nil
        } catch {
            throw error
        }
    }

    private static func undominated(_ beginnings: [Beginning]) -> [Beginning] {
        var kept: [Beginning] = []
        for beginning in beginnings.sorted(by: { ($0.multiplications, -$0.gap) < ($1.multiplications, -$1.gap) })
        where beginning.gap > kept.last?.gap ?? 0 {
            kept.append(beginning)
        }
        return kept
    }
}
