import Foundation

/// Draws the histogram of the encryption noise, with the predicted normal density over it.
struct NoiseChart {
    private let histogram: Histogram
    private let measuredRms: Double
    private let predictedRms: Double
    private let x: Scale
    private let y: Scale
    private let identifier: String

    private let width = 460.0
    private let height = 452.0

    /// Nil where there is nothing to draw.
    ///
    /// - Parameter identifier: A name for the drawing that no other on the page has.
    init?(_ noise: ErrorStatistics, predictedRms: Double, identifier: String) {
        let histogram = noise.histogram
        let occupied = histogram.counts.indices.filter { histogram.counts[$0] > 0 }
        guard let first = occupied.first, let last = occupied.last else { return nil }
        self.histogram = histogram
        measuredRms = noise.rms
        self.predictedRms = predictedRms
        self.identifier = identifier

        let lower = histogram.range.lowerBound
        let seen = max(
            abs(lower + Double(first) * histogram.binWidth),
            abs(lower + Double(last + 1) * histogram.binWidth))
        let reach = max(seen, predictedRms.isFinite ? 4 * predictedRms : 0)
        x = Scale(-reach...reach, from: 6, to: width - 6)
        let highest = Double(histogram.counts.max() ?? 1) / Double(histogram.total) / histogram.binWidth
        let peak = predictedRms > 0 ? NoiseChart.normalDensity(0, predictedRms) : 0
        y = Scale(0...1.06 * max(highest, peak), from: 408, to: 24)
    }

    var svg: Markup {
        drawing.svg(
            """
            <g aria-hidden="true">\(axis)</g>
            <path class="area" d="\(outline)"/>
            \(predictedRms > 0 ? curve : "")
            <path class="baseline" d="M0 \(y.start)H\(width)"/>
            <text class="name end" x="\(width - 6)" y="\(height - 4)">noise of a score, in units of \
            \(Numerals.powerOfTen(x.exponent))</text>
            \(legend)
            """)
    }

    private var drawing: Drawing {
        Drawing(
            width: width, height: height, identifier: identifier, title: "Histogram of the encryption noise",
            description: "Noise of \(Numerals.count(histogram.total)) scores: "
                + "\(Numerals.scientific(measuredRms)) rms measured, "
                + "\(Numerals.scientific(predictedRms)) predicted"
        )
    }

    private var axis: [Markup] {
        let (ticks, unit) = (x.ticks(about: 6), pow(10, Double(x.exponent)))
        let places = Scale.places(for: ticks.map { $0 / unit })
        return ticks.map { tick in
            """
            <path class="grid" d="M\(x(tick)) \(y.end)V\(y.start)"/>\
            <text class="tick middle" x="\(x(tick))" y="\(y.start + 18)">\
            \(Numerals.decimal(tick / unit, places: places))</text>
            """
        }
    }

    /// The histogram as one area of steps.
    private var outline: [Markup] {
        let lower = histogram.range.lowerBound
        return histogram.counts.enumerated().compactMap { bin, count in
            let (from, to) = (
                lower + Double(bin) * histogram.binWidth, lower + Double(bin + 1) * histogram.binWidth
            )
            guard from >= x.domain.lowerBound, to <= x.domain.upperBound else { return nil }
            let density = Double(count) / Double(histogram.total) / histogram.binWidth
            return "M\(x(from)) \(y.start)V\(y(density))H\(x(to))V\(y.start)Z"
        }
    }

    private var curve: Markup {
        let (domain, steps) = (x.domain, 120)
        let points: [Markup] = (0...steps).map { step in
            let value =
                domain.lowerBound + Double(step) / Double(steps) * (domain.upperBound - domain.lowerBound)
            let density = NoiseChart.normalDensity(value, predictedRms)
            return "\(step == 0 ? "M" : "L")\(x(value)) \(y(density))"
        }
        return "<path class=\"curve\" d=\"\(points)\"/>"
    }

    /// Names the area on its left and the curve on its right.
    private var legend: Markup {
        let measured: Markup = """
            <text class="accent" x="6" y="52"><tspan class="strong">measured</tspan>\
            <tspan x="6" dy="1.35em">\(Numerals.scientific(measuredRms)) rms</tspan></text>
            """
        guard predictedRms > 0 else { return measured }
        return """
            \(measured)<text class="ink end" x="\(width - 6)" y="52"><tspan class="strong">predicted</tspan>\
            <tspan x="\(width - 6)" dy="1.35em">\(Numerals.scientific(predictedRms)) rms</tspan></text>
            """
    }

    private static func normalDensity(_ value: Double, _ deviation: Double) -> Double {
        exp(-0.5 * (value / deviation) * (value / deviation)) / (deviation * (2 * Double.pi).squareRoot())
    }
}
