import ArgumentParser

/// What an option takes that several values may be given for: names with commas between them, or `all`; of two
/// choices, `both`.
struct Choices<Choice: RawRepresentable<String> & CaseIterable & Hashable & Sendable>: ExpressibleByArgument, Sendable {
    /// What was chosen, each once, in the order given.
    let values: [Choice]

    init(_ value: Choice) { values = [value] }

    init?(argument: String) {
        if argument == "all" || argument == "both" && Choice.allCases.count == 2 {
            values = Array(Choice.allCases)
            return
        }
        var chosen: [Choice] = []
        for name in argument.split(separator: ",", omittingEmptySubsequences: false) {
            guard let choice = Choice(rawValue: String(name)) else { return nil }
            if !chosen.contains(choice) { chosen.append(choice) }
        }
        values = chosen
    }

    /// The choice as one types it.
    var text: String { values.map(\.rawValue).joined(separator: ",") }

    var defaultValueDescription: String { text }

    /// The names that there are, for a help text.
    static var names: String { Choice.allCases.map(\.rawValue).joined(separator: ", ") }

    static var allValueStrings: [String] { Choice.allCases.map(\.rawValue) + ["all"] }
}
