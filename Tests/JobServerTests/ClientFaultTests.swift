#if Service
    import Foundation
    import SpectralSearch
    import Spectra
    import TestSupport
    import Testing

    @testable import JobServer

    /// What goes wrong between a researcher and a server is one clear line, and leaves nothing half done.
    @Suite(.serialized) struct ClientFaultTests {
        @Test(.timeLimit(.minutes(1))) func whatIsWrongIsSaid() async throws {
            try await ServerFixture.with { server in
                let researcher = try Researcher()
                try await researcher.fails("jobs", saying: "not logged in")
                for address in [
                    "http://host.example.org", "http://127.example.org", "http://127.0.0.1.example.org",
                    "ftp://localhost",
                    "localhost", "https://user@host.example.org", "https://",
                ] {
                    try await researcher.fails("login", "--server", address, input: "token\n", saying: "https")
                }
                try await researcher.fails("login", "--server", server.address, input: "msfhe_no\n", saying: "token")
                try await researcher.fails("login", "--server", server.address, saying: "token")
                // Nobody listens there.
                try await researcher.fails(
                    "login", "--server", "http://127.0.0.1:1", input: "token\n", status: 1, saying: "refused")

                let token = try server.token("researcher")
                try await researcher.succeeds("login", "--server", server.address, input: token + "\n")
                let run = researcher.folder("run.mgf")
                try await researcher.succeeds("submit", run, "--library", "peptides")
                try await researcher.fails("submit", run, "--library", "none", saying: "'peptides'")
                try await researcher.fails("submit", run, "--library", "peptides", "--project", "none", saying: "none")
                try await researcher.fails("submit", run + ".not", "--library", "peptides", saying: "run.mgf.not")
                try researcher.folder.write(Data("BEGIN IONS\nPEPMASS=100\nEND IONS\n".utf8), to: "empty.mgf")
                try await researcher.fails(
                    "submit", researcher.folder("empty.mgf"), "--library", "peptides", saying: "can be searched")
                try await researcher.fails("status", "../account", saying: "no such object")
                try await researcher.fails(
                    "fetch", String(repeating: "0", count: 32), "--out", "-", saying: "no such object")
                #expect(researcher.kept("jobs").count == 1)

                // A job that was submitted from elsewhere, under a key that is not here.
                let job = researcher.kept("jobs")[0]
                try await researcher.succeeds("watch", job)
                let elsewhere = try Researcher()
                try await elsewhere.succeeds("login", "--server", server.address, input: token + "\n")
                try await elsewhere.fails("fetch", job, "--out", "-", saying: "this machine")
                try await researcher.succeeds("keygen", "--out", researcher.folder("other.key"))
                try await researcher.fails(
                    "fetch", job, "--out", "-", "--key", researcher.folder("other.key"), saying: "not the key")

                try server.server.host.accounts.revokeToken(prefix: String(token.dropFirst(6).prefix(16)))
                try await researcher.fails("jobs", saying: "log in")
            }
        }

        /// What the server cannot do is a failure, and leaves nothing here and there.
        @Test(.timeLimit(.minutes(1))) func whatTheServerCannotDoIsAFailure() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                try await researcher.succeeds("projects", "create", "mine")
                let name = sha256(try server.files.content("library/index"))
                let blob = server.folder("data/blobs/\(name.prefix(2))/\(name)")
                var bytes = try Data(contentsOf: URL(fileURLWithPath: blob))
                bytes[100] ^= 1
                try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: blob)
                try bytes.write(to: URL(fileURLWithPath: blob))
                try await researcher.fails(
                    "submit", researcher.folder("run.mgf"), "--library", "peptides", "--mode", "batch", status: 1,
                    saying: "stored bytes are not the ones")
                #expect(researcher.kept("jobs").isEmpty)
                #expect(try await researcher.succeeds("datasets", "list").rows.isEmpty)
            }
        }

        /// A disk that is full here: here by a limit of the size of files.
        @Test(.timeLimit(.minutes(1))) func fullDisksLeaveNothing() async throws {
            try await ServerFixture.with { server in
                let researcher = try await Researcher(of: server)
                let job = try await researcher.searched("--library", "peptides")
                func limited(_ blocks: Int, _ arguments: String...) async throws {
                    let outcome = try await researcher.msfhe(
                        arguments,
                        by: ["/bin/sh", "-c", "trap '' XFSZ; ulimit -f \(blocks); exec \"$@\"", "sh"])
                    #expect(outcome.status == 1, "\(outcome)")
                    #expect(outcome.error.contains("cannot be written"), "\(outcome)")
                }
                try await limited(32, "fetch", job, "--out", researcher.folder("hits.tsv"))
                #expect(researcher.kept("jobs/\(job)") == ["run.local"])
                try await limited(1, "submit", researcher.folder("run.mgf"), "--library", "peptides")
                #expect(researcher.kept("jobs") == [job])
                #expect(!researcher.folder.names.contains { $0.contains("hits") })
                try await researcher.succeeds("fetch", job, "--out", "-")
            }
        }

        /// An interrupted submit leaves nothing. What one leaves that could not help it, the next removes, but not what
        /// another is about.
        @Test(.timeLimit(.minutes(1))) func interruptedSubmitsLeaveNothing() async throws {
            try await ServerFixture.with {
                // Sending takes a while.
                $0.requestsPerMinute = 30
                $0.chunkByteLimit = 100
            } _: { server in
                let researcher = try await Researcher(of: server)
                func submit() async throws -> Process {
                    let before = researcher.kept("jobs")
                    let process = researcher.start(["submit", researcher.folder("run.mgf"), "--library", "peptides"])
                    try process.run()
                    while researcher.kept("jobs").allSatisfy(before.contains) {
                        try await Task.sleep(for: .milliseconds(10))
                    }
                    return process
                }
                func end(_ process: Process, by signal: Int32) async throws {
                    kill(process.processIdentifier, signal)
                    while process.isRunning { try await Task.sleep(for: .milliseconds(10)) }
                }
                let first = try await submit()
                try await end(first, by: SIGINT)
                #expect(first.terminationStatus == 128 + SIGINT)
                #expect(researcher.kept("jobs").isEmpty)

                try await researcher.login(server, label: "second")
                try await end(submit(), by: SIGKILL)
                let left = researcher.kept("jobs")
                #expect(left.count == 1)
                try await researcher.login(server, label: "third")
                let third = try await submit()
                try await researcher.login(server, label: "fourth")
                let fourth = try await submit()
                #expect(researcher.kept("jobs").count == 2)
                #expect(!researcher.kept("jobs").contains(left[0]))
                for process in [third, fourth] { try await end(process, by: SIGINT) }
                #expect(researcher.kept("jobs").isEmpty)
            }
        }

        /// A server that is killed while a run is sent, and started again, gets the rest.
        @Test(.timeLimit(.minutes(2))) func uploadsOutliveTheServer() async throws {
            let files = try SharedFiles.made.get()
            var researcher = try Researcher()
            let address = "127.0.0.1:\(try freePort())"
            researcher.environment = [
                "MSFHE_SERVE_FOLDER": researcher.folder("data"), "MSFHE_SERVE_LISTEN": address,
                "MSFHE_SERVE_CHUNK_BYTE_LIMIT": "300", "MSFHE_SERVE_REQUESTS_PER_MINUTE": "1000000",
            ]
            try researcher.folder.write(mgf(SimulatedPeptides.library.prefix(200)), to: "run.mgf")
            try await researcher.succeeds("host", "init")
            let token = try await researcher.succeeds("host", "add-account", "researcher").output
            try await researcher.succeeds(
                "host", "add-library", files.folder("library"), "--name", "peptides", "--owner", "researcher")
            func serve() async throws -> Process {
                let process = researcher.start(["serve"])
                try process.run()
                while try await researcher.msfhe(["login", "--server", "http://\(address)"], input: token).status != 0 {
                    try #require(process.isRunning)
                    try await Task.sleep(for: .milliseconds(20))
                }
                return process
            }
            let first = try await serve()
            let submission = researcher.start([
                "submit", researcher.folder("run.mgf"), "--library", "peptides", "--mode", "batch", "--wait", "--top",
                "1",
                "--out", researcher.folder("hits.tsv"),
            ])
            try submission.run()
            func received() -> Int {
                let folder = researcher.folder("data/uploads")
                let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
                let sizes = names.map {
                    (try? FileManager.default.attributesOfItem(atPath: "\(folder)/\($0)"))?[.size] as? Int
                }
                return sizes.compactMap(\.self).max() ?? 0
            }
            while received() < 10_000, submission.isRunning { try await Task.sleep(for: .milliseconds(2)) }
            kill(first.processIdentifier, SIGKILL)
            while first.isRunning { try await Task.sleep(for: .milliseconds(10)) }
            // Of the 200 x 256 x 3 bytes.
            #expect(received() < 150_000)
            #expect(submission.isRunning)
            let second = try await serve()
            while submission.isRunning { try await Task.sleep(for: .milliseconds(10)) }
            #expect(submission.terminationStatus == 0)
            #expect(try researcher.content("hits.tsv").split(separator: "\n").count == 201)
            second.terminate()
            while second.isRunning { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    /// A port that nobody listens at.
    private func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        try #require(named)
        return Int(UInt16(bigEndian: address.sin_port))
    }
#endif
