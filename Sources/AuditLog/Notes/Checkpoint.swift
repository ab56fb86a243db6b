import Foundation
import Storage

/// What a log signs: its name, its size and the root of its tree (C2SP tlog-checkpoint).
package struct Checkpoint: Sendable, Hashable {
    /// The log's name, by which its key is called too.
    package let origin: String
    /// Number of entries.
    package let size: Int
    /// The root over them.
    package let root: MerkleHash

    init(origin: String, size: Int, root: MerkleHash) {
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The checkpoint that `note` says, if `key` signed it.
    ///
    /// - Throws: ``InputError`` when it is no checkpoint, or not one of this log; ``AuditFinding`` when the signature is
    ///   not right.
    package init(_ note: SignedNote, key: NoteVerifierKey, source: String) throws {
        switch key.signed(note) {
        case .signed: break
        case .forged:
            throw AuditFinding("\(source): the signature is not of the key it names; somebody else wrote this")
        case .unsigned:
            throw InputError(
                source, "is not signed by \(key.name)+\(key.id.hexadecimal); is it of another log, or key?")
        }
        let lines = note.text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, let size = Int(lines[1]), (0...Self.sizeLimit).contains(size),
            String(size) == lines[1],
            let root = canonicalBase64(lines[2]).flatMap({ MerkleHash(bytes: $0) })
        else { throw InputError(source, "is not a checkpoint: a name, a size and a root are wanted on three lines") }
        guard lines[0] == key.name else {
            throw InputError(source, "is a checkpoint of the log '\(lines[0].prefix(120))', not of '\(key.name)'")
        }
        self.init(origin: String(lines[0]), size: size, root: root)
    }

    /// The checkpoint in the file at `path`, if `key` signed it.
    package init(path: String, key: NoteVerifierKey) throws {
        let note = try SignedNote(bytes: readWhole(path: path, limit: SignedNote.byteLimit), source: path)
        try self.init(note, key: key, source: path)
    }

    /// Entries of the largest log: what is computed with sizes does not overflow.
    package static let sizeLimit = 1 << 48

    /// The three lines that are signed.
    var text: String { "\(origin)\n\(size)\n\(Data(root.bytes).base64EncodedString())\n" }
}

/// Something in a log that its key did not sign: it was altered, or is damaged.
package struct AuditFinding: Error, Sendable, Hashable, CustomStringConvertible {
    /// The entries among which the first that is not as it was signed stands; one where that can be said; nil where no
    /// entry is at fault.
    package let entries: ClosedRange<Int>?
    /// One line that says what was found.
    package let description: String

    init(_ description: String, entries: ClosedRange<Int>? = nil) {
        self.entries = entries
        self.description = description
    }
}
