import Foundation

/// Draws encrypted against plaintext scores, and below, magnified, the differences along the same axis.
struct ScatterChart {
    private let pairs: [(plaintext: Double, encrypted: Double)]
    private let x: Scale
    private let y: Scale
    private let difference: Scale
    private let identifier: String
    /// The largest magnitude of a difference in the sample.
    let largestDifference: Double

    private let width = 460.0
    private let height = 452.0
    private let left = 54.0

    /// Nil where there is nothing to draw. Pairs with infinite or missing scores are left out.
    ///
    /// - Parameter identifier: A name for the drawing that no other on the page has.
    init?(_ sample: [(plaintext: Float, encrypted: Float)], identifier: String) {
        pairs = sample.map { (Double($0.plaintext), Double($0.encrypted)) }
            .filter { $0.plaintext.isFinite && $0.encrypted.isFinite }
        let scores = pairs.flatMap { [$0.plaintext, $0.encrypted] }
        guard let least = scores.min(), let most = scores.max() else { return nil }
        let margin = max(0.03 * (most - least), 1e-6)
        let domain = least - margin...most + margin
        x = Scale(domain, from: left, to: width - 6)
        y = Scale(domain, from: 286, to: 24)
        largestDifference = pairs.map { abs($0.encrypted - $0.plaintext) }.max() ?? 0
        let reach = max(1.15 * largestDifference, 1e-9)
        difference = Scale(-reach...reach, from: 408, to: 322)
        self.identifier = identifier
    }

    var svg: Markup {
        drawing.svg(
            """
            <g aria-hidden="true">\(horizontalAxis)\(scoreAxis)\(differenceAxis)</g>
            <path class="identity" d="M\(x(x.domain.lowerBound)) \(y(y.domain.lowerBound))\
            L\(x(x.domain.upperBound)) \(y(y.domain.upperBound))"/>
            \(dots { y($0.encrypted) })\(dots { difference($0.encrypted - $0.plaintext) })
            <text class="name" x="0" y="14">encrypted score</text>
            <text class="name" x="0" y="312">encrypted \u{2212} plaintext, in units of \
            \(Numerals.powerOfTen(difference.exponent))</text>
            <text class="name end" x="\(width - 6)" y="\(height - 4)">plaintext score</text>
            \(identityLabel)
            """)
    }

    private var drawing: Drawing {
        Drawing(
            width: width, height: height, identifier: identifier, title: "Encrypted against plaintext scores",
            description: "\(Numerals.count(pairs.count)) pairs of spectra, which differ "
                + "by at most \(Numerals.scientific(largestDifference))")
    }

    /// Names the line of equality below itself, where no dots are.
    private var identityLabel: Markup {
        let (domain, fraction) = (x.domain, 0.62)
        let at = domain.lowerBound + fraction * (domain.upperBound - domain.lowerBound)
        return "<text class=\"tick\" x=\"\(x(at) + 14)\" y=\"\(y(at) + 18)\">equal</text>"
    }

    private var horizontalAxis: [Markup] {
        let ticks = x.ticks(about: 6)
        let places = Scale.places(for: ticks)
        return ticks.map { tick in
            """
            <path class="grid" d="M\(x(tick)) \(y.end)V\(y.start)\
            M\(x(tick)) \(difference.end)V\(difference.start)"/>\
            <text class="tick middle" x="\(x(tick))" y="\(difference.start + 18)">\
            \(Numerals.decimal(tick, places: places))</text>
            """
        }
    }

    private var scoreAxis: [Markup] {
        let ticks = y.ticks(about: 6)
        let places = Scale.places(for: ticks)
        return ticks.map { tick in
            rule(at: y(tick), label: Numerals.decimal(tick, places: places))
        }
    }

    /// Zero, and one round number to either side.
    private var differenceAxis: [Markup] {
        let (mark, unit) = (difference.outermostMark, pow(10, Double(difference.exponent)))
        let places = Scale.places(for: [0, mark / unit])
        return [-mark, 0, mark].map { value in
            rule(
                at: difference(value), label: Numerals.decimal(value / unit, places: places, showsPlus: true))
        }
    }

    private func rule(at position: Double, label: String) -> Markup {
        """
        <path class="grid" d="M\(x.start) \(position)H\(x.end)"/>\
        <text class="tick end" x="\(left - 8)" y="\(position + 4)">\(label)</text>
        """
    }

    /// Dots as strokes of no length with round caps: a tenth of the size of circles. They are spread over
    /// several paths, so that where they overlap they add up to a darker tone.
    private func dots(_ position: ((plaintext: Double, encrypted: Double)) -> Double) -> [Markup] {
        let layers = 12
        return (0..<layers).map { layer in
            let strokes: [Markup] = stride(from: layer, to: pairs.count, by: layers).map { index in
                "M\(x(pairs[index].plaintext)) \(position(pairs[index]))h0"
            }
            return "<path class=\"dots\" d=\"\(strokes)\"/>"
        }
    }
}
