/// Draws one share against another, both from 0 to 1, as a line: a receiver operating characteristic, or estimated
/// against true false discovery rates.
struct RateCurveChart {
    /// A point of the line.
    typealias Point = (x: Double, y: Double)

    private let points: [Point]
    private let plane: UnitPlane
    private let diagonal: String

    /// Nil where fewer than two points are finite.
    ///
    /// - Parameters:
    ///   - points: in the order in which the line passes them.
    ///   - identifier: a name for the drawing that no other on the page has.
    ///   - title: what kind of curve it is.
    ///   - description: what the curve says, such as the area below it.
    ///   - horizontal: the name of the horizontal axis.
    ///   - vertical: the name of the vertical axis.
    ///   - diagonal: what the diagonal means.
    init?(
        _ points: [Point], identifier: String, title: String, description: String, horizontal: String,
        vertical: String, diagonal: String
    ) {
        self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
        guard self.points.count >= 2 else { return nil }
        self.diagonal = diagonal
        plane = UnitPlane(
            identifier: identifier, title: title, description: description, horizontal: horizontal, vertical: vertical)
    }

    var svg: Markup {
        let line: [Markup] = points.enumerated().map { index, point in
            let (x, y) = plane.position(point.x, point.y)
            return "\(index == 0 ? "M" : "L")\(x) \(y)"
        }
        return plane.svg("<path class=\"matched\" d=\"\(line)\"/>", diagonal: diagonal)
    }
}
