import Foundation

/// The memory that this process held at most.
package enum PeakMemory {
    /// Bytes of memory that belonged to the process at the same time, files it had mapped included; nil where the
    /// system does not say.
    ///
    /// Linux's `getrusage` also counts what the parent held when it started this process, so `/proc` is asked.
    package static var byteCount: Int? {
        #if os(Linux)
            let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return line?.split(whereSeparator: { " \t".contains($0) }).dropFirst().first.flatMap { Int($0) }
                .map { 1024 * $0 }
        #else
            var usage = rusage()
            return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
        #endif
    }
}
