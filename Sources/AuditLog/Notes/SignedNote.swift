import Foundation
import Storage

/// A text with signatures below it (C2SP signed-note):
///
/// ```
/// text, any number of lines
///
/// — KEY-NAME BASE64(4 bytes that recognise the key, then the signature)
/// ```
package struct SignedNote: Sendable, Hashable {
    /// A signature line.
    package struct Signature: Sendable, Hashable {
        /// The name of the key.
        package let keyName: String
        /// The four bytes by which the key is recognised.
        package let keyID: [UInt8]
        /// The signature proper.
        package let bytes: [UInt8]
    }

    /// No note of ours has more bytes; those of others have room for many signatures.
    package static let byteLimit = 1 << 16
    private static let signatureLimit = 64

    /// What is signed, its last line feed included.
    package let text: String
    /// The signatures, valid or not.
    package let signatures: [Signature]

    init(text: String, signatures: [Signature]) {
        self.text = text
        self.signatures = signatures
    }

    /// The note that `bytes` are.
    ///
    /// - Parameter source: what to call it when it is none.
    package init(bytes: some Collection<UInt8>, source: String) throws(InputError) {
        func refuse(_ problem: String) -> InputError { InputError(source, "is not a signed note: \(problem)") }
        guard bytes.count <= Self.byteLimit else {
            throw refuse("it has \(bytes.count) bytes, but no note has more than \(Self.byteLimit)")
        }
        guard let note = String(validating: bytes, as: UTF8.self) else { throw refuse("it is not UTF-8") }
        guard note.utf8.allSatisfy({ $0 >= 0x20 || $0 == UInt8(ascii: "\n") }) else {
            throw refuse("it has control characters")
        }
        let lines = note.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        // The last piece is what follows the last line feed: nothing.
        guard lines.last?.isEmpty == true, let blank = lines.dropLast().lastIndex(where: \.isEmpty), blank > 0 else {
            throw refuse("no blank line stands between a text and signatures")
        }
        let signed = lines[(blank + 1)...].dropLast()
        guard (1...Self.signatureLimit).contains(signed.count) else {
            throw refuse("it has \(signed.count) signatures, but must have from 1 to \(Self.signatureLimit)")
        }
        text = lines[..<blank].map { String(Substring($0)) + "\n" }.joined()
        var signatures: [Signature] = []
        for line in signed {
            guard let signature = Signature(line: String(Substring(line))) else {
                throw refuse("'\(line.prefix(40))' is not a signature")
            }
            signatures.append(signature)
        }
        self.signatures = signatures
    }

    /// The note as it is written.
    package var description: String { text + "\n" + signatures.map(\.line).joined() }
}

extension SignedNote.Signature {
    fileprivate init?(line: String) {
        let fields = line.split(separator: " ", omittingEmptySubsequences: false)
        guard fields.count == 3, fields[0] == "—", NoteKeyName.isValid(fields[1]),
            let data = canonicalBase64(fields[2]), data.count > 4
        else { return nil }
        self.init(keyName: String(fields[1]), keyID: Array(data.prefix(4)), bytes: Array(data.dropFirst(4)))
    }

    fileprivate var line: String { "— \(keyName) \(Data(keyID + bytes).base64EncodedString())\n" }
}

/// The names of keys, and of logs.
enum NoteKeyName {
    /// Whether `name` can be one: not empty, without spaces, control characters and plus signs.
    static func isValid(_ name: some StringProtocol) -> Bool {
        !name.isEmpty && name.utf8.count <= 256
            && name.unicodeScalars.allSatisfy {
                $0 != "+" && !$0.properties.isWhitespace && $0.properties.generalCategory != .control
            }
    }
}

/// The bytes that `text` stands for in base64, or nil when they would be written otherwise.
func canonicalBase64(_ text: some StringProtocol) -> [UInt8]? {
    guard let data = Data(base64Encoded: String(text)), data.base64EncodedString() == text else { return nil }
    return Array(data)
}
