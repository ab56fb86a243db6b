import ArgumentParser
import CKKS
import Foundation
import PlaintextReference
import RLWE
import Ring

struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show processor, kernels, parameters and versions; --check recomputes every constant with GMP.")

    @Flag(help: "Recompute every constant of the set-up with GMP and compare.")
    var check = false

    @Option(help: "Write the information as JSON to this file; - is standard output.")
    var json: String?

    private struct Report: Codable {
        struct ParameterSet: Codable {
            var name: String
            var n: Int
            var logQP: Int
            var securityBits: Int
            var errorWidth: Double
        }

        var version = ProgramVersion.current
        var commit = SourceVersion.commit
        var processor = Machine.processor
        var cores = ProcessInfo.processInfo.activeProcessorCount
        var backend = Backend.selected.name
        var backends = Backend.available.map(\.name)
        var gmp = LibraryVersions.gmp
        var openblas = LibraryVersions.openblas
        var zlib = LibraryVersions.zlib
        var parameterSets =
            RLWEParameters.all.map {
                ParameterSet(
                    name: $0.name, n: $0.degree, logQP: $0.logModulus, securityBits: $0.security.rawValue,
                    errorWidth: $0.errorWidth)
            }
            + ParametersLiteral.named.map {
                ParameterSet(
                    name: $0.name, n: $0.degree, logQP: $0.logModulus,
                    securityBits: SecurityTable.level(degree: $0.degree, logModulus: $0.logModulus)?.rawValue ?? 0,
                    errorWidth: RLWEParameters.batch.errorWidth)
            }
        var check: [SetupFinding]?
    }

    func run() throws {
        var report = Report()
        if check {
            let progress = ProgressLine()
            report.check = try recompute { progress.show("recomputing with GMP", $0) }
        }
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try write(encoder.encode(report) + Data("\n".utf8), to: json)
        } else {
            try printResult(text(of: report))
        }
        if let findings = report.check, findings.contains(where: { !$0.passed }) {
            throw ExitCode(1)
        }
    }

    private func recompute(progress: (Double) -> Void) throws -> [SetupFinding] {
        let threads = ProcessInfo.processInfo.activeProcessorCount
        return SetupVerification.run { _ in } + EncoderVerification.run()
            + (try ParametersVerification.run(ParametersLiteral.named, threads: threads, progress: progress))
    }

    private func text(of report: Report) -> String {
        var lines = [
            "msfhe \(report.version) (\(report.commit))",
            "processor    \(report.processor), \(report.cores) cores",
            "kernels      \(report.backend) (this machine has \(report.backends.joined(separator: ", ")))",
            "libraries    GMP \(report.gmp), \(report.openblas), zlib \(report.zlib)",
        ]
        for set in report.parameterSets {
            lines.append(
                "parameters   \(set.name): n = \(set.n), log2(QP) = \(set.logQP), ternary secrets, errors of width \(set.errorWidth): \(set.securityBits) bits of security"
            )
        }
        for finding in report.check ?? [] {
            lines.append(
                "check        \(finding.passed ? "ok    " : "FAILED") \(finding.name): \(finding.constants) constants")
            lines += finding.failures.map { "             \($0)" }
        }
        return lines.joined(separator: "\n")
    }
}
