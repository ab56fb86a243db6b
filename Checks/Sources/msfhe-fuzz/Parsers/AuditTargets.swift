@testable import AuditLog

/// The files of an audit log, and the keys that people type.
enum AuditTargets {
    static let all = [note, checkpoint, key, bundle, entry, tile, history]

    /// A note that another implementation published, signed by the key below.
    private static let signedNote = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """
    private static let signingKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    private static let note = Target(
        name: "audit-note", words: ["\n\n— ", "+", "example.com/foo ", "="], seeds: { [Array(signedNote.utf8)] },
        parse: { input in
            let note = try SignedNote(bytes: input, source: "note")
            require(Array(note.description.utf8) == input, "a note is written as it was read")
            let verdict = try NoteVerifierKey(signingKey).signed(note)
            require(verdict != .signed || note.text == "This is an example message.\n", "nobody forges a signature")
        })

    /// What a checkpoint says, signed by whoever wrote it.
    private static let checkpoint = Target(
        name: "audit-checkpoint", words: ["\n0\n", "9223372036854775807", "="],
        seeds: {
            ["example.org/log\n5\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"].map { Array($0.utf8) }
        },
        parse: { input in
            let text = String(decoding: input, as: UTF8.self)
            let signed = try fuzzingKey.sign(text)
            let checkpoint = try Checkpoint(signed, key: fuzzingKey.verifier, source: "checkpoint")
            require(text.hasPrefix(checkpoint.text), "a checkpoint is written as it was read")
        })

    /// Signatures are not kept, so the key may differ from process to process.
    private static let fuzzingKey: NoteSigningKey = {
        guard let key = try? NoteSigningKey.generate(name: "example.org/log") else { fatalError("the name is one") }
        return key
    }()

    private static let key = Target(
        name: "audit-key", words: ["+", "AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"],
        seeds: { [Array(signingKey.utf8)] },
        parse: { input in
            let text = String(decoding: input, as: UTF8.self)
            require(try NoteVerifierKey(text).description == text, "a key is written as it was read")
        })

    private static let bundle = Target(
        name: "audit-bundle", seeds: { [EntryBundle.encode([[], [1], Array("entry".utf8)])] },
        parse: { input in
            let entries = try EntryBundle.decode(input, source: "bundle")
            require(entries.count <= 256, "a bundle has at most 256 entries")
            require(EntryBundle.encode(entries) == input, "a bundle is written as it was read")
        })

    private static let entry = Target(
        name: "audit-entry",
        words: ["\"index\":", "\"event\":{\"kind\":\"upload\"", "\"previous\":\"", "\"version\":1"],
        seeds: {
            let event = #"{"bytes":5,"kind":"upload","project":"07"}"#
            return [
                Array(
                    #"{"event":\#(event),"index":7,"previous":"4a","time":"2026-11-25T12:00:00.000Z","version":1}"#.utf8
                )
            ]
        },
        parse: { input in
            let entry = try AuditEntry(bytes: input, source: "entry")
            require(try entry.bytes == input, "an entry is written as it was read")
        })

    private static let tile = Target(
        name: "audit-tile", words: ["tile/", "entries/", "x001/", ".p/"],
        seeds: { ["tile/0/x001/x234/067", "tile/entries/000.p/5"].map { Array($0.utf8) } },
        parse: { input in
            let text = String(decoding: input, as: UTF8.self)
            guard let name = TileName(path: text) else { return }
            require(name.path == text, "a tile has one path")
            require(name.index >= 0 && (1...256).contains(name.width), "a tile is one that a tree can have")
        })

    private static let history = Target(
        name: "audit-history", words: ["\n\n— "],
        seeds: { [Array((checkpointNote + checkpointNote).utf8), Array(checkpointNote.dropLast(9).utf8)] },
        parse: { input in
            let (count, _) = try withFile(input) { try CheckpointHistory.read(path: $0) { _ in } }
            require(count <= input.count, "what is whole is there")
        })

    private static let checkpointNote = """
        example.org/log
        5
        47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=

        — example.org/log Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """
}
