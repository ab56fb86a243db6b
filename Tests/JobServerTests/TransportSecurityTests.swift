#if Service
    import Foundation
    import TestSupport
    import Testing

    @testable import JobServer

    private let hasOpenSSL = openssl(["version"])

    /// Runs the program openssl.
    ///
    /// - Returns: whether it is there and did what it was told.
    private func openssl(_ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["openssl"] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }

    /// A server with a certificate of an authority of its own.
    @Suite(.serialized, .enabled(if: hasOpenSSL, "the program openssl makes the certificates"))
    struct TransportSecurityTests {
        /// An authority, and a certificate of it for the name localhost.
        private func certificates() throws -> TemporaryFolder {
            let folder = try TemporaryFolder()
            let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            try folder.write(Data("subjectAltName=DNS:localhost\n".utf8), to: "names")
            for arguments in [
                ["req", "-x509", "-days", "2", "-subj", "/CN=authority"] + key
                    + ["-keyout", folder("authority.key"), "-out", folder("authority.pem")],
                ["req", "-subj", "/CN=localhost"] + key + [
                    "-keyout", folder("key.pem"), "-out", folder("request.pem"),
                ],
                [
                    "x509", "-req", "-days", "2", "-in", folder("request.pem"), "-CA", folder("authority.pem"),
                    "-CAkey",
                    folder("authority.key"), "-CAcreateserial", "-extfile", folder("names"), "-out",
                    folder("server.pem"),
                ],
            ] { try #require(openssl(arguments)) }
            return folder
        }

        @Test(.timeLimit(.minutes(1))) func serversProveWhoTheyAre() async throws {
            let files = try certificates()
            try await ServerFixture.with {
                $0.tlsCertificate = files("server.pem")
                $0.tlsKey = files("key.pem")
            } _: { server in
                let token = try server.token("researcher") + "\n"
                var researcher = try Researcher()
                let named = "https://localhost:\(server.port)"
                let authority = ["--certificates", files("authority.pem")]
                try await researcher.fails("login", "--server", named, input: token, saying: "--certificates FILE")
                try await researcher.fails(
                    "login", "--server", "https://127.0.0.1:\(server.port)", authority[0], authority[1], input: token,
                    saying: "another name")
                try await researcher.fails(
                    "login", "--server", named, "--certificates", files("key.pem"), input: token, saying: "key.pem")
                try await researcher.fails(
                    "login", "--server", server.address, input: token, status: 1, saying: "cannot be reached")
                #expect(researcher.kept("").isEmpty)

                try await researcher.succeeds("login", "--server", named, authority[0], authority[1], input: token)
                try await researcher.succeeds(
                    "submit", researcher.folder("run.mgf"), "--library", "peptides", "--wait", "--out",
                    researcher.folder("hits.tsv"))
                #expect(try researcher.content("hits.tsv").split(separator: "\n").count > 5)
                // A script that did not log in.
                researcher.environment = [
                    "MSFHE_HOME": researcher.folder("elsewhere"), "MSFHE_SERVER": named,
                    "MSFHE_TOKEN": token.trimmingCharacters(in: .newlines),
                ]
                try await researcher.fails("jobs", saying: "does not trust")
                researcher.environment["MSFHE_CERTIFICATES"] = files("authority.pem")
                #expect(try await researcher.succeeds("jobs").rows.count == 1)
            }
        }

        @Test(.timeLimit(.minutes(1))) func othersAreTold() async throws {
            try await ServerFixture.with { server in
                try await Researcher().fails(
                    "login", "--server", "https://localhost:\(server.port)", input: "token\n", saying: "TLS")
            }
        }
    }
#endif
