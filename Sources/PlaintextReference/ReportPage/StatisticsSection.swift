/// How far false discovery rates and probabilities can be trusted.
struct StatisticsSection {
    private let statistics: AccuracyReport.Statistics
    private let identifier: String

    /// - Parameter identifier: what the names of the drawings begin with.
    init(_ statistics: AccuracyReport.Statistics, identifier: String) {
        self.statistics = statistics
        self.identifier = identifier
    }

    var section: Markup {
        """
        <section>
        <h2>How far a hit can be trusted</h2>
        <p class="lead">\(statistics.explanation)</p>
        <div class="pair">
        \(reliability)
        \(openSet)
        </div>
        <table class="measured">
        <caption>Lists of hits by their estimated false discovery rate, and what is false in them</caption>
        <thead><tr><th scope="col">library, estimate</th><th scope="col">estimated</th><th scope="col">hits</th>\
        <th scope="col">false</th><th scope="col">interval</th></tr></thead>
        <tbody>
        \(statistics.rateRows.map(row))
        </tbody>
        </table>
        \(SectionSource.statistics.line)
        </section>
        """
    }

    private func row(_ cells: [String]) -> Markup {
        let others: [Markup] = cells.dropFirst().map { "<td>\($0)</td>" }
        return "<tr><th scope=\"row\">\(cells[0])</th>\(others)</tr>\n"
    }

    private var reliability: Markup {
        let curve = statistics.probability.reliability
        let bins = curve.bins.map { bin in
            ReliabilityChart.Bin(
                predicted: bin.predicted, observed: .init(value: bin.observed, interval: bin.interval), count: bin.count
            )
        }
        guard let chart = ReliabilityChart(bins, identifier: "reliability-\(identifier)") else { return "" }
        return """
            <figure>
            <figcaption><b>A probability is wrong by \
            \(Numerals.decimal(curve.expectedCalibrationError, places: 3)) in the mean.</b> The probability that the \
            best hit is right, of a model that has not seen the compound, beside how often it was; Brier score \
            \(Numerals.decimal(curve.brierScore, places: 3)).</figcaption>
            \(chart.svg)
            </figure>
            """
    }

    private var openSet: Markup {
        let area = statistics.openSet.probability.map { Numerals.decimal($0, places: 3) } ?? "unknown"
        let chart = RateCurveChart(
            statistics.openSet.curve.map { ($0[0], $0[1]) }, identifier: "open-set-\(identifier)",
            title: "Receiver operating characteristic", description: "area under the curve \(area)",
            horizontal: "compound absent, yet called present", vertical: "compound present, called so",
            diagonal: "by lot")
        guard let chart else { return "" }
        return """
            <figure>
            <figcaption><b>Queries whose compound the library lacks are told from the others with an area under the \
            curve of \(area).</b> Each query is searched for with its compound in the library and without.</figcaption>
            \(chart.svg)
            </figure>
            """
    }
}

extension AccuracyReport.Statistics {
    /// What the figures are, in a sentence or two.
    var explanation: String {
        let decoys = decoys.map { "By decoys (\($0)): target-decoy competition. " } ?? ""
        return
            "Each list holds the hits whose false discovery rate is estimated to be at most so much; false are those "
            + "whose compound is another. \(decoys)By probability: the mean of the probabilities of being wrong. In half "
            + "of the compounds, a random half of them is taken from the library, so that many queries have no right hit."
    }

    /// Library and estimate, estimated rate, accepted hits, the share that is false, and its interval.
    var rateRows: [[String]] {
        falseDiscoveries.flatMap { library in
            [("by decoys", library.byDecoys), ("by probability", library.byProbability)].flatMap { estimate, rates in
                (rates ?? []).map { rate in
                    [
                        "\(library.library), \(estimate)", Numerals.percent(rate.estimated, places: 0),
                        Numerals.count(rate.accepted),
                        Numerals.percent(Double(rate.wrong) / Double(max(rate.accepted, 1)), places: 1),
                        "\(Numerals.percent(rate.interval.lower, places: 1)) to "
                            + Numerals.percent(rate.interval.upper, places: 1),
                    ]
                }
            }
        }
    }
}
