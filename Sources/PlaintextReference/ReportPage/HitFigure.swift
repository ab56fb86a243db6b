import Spectra

/// A mirror plot with what there is to say about the query and its hit.
struct HitFigure {
    private let plot: MirrorPlot
    private let chart: MirrorChart

    /// - Parameter identifier: A name for the drawing that no other on the page has.
    init(_ plot: MirrorPlot, identifier: String) {
        self.plot = plot
        chart = MirrorChart(plot, identifier: identifier)
    }

    var figure: Markup {
        let items: [Markup] = details.map { name, value in
            "<div><dt>\(name)</dt> <dd>\(value)</dd></div>"
        }
        return """
            <figure class="hit">
            <figcaption>
            <p class="names"><bdi>\(name(of: plot.query))</bdi><span class="arrow"> \u{2192} </span>\
            <b><bdi>\(name(of: plot.hit))</bdi></b></p>
            <dl>\(verdict)\(items)</dl>
            </figcaption>
            \(chart.svg)
            </figure>
            """
    }

    private var verdict: Markup {
        switch plot.isRight {
        case true?:
            "<div><dt>hit \(plot.rank)</dt> <dd class=\"accent\">\u{2713}\u{A0}right compound</dd></div>"
        case false?:
            "<div><dt>hit \(plot.rank)</dt> <dd class=\"wrong\">\u{2717}\u{A0}wrong compound</dd></div>"
        case nil: "<div><dt>hit</dt> <dd>\(plot.rank)</dd></div>"
        }
    }

    private var details: [(String, String)] {
        var details = [("score", Numerals.decimal(plot.score, places: 3))]
        let (matched, drawn) = chart.matchedCount
        details.append(("peaks matched", "\(matched) of \(drawn)"))
        if let precursor = plot.query.precursorMZ {
            details.append(("precursor", Numerals.decimal(precursor, places: 4) + precursorError(precursor)))
        }
        if let adduct = plot.hit.adduct ?? plot.query.adduct { details.append(("adduct", shortened(adduct))) }
        return details
    }

    /// How far the query's precursor lies from the library's, in parts per million of the latter.
    private func precursorError(_ precursor: Double) -> String {
        guard let reference = plot.hit.precursorMZ, reference > 0 else { return "" }
        let error = (precursor - reference) / reference * 1e6
        guard error.magnitude < 1000 else { return ", library \(Numerals.decimal(reference, places: 4))" }
        return " (\(Numerals.decimal(error, places: 1, showsPlus: true))\u{A0}ppm)"
    }

    private func name(of spectrum: Spectrum) -> String {
        let name = spectrum.name.isEmpty ? spectrum.accession ?? "" : spectrum.name
        return name.isEmpty ? "unnamed" : shortened(name)
    }
}
