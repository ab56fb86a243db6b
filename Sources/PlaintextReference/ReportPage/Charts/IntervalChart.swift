/// Draws shares with their intervals, one in each row of a table, on one scale: encrypted as a dot with whiskers,
/// plaintext as an upright mark.
struct IntervalChart {
    private let x: Scale
    private let ticks: [Double]

    private static let width = 320.0
    private static let height = 22.0

    /// - Parameter contrasts: all that will be drawn; those without an interval are not.
    init(_ contrasts: [AccuracyReport.Contrast]) {
        let values = contrasts.filter { $0.encrypted.interval != nil }
            .flatMap { [$0.encrypted, $0.plaintext] }
            .flatMap { [$0.value, $0.interval?.lower ?? $0.value, $0.interval?.upper ?? $0.value] }
            .filter { (0...1).contains($0) }
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        let margin = max(0.04 * (most - least), 0.002)
        x = Scale(max(least - margin, 0)...min(most + margin, 1), from: 16, to: Self.width - 22)
        ticks = x.ticks(about: 4)
    }

    /// The scale, for the head of the table.
    var axis: Markup {
        let places = Scale.places(for: ticks.map { 100 * $0 })
        let labels: [Markup] = ticks.map { tick in
            """
            <text class="middle" x="\(x(tick))" y="\(Self.height - 6)">\
            \(Numerals.decimal(100 * tick, places: places))\(tick == ticks.last ? "\u{A0}%" : "")</text>
            """
        }
        return drawing("\(labels)")
    }

    /// The drawing of one row.
    func row(_ contrast: AccuracyReport.Contrast) -> Markup {
        let middle = Self.height / 2
        let rules: [Markup] = ticks.map { "<path class=\"grid\" d=\"M\(x($0)) 0V\(Self.height)\"/>" }
        guard let interval = contrast.encrypted.interval else { return drawing("\(rules)") }
        return drawing(
            """
            \(rules)<path class="whisker" d="M\(x(interval.lower)) \(middle - 4)v8m0 -4\
            H\(x(interval.upper))m0 -4v8"/>\
            <path class="mark" d="M\(x(contrast.plaintext.value)) \(middle - 8)v16"/>\
            <path class="dot" d="M\(x(contrast.encrypted.value)) \(middle)h0"/>
            """)
    }

    /// The figures stand beside the drawing, so that readers who cannot see it miss nothing.
    private func drawing(_ content: Markup) -> Markup {
        "<svg class=\"chart\" viewBox=\"0 0 \(Self.width) \(Self.height)\" aria-hidden=\"true\">\(content)</svg>"
    }
}
