#if Service
    import AuditLog
    import Foundation
    import JobRunner
    import Spectra
    import SpectralSearch
    import Testing

    @testable import JobServer

    /// The server and docs/openapi.json say the same.
    struct OpenAPITests {
        private static let absent = String(repeating: "0", count: 32)

        /// Makes calls that reach every operation and every status that the document names, and holds each answer against
        /// the document.
        @Test(.timeLimit(.minutes(2))) func everyOperationAndStatusIsAsDocumented() async throws {
            let document = try OpenAPIDocument()
            try await ServerFixture.with {
                $0.host.ownersMayShareLibraries = true
            } _: { server in
                try await visitEverything(server)
                var seen: [OpenAPIDocument.Operation: Set<Int>] = [:]
                for exchange in server.log.withLock(\.self) {
                    let place = "\(exchange.method) \(exchange.path) \(exchange.answer.status)"
                    guard let operation = document.operation(exchange.method, exchange.path) else {
                        Issue.record("\(place) is not in the document")
                        continue
                    }
                    seen[operation, default: []].insert(exchange.answer.status)
                    #expect(exchange.answer.status < 500, "\(place)")
                    #expect(document.complaint(exchange, operation) == nil, "\(place)")
                }
                for operation in document.operations {
                    let missing = document.statuses(operation).subtracting(seen[operation] ?? [])
                    #expect(missing.isEmpty, "\(operation.method) \(operation.path): \(missing.sorted()) not reached")
                }
            }
        }

        private func visitEverything(_ server: ServerFixture) async throws {
            let (token, other) = (server.owner, try server.token("other"))
            let absent = Self.absent
            // Without a token, nothing.
            for operation in try OpenAPIDocument().operations {
                let path = operation.path.replacingOccurrences(of: "{id}", with: absent)
                    .replacingOccurrences(of: "{account}", with: absent)
                    .replacingOccurrences(of: "{name}", with: "card.json").replacingOccurrences(
                        of: "{path}", with: "0/000")
                let query = path.hasSuffix("inclusion") || path.hasSuffix("consistency") ? "?index=0&from=0" : ""
                _ = try await server.call(
                    .init(rawValue: operation.method), path + query, token: nil, json: ["annotation": ""])
                // What is not there, and bodies that are none.
                if path.contains(absent) {
                    _ = try await server.call(
                        .init(rawValue: operation.method), path, token: token,
                        json: ["annotation": "", "role": "owner"], headers: [("Upload-Offset", "0")])
                    if operation.path.hasSuffix("sharing") {
                        _ = try await server.call(.PUT, path, token: token, json: ["shared": true])
                    }
                }
                if ["POST", "PUT", "PATCH"].contains(operation.method) {
                    _ = try await server.call(
                        .init(rawValue: operation.method), path, token: token, bytes: Data("{".utf8))
                }
            }
            // Projects and members.
            _ = try await server.call(.GET, "/v1/account", token: token)
            let project = try await server.project(token: token)
            let member = try await server.call(.GET, "/v1/account", token: other).json(AccountItem.self).account
            _ = try await server.call(.GET, "/v1/projects", token: token)
            _ = try await server.call(.GET, "/v1/projects/\(project)", token: token)
            let note = AnnotationRequest(annotation: Data("encrypted".utf8))
            _ = try await server.call(.PUT, "/v1/projects/\(project)/annotation", token: token, json: note)
            let members = "/v1/projects/\(project)/members"
            _ = try await server.call(.PUT, "\(members)/\(member)", token: token, json: RoleRequest(role: "auditor"))
            _ = try await server.call(.GET, members, token: token)
            _ = try await server.call(.PUT, "\(members)/\(member)", token: other, json: RoleRequest(role: "owner"))
            _ = try await server.call(.DELETE, "\(members)/\(member)", token: token)
            let me = try await server.call(.GET, "/v1/account", token: token).json(AccountItem.self).account
            _ = try await server.call(.DELETE, "\(members)/\(me)", token: token)

            try await visitUploads(server, project)
            try await visitLibraries(server, project)
            try await visitJobs(server, project)
            try await visitAudit(server)
            for path in ["/v1/health", "/v1/ready", "/metrics"] { _ = try await server.call(.GET, path, token: nil) }
        }

        private func visitUploads(_ server: ServerFixture, _ project: String) async throws {
            let token = server.owner
            let bytes = try server.files.content("run.msq")
            _ = try await server.call(.GET, "/v1/uploads", token: token)
            _ = try await server.call(.GET, "/v1/uploads?project=\(Self.absent)", token: token)
            for request in [
                UploadRequest(project: Self.absent, bytes: 5, sha256: sha256(Data())),
                UploadRequest(project: project, bytes: 1 << 50, sha256: sha256(Data())),
                UploadRequest(project: project, bytes: 5, sha256: "no digest"),
            ] { _ = try await server.call(.POST, "/v1/uploads", token: token, json: request) }
            let upload = try await server.announce(bytes, to: project, token: token)
            let path = "/v1/uploads/\(upload.id)"
            func patch(_ bytes: Data, at offset: Int) async throws {
                _ = try await server.call(
                    .PATCH, path, token: token, bytes: bytes, headers: [("Upload-Offset", "\(offset)")])
            }
            try await patch(bytes, at: 7)
            try await patch(bytes.prefix(1000), at: 0)
            _ = try await server.call(.POST, "\(path)/dataset", token: token, json: ProjectRequest(annotation: nil))
            try await patch(bytes, at: 1000)
            _ = try await server.call(.GET, path, token: token)
            _ = try await server.call(.GET, "/v1/uploads?project=\(project)", token: token)
            _ = try await server.call(.DELETE, path, token: token)
            // A file that is no upload.
            let noise = try await server.announce(Data("noise".utf8), to: project, token: token)
            _ = try await server.call(
                .PATCH, "/v1/uploads/\(noise.id)", token: token, bytes: Data("noise".utf8),
                headers: [("Upload-Offset", "0")])
            _ = try await server.call(
                .POST, "/v1/uploads/\(noise.id)/dataset", token: token, json: ProjectRequest(annotation: nil))
            // A data set.
            let dataset = try await server.send(bytes, to: project, token: token)
            let datasetPath = "/v1/datasets/\(dataset.id)"
            _ = try await server.call(.GET, "/v1/datasets", token: token)
            _ = try await server.call(.GET, "/v1/datasets?project=\(Self.absent)", token: token)
            _ = try await server.call(.GET, "/v1/datasets?project=\(project)", token: token)
            _ = try await server.call(.GET, datasetPath, token: token)
            let note = AnnotationRequest(annotation: Data("encrypted".utf8))
            _ = try await server.call(.PUT, "\(datasetPath)/annotation", token: token, json: note)
            let whole = try await server.call(.GET, "\(datasetPath)/content", token: token)
            #expect(whole.body == bytes)
            let part = try await server.call(
                .GET, "\(datasetPath)/content", token: token, headers: [("Range", "bytes=100-199")])
            #expect(part.body == bytes[100..<200] && part.status == 206)
            _ = try await server.call(
                .GET, "\(datasetPath)/content", token: token, headers: [("Range", "bytes=\(bytes.count)-")])
            _ = try await server.call(.DELETE, datasetPath, token: token)
        }

        private func visitLibraries(_ server: ServerFixture, _ project: String) async throws {
            let token = server.owner
            _ = try await server.call(.GET, "/v1/libraries", token: token)
            var uploads: [String: String] = [:]
            for name in ["card.json", "index", "entries.tsv"] {
                let bytes = try server.files.content("library/\(name)")
                let upload = try await server.announce(bytes, to: project, token: token)
                _ = try await server.call(
                    .PATCH, "/v1/uploads/\(upload.id)", token: token, bytes: bytes, headers: [("Upload-Offset", "0")])
                uploads[name] = upload.id
            }
            func make(_ project: String, _ uploads: [String: String]) async throws -> Answer {
                let request = LibraryRequest(name: "mine", project: project, uploads: uploads, shared: false)
                return try await server.call(.POST, "/v1/libraries", token: token, json: request)
            }
            _ = try await make(project, ["passwords": uploads["index"] ?? ""])
            _ = try await make(project, ["index": Self.absent])
            let made = try await make(project, uploads).json(LibraryItem.self)
            let path = "/v1/libraries/\(made.id)"
            _ = try await server.call(.GET, path, token: token)
            _ = try await server.call(.PUT, "\(path)/sharing", token: token, json: SharingRequest(shared: true))
            let entries = try await server.call(.GET, "\(path)/files/entries.tsv", token: token)
            #expect(try entries.body == server.files.content("library/entries.tsv"))
            _ = try await server.call(
                .GET, "\(path)/files/entries.tsv", token: token, headers: [("Range", "bytes=-10")])
            _ = try await server.call(.GET, "\(path)/files/index", token: token)
            _ = try await server.call(.DELETE, path, token: token)
        }

        private func visitJobs(_ server: ServerFixture, _ project: String) async throws {
            let token = server.owner
            let dataset = try await server.send(server.files.content("run.msq"), to: project, token: token)
            let submission = server.submission(dataset, requestKey: "once")
            let job = try await server.call(.POST, "/v1/jobs", token: token, json: submission).json(JobItem.self)
            let again = try await server.call(.POST, "/v1/jobs", token: token, json: submission).json(JobItem.self)
            #expect(job.id == again.id)
            var wrong = submission
            wrong.mode = "interactive"
            _ = try await server.call(.POST, "/v1/jobs", token: token, json: wrong)
            wrong.requestKey = "other"
            _ = try await server.call(.POST, "/v1/jobs", token: token, json: wrong)
            wrong.mode = "none"
            _ = try await server.call(.POST, "/v1/jobs", token: token, json: wrong)
            var foreign = submission
            foreign.dataset = Self.absent
            foreign.requestKey = "foreign"
            _ = try await server.call(.POST, "/v1/jobs", token: token, json: foreign)
            let second = try await server.send(server.files.content("run.msq"), to: project, token: token)
            var taken = server.submission(second)
            taken.requestKey = "once"
            _ = try await server.call(.POST, "/v1/jobs", token: token, json: taken)

            let path = "/v1/jobs/\(job.id)"
            let events = try await server.call(.GET, "\(path)/events", token: token)
            #expect(String(decoding: events.body, as: UTF8.self).contains("\"state\":\"succeeded\""))
            let result = try await server.call(.GET, "\(path)/result", token: token)
            let ended = try await server.end(of: job, token: token)
            #expect(result.status == 200 && sha256(result.body) == ended.resultSHA256)
            let part = try await server.call(
                .GET, "\(path)/result", token: token, headers: [("Range", "bytes=5-"), ("If-Range", "\"other\"")])
            #expect(part.status == 200)
            _ = try await server.call(.GET, "\(path)/result", token: token, headers: [("Range", "bytes=5-")])
            _ = try await server.call(.GET, "\(path)/result", token: token, headers: [("Range", "bytes=999999999-")])
            _ = try await server.call(.POST, "\(path)/cancel", token: token)
            _ = try await server.call(.GET, "/v1/jobs", token: token)
            _ = try await server.call(.GET, "/v1/jobs?project=\(Self.absent)", token: token)
            _ = try await server.call(.GET, "/v1/jobs?project=\(project)&limit=1", token: token)
            // A job without a result: its queries were damaged on the disk.
            let damaged = try await server.send(server.files.content("second.msq"), to: project, token: token)
            let blob = server.folder("data/blobs/\(damaged.sha256.prefix(2))/\(damaged.sha256)")
            var bytes = try Data(contentsOf: URL(fileURLWithPath: blob))
            bytes[200] ^= 1
            try bytes.write(to: URL(fileURLWithPath: blob))
            let doomed = try await server.call(.POST, "/v1/jobs", token: token, json: server.submission(damaged))
                .json(JobItem.self)
            let failed = try await server.end(of: doomed, token: token)
            #expect(failed.state == "failed" && failed.problem?.isEmpty == false)
            _ = try await server.call(.GET, "/v1/jobs/\(doomed.id)/result", token: token)
            _ = try await server.call(.DELETE, path, token: token)
        }

        private func visitAudit(_ server: ServerFixture) async throws {
            let token = server.owner
            let key = try await server.call(.GET, "/v1/audit/key", token: token).json(AuditKeyItem.self)
            let verifier = try NoteVerifierKey(key.key)
            // Everything that was done comes into the log within a second or so.
            var size = 0
            for _ in 0..<100 where size < 10 {
                try await Task.sleep(for: .milliseconds(50))
                size = try await server.call(.GET, "/v1/audit/key", token: token).json(AuditKeyItem.self).size
            }
            let note = try await server.call(.GET, "/v1/audit/checkpoint", token: token).body
            let checkpoint = try Checkpoint(SignedNote(bytes: note, source: "note"), key: verifier, source: "note")
            let size0 = checkpoint.size
            let proof = try await server.call(.GET, "/v1/audit/inclusion?index=3&size=\(size0)", token: token)
                .json(AuditProofItem.self)
            func hash(_ text: String) -> MerkleHash? {
                MerkleHash(bytes: Digest(hexadecimal: text)?.bytes ?? [])
            }
            #expect(
                MerkleProof.showsInclusion(
                    of: try #require(proof.leaf.flatMap(hash)), at: 3, size: size0, root: checkpoint.root,
                    proof: proof.proof.compactMap(hash)))
            _ = try await server.call(.GET, "/v1/audit/consistency?from=2&size=\(size0)", token: token)
            _ = try await server.call(.GET, "/v1/audit/inclusion?index=1000000", token: token)
            let project = try await server.call(.GET, "/v1/projects", token: token).json(Items<ProjectItem>.self).items[
                0]
            _ = try await server.call(.GET, "/v1/audit/entries?project=\(project.id)&limit=2", token: token)
            _ = try await server.call(.GET, "/v1/audit/entries", token: token)
            _ = try await server.call(.GET, "/v1/audit/entries?project=\(Self.absent)", token: token)
            _ = try await server.call(.GET, "/v1/audit/consistency", token: token)
            _ = try await server.call(.GET, "/v1/audit/tile/0/000.p/3", token: token)
            _ = try await server.call(.GET, "/v1/audit/tile/0/999", token: token)
            _ = try await server.call(.GET, "/v1/audit/tile/entries/000.p/3", token: token)
        }
    }
#endif
