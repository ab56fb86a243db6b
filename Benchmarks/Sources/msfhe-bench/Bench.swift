import ArgumentParser
import Foundation
import Harness
import Ring

/// The command line of the harness. Exit status 0: done; 1: the work failed, or `compare` found a regression; 2: the
/// call or its input is wrong.
@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "msfhe-bench",
        abstract: "Measure MassSpecFHE on this machine, and compare measurements.",
        subcommands: [
            Measure.self, Compare.self, Report.self, PeerCase.self, Generate.self, ProbeSgemm.self, ScaleBuild.self,
            ScaleSearch.self,
        ],
        defaultSubcommand: Measure.self)

    static func main() {
        do {
            try Backend.requireKnownSelection()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            finish(with: error)
        }
    }

    /// Ends the program: with the help that was asked for, a plain exit status, or one clear line.
    private static func finish(with error: any Error) -> Never {
        if let status = error as? ExitCode { exit(withError: status) }
        if exitCode(for: error) == .success { exit(withError: error) }
        note("msfhe-bench: " + message(for: error).split(separator: "\n").joined(separator: " "))
        let isWrongCall =
            error is UsageError || error is BackendError || exitCode(for: error) == .validationFailure
        Foundation.exit(isWrongCall ? 2 : 1)
    }
}
