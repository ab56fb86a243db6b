/// What `msfhe validate` found for several configurations on the same spectra. Scripts rely on its JSON form.
package struct JointReport: Sendable, Codable, Equatable {
    /// The report of each configuration, as it would be alone.
    package var configurations: [AccuracyReport]
    /// What the configurations after the first change.
    package var contrasts: [ConfigurationContrast]
    /// The version of the program's source, or `unknown`.
    package var commit: String
    /// Where the figures were measured.
    package var machine: AccuracyReport.Machine?
    /// The command that makes this report; file names without folders.
    package var command: String?

    package init(
        configurations: [AccuracyReport], contrasts: [ConfigurationContrast], commit: String,
        machine: AccuracyReport.Machine? = nil, command: String? = nil
    ) {
        self.configurations = configurations
        self.contrasts = contrasts
        self.commit = commit
        self.machine = machine
        self.command = command
    }

    /// A configuration against the first, on the same queries.
    package struct ConfigurationContrast: Sendable, Codable, Equatable {
        /// The place of the configuration in the report, from 0.
        package var configuration: Int
        /// Encrypted top-1 accuracy of the configuration minus that of the first, query by query.
        package var top1: AccuracyReport.Estimate

        package init(configuration: Int, top1: AccuracyReport.Estimate) {
            self.configuration = configuration
            self.top1 = top1
        }
    }
}
