import Foundation

/// Maps numbers to positions on a drawing, linearly.
public struct Scale: Sendable {
    /// The numbers shown: finite, and not a single point.
    let domain: ClosedRange<Double>
    /// The positions of the ends of the domain.
    let start: Double
    let end: Double

    /// A scale for `domain`; a domain of a single point is widened, one that is not finite replaced by 0...1.
    public init(_ domain: ClosedRange<Double>, from start: Double, to end: Double) {
        self.domain = Scale.drawable(domain)
        self.start = start
        self.end = end
    }

    /// The position of `value`.
    public func callAsFunction(_ value: Double) -> Double {
        start + (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound) * (end - start)
    }

    /// About `count` round numbers in the domain: multiples of 1, 2 or 5 times a power of ten.
    public func ticks(about count: Int) -> [Double] {
        let step = Scale.roundStep((domain.upperBound - domain.lowerBound) / Double(max(count, 1)))
        let first = (domain.lowerBound / step).rounded(.up)
        let last = (domain.upperBound / step).rounded(.down)
        guard last >= first, last - first < 1000 else { return [] }
        return stride(from: first, through: last, by: 1).map { $0 * step }
    }

    /// The largest round number that is below both ends of the domain in magnitude: the one mark that a scale
    /// around zero needs to either side.
    var outermostMark: Double {
        let reach = min(domain.upperBound.magnitude, domain.lowerBound.magnitude)
        let power = pow(10, log10(reach).rounded(.down))
        return ([5, 2, 1].first { $0 * power < 0.9 * reach } ?? 0.5) * power
    }

    /// The power of ten in units of which the ends of the domain have one digit before the point.
    var exponent: Int {
        let reach = max(domain.upperBound.magnitude, domain.lowerBound.magnitude)
        return reach > 0 ? Int(log10(reach).rounded(.down)) : 0
    }

    /// How many decimal places tell `ticks` apart.
    public static func places(for ticks: [Double]) -> Int {
        guard ticks.count >= 2, ticks[1] > ticks[0] else { return 0 }
        return min(max(Int(-log10(ticks[1] - ticks[0]).rounded(.down)), 0), 9)
    }

    /// The smallest of 1, 2 or 5 times a power of ten that is not below `size`.
    private static func roundStep(_ size: Double) -> Double {
        let power = pow(10, log10(size).rounded(.down))
        return ([1, 2, 5].first { $0 * power >= size * 0.999 } ?? 10) * power
    }

    private static func drawable(_ domain: ClosedRange<Double>) -> ClosedRange<Double> {
        let width = domain.upperBound - domain.lowerBound
        guard width.isFinite else { return 0...1 }
        let least = max(domain.upperBound.magnitude, domain.lowerBound.magnitude, 1e-300) * 1e-9
        return width > least ? domain : domain.lowerBound - 0.5...domain.lowerBound + 0.5
    }
}
