import Foundation
import Logging
import SpectralSearch
import Storage

/// Messages for the person at the terminal.
let log = Logger(label: "msfhe")

/// A line on standard error that says how far the work is and how long it will take; only on a terminal.
final class ProgressLine {
    private let isTerminal = isatty(FileHandle.standardError.fileDescriptor) == 1
    private var activity = ""
    private var start = ContinuousClock.now
    private var lastShown: ContinuousClock.Instant?

    /// Shows that `fraction` of `activity` is done. At most ten times a second.
    func show(_ activity: String, _ fraction: Double) {
        guard isTerminal else { return }
        let now = ContinuousClock.now
        if activity != self.activity {
            self.activity = activity
            start = now
            lastShown = nil
        }
        if let lastShown, now - lastShown < .milliseconds(100), fraction < 1 { return }
        lastShown = now
        let elapsed = (now - start) / .seconds(1)
        let rest =
            fraction > 0 && elapsed > 0.5
            ? ", \(ProgressLine.duration(elapsed * (1 - fraction) / fraction)) left" : ""
        write("\r\u{1B}[K\(activity): \(ProgressLine.percent(fraction))\(rest)")
    }

    /// Shows that something goes on of which nobody knows how far it is.
    func show(_ activity: String) {
        guard isTerminal, activity != self.activity else { return }
        self.activity = activity
        write("\r\u{1B}[K\(activity)")
    }

    /// Removes the line.
    func clear() {
        if isTerminal, !activity.isEmpty { write("\r\u{1B}[K") }
    }

    deinit { clear() }

    /// A fraction of 1, whatever it is, in hundredths: `42 %`.
    static func percent(_ fraction: Double) -> String { "\(Int(min(max(fraction, 0), 1) * 100)) %" }

    /// Seconds in the unit that suits them.
    static func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<0.001: String(format: "%.0f µs", seconds * 1e6)
        case ..<1: String(format: "%.0f ms", seconds * 1e3)
        case ..<100: String(format: "%.1f s", seconds)
        case ..<6000: String(format: "%.0f min", seconds / 60)
        default: String(format: "%.1f h", seconds / 3600)
        }
    }

    /// Bytes in the unit that suits them.
    static func bytes(_ count: Int) -> String {
        switch Double(count) {
        case ..<1e3: "\(count) B"
        case ..<1e6: String(format: "%.1f kB", Double(count) / 1e3)
        case ..<1e9: String(format: "%.1f MB", Double(count) / 1e6)
        default: String(format: "%.2f GB", Double(count) / 1e9)
        }
    }

    private func write(_ text: String) { writeError(text) }
}

/// Writes `data` to the file at `path`, whole or not at all; `-` is standard output.
func write(_ data: Data, to path: String, isPrivate: Bool = false) throws {
    let file = try OutputFile(path: path, isPrivate: isPrivate)
    try file.write(data)
    try file.commit()
}

/// Writes a result to standard output; that it cannot be written is an error like any other.
func printResult(_ text: String) throws { try write(Data((text + "\n").utf8), to: "-") }

/// Writes to standard error. Where nobody listens, nothing is said; that is no reason to stop working.
func writeError(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

/// Says which spectra were left out or are searched with less, by count and the first few names.
func warn(_ names: [String], _ what: String) {
    guard !names.isEmpty else { return }
    let shown = names.prefix(3).map { "'\($0.onOneLine)'" }.joined(separator: ", ")
    log.warning(
        "\(names.count) \(names.count == 1 ? "spectrum" : "spectra") \(what): \(shown)\(names.count > 3 ? ", …" : "")")
}
