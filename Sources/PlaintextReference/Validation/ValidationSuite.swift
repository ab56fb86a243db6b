import Foundation
import Spectra
import SpectralSearch
import Storage

/// Validations of several configurations on the same spectra.
package struct ValidationSuite {
    /// A configuration, and the command that validates it alone.
    package struct Configuration: Sendable {
        package var options: Validation.Options
        package var command: ReportCommand

        package init(options: Validation.Options, command: ReportCommand) {
            self.options = options
            self.command = command
        }
    }

    private let configurations: [Configuration]
    private let progress: (String, Double) -> Void

    /// - Parameters:
    ///   - configurations: at least one.
    ///   - progress: called now and then with what is being done and the fraction that is done.
    package init(_ configurations: [Configuration], progress: @escaping (String, Double) -> Void = { _, _ in }) {
        precondition(!configurations.isEmpty, "a suite needs a configuration")
        self.configurations = configurations
        self.progress = progress
    }

    /// Validates every configuration on `library` and `queries`, in turn.
    ///
    /// - Throws: ``InputError`` when nothing remains to be searched.
    package func run(library: [Spectrum], queries: [Spectrum]) throws -> [Validation.Outcome] {
        try configurations.enumerated().map { number, configuration in
            let place = configurations.count > 1 ? "\(number + 1) of \(configurations.count), " : ""
            var outcome = try Validation(configuration.options) { progress(place + $0, $1) }
                .run(library: library, queries: queries)
            outcome.report.command = configuration.command.text
            return outcome
        }
    }
}

extension JointReport {
    /// The joint report of several validations, of which there is at least one.
    package init(_ validations: [Validation.Outcome], command: ReportCommand) {
        let first = OutcomeStatistics(validations[0].outcomes)
        self.init(
            configurations: validations.map(\.report),
            contrasts: validations.enumerated().dropFirst().compactMap { number, validation in
                first.gain(of: validation.outcomes).map { .init(configuration: number, top1: $0) }
            },
            commit: validations[0].report.commit, machine: validations[0].report.machine, command: command.text)
    }
}
