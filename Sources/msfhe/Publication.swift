import Foundation
import PlaintextReference

/// A report on its way to the files that were asked for, and to the terminal.
struct Publication {
    private let outcomes: [Validation.Outcome]
    private let title: String
    private let note: String?
    private let joint: JointReport

    /// - Parameters:
    ///   - outcomes: at least one; a single one gives the report of one configuration.
    ///   - note: a remark that the reader must not miss.
    ///   - command: makes the report; file names without folders.
    init(_ outcomes: [Validation.Outcome], title: String, note: String? = nil, command: ReportCommand) {
        self.outcomes = outcomes
        self.title = title
        self.note = note
        joint = JointReport(outcomes, command: command)
    }

    /// Writes the files; `-` is standard output. Where no file goes there, a summary does, and `closing` after it.
    func write(json: String?, markdown: String? = nil, html: String?, closing: [String] = []) throws {
        if let json { try msfhe.write(self.json(), to: json) }
        if let markdown {
            let report = ReportMarkdown(title: title, note: note, joint: joint)
            try msfhe.write(Data(report.text.utf8), to: markdown)
        }
        if let html {
            let page = ReportPage(title: title, note: note, joint: joint, drawings: outcomes.map(\.sections))
            try msfhe.write(Data(page.html().utf8), to: html)
        }
        guard ![json, markdown, html].contains("-") else { return }
        let summary = outcomes.count == 1 ? ReportText(outcomes[0].report) : ReportText(joint)
        try printResult(([summary.text] + closing).joined(separator: "\n"))
    }

    private func json() throws -> Data {
        try outcomes.count == 1 ? outcomes[0].report.json() : joint.json()
    }
}
