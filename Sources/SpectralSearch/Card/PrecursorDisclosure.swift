import Storage

/// A coarse window around each query's precursor, which a researcher lets the host know so that it searches only the part of
/// the library that it may concern.
///
/// The host is told a centre, the precursor rounded to a multiple of half the width, and the width. It so learns the
/// precursor to a quarter of the width either way, of every query alike: no window is wider or narrower where a
/// precursor is near a limit. The window reaches a quarter of the width at least beyond the precursor. Whoever discloses
/// windows of several widths for one compound discloses where they overlap.
public struct PrecursorDisclosure: Sendable, Hashable {
    /// The width of the windows in daltons, an even number in ``widths``.
    public let width: Int

    /// What a width can be: no finer than leaves the nominal mass open.
    public static let widths = 10...1000

    /// Windows of 50 Da.
    public static let usual = Self(checked: 50)

    /// The widest centre, far above the precursors that there are.
    private static let largestCentre = 1 << 24
    /// Stands for a centre where a query has no precursor: nothing is disclosed of it.
    static let nothing = UInt32.max

    /// Windows of `width` daltons.
    ///
    /// - Throws: ``InputError`` when they are too narrow to be called coarse, too wide, or odd.
    public init(width: Int) throws(InputError) {
        guard Self.widths.contains(width), width.isMultiple(of: 2) else {
            throw InputError(
                "window of \(width) Da",
                "cannot be disclosed: an even number of daltons from \(Self.widths.lowerBound) to \(Self.widths.upperBound) is wanted"
            )
        }
        self.init(checked: width)
    }

    private init(checked width: Int) { self.width = width }

    /// What the host is told of a precursor: the centre of its window, in units of half the width.
    func centre(of precursorMZ: Double?) -> UInt32 {
        guard let precursorMZ else { return Self.nothing }
        // A precursor beyond all bounds has the last window, in which nothing is found.
        return UInt32(min(max(precursorMZ / halfWidth, 0), Double(Self.largestCentre)).rounded())
    }

    /// The window of a centre, in daltons; everything where nothing was disclosed.
    func window(centre: UInt32) -> Range<Double> {
        guard centre != Self.nothing else { return -.infinity ..< .infinity }
        return (Double(centre) - 1) * halfWidth..<(Double(centre) + 1) * halfWidth
    }

    /// Whether a centre is one that ``centre(of:)`` gives.
    static func isCentre(_ centre: UInt32) -> Bool { centre <= largestCentre || centre == nothing }

    private var halfWidth: Double { Double(width / 2) }

    /// What reports and audit data say: `precursor windows of 50 Da`.
    public var name: String { "precursor windows of \(width) Da" }
}
