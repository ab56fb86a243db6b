import Crypto
import Foundation
import RLWE
import Storage

/// What a researcher calls a data set or a project, for themselves: encrypted before it goes to a host, and listed,
/// searched and filtered after it came back. The host keeps bytes that say nothing but how long they are, to a few hundred.
///
/// Encrypted with AES-256-GCM under HKDF-SHA-256(researcher's key, salt nonce, `massspecfhe/1 annotation`), bound to what
/// it annotates: a host that gives it out for another data set is found out.
public struct Annotation: Sendable, Hashable, Codable {
    /// What it is called.
    public var title: String
    /// By which it is found.
    public var tags: [String]
    /// Whatever else there is to say.
    public var notes: String

    /// An annotation.
    public init(title: String, tags: [String] = [], notes: String = "") {
        self.title = title
        self.tags = tags
        self.notes = notes
    }

    /// The most bytes of an encrypted one.
    public static let byteLimit = 16 << 10
    private static let opening = Array("MSFHE-A1".utf8)
    private static let (saltByteCount, tagByteCount) = (32, 16)
    /// Texts are filled up with spaces to a multiple of it, which JSON does not mind.
    private static let blockByteCount = 256

    /// The annotation as it goes to the host.
    ///
    /// - Parameters:
    ///   - key: the researcher's; without it nobody can read the annotation.
    ///   - subject: what is annotated: of a data set, the SHA-256 of its bytes; of a project, nothing.
    /// - Throws: ``InputError`` when it is longer than ``byteLimit``.
    public func encrypted(under key: SecretKey, for subject: [UInt8]) throws -> Data {
        var text = try JSONEncoder().encode(self)
        let padding = (Self.blockByteCount - text.count % Self.blockByteCount) % Self.blockByteCount
        text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: padding))
        // A key is used once, since its salt is fresh, so one nonce of zeros is as good as any.
        let salt = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let box = try AES.GCM.seal(
            text, using: Self.cipherKey(key, salt: salt), nonce: Self.nonce, authenticating: Self.opening + subject)
        let bytes = Data(Self.opening) + salt + box.ciphertext + box.tag
        guard bytes.count <= Self.byteLimit else {
            throw InputError(
                "annotation", "has \(bytes.count) bytes when encrypted, but may have \(Self.byteLimit); shorten it")
        }
        return bytes
    }

    /// The annotation that came back from a host.
    ///
    /// - Throws: ``InputError`` when it was encrypted under another key, for something else, or was altered.
    public init(encrypted bytes: Data, under key: SecretKey, for subject: [UInt8]) throws(InputError) {
        let bytes = Array(bytes)
        let headCount = Self.opening.count + Self.saltByteCount
        guard bytes.starts(with: Self.opening), bytes.count >= headCount + Self.tagByteCount,
            bytes.count <= Self.byteLimit
        else { throw InputError("annotation", "is not one of this version") }
        let salt = Data(bytes[Self.opening.count..<headCount])
        let content = bytes.dropFirst(headCount)
        do {
            let box = try AES.GCM.SealedBox(
                nonce: Self.nonce, ciphertext: content.dropLast(Self.tagByteCount),
                tag: content.suffix(Self.tagByteCount))
            let text = try AES.GCM.open(
                box, using: Self.cipherKey(key, salt: salt), authenticating: Self.opening + subject)
            self = try JSONDecoder().decode(Annotation.self, from: text)
        } catch {
            throw InputError("annotation", "was encrypted under another key or for something else, or was altered")
        }
    }

    private static func cipherKey(_ key: SecretKey, salt: Data) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key.material, salt: salt, info: Data("massspecfhe/1 annotation".utf8),
            outputByteCount: 32)
    }

    private static var nonce: AES.GCM.Nonce {
        guard let nonce = try? AES.GCM.Nonce(data: [UInt8](repeating: 0, count: 12)) else {
            preconditionFailure("AES-GCM takes nonces of 12 bytes")
        }
        return nonce
    }
}
