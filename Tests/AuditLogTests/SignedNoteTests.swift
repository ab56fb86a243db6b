import Foundation
import Storage
import TestSupport
import Testing

@testable import AuditLog

struct SignedNoteTests {
    /// Notes and keys that other implementations publish: of Go's package sumdb/note, and of C2SP signed-note's.
    static let published: [(key: String, note: String)] = [
        (
            "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
            """
            If you think cryptography is the answer to your problem,
            then you don't know what your problem is.

            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=

            """
        ),
        (
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            """
            This is an example message.

            — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

            """
        ),
    ]

    @Test func publishedNotesAreSigned() throws {
        for (key, text) in Self.published {
            let key = try NoteVerifierKey(key)
            let note = try SignedNote(bytes: Array(text.utf8), source: "note")
            #expect(key.signed(note) == .signed)
            #expect(note.description == text)
            let altered = try SignedNote(bytes: Array("X\(text)".utf8), source: "note")
            #expect(key.signed(altered) == .forged)
        }
        let other = try SignedNote(bytes: Array(Self.published[1].note.utf8), source: "note")
        #expect(try NoteVerifierKey(Self.published[0].key).signed(other) == .unsigned)
    }

    @Test func keysAreReadAsTheyAreWritten() throws {
        for (key, _) in Self.published { #expect(try NoteVerifierKey(key).description == key) }
        let folder = try TemporaryFolder()
        let key = try NoteSigningKey.generate(name: "example.org/log")
        try key.write(to: folder("key"))
        #expect(try NoteSigningKey(path: folder("key")).verifier == key.verifier)
        #expect(try NoteVerifierKey(key.verifier.description) == key.verifier)
        #expect(throws: InputError.self) { try key.write(to: folder("key")) }
        chmod(folder("key"), 0o644)
        #expect(throws: InputError.self) { try NoteSigningKey(path: folder("key")) }
    }

    @Test(arguments: [
        "", "name", "name+00000000", "+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+C74F20A3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+AhpcTQcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
    ])
    func otherKeysAreRefused(_ text: String) {
        #expect(throws: InputError.self) { try NoteVerifierKey(text) }
    }

    @Test(arguments: [
        "", "\n", "\n\n", "text\n", "text\n\n", "text\n\n— name\n", "text\n\n— name AAAA\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— name AAAAAAA=", "text\n\n—  AAAAAAA=\n", "text\n\n— na+me AAAAAAA=\n", "text\n\n— name AAAAAAB=\n",
        "te\u{0}xt\n\n— name AAAAAAA=\n", "te\rxt\n\n— name AAAAAAA=\n", "\n— name AAAAAAA=\n",
        "text\n\n" + String(repeating: "— name AAAAAAA=\n", count: 65),
        String(repeating: "text", count: 20_000) + "\n\n— name AAAAAAA=\n",
    ])
    func otherNotesAreRefused(_ text: String) {
        #expect(throws: InputError.self) { try SignedNote(bytes: Array(text.utf8), source: "note") }
    }

    @Test func bytesThatAreNotTextAreRefused() {
        #expect(throws: InputError.self) {
            try SignedNote(bytes: [0xFF] + Array("\n\n— name AAAAAAA=\n".utf8), source: "note")
        }
    }

    @Test func checkpointsSayOneThing() throws {
        let key = try NoteSigningKey.generate(name: "example.org/log")
        let checkpoint = Checkpoint(origin: "example.org/log", size: 5, root: MerkleHash(leaf: [5]))
        #expect(try Checkpoint(key.sign(checkpoint.text), key: key.verifier, source: "note") == checkpoint)
        let root = Data(checkpoint.root.bytes).base64EncodedString()
        for text in [
            "example.org/log\n05\n\(root)\n", "example.org/log\n-5\n\(root)\n",
            "example.org/log\n5\n\(root.dropLast())\n",
            "example.org/other\n5\n\(root)\n", "example.org/log\n5\n",
            "example.org/log\n99999999999999999999\n\(root)\n",
        ] {
            #expect(throws: InputError.self) { try Checkpoint(key.sign(text), key: key.verifier, source: "note") }
        }
        let other = try NoteSigningKey.generate(name: "example.org/log")
        #expect(throws: InputError.self) {
            try Checkpoint(other.sign(checkpoint.text), key: key.verifier, source: "note")
        }
    }
}
