import ArgumentParser
import Harness

struct Compare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compare two measurements of one machine; exit status 1 when something became slower.",
        discussion: """
            For each row that both files have: new time over old time, and the band within which that ratio is taken \
            for noise: the tolerance and the spreads of both measurements together.
            """)

    @Argument(help: "Earlier results, such as a baseline.")
    var old: String

    @Argument(help: "Later results.")
    var new: String

    @Option(help: "Least ratio that counts, less 1: 0.03 lets a row take 3 % longer.")
    var tolerance = 0.03

    func validate() throws {
        guard (0...10).contains(tolerance) else {
            throw ValidationError("--tolerance is \(tolerance), but must be from 0 to 10")
        }
    }

    func run() throws {
        let comparison = try Comparison(
            old: ResultFile(path: old), new: ResultFile(path: new), tolerance: tolerance)
        print(comparison.text)
        if comparison.hasRegression { throw ExitCode(1) }
    }
}
