import Foundation

/// A report that has a JSON form.
package protocol JSONReport: Codable {}

extension JSONReport {
    /// The report as JSON with sorted keys, indented, ending with a line feed.
    ///
    /// - Throws: `EncodingError` when a figure is infinite or not a number.
    package func json() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}

extension AccuracyReport: JSONReport {}
extension JointReport: JSONReport {}
