import Crypto
import Foundation

/// Whence prepared files come and what they hold; the contents of `PROVENANCE.json`.
///
/// It bears no date, so that the same records make the same provenance.
public struct DatasetProvenance: Sendable, Hashable, Codable {
    /// A prepared file.
    public struct File: Sendable, Hashable, Codable {
        /// Path relative to the folder of the prepared data set, without `.gz`.
        public var path: String
        /// Number of records in the file.
        public var records: Int
        /// Length of its text in bytes.
        public var bytes: Int
        /// SHA-256 of its text, in hexadecimal.
        public var sha256: String
        /// Whether the text is the one that the card describes.
        public var isAsOnCard: Bool
    }

    /// Name of the data set's card.
    public var dataset: String
    /// The release by which the files are judged.
    public var source: DatasetCard.Source
    /// Name and version of the program that prepared the files.
    public var tool: String
    /// Number of records that were read.
    public var records: Int
    /// Number of records of the card that the source lacks.
    public var missingRecords: Int
    /// Whether the files are the whole data set, digest by digest.
    public var isComplete: Bool
    /// Every file of the data set.
    public var files: [File]

    package static let fileName = "PROVENANCE.json"

    init(card: DatasetCard, tool: String, records: Int, missingRecords: Int, files: [File]) {
        dataset = card.name
        source = card.source
        self.tool = tool
        self.records = records
        self.missingRecords = missingRecords
        isComplete = missingRecords == 0 && files.allSatisfy(\.isAsOnCard)
        self.files = files
    }

    func json() -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings, integers and booleans always have a JSON form.
        let data = (try? encoder.encode(self)) ?? Data()
        return Array(data) + [UInt8(ascii: "\n")]
    }
}

extension DatasetProvenance.File {
    init(_ text: BenchmarkText, path: String, card: DatasetCard.File) {
        self.path = path
        records = text.records
        bytes = text.bytes.count
        sha256 = SHA256.hash(data: text.bytes).hexadecimal
        isAsOnCard = sha256 == card.sha256
    }
}

extension SHA256.Digest {
    /// The digest as 64 lower-case hexadecimal digits.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 2 ? digits : "0" + digits
        }.joined()
    }
}
