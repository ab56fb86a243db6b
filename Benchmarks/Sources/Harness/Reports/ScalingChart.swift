import Foundation
import PlaintextReference

/// How the time of a score changes with one size of the search, all others kept: encrypted, and in plaintext.
struct ScalingChart {
    /// The times of one search.
    struct Point {
        let size: Int
        /// Nanoseconds a score.
        let encrypted: Double
        let plaintext: Double
    }

    /// The sizes that a search has, and what they are called.
    static let sizes = [
        ("rows", "library spectra"), ("dimension", "dimension"), ("queries", "queries"),
        ("threads", "threads"),
    ]

    private let field: String
    private let label: String
    private let points: [Point]
    private let x: Scale
    private let y: Scale

    private static let width = 460.0
    private static let height = 300.0
    private static let (left, right, top, bottom) = (44.0, 454.0, 24.0, 256.0)

    /// Nil where fewer than two searches differ in nothing but this size.
    init?(_ rows: [Row], field: String, label: String) {
        let searches = rows.filter { $0.name == "search.batch" }
        let families = Dictionary(grouping: searches) { row in
            var others = row
            others[field] = nil
            return others.identity
        }
        // The largest family; of two equally large the one named first, so that the chart does not vary.
        let largest = families.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
        points = (largest?.value ?? []).compactMap(Self.point(field)).sorted { $0.size < $1.size }
        guard points.count >= 2, let first = points.first, let last = points.last else { return nil }
        self.field = field
        self.label = label
        let highest = points.map { max($0.encrypted, $0.plaintext) }.max() ?? 1
        x = Scale(
            log2(Double(first.size))...log2(Double(last.size)), from: Self.left + 20, to: Self.right - 20)
        y = Scale(0...1.05 * highest, from: Self.bottom, to: Self.top)
    }

    private static func point(_ field: String) -> (Row) -> Point? {
        return { row in
            guard let size = row.integer(field), size > 0, let time = row.number("nanoseconds"),
                let twin = row.number("sgemmNanoseconds"), let rows = row.number("rows"),
                let queries = row.number("queries"), rows * queries > 0
            else { return nil }
            return Point(size: size, encrypted: time / rows / queries, plaintext: twin / rows / queries)
        }
    }

    var figure: Markup {
        """
        <figure><figcaption><b>Nanoseconds a score</b> by \(label)</figcaption>
        \(drawing.svg("\(axes)\(curve("curve", \.plaintext, "sgemm"))\(curve("matched", \.encrypted, "encrypted"))"))
        </figure>
        """
    }

    private var drawing: Drawing {
        let times = points.map { "\($0.size): \(Numerals.significant($0.encrypted))" }.joined(separator: ", ")
        return Drawing(
            width: Self.width, height: Self.height, identifier: "scaling-\(field)",
            title: "Time of a score by \(label)", description: "Nanoseconds a score by \(label): \(times)")
    }

    private var axes: Markup {
        let ticks = y.ticks(about: 5)
        let places = Scale.places(for: ticks)
        let rules: [Markup] = ticks.map { tick in
            """
            <path class="grid" d="M\(Self.left) \(y(tick))H\(Self.right)"/>\
            <text class="end" x="\(Self.left - 8)" y="\(y(tick) + 4)">\(Numerals.decimal(tick, places: places))</text>
            """
        }
        let marks: [Markup] = points.map { point in
            """
            <text class="middle" x="\(x(log2(Double(point.size))))" y="\(Self.bottom + 20)">\
            \(Numerals.count(point.size))</text>
            """
        }
        return "<g aria-hidden=\"true\">\(rules)\(marks)</g>"
    }

    private func curve(_ style: String, _ time: KeyPath<Point, Double>, _ name: String) -> Markup {
        let path: [Markup] = points.enumerated().map { index, point in
            "\(index == 0 ? "M" : "L")\(x(log2(Double(point.size)))) \(y(point[keyPath: time]))"
        }
        let end = points[points.count - 1]
        // The names stand apart even where the curves meet: encrypted above its curve, plaintext below.
        let shift = time == \Point.encrypted ? -8.0 : 16.0
        return """
            <path class="\(style)" d="\(path)"/>\
            <text class="end ink" x="\(Self.right)" y="\(y(end[keyPath: time]) + shift)">\(name)</text>
            """
    }
}
