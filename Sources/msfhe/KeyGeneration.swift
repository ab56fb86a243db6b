import ArgumentParser
import SpectralSearch

struct KeyGeneration: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keygen", abstract: "Make a researcher's key.",
        discussion: """
            The file is readable by you only (mode 0600) and never overwritten. Keep it on your own machine and keep \
            a copy: without it no answer can be read, and whoever has it can read them all.
            """)

    @Option(help: "The key's file.")
    var out: String

    func run() throws {
        try KeyFile.create(path: out)
        log.info("\(out): a new key. It stays on this machine.")
    }
}
