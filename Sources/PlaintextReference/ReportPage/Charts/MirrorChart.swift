/// Draws a mirror plot: the query upwards, the library spectrum downwards, matched peaks in the accent
/// colour.
struct MirrorChart {
    private let query: [MirrorPlot.DrawnPeak]
    private let hit: [MirrorPlot.DrawnPeak]
    private let x: Scale
    private let identifier: String

    private let width = 460.0
    private let height = 276.0
    private let baseline = 138.0
    private let reach = 98.0

    /// - Parameter identifier: A name for the drawing that no other on the page has.
    init(_ plot: MirrorPlot, identifier: String) {
        (query, hit) = plot.drawnPeaks()
        let masses = (query + hit).map(\.mz)
        let (least, most) = (masses.min() ?? 0, masses.max() ?? 100)
        let margin = max(0.04 * (most - least), 2)
        x = Scale(least - margin...most + margin, from: 4, to: width - 4)
        self.identifier = identifier
    }

    /// How many peaks of the query are drawn, and how many of them the library spectrum has too.
    var matchedCount: (matched: Int, of: Int) { (query.count { $0.isMatched }, query.count) }

    var svg: Markup {
        drawing.svg(
            """
            \(axis)
            <g class="peaks">\(bars(query, upwards: true))\(bars(hit, upwards: false))</g>
            <path class="baseline" d="M0 \(baseline)H\(width)"/>
            <g class="masses">\(labels(query, upwards: true))\(labels(hit, upwards: false))</g>
            <text class="name" x="0" y="14">query</text>
            <text class="name" x="0" y="\(height - 6)">library</text>
            """)
    }

    private var drawing: Drawing {
        Drawing(
            width: width, height: height, identifier: identifier, title: "Mirror plot",
            description: "\(matchedCount.matched) of \(matchedCount.of) query peaks match a library peak")
    }

    private var axis: Markup {
        let ticks = x.ticks(about: 5)
        let places = Scale.places(for: ticks)
        // The names at both ends of the line need room.
        let marks: [Markup] = ticks.filter { (80...width - 56).contains(x($0)) }.map { tick in
            """
            <path class="grid" d="M\(x(tick)) \(baseline - reach)V\(baseline + reach)"/>\
            <text class="tick middle" x="\(x(tick))" y="\(height - 6)">\
            \(Numerals.decimal(tick, places: places))</text>
            """
        }
        return """
            <g aria-hidden="true">\(marks)\
            <text class="tick end" x="\(width)" y="\(height - 6)">m/z</text></g>
            """
    }

    private func bars(_ peaks: [MirrorPlot.DrawnPeak], upwards: Bool) -> [Markup] {
        // Matched peaks come last, on top of the others.
        [false, true].map { matched in
            let strokes: [Markup] = peaks.filter { $0.isMatched == matched }.map { peak in
                "M\(x(peak.mz)) \(baseline)V\(tip(peak, upwards: upwards))"
            }
            return "<path class=\"\(matched ? "matched" : "unmatched")\" d=\"\(strokes)\"/>"
        }
    }

    private func tip(_ peak: MirrorPlot.DrawnPeak, upwards: Bool) -> Double {
        baseline + (upwards ? -reach : reach) * peak.height
    }

    /// The masses of the highest peaks, as far as there is room for them.
    private func labels(_ peaks: [MirrorPlot.DrawnPeak], upwards: Bool) -> [Markup] {
        let (halfWidth, lineHeight) = (33.0, 15.0)
        var labelled: [(x: Double, y: Double)] = []
        var labels: [Markup] = []
        for peak in peaks.sorted(by: { $0.height > $1.height }).prefix(12) where peak.height >= 0.08 {
            let place = (
                x: min(max(x(peak.mz), halfWidth), width - halfWidth),
                y: tip(peak, upwards: upwards) + (upwards ? -5 : 14)
            )
            // A label must clear the other labels, and the bars that are higher than its own.
            let clearsLabels = labelled.allSatisfy {
                abs($0.x - place.x) > 2 * halfWidth || abs($0.y - place.y) > lineHeight
            }
            let clearsBars = peaks.allSatisfy {
                $0.height <= peak.height || abs(x($0.mz) - place.x) > halfWidth
            }
            guard clearsLabels, clearsBars, labels.count < 5 else { continue }
            labelled.append(place)
            labels.append(
                """
                <text class="middle\(peak.isMatched ? " accent" : "")" x="\(place.x)" y="\(place.y)">\
                \(Numerals.decimal(peak.mz, places: 3))</text>
                """)
        }
        return labels
    }
}
