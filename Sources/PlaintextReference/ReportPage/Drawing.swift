/// An inline SVG drawing with its description for those who cannot see it.
struct Drawing {
    var width: Double
    var height: Double
    /// A name that no other drawing on the page has.
    var identifier: String
    /// What kind of drawing it is; browsers also show it under the pointer.
    var title: String
    /// What the drawing says.
    var description: String

    /// The drawing with `content` in it.
    func svg(_ content: Markup) -> Markup {
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
