/// Draws how often what was called probable came true: a calibrated prediction lies on the diagonal.
struct ReliabilityChart {
    /// Predictions of about the same probability.
    struct Bin: Sendable {
        /// The mean of the predicted probabilities, from 0 to 1.
        var predicted: Double
        /// The share that came true, with its interval.
        var observed: AccuracyReport.Estimate
        /// How many predictions there are.
        var count: Int
    }

    private let bins: [Bin]
    private let plane: UnitPlane

    /// Nil where there is nothing to draw. Bins without predictions are left out.
    ///
    /// - Parameter identifier: A name for the drawing that no other on the page has.
    init?(_ bins: [Bin], identifier: String) {
        self.bins = bins.filter { $0.count > 0 && $0.predicted.isFinite && $0.observed.value.isFinite }
        guard !self.bins.isEmpty else { return nil }
        plane = UnitPlane(
            identifier: identifier, title: "Reliability curve",
            description: self.bins.map { bin in
                "\(Numerals.count(bin.count)) predictions of \(Numerals.decimal(bin.predicted, places: 2)): "
                    + "\(Numerals.decimal(bin.observed.value, places: 2)) came true"
            }.joined(separator: "; "),
            horizontal: "predicted probability", vertical: "share that came true")
    }

    var svg: Markup {
        let points: [Markup] = bins.map { bin in
            let (x, y) = plane.position(bin.predicted, bin.observed.value)
            let whisker: Markup =
                bin.observed.interval.map { interval in
                    let (_, lower) = plane.position(bin.predicted, interval.lower)
                    let (_, upper) = plane.position(bin.predicted, interval.upper)
                    return "<path class=\"whisker\" d=\"M\(x - 4) \(lower)h8m-4 0V\(upper)m-4 0h8\"/>"
                } ?? ""
            return "\(whisker)<path class=\"dot\" d=\"M\(x) \(y)h0\"/>"
        }
        return plane.svg("\(points)", diagonal: "calibrated")
    }
}
