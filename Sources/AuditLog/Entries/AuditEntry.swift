import Foundation
import Storage

/// An entry of the log: an event, when it was, and where in the log it stands.
///
/// Written as one JSON object with sorted keys and nothing between its tokens, so that there is one way to write it.
package struct AuditEntry: Sendable, Hashable {
    /// Its number, from 0.
    package let index: Int
    /// The hash of the leaf before it, in hexadecimal; zeros for the first.
    package let previous: String
    /// When it was written, by the host's clock, UTC: `2026-01-31T12:00:00.000Z`. The order of entries is that of their
    /// numbers: a clock may jump.
    package let time: String
    /// What it tells.
    package let event: AuditEvent

    /// What stands before the first entry.
    static let start = String(repeating: "0", count: 2 * MerkleHash.byteCount)
    private static let timeFormat = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    init(index: Int, previous: MerkleHash?, time: Date, event: AuditEvent) {
        self.index = index
        self.previous = previous?.description ?? Self.start
        self.time = time.formatted(Self.timeFormat)
        self.event = event
    }

    /// The entry written as `bytes`.
    package init(bytes: [UInt8], source: String) throws(InputError) {
        guard let written = try? JSONDecoder().decode(Written.self, from: Data(bytes)) else {
            throw InputError(source, "is not an entry of this version")
        }
        (index, previous, time, event) = (written.index, written.previous, written.time, written.event)
        guard let again = try? self.bytes, again == bytes else {
            throw InputError(source, "is not written as an entry is")
        }
    }

    /// The entry as it is written.
    package var bytes: [UInt8] {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(Written(index: index, previous: previous, time: time, event: event)))
        }
    }

    private struct Written: Codable {
        var version = 1
        let index: Int
        let previous: String
        let time: String
        let event: AuditEvent
    }
}
