#if Service
    import Foundation
    import RLWE
    import SpectralSearch
    import Spectra
    import TestSupport
    import Testing

    /// Somebody who runs the program, with a home of their own.
    struct Researcher {
        let folder: TemporaryFolder
        var home: String { folder("home") }
        /// Variables of the environment besides the home.
        var environment: [String: String] = [:]

        /// What a call gave.
        struct Outcome: Sendable {
            let status: Int32
            let output: String
            let error: String
            /// The table on standard output without its heading.
            var rows: [[String]] {
                output.split(separator: "\n").dropFirst().map {
                    $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
                }
            }
        }

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(mgf(SimulatedPeptides.library.prefix(5)), to: "run.mgf")
        }

        /// One who is logged in to a server, under a new account.
        init(of server: ServerFixture, label: String = "researcher") async throws {
            try self.init()
            try await login(server, label: label)
        }

        /// Logs in to a server under a new account.
        func login(_ server: ServerFixture, label: String = "researcher") async throws {
            try await succeeds("login", "--server", server.address, input: server.token(label) + "\n")
        }

        static let program: URL = {
            let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            return [CommandLine.arguments[0], tests.path]
                .map { URL(fileURLWithPath: $0).deletingLastPathComponent().appendingPathComponent("msfhe") }
                .first { FileManager.default.isExecutableFile(atPath: $0.path) } ?? tests
        }()

        /// Starts the program.
        func start(_ arguments: [String], by launcher: [String] = []) -> Process {
            let process = Process()
            let command = launcher + [Self.program.path] + arguments
            process.executableURL = URL(fileURLWithPath: command[0])
            process.arguments = Array(command.dropFirst())
            process.environment = ProcessInfo.processInfo.environment
                .merging(["MSFHE_HOME": home]) { $1 }.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            return process
        }

        /// Runs the program, away from the threads that the server needs.
        ///
        /// - Parameter launcher: what runs it; nothing for itself.
        func msfhe(_ arguments: [String], input: String = "", by launcher: [String] = []) async throws -> Outcome {
            try await onOwnThread {
                let process = start(arguments, by: launcher)
                let (standardInput, output, error) = (Pipe(), Pipe(), Pipe())
                process.standardInput = standardInput
                process.standardOutput = output
                process.standardError = error
                try process.run()
                try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
                try standardInput.fileHandleForWriting.close()
                let text = output.fileHandleForReading.readDataToEndOfFile()
                let complaint = error.fileHandleForReading.readDataToEndOfFile()
                process.waitUntilExit()
                #expect(process.terminationReason == .exit, "the program must not trap")
                return Outcome(
                    status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
                    error: String(decoding: complaint, as: UTF8.self))
            }
        }

        @discardableResult
        func succeeds(
            _ arguments: String..., input: String = "", at location: SourceLocation = #_sourceLocation
        ) async throws -> Outcome {
            let outcome = try await msfhe(arguments, input: input)
            #expect(outcome.status == 0, "\(arguments): \(outcome.error)", sourceLocation: location)
            return outcome
        }

        /// Expects that a call ends with one line, which has these words.
        ///
        /// - Parameter status: 2 where the call or its input is wrong, 1 where the work failed.
        func fails(
            _ arguments: String..., input: String = "", status: Int32 = 2, saying words: String,
            at location: SourceLocation = #_sourceLocation
        ) async throws {
            let outcome = try await msfhe(arguments, input: input)
            #expect(outcome.status == status, "\(arguments): \(outcome)", sourceLocation: location)
            #expect(outcome.error.contains(words), "\(arguments): \(outcome)", sourceLocation: location)
            #expect(
                outcome.error.split(separator: "\n").count == 1, "\(arguments): \(outcome)", sourceLocation: location)
            #expect(outcome.output.isEmpty, "\(arguments): \(outcome)", sourceLocation: location)
        }

        /// Submits a run, waits until it is searched, and returns the job's id.
        func searched(_ arguments: String...) async throws -> String {
            let submitted = try await msfhe(["submit", folder("run.mgf")] + arguments)
            #expect(submitted.status == 0, "\(submitted.error)")
            let job = submitted.output.trimmingCharacters(in: .whitespacesAndNewlines)
            try await succeeds("watch", job)
            return job
        }

        func content(_ name: String) throws -> String { try String(contentsOfFile: folder(name), encoding: .utf8) }

        /// What is in a folder of the home.
        func kept(_ name: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(home)/\(name)")) ?? []).sorted()
        }
    }

    func mgf(_ spectra: some Sequence<Spectrum>) -> Data { Data(spectra.map(MGFWriter.block).joined().utf8) }

    /// A small library for both modes, whose answers can be verified and whose masks stand apart; made once.
    final class WholeLibrary: Sendable {
        static let made: Result<WholeLibrary, any Error> = Result { try WholeLibrary() }
        let folder: TemporaryFolder
        var path: String { folder("library") }
        var fingerprint: String { folder("fingerprint") }

        private init() throws {
            folder = try TemporaryFolder()
            var options = LibraryBuilder.Options(recipe: try VectorRecipe(dimension: 256))
            (options.layout, options.preset, options.publishesSeed) = (.both, .verified, true)
            let builder = try LibraryBuilder(options, folder: path)
            for spectrum in SimulatedPeptides.library.prefix(40) { try builder.add(spectrum) }
            _ = try builder.finish()
            _ = try LibraryFingerprint(library: path, output: fingerprint, threads: 1)
        }
    }

    extension ServerFixture {
        /// Serves the whole library, too, as `whole`.
        ///
        /// - Returns: its files.
        func addWholeLibrary() async throws -> WholeLibrary {
            let whole = try WholeLibrary.made.get()
            let account = try server.host.accounts.create(label: "library owner")
            let project = try await server.host.access(for: account).createProject()
            _ = try server.host.addLibrary(
                folder: whole.path, name: "whole", project: project.id, owner: account, isShared: true)
            return whole
        }
    }
#endif
