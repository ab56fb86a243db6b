import ArgumentParser
import Foundation
import Harness
import PlaintextReference
import SpectralSearch
import Spectra

/// What a process of its own did: its time, and the memory it held at most.
struct Step {
    let nanoseconds: Double
    let peakMemoryMiB: Double

    /// Runs one of the commands below in a process of its own, with the kernels of `backend`.
    static func run(_ arguments: [String], backend: String) throws -> Step {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BLASCoreType.currentExecutable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(["MSFHE_BACKEND": backend]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0, let row = Row(json: text), let time = row.number("nanoseconds"),
            let memory = row.number("peakMemoryMiB")
        else { throw UsageError("\(arguments[0]) failed with status \(process.terminationStatus)") }
        return Step(nanoseconds: time, peakMemoryMiB: memory)
    }

    /// Does `work` and prints what it took, for the process that started this one.
    static func report(_ work: () throws -> Void) throws {
        let start = ContinuousClock.now
        try work()
        var row = Row("step")
        row["nanoseconds"] = .number((ContinuousClock.now - start) / .nanoseconds(1))
        row["peakMemoryMiB"] = PeakMemory.byteCount.map { .number(Double($0) / Double(1 << 20)) }
        print(row.json)
    }
}

/// Builds a library of perturbed copies.
struct ScaleBuild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "scale-build", shouldDisplay: false)

    @OptionGroup var perturbation: PerturbationOptions
    @Option var rows: Int
    @Option var dimension: Int
    @Option var threads: Int
    @Option var out: String

    func run() throws {
        try Step.report {
            var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: dimension))
            options.threads = threads
            let builder = try LibraryBuilder(options, folder: out)
            for copy in try perturbation.copies(rows) { try builder.add(copy) }
            _ = try builder.finish()
        }
    }
}

/// The host's search, as `msfhe search` does it.
struct ScaleSearch: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "scale-search", shouldDisplay: false)

    @Option var library: String
    @Option var queries: String
    @Option var out: String
    @Option var threads: Int
    @Option var memory: Int

    func run() throws {
        try Step.report {
            try SearchJob(library: library, queries: queries)
                .run(output: out, threads: threads, memoryLimit: memory << 20) { _ in }
        }
    }
}
