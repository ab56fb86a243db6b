import Crypto
import Foundation
import Storage

/// JSON files for people and programs that nevertheless notice every flipped bit.
///
/// An object with sorted keys on lines of their own, whose first member is `"format"` and whose last is
/// `"sha256"`: the SHA-256, in hexadecimal, of all bytes before the comma that precedes it.
enum CheckedJSON {
    /// The bytes that a file of `format` begins with.
    static func opening(format: String) -> [UInt8] { Array("{\n  \"format\" : \"\(format)\",\n".utf8) }

    /// The text of `value`, and its digest.
    static func encode(_ value: some Encodable, format: String) throws -> (text: Data, digest: Digest) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let body = try encoder.encode(value)
        var text = Data(opening(format: format))
        text.append(body.dropFirst("{\n".utf8.count).dropLast("\n}".utf8.count))
        let digest = Digest(SHA256.hash(data: text))
        text.append(contentsOf: closing(digest))
        return (text, digest)
    }

    /// The value in `text`, and its digest.
    static func decode<Value: Decodable>(
        _: Value.Type, from text: Data, kind: FileKind, path: String
    ) throws(InputError) -> (value: Value, digest: Digest) {
        try kind.require(beginning: text, path: path)
        let closingCount = closing(Digest(SHA256.hash(data: Data()))).count
        let content = text.dropLast(closingCount)
        let digest = Digest(SHA256.hash(data: content))
        guard text.count > closingCount, Array(text.suffix(closingCount)) == closing(digest) else {
            throw InputError(
                path, "is damaged or was edited: it does not end with the SHA-256 of its content; copy or make it again"
            )
        }
        do {
            return (try JSONDecoder().decode(Value.self, from: content + Data("\n}".utf8)), digest)
        } catch {
            throw InputError(path, "is not \(kind.name) of this version: \(Self.explain(error))")
        }
    }

    private static func closing(_ digest: Digest) -> [UInt8] { Array(",\n  \"sha256\" : \"\(digest)\"\n}\n".utf8) }

    private static func explain(_ error: any Error) -> String {
        func name(_ path: [any CodingKey]) -> String { path.map(\.stringValue).joined(separator: ".") }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "'\(name(context.codingPath + [key]))' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            return "'\(name(context.codingPath))' has a value that does not fit"
        default:
            return "it cannot be decoded"
        }
    }
}
