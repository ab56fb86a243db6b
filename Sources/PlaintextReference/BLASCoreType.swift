import Foundation

/// Finds the OpenBLAS core type that is fastest on this machine.
///
/// OpenBLAS decides once, while it is being loaded, whose kernels it uses, and on processors newer than
/// itself it may decide for kernels half as fast as others it holds. The environment variable
/// `OPENBLAS_CORETYPE` overrides the decision, but only before loading. A fair comparison with plaintext
/// therefore times every candidate in a child process and continues in a process started with the fastest.
public enum BLASCoreType {
    /// The variable that OpenBLAS reads when it is loaded.
    public static let environmentVariable = "OPENBLAS_CORETYPE"

    /// The core types worth trying here; none where OpenBLAS's own choice is not known to go wrong.
    package static var candidates: [String] {
        #if arch(x86_64)
            ["SKYLAKEX", "COOPERLAKE", "SAPPHIRERAPIDS", "ZEN", "HASWELL"]
        #else
            []
        #endif
    }

    /// Set in a process that was started anew with the fastest core type, so that it does not look again.
    private static let chosenVariable = "MSFHE_OPENBLAS_CORETYPE_CHOSEN"

    /// The path of the running program.
    public static var currentExecutable: String {
        Bundle.main.executablePath ?? CommandLine.arguments[0]
    }

    /// What one child process measured.
    package struct Measurement: Sendable, Hashable {
        /// The value of `OPENBLAS_CORETYPE`, or nil where OpenBLAS was left to choose.
        package var candidate: String?
        /// The core type that OpenBLAS then reported; it ignores a candidate that it does not know.
        package var coreName: String
        /// Billions of floating-point operations a second, on one thread.
        package var gigaflops: Double
    }

    /// Every candidate that ran, and the fastest.
    package struct Selection: Sendable {
        package var best: Measurement
        package var all: [Measurement]
    }

    /// Why no core type could be chosen.
    public enum Failure: Error, CustomStringConvertible {
        /// Not even OpenBLAS's own choice gave a figure.
        case noMeasurement(executable: String)
        /// The operating system refused to start the program anew.
        case notReexecuted(executable: String, reason: String)

        /// One line that says what failed and how to do without it.
        public var description: String {
            switch self {
            case .noMeasurement(let executable):
                "no run of \(executable) reported the speed of OpenBLAS; "
                    + "set \(BLASCoreType.environmentVariable) to skip the measurement"
            case .notReexecuted(let executable, let reason):
                "cannot start \(executable) again: \(reason)"
            }
        }
    }

    /// Times a product of 1024 x 512 by 512 x 1024 on one thread; runs in the child process, which prints it.
    ///
    /// Takes about 60 ms, or three products where those take longer. The fastest product counts.
    ///
    /// - Returns: The core type and the billions of floating-point operations a second, with a space between.
    public static func probe() -> String {
        let (m, n, k) = (1024, 1024, 512)
        let a = (0..<m * k).map { Float($0 % 7) }
        let b = (0..<n * k).map { Float($0 % 5) }
        var product = [Float](repeating: 0, count: m * n)
        var c = product.mutableSpan
        BLAS.setThreads(1)
        BLAS.sgemm(a.span, b.span, into: &c, m: m, n: n, k: k)

        let clock = ContinuousClock()
        var best = Duration.seconds(3600)
        var (total, repetitions) = (Duration.zero, 0)
        while repetitions < 3 || total < .milliseconds(60) {
            let duration = clock.measure { BLAS.sgemm(a.span, b.span, into: &c, m: m, n: n, k: k) }
            best = min(best, duration)
            total += duration
            repetitions += 1
        }
        let gigaflops = 2 * Double(m * n * k) / (best / .seconds(1)) / 1e9
        return "\(BLAS.coreName) \(String(format: "%.1f", gigaflops))"
    }

