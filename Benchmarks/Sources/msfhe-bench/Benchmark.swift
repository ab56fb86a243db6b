import Foundation
import Harness
import PlaintextReference
import Ring

/// One piece of work to be measured: a row of the results. To add one, write a type of this kind in a file of
/// its own and add it to ``Suite``.
protocol Benchmark {
    /// The row's name and parameters; figures are added by ``measure(_:)``.
    func row() -> Row
    /// The numbers of threads that the work is measured with when `limit` are allowed.
    func threadCounts(upTo limit: Int) -> [Int]
    /// Whether the work takes so long that it is left out unless `--filter` names its row.
    var isMeasuredOnlyWhenNamed: Bool { get }
    /// Whether there is anything to measure on a backend.
    func isMeasured(on backend: Backend) -> Bool
    /// Measures, checks the result, and returns the row with its figures.
    ///
    /// - Throws: ``WrongResult`` when the result is not right: a time then means nothing.
    func measure(_ conditions: Conditions) throws -> Row
}

extension Benchmark {
    var isMeasuredOnlyWhenNamed: Bool { false }

    func isMeasured(on backend: Backend) -> Bool { true }

    /// The row without its figures.
    func row(backend: Backend, threads: Int) -> Row {
        let parameters = row()
        var row = Row(parameters.name)
        row["backend"] = .text(backend.name)
        row["threads"] = .integer(threads)
        for field in parameters.fields.dropFirst() { row[field.name] = field.value }
        return row
    }
}

/// Under what a benchmark is measured.
struct Conditions {
    let backend: Backend
    let threads: Int
    let machine: MachineProfile
    let loop = MeasuringLoop()

    /// The row of `benchmark` under these conditions, without its figures.
    func row(of benchmark: some Benchmark) -> Row { benchmark.row(backend: backend, threads: threads) }

    /// Cycles of one core in `nanoseconds`.
    func cycles(_ nanoseconds: Double) -> Double { nanoseconds * machine.clockGHz }

    /// The least nanoseconds in which all threads can start `count` vector multiplications of a kind, or nil where
    /// the machine does not have them.
    func boundNanoseconds(_ count: Double, _ multiplier: String) -> Double? {
        machine.multipliesPerCycle[multiplier].map { count / $0 / machine.clockGHz / Double(threads) }
    }
}

/// The result of a measured computation is not what it should be.
struct WrongResult: Error, CustomStringConvertible {
    let description: String
    init(_ row: Row, _ what: String) { description = "\(row.identity): wrong result: \(what)" }
}

/// Everything there is to measure.
enum Suite {
    static func all(_ perturbation: PerturbationOptions) -> [any Benchmark] {
        TransformBenchmark.all + DotBenchmark.all + DotStreamBenchmark.all + MatrixProductBenchmark.all
            + ResidueNumberBenchmark.all + AutomorphismBenchmark.all + ExpansionBenchmark.all + SamplingBenchmark.all
            + EncoderBenchmark.all + EncryptionBenchmark.all + EvaluatorBenchmark.all + WireBenchmark.all
            + Integer8Benchmark.all + BatchSearchBenchmark.all + VerificationBenchmark.all
            + InteractiveSearchBenchmark.all
            + ScaleBenchmark.all(perturbation)
    }
}
