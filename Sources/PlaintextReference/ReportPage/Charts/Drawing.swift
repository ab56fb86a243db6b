/// An inline SVG drawing with its description for those who cannot see it.
public struct Drawing {
    private let width: Double
    private let height: Double
    private let identifier: String
    private let title: String
    private let description: String

    /// A drawing of `width` by `height` units.
    ///
    /// - Parameters:
    ///   - identifier: A name that no other drawing on the page has.
    ///   - title: What kind of drawing it is; browsers also show it under the pointer.
    ///   - description: What the drawing says.
    public init(width: Double, height: Double, identifier: String, title: String, description: String) {
        self.width = width
        self.height = height
        self.identifier = identifier
        self.title = title
        self.description = description
    }

    /// The drawing with `content` in it.
    public func svg(_ content: Markup) -> Markup {
        """
        <svg class="chart" viewBox="0 0 \(width) \(height)" role="img" \
        aria-labelledby="\(identifier)-title \(identifier)-description">\
        <title id="\(identifier)-title">\(title)</title>\
        <desc id="\(identifier)-description">\(description)</desc>
        \(content)
        </svg>
        """
    }
}
