#if Service
    import ArgumentParser
    import AuditLog
    import Foundation
    import JobServer
    import Storage

    struct AuditEntries: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "entries",
            abstract: "List what a server's log tells of a project of yours, each entry proved.",
            discussion: """
                Asks the server. Each entry is shown to be in the log that the key signed, and the log to continue the \
                checkpoints that you kept. That no entry was left out, it cannot show: compare with \
                what you did, or verify a copy of the whole log (msfhe audit copy, msfhe audit verify).
                """)

        @Option(help: "The project's id.")
        var project: String

        @OptionGroup var log: LogOptions
        @OptionGroup var server: ServerChoice

        func run() throws {
            let key = try NoteVerifierKey(log.key)
            let kept = try log.kept.map { (name: $0, checkpoint: try Checkpoint(path: $0, key: key)) }
            let entries = try server.call { client, _ in
                var entries: [AuditEntry] = []
                // What the log of the next page must continue.
                var earlier = kept
                var after: Int?
                repeat {
                    let from = after.map { "&after=\($0)" } ?? ""
                    let page: AuditEntriesItem = try await client.get(
                        "/v1/audit/entries?project=\(escaped(project))\(from)")
                    let checkpoint = try Checkpoint(
                        SignedNote(bytes: Data(page.checkpoint.utf8), source: "server"), key: key, source: "server")
                    for (name, earlier) in earlier {
                        try await requireContinuation(of: earlier, called: name, by: checkpoint, client)
                    }
                    earlier = [("its log of a moment ago", checkpoint)]
                    entries += try page.items.map { try proved($0, by: checkpoint) }
                    guard page.next ?? .max > after ?? -1 else {
                        throw ServerFailure("server: its list of entries does not go on")
                    }
                    after = page.next
                } while after != nil
                return entries
            }
            guard Set(entries.map(\.event.project)).count <= 1 else {
                throw ServerFailure("server: the entries are of several projects")
            }
            try printTable(
                ["entry", "time", "kind", "name", "sha256", "bytes", "account"],
                entries.map { entry in
                    let event = entry.event
                    return [
                        "\(entry.index)", entry.time, event.kind.rawValue, event.name ?? "-", event.object ?? "-",
                        event.bytes.map(String.init) ?? "-", event.account ?? "-",
                    ]
                })
        }
    }

    struct AuditCopy: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "copy", abstract: "Copy a whole log, also while it is being written to.",
            discussion: """
                From a folder, or, without one, from the server that you are logged in to, if it shows its entries. The \
                copy is for msfhe audit verify, and for keeping: it ends with a signed checkpoint.
                """)

        @Argument(help: "The log's folder; the server when left out.")
        var folder: String?

        @Option(help: ArgumentHelp("The log's public key.", valueName: "NAME+ID+BASE64"))
        var key: String

        @Option(help: "The copy, a folder that must not exist yet.")
        var out: String

        @OptionGroup var server: ServerChoice

        func run() throws {
            let key = try NoteVerifierKey(key)
            let output = try OutputFolder(path: out)
            let size =
                if let folder {
                    try LogCopy.copy(folder, to: output.path("."), key: key).copy.checkpoint.size
                } else {
                    try copyFromServer(to: output.path("."), key: key)
                }
            try output.commit()
            log.info("\(out): \(size) \(size == 1 ? "entry" : "entries"); verify it with msfhe audit verify")
        }

        private func copyFromServer(to folder: String, key: NoteVerifierKey) throws -> Int {
            try server.call { client, _ in
                let received = "\(folder)/received"
                func get(_ path: String, limit: Int) async throws -> [UInt8] {
                    try await client.download("/v1/audit/\(path)", to: received, limit: limit)
                    defer { unlink(received) }
                    return try Array(readWhole(path: received, limit: limit))
                }
                let note = try SignedNote(
                    bytes: try await get("checkpoint", limit: SignedNote.byteLimit), source: "server")
                let copy = try LogCopy(of: note, key: key, source: "server", path: folder)
                for tile in copy.tiles {
                    try copy.add(try await get(tile.path, limit: EntryBundle.byteLimit), as: tile)
                }
                try copy.finish()
                return copy.checkpoint.size
            }
        }
    }

    /// The entry of `item`, if it is in the log that `checkpoint` signs.
    private func proved(_ item: AuditEntryItem, by checkpoint: Checkpoint) throws -> AuditEntry {
        let bytes = Array(item.entry.utf8)
        let proof = item.proof.compactMap(MerkleHash.init(hexadecimal:))
        guard proof.count == item.proof.count,
            MerkleProof.showsInclusion(
                of: MerkleHash(leaf: bytes), at: item.index, size: checkpoint.size, root: checkpoint.root, proof: proof)
        else { throw ServerFailure("server: entry \(item.index) is not in the log that it signed") }
        let entry = try AuditEntry(bytes: bytes, source: "entry \(item.index)")
        guard entry.index == item.index else {
            throw ServerFailure("server: entry \(item.index) says that it is entry \(entry.index)")
        }
        return entry
    }

    private func requireContinuation(
        of kept: Checkpoint, called name: String, by checkpoint: Checkpoint, _ client: JobClient
    ) async throws {
        let failure = ServerFailure(
            "server: its log of \(checkpoint.size) entries does not continue \(name), which signed \(kept.size)")
        guard kept.size <= checkpoint.size else { throw failure }
        let item: AuditProofItem = try await client.get(
            "/v1/audit/consistency?from=\(kept.size)&size=\(checkpoint.size)")
        let proof = item.proof.compactMap(MerkleHash.init(hexadecimal:))
        guard proof.count == item.proof.count,
            MerkleProof.showsConsistency(
                from: kept.size, oldRoot: kept.root, to: checkpoint.size, root: checkpoint.root, proof: proof)
        else { throw failure }
    }
#endif
