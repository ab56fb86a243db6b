/// How figures are written, the same in the page and in Markdown.
struct FigureText: Sendable {
    /// Decimal places of a percentage.
    let places: Int

    /// For figures of so many queries: one query moves the last place.
    init(queries: Int) { places = queries >= 1000 ? 2 : 1 }

    /// A share, such as `95.45 %`.
    func share(_ value: Double) -> String { Numerals.percent(value, places: places) }

    /// A difference of shares in points, such as `−0.05`.
    func points(_ value: Double) -> String { Numerals.decimal(100 * value, places: places, showsPlus: true) }

    /// A mean reciprocal rank, such as `0.9760`.
    func rank(_ value: Double) -> String { Numerals.decimal(value, places: places + 2) }

    /// A difference of mean reciprocal ranks.
    func rankDifference(_ value: Double) -> String { Numerals.decimal(value, places: places + 2, showsPlus: true) }

    /// An interval, such as `94.35 to 96.62 %`; empty where there is none.
    func interval(_ estimate: AccuracyReport.Estimate?, _ number: (Double) -> String) -> String {
        guard let interval = estimate?.interval else { return "" }
        let (lower, upper) = (number(interval.lower), number(interval.upper))
        return (lower.hasSuffix("\u{A0}%") ? String(lower.dropLast(2)) : lower) + " to " + upper
    }
}

extension AccuracyReport {
    /// How the report's figures are written.
    var figureText: FigureText { FigureText(queries: queries) }

    /// What the peaks themselves would have found, and what vectors change; empty where that was not measured.
    var vectorisationSentence: String {
        guard let exact = accuracy.exact, let vectorisation = agreement.vectorisation else { return "" }
        func error(_ value: Double) -> String { Numerals.significant(value, figures: 2) }
        let expansion = vectorisation.expansion.map {
            " The expansion of the entropy kernel changes the best hit's by \(error($0.mean)) in the mean, "
                + "\(error($0.max)) at most."
        }
        return
            "By the peaks themselves, whose similarity the vectors approximate, \(figureText.share(exact.top1)) of the "
            + "right compounds come first. Vectors change a score by \(error(vectorisation.rms)) (root mean square), "
            + "\(error(vectorisation.max)) at most.\(expansion ?? "")"
    }

    /// What tells the configuration from others.
    package var label: String { "\(mode), \(score), precursor \(precursor)" }

    /// What the report was made with, by name.
    var parameterRows: [(name: String, value: String)] {
        var rows = [
            ("mode", mode), ("preset", preset), ("score", score),
            ("precursor", precursor), ("dimension", String(dimension)),
            ("ring dimension", Numerals.count(parameters.n)),
            ("modulus", "\(parameters.logQ)\u{A0}bits"),
            ("security", "\(parameters.securityBits)\u{A0}bits"), ("kernels", backend),
            ("threads", String(threads)), ("OpenBLAS core type", openblasCore),
        ]
        if let disclosed { rows.append(("disclosed to the host", disclosed)) }
        if let machine {
            rows.append(
                ("processor", "\(machine.processor), \(Numerals.count(machine.cores, "core", "cores"))"))
            rows.append(("operating system", machine.operatingSystem))
        }
        rows.append(("source version", commit))
        return rows
    }
}

extension AccuracyReport.Changed {
    var sentence: String {
        "Encryption put the right compound first for \(Numerals.count(gained, "query", "queries")) more and "
            + "\(Numerals.count(lost, "query", "queries")) fewer."
    }
}

extension AccuracyReport.Breakdown.Property {
    /// The heading of a breakdown, and what is to be known about it.
    var wording: (heading: String, explanation: String) {
        switch self {
        case .ionMode: ("By ion mode", "Queries search the spectra of their own ion mode.")
        case .instrumentType: ("By instrument", "The kind of instrument as the queries\u{2019} files name it.")
        case .collisionEnergy:
            (
                "By collision energy",
                "Volts count as electronvolts (eV); normalised collision energies (NCE) are apart, since they grow "
                    + "with the precursor."
            )
        case .peaks: ("By number of peaks", "Peaks that are left after cleaning.")
        case .candidates:
            (
                "By number of candidates",
                "Compounds of the library with a precursor within 0.01\u{A0}Da of the query\u{2019}s. With three or "
                    + "more, the fragments must decide: hard queries."
            )
        }
    }
}

/// How to get the figures of one section alone: what to ask of the report's JSON form.
enum SectionSource {
    case accuracy, agreement, statistics, cost, parameters, configurations
    case breakdown(AccuracyReport.Breakdown.Property)

    /// What the lines below sections are.
    static let meaning =
        "What follows the dots below a section, appended to the command, gives the figures of that section alone."

    /// What follows the command that makes the report.
    var suffix: String { "--json - | jq '\(filter)'" }

    private var filter: String {
        switch self {
        case .accuracy: ".accuracy, .estimates"
        case .agreement: ".agreement, .estimates.sameBest, .estimates.top10Overlap"
        case .statistics: ".statistics"
        case .cost: ".seconds, .bytes, .ratioToSgemm"
        case .parameters: ".parameters, .machine, .commit"
        case .configurations: ".configurations[].accuracy, .contrasts"
        case .breakdown(let property): ".breakdowns[] | select(.by == \"\(property.rawValue)\")"
        }
    }
}