    /// Times OpenBLAS's own choice and every candidate, each in a child process of its own.
    ///
    /// A candidate whose child crashes (the processor lacks an instruction), says nothing, or exceeds
    /// `timeLimit` is left out. Takes about 0.1 s a candidate.
    ///
    /// - Parameters:
    ///   - executable: The path of a program that prints ``probe()``.
    ///   - arguments: The arguments that make it do so.
    ///   - candidates: Values of `OPENBLAS_CORETYPE`.
    ///   - timeLimit: Seconds that one child may take.
    /// - Throws: ``Failure/noMeasurement(executable:)`` when no child reports a figure.
    package static func fastest(
        probingWith executable: String, arguments: [String], among candidates: [String] = candidates,
        timeLimit: Double = 20
    ) throws(Failure) -> Selection {
        let all = ([nil] + candidates).compactMap { candidate in
            measure(candidate, executable: executable, arguments: arguments, timeLimit: timeLimit)
        }
        guard let best = all.max(by: { $0.gigaflops < $1.gigaflops }) else {
            throw .noMeasurement(executable: executable)
        }
        return Selection(best: best, all: all)
    }

    /// Replaces this process by the same program with the same arguments and `OPENBLAS_CORETYPE` set, or unset
    /// where OpenBLAS's own choice is wanted.
    ///
    /// Call it before anything that a second start would repeat. It returns only by throwing.
    package static func reexecute(
        with coreType: String?, executable: String = currentExecutable
    ) throws(Failure) -> Never {
        var environment = ProcessInfo.processInfo.environment
        environment[environmentVariable] = coreType
        environment[chosenVariable] = "1"
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        var settings = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        execve(executable, &arguments, &settings)
        let reason = String(cString: strerror(errno))
        (arguments + settings).forEach { free($0) }
        throw .notReexecuted(executable: executable, reason: reason)
    }

    /// Makes this program run with the fastest core type, starting it anew if need be.
    ///
    /// A core type that the environment names is measured like any other, and does not win by being there: machine
    /// images set slow ones, and a slow plaintext twin would flatter the encrypted search. Does nothing in the
    /// process that was started anew.
    public static func selectFastest(
        executable: String = currentExecutable, probeArguments: [String]
    ) throws(Failure) {
        guard getenv(chosenVariable) == nil, !candidates.isEmpty else { return }
        let preset = ProcessInfo.processInfo.environment[environmentVariable].map { [$0] } ?? []
        let selection = try fastest(
            probingWith: executable, arguments: probeArguments, among: candidates + preset)
        if selection.best.coreName != BLAS.coreName {
            try reexecute(with: selection.best.candidate, executable: executable)
        }
    }

    /// Runs one child; nil when it crashes, takes too long or prints something else.
    private static func measure(
        _ candidate: String?, executable: String, arguments: [String], timeLimit: Double
    ) -> Measurement? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.environment = childEnvironment(candidate)
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }

        let identifier = process.processIdentifier
        let watchdog = DispatchWorkItem { kill(identifier, SIGKILL) }
        DispatchQueue.global().asyncAfter(deadline: .now() + timeLimit, execute: watchdog)
        // Read before waiting, so that a child with much to say is not held up by a full pipe.
        let line = try? output.fileHandleForReading.read(upToCount: 256)
        try? output.fileHandleForReading.close()
        process.waitUntilExit()
        watchdog.cancel()

        guard process.terminationReason == .exit, process.terminationStatus == 0, let line else { return nil }
        return parse(String(decoding: line, as: UTF8.self), candidate: candidate)
    }

    private static func childEnvironment(_ candidate: String?) -> [String: String] {
        var environment = ProcessInfo.processInfo.environment
        environment[environmentVariable] = candidate
        // Fewer threads to start; the probe uses one.
        environment["OPENBLAS_NUM_THREADS"] = "1"
        return environment
    }

    /// Reads what ``probe()`` printed.
    static func parse(_ line: String, candidate: String?) -> Measurement? {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count == 2, let gigaflops = Double(fields[1]), gigaflops.isFinite, gigaflops > 0 else {
            return nil
        }
        return Measurement(candidate: candidate, coreName: String(fields[0]), gigaflops: gigaflops)
    }
}
