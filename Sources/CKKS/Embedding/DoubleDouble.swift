/// A number of 106 bits, the exact sum of two doubles that do not overlap: for tables whose entries are to be the
/// doubles nearest to the true values. (Dekker 1971; each operation is good to a few units of 2^-104.)
struct DoubleDouble {
    let high: Double
    let low: Double

    init(_ value: Double) { self.init(high: value, low: 0) }

    private init(high: Double, low: Double) {
        self.high = high
        self.low = low
    }

    /// x + y exactly, for |x| >= |y|.
    private static func sum(_ x: Double, _ y: Double) -> DoubleDouble {
        let high = x + y
        return DoubleDouble(high: high, low: y - (high - x))
    }

    func adding(_ other: DoubleDouble) -> DoubleDouble {
        let high = self.high + other.high
        let part = high - self.high
        let error = (self.high - (high - part)) + (other.high - part)
        return .sum(high, error + low + other.low)
    }

    func subtracting(_ other: DoubleDouble) -> DoubleDouble {
        adding(DoubleDouble(high: -other.high, low: -other.low))
    }

    func multiplied(by other: DoubleDouble) -> DoubleDouble {
        let product = high * other.high
        let error = (-product).addingProduct(high, other.high)
        return .sum(product, error + (high * other.low + low * other.high))
    }

    /// The square root of a positive number, by one step of Newton's method from that of the high part.
    func squareRoot() -> DoubleDouble {
        let root = high.squareRoot()
        let rest = subtracting(DoubleDouble(root).multiplied(by: DoubleDouble(root))).high
        return .sum(root, rest / (2 * root))
    }

    /// 1 / x, by one step of Newton's method from that of the high part.
    func reciprocal() -> DoubleDouble {
        let reciprocal = 1 / high
        let rest = DoubleDouble(1).subtracting(multiplied(by: DoubleDouble(reciprocal))).high
        return .sum(reciprocal, rest * reciprocal)
    }

    func halved() -> DoubleDouble { DoubleDouble(high: high / 2, low: low / 2) }
}
