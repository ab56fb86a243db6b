import Spectra

/// The accuracy report as one HTML page for people.
///
/// The page holds everything it needs: its style and drawings are inline, and it has no script. It is
/// well-formed XML, works in light and dark mode and on paper, and shows strings from files only as text.
package struct ReportPage: Sendable {
    /// What was validated, such as the name of the library.
    package var title: String
    /// A remark that the reader must not miss, such as `simulated spectra`.
    package var note: String?
    package var joint: JointReport
    /// The drawings of each configuration, in one section or in one for each ion mode.
    package var drawings: [[Section]]

    /// A page of one configuration.
    package init(title: String, note: String? = nil, report: AccuracyReport, sections: [Section]) {
        self.init(
            title: title, note: note,
            joint: JointReport(
                configurations: [report], contrasts: [], commit: report.commit, machine: report.machine,
                command: report.command),
            drawings: [sections])
    }

    /// A page of several configurations.
    ///
    /// - Parameter drawings: of each configuration.
    package init(title: String, note: String? = nil, joint: JointReport, drawings: [[Section]]) {
        precondition(
            joint.configurations.count == drawings.count && !drawings.isEmpty, "drawings of each configuration")
        self.title = title
        self.note = note
        self.joint = joint
        self.drawings = drawings
    }

    /// Drawings that belong together, such as those of one ion mode.
    package struct Section: Sendable {
        /// What the drawings have in common; nil where there is nothing to tell apart.
        package var heading: String?
        package var figures: Figures

        package init(heading: String?, figures: Figures) {
            self.heading = heading
            self.figures = figures
        }
    }

    /// What the drawings show.
    package struct Figures: Sendable {
        /// Scores of the float vectors and decrypted scores of the same pairs; a few thousand are enough.
        package var scatter: [(plaintext: Float, encrypted: Float)]
        /// Decrypted scores minus those of the same integer vectors in plaintext.
        package var noise: ErrorStatistics
        /// The standard deviation of that noise according to the noise formula.
        package var predictedRms: Double
        /// Some queries with what was found for them.
        package var mirrors: [MirrorPlot]

        package init(
            scatter: [(plaintext: Float, encrypted: Float)], noise: ErrorStatistics, predictedRms: Double,
            mirrors: [MirrorPlot]
        ) {
            self.scatter = scatter
            self.noise = noise
            self.predictedRms = predictedRms
            self.mirrors = mirrors
        }
    }

    /// The whole page.
    package func html() -> String {
        let page: Markup = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8"/>
            <meta name="viewport" content="width=device-width, initial-scale=1"/>
            <meta name="color-scheme" content="light dark"/>
            <meta http-equiv="Content-Security-Policy"
            content="default-src 'none'; style-src 'unsafe-inline'"/>
            <title>\(shortened(title))</title>
            <style>\(ReportStyle.css)</style>
            </head>
            <body>
            \(header)
            <main>
            \(isJoint ? ConfigurationTable(joint).section : "")
            \(configurations)
            </main>
            </body>
            </html>

            """
        return page.text
    }

    private var isJoint: Bool { joint.configurations.count > 1 }

    private var header: Markup {
        let headline = Headline(joint)
        let meaning: Markup =
            "The command that makes this page, with <code>--html FILE</code>. \(SectionSource.meaning)"
        let remark: Markup = note.map { "<span class=\"note\">\(shortened($0))</span>" } ?? ""
        return """
            <header>
            <p class="title"><bdi>\(shortened(title))</bdi> \(remark)</p>
            <h1>\(headline.claim): <span>\(headline.evidence)</span></h1>
            \(isJoint ? "" : HeadlineFacts(joint.configurations[0]).list)
            \(command(joint.command, meaning))
            </header>
            """
    }

    private var configurations: [Markup] {
        joint.configurations.enumerated().map { number, report in
            let sections = ConfigurationSections(
                report: report, drawings: drawings[number], identifier: "\(number)", showsHits: number == 0)
            guard isJoint else { return sections.all }
            return """
                <h2 class="configuration"><bdi>\(shortened(report.label))</bdi></h2>
                \(command(report.command, "The command for this configuration alone:"))
                \(sections.all)
                """
        }
    }

    private func command(_ command: String?, _ meaning: Markup) -> Markup {
        guard let command else { return "" }
        // Lines end between words, not after the hyphens of options.
        let words: [Markup] = command.split(separator: " ").map { "<span>\(String($0))</span> " }
        return """
            <p class="command">\(meaning)</p>
            <p class="command"><code>\(words)</code></p>
            """
    }
}

/// At most 160 characters of a text from a file, with an ellipsis where it goes on.
func shortened(_ text: String) -> String {
    let limit = 160
    let end = text.index(text.startIndex, offsetBy: limit, limitedBy: text.endIndex) ?? text.endIndex
    return end == text.endIndex ? text : text[..<end] + "\u{2026}"
}
