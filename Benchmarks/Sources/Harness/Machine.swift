import CMachine
import Foundation
import PlaintextReference
import Ring

/// The machine that figures are measured on, and what it can do at best.
package struct MachineProfile: Sendable {
    /// Clock cycles a nanosecond while one core works, measured by a chain of dependent additions.
    package let clockGHz: Double
    /// Gigabytes (10^9) a second that one core reads from memory in order, from huge pages.
    package let memoryReadGBs: Double
    /// Vector multiplications that one core starts in a cycle, by the name of the instruction set and width.
    package let multipliesPerCycle: [String: Double]

    /// Measures the machine: about three seconds.
    package static func measured() -> MachineProfile {
        let clock = measuredClock()
        return MachineProfile(
            clockGHz: clock, memoryReadGBs: measuredReadRate(),
            multipliesPerCycle: measuredMultipliers(clockGHz: clock))
    }

    /// Cycles a nanosecond, now.
    package static func measuredClock() -> Double {
        let count: UInt64 = 400_000
        let timing = MeasuringLoop().measure(Work { _ = machine_addition_chain(count, 1) })
        return Double(count) / timing.nanoseconds
    }

    private static func measuredReadRate() -> Double {
        let words = AlignedBuffer<UInt64>(count: readBufferByteCount / 8)
        return words.withUnsafeBufferPointer { words in
            let timing = MeasuringLoop().measure(Work { _ = machine_read(words.baseAddress, words.count) })
            return Double(8 * words.count) / timing.nanoseconds
        }
    }

    /// Twice the last-level cache (virtual machines often claim the whole processor's), 512 MiB at least, and a
    /// quarter of the memory at most: read in order again and again, nothing of it is still in the cache.
    private static var readBufferByteCount: Int {
        #if os(Linux)
            let cache = max(sysconf(Int32(_SC_LEVEL3_CACHE_SIZE)), 0)
        #else
            let cache = 0
        #endif
        let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        return min(max(2 * cache, 512 << 20), memory / 4) / 4096 * 4096
    }

    private static func measuredMultipliers(clockGHz: Double) -> [String: Double] {
        var rates: [String: Double] = [:]
        var next = machine_multipliers()
        while let multiplier = next?.pointee, let name = multiplier.name, let run = multiplier.run {
            let rounds: UInt64 = 20_000
            let timing = MeasuringLoop().measure(Work { run(rounds) })
            rates[String(cString: name)] =
                Double(rounds * multiplier.per_round) / timing.nanoseconds / clockGHz
            next = next?.advanced(by: 1)
        }
        return rates
    }

    /// The first line of every result.
    package var row: Row {
        var row = Row("machine")
        row["cpu"] = .text(Machine.processor)
        row["features"] = .texts(Self.features)
        row["clockGHz"] = .number(clockGHz)
        row["memoryReadGBs"] = .number(memoryReadGBs)
        row["os"] = .text(ProcessInfo.processInfo.operatingSystemVersionString)
        row["compiler"] = .text(Self.compiler)
        row["commit"] = .text(SourceVersion.commit)
        row["dirty"] = SourceVersion.isDirty.map { .flag($0) }
        row["cores"] = .integer(ProcessInfo.processInfo.activeProcessorCount)
        row["openblas"] = .text(LibraryVersions.openblas)
        row["openblasCore"] = .text(BLAS.coreName)
        for (name, rate) in multipliesPerCycle.sorted(by: { $0.key < $1.key }) { row[name] = .number(rate) }
        return row
    }

    /// The instruction sets that matter to the kernels, as the system names them.
    private static var features: [String] {
        let wanted = [
            "avx2", "fma", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512ifma", "avx512vbmi",
            "avx512_vnni",
            "avx_vnni", "avx_ifma", "asimd", "asimddp", "i8mm", "sve", "sve2",
        ]
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = lines.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
        let present = Set(line?.split(separator: " ").map(String.init) ?? [])
        return wanted.filter(present.contains)
    }

    /// The C compiler's name and version, without where its source came from.
    private static var compiler: String {
        String(cString: machine_compiler()).split(separator: "(")[0].trimmingCharacters(in: .whitespaces)
    }
}
