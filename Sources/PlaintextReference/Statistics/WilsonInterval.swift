/// Where a probability lies, by how often something happened: the interval of 95 % confidence of Wilson's score test.
///
/// Source: Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American
/// Statistical Association 22, 209 (1927).
extension Interval {
    /// The interval for `count` events in `trials`; from 0 to 1 before any trial.
    package init(wilson count: Int, of trials: Int) {
        precondition(0 <= count && count <= trials, "\(count) events in \(trials) trials")
        guard trials > 0 else {
            self.init(lower: 0, upper: 1)
            return
        }
        // The 97.5 % point of the normal distribution.
        let z = 1.959_963_984_540_054
        let n = Double(trials)
        let share = Double(count) / n
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        self.init(
            lower: count == 0 ? 0 : max(centre - half, 0), upper: count == trials ? 1 : min(centre + half, 1))
    }
}
