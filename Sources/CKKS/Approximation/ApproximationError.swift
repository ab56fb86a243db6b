/// Why a function cannot be approximated as asked.
public enum ApproximationError: Error, Equatable, Sendable, CustomStringConvertible {
    case interval(lower: Double, upper: Double)
    case notPositive(lower: Double)
    case tooWide(ratio: Double)
    case coefficient(index: Int, value: Double)
    case degree(Int, lowest: Int, highest: Int)
    case evenDegree(Int)
    case error(Double)
    case gap(Double)
    case slack(Double, below: Double)
    case functionValue(Double, at: Double)
    case weight(Double, at: Double)
    case rounding(degree: Int)
    case notLevelled(smallest: Double, largest: Double)
    case notReached(error: Double, reached: Double, degree: Int)
    case noProgress(gap: Double, slack: Double)

    /// The smallest error that may be asked for, 2^-44: double precision keeps 2^-9 of it certain.
    public static let smallestError = 0x1p-44
    /// The smallest gap of a sign that may be asked for, 2^-32.
    public static let smallestGap = 0x1p-32
    /// The largest ratio of the ends of an interval for inverses, 2^32.
    public static let largestRatio = 0x1p32
    /// The highest degree that the exchange of Remez is offered for.
    public static let highestMinimaxDegree = 255
    /// The highest degree of an interpolation.
    public static let highestInterpolationDegree = 4095

    /// One line that says what is wrong, and what would be right.
    public var description: String {
        switch self {
        case .interval(let lower, let upper):
            "interval \(lower)...\(upper): its bounds must be finite, and the first below the second"
        case .notPositive(let lower):
            "an interval from \(lower): inverses need one that begins above 0"
        case .tooWide(let ratio):
            "an interval whose ends have a ratio of \(ratio): for inverses it must be at most \(Self.largestRatio)"
        case .coefficient(let index, let value):
            "coefficient \(index) is \(value): it must be finite"
        case .degree(let degree, let lowest, let highest):
            "degree \(degree): it must be from \(lowest) to \(highest)"
        case .evenDegree(let degree):
            "degree \(degree): the sign is odd, and so must the degree be"
        case .error(let error):
            "error \(error): it must be at least \(Self.smallestError) and below 1"
        case .gap(let gap):
            "gap \(gap): it must be at least \(Self.smallestGap) and below 1"
        case .slack(let slack, let bound):
            "slack \(slack): it must be at least 0 and below the gap, \(bound)"
        case .functionValue(let value, let point):
            "the function is \(value) at \(point): it must be finite on the whole interval"
        case .weight(let value, let point):
            "the weight is \(value) at \(point): it must be positive and finite on the whole interval"
        case .rounding(let degree):
            "degree \(degree) reproduces the function up to rounding, no error is left to level: ask for a lower one"
        case .notLevelled(let smallest, let largest):
            "errors stay between \(smallest) and \(largest): ask for a lower degree, or a continuous function"
        case .notReached(let error, let reached, let degree):
            "error \(error) is not reached up to degree \(degree), only \(reached): ask for less, or allow a higher degree"
        case .noProgress(let gap, let slack):
            "no polynomial widens a gap of \(gap) under a slack of \(slack): lower the slack, or allow a higher degree"
        }
    }

    /// Refuses what is no interval of positive length.
    static func check(_ interval: ClosedRange<Double>) throws(ApproximationError) {
        let (lower, upper) = (interval.lowerBound, interval.upperBound)
        guard lower.isFinite, upper.isFinite, lower < upper, (upper - lower).isFinite else {
            throw .interval(lower: lower, upper: upper)
        }
    }

    /// Refuses what is no interval for inverses.
    static func check(positive interval: ClosedRange<Double>) throws(ApproximationError) {
        try check(interval)
        guard interval.lowerBound > 0 else { throw .notPositive(lower: interval.lowerBound) }
        let ratio = interval.upperBound / interval.lowerBound
        guard ratio <= largestRatio else { throw .tooWide(ratio: ratio) }
    }

    /// Refuses an error that is no number in 2^-44 ..< 1.
    static func check(error: Double) throws(ApproximationError) {
        guard error >= smallestError, error < 1 else { throw .error(error) }
    }

    /// Refuses a gap that is no number in 2^-32 ..< 1.
    static func check(gap: Double) throws(ApproximationError) {
        guard gap >= smallestGap, gap < 1 else { throw .gap(gap) }
    }

    /// Refuses a degree outside of `valid`.
    static func check(degree: Int, _ valid: ClosedRange<Int>) throws(ApproximationError) {
        guard valid.contains(degree) else {
            throw .degree(degree, lowest: valid.lowerBound, highest: valid.upperBound)
        }
    }
}
