import ArgumentParser
import AuditLog
import Foundation

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "The log of what was done on a host.",
        subcommands: subcommands)

    private static var subcommands: [any ParsableCommand.Type] {
        #if Service
            [AuditVerify.self, AuditCopy.self, AuditEntries.self]
        #else
            [AuditVerify.self]
        #endif
    }
}

struct AuditVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a whole log, offline.",
        discussion: """
            Says that every entry is as the log's key signed it, or names the first that was altered, removed or \
            reordered (exit status 1). The key must come from the log's operator, not with the log. That the log as a \
            whole is the one you saw yesterday shows a checkpoint that you kept: a copy of its file 'checkpoint'.
            """)

    @Argument(help: "The log's folder.")
    var folder: String

    @OptionGroup var log: LogOptions

    func run() throws {
        let verified = try AuditVerification(folder: folder, key: NoteVerifierKey(log.key), kept: log.kept)
        let size = verified.checkpoint.size
        let times = verified.firstTime.flatMap { first in verified.lastTime.map { ", from \(first) to \($0)" } } ?? ""
        var lines = [
            "\(verified.checkpoint.origin): \(size) \(size == 1 ? "entry" : "entries"), each as signed\(times)"
        ]
        lines += zip(log.kept, verified.keptSizes).map { "continues \($0), which signed the first \($1)" }
        lines.append("root \(verified.checkpoint.root)")
        try printResult(lines.joined(separator: "\n"))
    }
}

/// The log that somebody checks, and what is known of it.
struct LogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The log's public key, from its operator.", valueName: "NAME+ID+BASE64"))
    var key: String

    @Option(
        name: .customLong("checkpoint"),
        help: "A checkpoint that was kept, which the log must continue; may be given again.")
    var kept: [String] = []
}
