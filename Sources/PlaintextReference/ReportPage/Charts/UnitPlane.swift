/// Axes from 0 to 1 in both directions, with the diagonal.
struct UnitPlane {
    private let drawing: Drawing
    private let horizontal: String
    private let vertical: String
    private let x = Scale(0...1, from: 40, to: 448)
    private let y = Scale(0...1, from: 408, to: 24)

    private static let width = 460.0
    private static let height = 452.0

    init(identifier: String, title: String, description: String, horizontal: String, vertical: String) {
        drawing = Drawing(
            width: Self.width, height: Self.height, identifier: identifier, title: title, description: description)
        self.horizontal = horizontal
        self.vertical = vertical
    }

    /// Where a point is drawn; what lies outside of the plane is drawn at its edge.
    func position(_ horizontal: Double, _ vertical: Double) -> (x: Double, y: Double) {
        (x(min(max(horizontal, 0), 1)), y(min(max(vertical, 0), 1)))
    }

    /// The drawing of `content` on the axes.
    ///
    /// - Parameter diagonal: what the diagonal means.
    func svg(_ content: Markup, diagonal: String) -> Markup {
        drawing.svg(
            """
            <g aria-hidden="true">\(axes)</g>
            <path class="identity" d="M\(x(0)) \(y(0))L\(x(1)) \(y(1))"/>
            <text class="tick end" x="\(x(0.36) - 12)" y="\(y(0.36) - 6)">\(diagonal)</text>
            \(content)
            <text class="name" x="0" y="14">\(vertical)</text>
            <text class="name end" x="\(Self.width - 6)" y="\(Self.height - 4)">\(horizontal)</text>
            """)
    }

    private var axes: [Markup] {
        stride(from: 0.0, through: 1, by: 0.25).map { tick in
            """
            <path class="grid" d="M\(x(tick)) \(y(1))V\(y(0))M\(x(0)) \(y(tick))H\(x(1))"/>\
            <text class="tick middle" x="\(x(tick))" y="\(y(0) + 18)">\(Numerals.decimal(tick, places: 2))</text>\
            <text class="tick end" x="\(x(0) - 8)" y="\(y(tick) + 4)">\(Numerals.decimal(tick, places: 2))</text>
            """
        }
    }
}
