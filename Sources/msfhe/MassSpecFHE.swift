import ArgumentParser
import Datasets
import Foundation
import Logging
import Ring
import SpectralSearch
import Spectra
import Storage

#if Service
    import JobRunner
#endif

/// The command line. Results go to standard output, human text and progress to standard error; exit status 0:
/// done, 1: the work failed, 2: the call or its input is wrong.
@main
struct MassSpecFHE: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "msfhe",
        abstract: "Encrypted search of mass-spectral libraries: the host computes, and never sees a spectrum.",
        discussion: """
            A researcher's way: keygen, encrypt, (the host searches), identify.
            A host's way: library build, search.
            To see it work: demo. To measure what encryption costs in accuracy and time: validate.
            """,
        version: ProgramVersion.current,
        subcommands: [
            Demo.self, Info.self, KeyGeneration.self, Library.self, Encrypt.self, Search.self, Identify.self,
            DatasetCommand.self, Validate.self, Audit.self, ProbeSgemm.self,
        ] + serviceCommands)

    /// The commands of the trait Service.
    private static var serviceCommands: [any ParsableCommand.Type] {
        #if Service
            [
                Serve.self, HostCommand.self, Login.self, Submit.self, Status.self, Watch.self, Fetch.self, Cancel.self,
                Jobs.self, Projects.self, Libraries.self,
            ]
        #else
            []
        #endif
    }

    static func main() {
        LoggingSystem.bootstrap { _ in StandardErrorLog() }
        removeUnfinishedFilesOnInterrupt()
        do {
            try Backend.requireKnownSelection()
            var command = try parseAsRoot()
            try command.run()
        } catch {
            finish(with: error)
        }
    }

    /// Ends the program with one clear line.
    private static func finish(with error: any Error) -> Never {
        if exitCode(for: error) == .success {
            print(message(for: error).isEmpty ? helpMessage() : fullMessage(for: error))
            Foundation.exit(0)
        }
        let problem = message(for: error).split(separator: "\n").joined(separator: " ")
        if !problem.isEmpty { writeError("msfhe: \(problem)\n") }
        Foundation.exit(isWrongInput(error) ? 2 : 1)
    }

    /// Whether the caller can mend what went wrong by another call or another file.
    private static func isWrongInput(_ error: any Error) -> Bool {
        #if Service
            if let error = error as? HostError {
                return [.invalid, .notFound, .conflict, .forbidden].contains(error.reason)
            }
            if let refusal = error as? ServerRefusal { return refusal.isWrongInput }
        #endif
        return switch error {
        case is InputError, is SpectrumFileError, is RecipeError, is BackendError: true
        case DatasetError.unwritable: false
        case is DatasetError: true
        case is FileSystemError: false
        default: exitCode(for: error) == .validationFailure
        }
    }

    /// An interrupted command leaves no half-written file behind. A signal that the parent had ignored, as `nohup`
    /// does, stays ignored.
    private static func removeUnfinishedFilesOnInterrupt() {
        let ignored = unsafeBitCast(SIG_IGN, to: Int.self)
        for number in [SIGINT, SIGTERM, SIGHUP]
        where unsafeBitCast(signal(number, SIG_IGN), to: Int.self) != ignored {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                UnfinishedFiles.removeAll()
                _exit(128 + number)
            }
            source.resume()
            interruptSources.append(source)
        }
        // A reader that goes away is an error of writing, not a reason to die unheard.
        signal(SIGPIPE, SIG_IGN)
    }

    /// A server stops when it is asked to, not at once.
    static func leaveInterruptsToTheServer() {
        interruptSources.forEach { $0.cancel() }
        interruptSources = []
    }

    private nonisolated(unsafe) static var interruptSources: [any DispatchSourceSignal] = []
}

/// The version of the program.
enum ProgramVersion {
    static let current = "0.1.0"
}

/// Writes log messages to standard error, one line each, in the manner of a command line.
struct StandardErrorLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let prefix = event.level >= .warning ? "msfhe: \(event.level): " : ""
        writeError("\(prefix)\(event.message)\n")
    }
}
