#if Service
    import AuditLog
    import Foundation
    import HTTPTypes
    import Hummingbird
    import JobRunner
    import NIOCore

    /// The audit log, as C2SP tlog-tiles has it, and proofs for those who do not want to compute them. Entries are under
    /// pseudonyms; whether accounts may read them all says the host's configuration.
    struct AuditRoutes {
        let host: SearchHost
        let log: AuditLog
        let pseudonyms: PseudonymKey
        let showsEntries: Bool

        func add(to group: RouterGroup<ServerContext>) {
            group.get("key") { _, _ in
                try await Response.json(AuditKeyItem(key: log.verifier.description, size: log.checkpoint.size))
            }
            group.get("checkpoint") { _, _ in
                let note = await log.signedCheckpoint.description
                return Response(
                    status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
                    body: ResponseBody(byteBuffer: ByteBuffer(string: note)))
            }
            group.get("entries", use: entries)
            group.get("tile/**") { request, context in
                let path = "tile/\(context.parameters.getCatchAll().joined(separator: "/"))"
                guard showsEntries || !path.hasPrefix("tile/entries") else {
                    throw HostError(.forbidden, "this host does not show the log's entries; ask its operator for them")
                }
                guard let bytes = try await log.file(path) else { throw Self.nothing }
                return Response(
                    status: .ok, headers: [.contentType: "application/octet-stream"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
            group.get("inclusion") { request, _ in
                let current = await log.checkpoint.size
                let size = try request.number("size") ?? current
                guard let index = try request.number("index") else { throw Problem.invalid("'index' is missing") }
                guard size <= current, index < size else {
                    throw Problem.invalid("the log has \(current) entries: index < size <= \(current) is wanted")
                }
                let (leaf, proof) = try await log.inclusion(of: index, size: size)
                return try Response.json(
                    AuditProofItem(size: size, leaf: leaf.description, proof: proof.map(\.description)))
            }
            group.get("consistency") { request, _ in
                let current = await log.checkpoint.size
                let size = try request.number("size") ?? current
                guard let old = try request.number("from") else { throw Problem.invalid("'from' is missing") }
                guard size <= current, old <= size else {
                    throw Problem.invalid("the log has \(current) entries: from <= size <= \(current) is wanted")
                }
                let proof = try await log.consistency(from: old, to: size)
                return try Response.json(AuditProofItem(size: size, leaf: nil, proof: proof.map(\.description)))
            }
        }

        /// The entries of a project, for its members: with proofs, so that they need not believe the host.
        private func entries(_ request: Request, _ context: ServerContext) async throws -> Response {
            let project = try await context.access.project(request.project()).id
            let limit = min(max(try request.number("limit") ?? Self.entryLimit, 1), Self.entryLimit)
            let after = try request.number("after")
            guard after ?? 0 < Checkpoint.sizeLimit else { throw Problem.invalid("'after' is not an entry's number") }
            let text = "\"project\":\"\(pseudonyms.project(project.description).project)\""
            let (checkpoint, found, last) = try await log.search(text, from: after.map { $0 + 1 } ?? 0, limit: limit)
            let items = found.map { entry in
                AuditEntryItem(
                    index: entry.index, entry: String(decoding: entry.bytes, as: UTF8.self),
                    proof: entry.proof.map(\.description))
            }
            return try Response.json(
                AuditEntriesItem(checkpoint: checkpoint.description, items: items, next: last))
        }

        /// Entries of one answer.
        private static let entryLimit = 100

        private static let nothing = HostError(.notFound, "the log has no such tile")
    }
#endif
