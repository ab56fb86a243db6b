import Foundation
import Ring

/// Which source the running program was built from.
package enum SourceVersion {
    /// The commit of the checkout that holds the program, or `unknown` outside one.
    package static let commit: String = {
        let folder = URL(fileURLWithPath: BLASCoreType.currentExecutable).deletingLastPathComponent().path
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", folder, "rev-parse", "--short=12", "HEAD"]
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return "unknown" }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        let commit = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return git.terminationStatus == 0 && !commit.isEmpty ? commit : "unknown"
    }()
}

/// The machine that figures were measured on.
package enum Machine {
    package static let current = AccuracyReport.Machine(
        processor: processor, operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
        cores: ProcessInfo.processInfo.activeProcessorCount)

    /// The processor's name as the system tells it.
    package static let processor: String = {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = lines.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }()
}
