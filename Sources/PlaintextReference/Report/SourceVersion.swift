import Foundation
import Ring

/// Which source the running program was built from.
public enum SourceVersion {
    /// The commit of the checkout that holds the program, or `unknown` outside one.
    public static let commit = git("rev-parse", "--short=12", "HEAD") ?? "unknown"

    /// Whether files of the checkout differ from ``commit``; nil outside a checkout.
    public static var isDirty: Bool? { git("status", "--porcelain").map { !$0.isEmpty } }

    /// What git says in the program's folder, or nil when it fails.
    private static func git(_ arguments: String...) -> String? {
        let folder = URL(fileURLWithPath: BLASCoreType.currentExecutable).deletingLastPathComponent().path
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = ["git", "-C", folder] + arguments
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        guard (try? git.run()) != nil else { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        git.waitUntilExit()
        return git.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
}

/// The machine that figures were measured on.
public enum Machine {
    package static let current = AccuracyReport.Machine(
        processor: processor, operatingSystem: ProcessInfo.processInfo.operatingSystemVersionString,
        cores: ProcessInfo.processInfo.activeProcessorCount)

    /// The processor's name as the system tells it.
    public static let processor: String = {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let model = lines.split(separator: "\n").first { $0.hasPrefix("model name") }?.split(separator: ":")
            .last
        return model.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }()
}
