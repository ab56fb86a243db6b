import ArgumentParser
import Foundation
import Harness
import PlaintextReference
import Ring

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure kernels and searches on this machine, and check their results in the same run.",
        discussion: """
            Prints one JSON object a line to --json, the machine first, and a table to standard output unless the \
            JSON goes there. Progress goes to standard error.
            """)

    @Option(
        help:
            "Measure only rows whose description contains this text, such as 'gemm' or 'n=8192'; alternatives are separated by |."
    )
    var filter: String?

    @Option(help: "The kernels to measure: portable, avx2, avx512, or all that this machine has.")
    var backend: String?

    @Option(
        help: "Processor cores for what can be spread over cores; the search is also measured with fewer.")
    var threads = 1

    @Option(help: "The results, one JSON object a line; - is standard output.")
    var json: String?

    @OptionGroup(title: "Libraries of search.scale, which is measured only when --filter names it")
    var perturbation: PerturbationOptions

    @OptionGroup var reports: ReportOptions

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is \(threads), but must be from 1 to 1024")
        }
        _ = try backends()
    }

    func run() throws {
        let plan = try plan()
        guard !plan.isEmpty else {
            throw UsageError("--filter '\(filter ?? "")' matches nothing; without it everything is measured")
        }
        // Before anything that a second start would repeat.
        try BLASCoreType.selectFastest(probeArguments: [ProbeSgemm._commandName])
        let output = try LineOutput(path: json)
        note("measuring the machine: clock, memory, multipliers")
        let machine = MachineProfile.measured()
        var results = ResultFile(machine: machine.row, rows: [])
        try output.write(results.machine.json)
        for (number, planned) in plan.enumerated() {
            note("\(number + 1)/\(plan.count) \(planned.identity)")
            let row = try planned.benchmark.measure(
                Conditions(backend: planned.backend, threads: planned.threads, machine: machine))
            try output.write(row.json)
            results.rows.append(row)
        }
        warnOfClock(machine)
        var reports = reports
        if json != "-", reports.markdown == nil { reports.markdown = "-" }
        try reports.write(results)
    }

    private func backends() throws -> [Backend] {
        guard let backend else { return [.selected] }
        if backend == "all" { return Backend.available }
        guard let named = Backend.available.first(where: { $0.name == backend }) else {
            throw ValidationError(
                "--backend is '\(backend)', but this machine has \(Backend.available.map(\.name).joined(separator: ", ")), or all"
            )
        }
        return [named]
    }

    /// Everything that the filter keeps, in the order of the suite.
    private func plan() throws -> [Planned] {
        let alternatives = filter.map { $0.split(separator: "|").map(String.init) }
        return try backends().flatMap { backend in
            Suite.all(perturbation).filter { $0.isMeasured(on: backend) && isNamed($0, alternatives) }.flatMap {
                benchmark in
                benchmark.threadCounts(upTo: threads).map {
                    Planned(benchmark: benchmark, backend: backend, threads: $0)
                }
            }
        }.filter { planned in alternatives?.contains { planned.identity.contains($0) } ?? true }
    }

    /// Whether the filter names a benchmark that wants to be named.
    private func isNamed(_ benchmark: any Benchmark, _ alternatives: [String]?) -> Bool {
        !benchmark.isMeasuredOnlyWhenNamed || alternatives?.contains { $0.contains(benchmark.row().name) } == true
    }

    /// A benchmark, a backend and a number of threads.
    private struct Planned {
        let benchmark: any Benchmark
        let backend: Backend
        let threads: Int

        var identity: String { benchmark.row(backend: backend, threads: threads).identity }
    }

    /// Figures in cycles hold only while the clock is what it was at the start.
    private func warnOfClock(_ machine: MachineProfile) {
        let now = MachineProfile.measuredClock()
        if abs(now / machine.clockGHz - 1) > 0.02 {
            note(
                "the clock went from \(machine.clockGHz) to \(now) GHz: figures in cycles are off by as much")
        }
    }
}

/// Runs in a child process: times OpenBLAS with the core type that the environment names.
struct ProbeSgemm: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "probe-sgemm", shouldDisplay: false)

    func run() { print(BLASCoreType.probe()) }
}
