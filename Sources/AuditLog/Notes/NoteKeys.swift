import Crypto
import Foundation
import Storage

/// The public part of a key that signs notes by Ed25519. People pass it on as `NAME+ID+BASE64`, a *vkey*.
package struct NoteVerifierKey: Sendable, Hashable, CustomStringConvertible {
    /// Signature type of Ed25519.
    fileprivate static let algorithm: UInt8 = 1

    /// The name of the key; that of a log's key is the log's.
    package let name: String
    /// The four bytes by which the key is recognised: the beginning of SHA-256(name, line feed, type, public key).
    package let id: [UInt8]
    private let publicKey: [UInt8]

    fileprivate init(name: String, publicKey: [UInt8]) {
        self.name = name
        self.publicKey = publicKey
        id = Array(SHA256.hash(data: Array("\(name)\n".utf8) + [Self.algorithm] + publicKey).prefix(4))
    }

    /// The key written as `text`.
    package init(_ text: some StringProtocol) throws(InputError) {
        func refuse(_ problem: String) -> InputError {
            InputError(
                "key '\(text.prefix(120))'", "\(problem); a log's key is NAME+ID+BASE64, as its operator gives it")
        }
        // Base64 has plus signs of its own.
        let fields = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard fields.count == 3 else { throw refuse("is not of three parts") }
        guard NoteKeyName.isValid(fields[0]) else { throw refuse("has a name that no key can have") }
        guard let data = canonicalBase64(fields[2]), data.count == 33, data[0] == Self.algorithm,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: data.dropFirst())) != nil
        else { throw refuse("is not a public key of Ed25519") }
        self.init(name: String(fields[0]), publicKey: Array(data.dropFirst()))
        guard id.hexadecimal == fields[1] else {
            throw refuse("has parts that do not belong together: was it copied whole?")
        }
    }

    /// The key as people pass it on.
    package var description: String {
        "\(name)+\(id.hexadecimal)+\(Data([Self.algorithm] + publicKey).base64EncodedString())"
    }

    /// Whether this key signed `note`: of the signatures that name it, each must be right, and one must be there.
    package func signed(_ note: SignedNote) -> NoteVerdict {
        let signatures = note.signatures.filter { $0.keyName == name && $0.keyID == id }
        guard !signatures.isEmpty else { return .unsigned }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: publicKey) else { return .forged }
        return signatures.allSatisfy { key.isValidSignature($0.bytes, for: Data(note.text.utf8)) } ? .signed : .forged
    }
}

/// What a key says of a note.
package enum NoteVerdict: Sendable {
    /// The key signed this text.
    case signed
    /// A signature names the key and is not of it.
    case forged
    /// No signature names the key.
    case unsigned
}

/// A key that signs notes. Its file has one line, `PRIVATE+KEY+NAME+ID+BASE64`, and mode 0600.
package struct NoteSigningKey: Sendable {
    private static let heading = "PRIVATE+KEY+"
    private let key: Curve25519.Signing.PrivateKey
    /// The public part.
    package let verifier: NoteVerifierKey

    private init(name: String, key: Curve25519.Signing.PrivateKey) {
        self.key = key
        verifier = NoteVerifierKey(name: name, publicKey: Array(key.publicKey.rawRepresentation))
    }

    /// A fresh key.
    package static func generate(name: String) throws(InputError) -> NoteSigningKey {
        guard NoteKeyName.isValid(name) else {
            throw InputError("key name '\(name)'", "must not be empty and have no spaces and no plus signs")
        }
        return NoteSigningKey(name: name, key: Curve25519.Signing.PrivateKey())
    }

    /// Writes the key to a new file at `path`.
    package func write(to path: String) throws {
        let file = try OutputFile(path: path, isPrivate: true, collision: .refuse)
        let secret = Data([NoteVerifierKey.algorithm] + Array(key.rawRepresentation)).base64EncodedString()
        try file.write(Data("\(Self.heading)\(verifier.name)+\(verifier.id.hexadecimal)+\(secret)\n".utf8))
        try file.commit()
    }

    /// The key in the file at `path`.
    package init(path: String) throws {
        let text = String(decoding: try readWhole(path: path, limit: 1024, isPrivate: true), as: UTF8.self)
        let fields = text.dropFirst(Self.heading.count)
            .split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard text.hasPrefix(Self.heading), text.hasSuffix("\n"), fields.count == 3, NoteKeyName.isValid(fields[0]),
            let data = canonicalBase64(fields[2].dropLast()), data.count == 33, data[0] == NoteVerifierKey.algorithm,
            let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: data.dropFirst())
        else { throw InputError(path, "is not a log's private key, or is damaged; use a copy") }
        self.init(name: String(fields[0]), key: key)
        guard verifier.id.hexadecimal == fields[1] else { throw InputError(path, "is damaged; use a copy") }
    }

    /// The note that `text`, which ends with a line feed, is signed as.
    func sign(_ text: String) throws -> SignedNote {
        let signature = try key.signature(for: Data(text.utf8))
        return SignedNote(
            text: text, signatures: [.init(keyName: verifier.name, keyID: verifier.id, bytes: Array(signature))])
    }
}
