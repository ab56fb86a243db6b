#if Service
    import GRDB

    /// The name of an object of the host: 128 random bits, so that none can be guessed, as 32 lower-case hexadecimal digits.
    package struct ObjectID: Sendable, Hashable, CustomStringConvertible, Codable {
        package let description: String

        /// A name that nothing has yet.
        package static func fresh() -> ObjectID { ObjectID(trusted: randomHexadecimal(byteCount: 16)) }

        /// The name written as `text`, or nil when it is none.
        package init?(_ text: some StringProtocol) {
            guard text.utf8.count == 32, text.utf8.allSatisfy(isLowerCaseHexadecimal) else { return nil }
            description = String(text)
        }

        private init(trusted text: String) { description = text }

        package init(from decoder: any Decoder) throws {
            let text = try decoder.singleValueContainer().decode(String.self)
            guard let id = ObjectID(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "not 32 hexadecimal digits"))
            }
            self = id
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(description)
        }
    }

    extension ObjectID: DatabaseValueConvertible {
        package var databaseValue: DatabaseValue { description.databaseValue }

        package static func fromDatabaseValue(_ value: DatabaseValue) -> ObjectID? {
            String.fromDatabaseValue(value).flatMap { ObjectID($0) }
        }
    }

    /// `byteCount` bytes of the system's generator, in hexadecimal.
    func randomHexadecimal(byteCount: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<byteCount).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            return (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    func isLowerCaseHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
#endif
