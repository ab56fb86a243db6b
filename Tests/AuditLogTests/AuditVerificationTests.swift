import Foundation
import Storage
import TestSupport
import Testing

@testable import AuditLog

/// What verification finds in a log that somebody without its key changed.
struct AuditVerificationTests {
    /// How much the culprit makes fit.
    enum Effort: CaseIterable {
        /// The entries alone are changed.
        case entries
        /// The tree over them, too.
        case tree
        /// And what later entries say of earlier ones.
        case chain
    }

    /// A log with 300 entries, to be changed.
    private func log() async throws -> TestLog {
        let test = try TestLog()
        try await test.fill(300)
        return test
    }

    private func change(_ test: TestLog, _ entries: [[UInt8]], effort: Effort) throws {
        var entries = entries
        if effort == .chain {
            var previous: MerkleHash?
            for index in entries.indices {
                let event = try AuditEntry(bytes: entries[index], source: "entry").event
                entries[index] = try AuditEntry(
                    index: index, previous: previous, time: Date(timeIntervalSince1970: 1_800_000_000), event: event
                ).bytes
                previous = MerkleHash(leaf: entries[index])
            }
        }
        try test.rewrite(entries, fitting: effort != .entries)
    }

    @Test(arguments: Effort.allCases)
    func anAlteredEntryIsNamed(effort: Effort) async throws {
        let test = try await log()
        let entries = try test.entries()
        for index in [0, 1, 100, 255, 256, 298, 299] {
            var changed = entries
            let entry = try AuditEntry(bytes: entries[index], source: "entry")
            var event = entry.event
            event.bytes = 12345
            let previous = index == 0 ? nil : MerkleHash(leaf: entries[index - 1])
            changed[index] = try AuditEntry(
                index: index, previous: previous, time: Date(timeIntervalSince1970: 1_800_000_000), event: event
            ).bytes
            try change(test, changed, effort: effort)
            let finding = try #require(try test.finding())
            #expect(finding.entries == index...index, "\(finding)")
        }
    }

    @Test(arguments: Effort.allCases)
    func aRemovedEntryIsNamed(effort: Effort) async throws {
        let test = try await log()
        let entries = try test.entries()
        for index in [0, 100, 255, 256, 299] {
            var changed = entries
            changed.remove(at: index)
            try change(test, changed, effort: effort)
            let finding = try #require(try test.finding())
            #expect(finding.entries == index...index, "\(finding)")
            if effort == .entries { #expect(finding.description.contains("entry \(index) was removed")) }
        }
    }

    @Test(arguments: Effort.allCases)
    func reorderedEntriesAreNamed(effort: Effort) async throws {
        let test = try await log()
        let entries = try test.entries()
        for index in [0, 100, 254, 298] {
            var changed = entries
            changed.swapAt(index, index + 1)
            try change(test, changed, effort: effort)
            let finding = try #require(try test.finding())
            #expect(finding.entries == index...index, "\(finding)")
            if effort == .entries { #expect(finding.description.contains("reordered")) }
        }
    }

    /// Without the history of checkpoints, a culprit who makes everything fit is found, and the place is not.
    @Test func withoutHistoryTheRangeIsNamed() async throws {
        let test = try await log()
        var files = try test.files()
        files["checkpoints"] = nil
        let kept = try test.folder.write(Data(), to: "kept")
        let entries = try test.entries()
        var changed = entries
        changed.swapAt(150, 160)
        try test.replaceFiles(by: files)
        try change(test, changed, effort: .chain)
        #expect(try test.finding()?.entries == 0...299)
        // Nothing but a checkpoint that somebody kept says more.
        var edge = TreeEdge()
        for entry in entries.prefix(120) { edge.append(MerkleHash(leaf: entry)) { _, _ in } }
        let checkpoint = Checkpoint(origin: "example.org/log", size: 120, root: edge.root)
        try Data(test.key.sign(checkpoint.text).description.utf8).write(to: URL(fileURLWithPath: kept))
        #expect(try test.finding(kept: [kept])?.entries == 120...299)
    }

    /// A host that signs another log in the place of the first one is found by whoever kept a checkpoint.
    @Test func anotherLogOfTheSameKeyIsFound() async throws {
        let test = try await log()
        let kept = try test.folder.write(try test.files()["checkpoint"]!, to: "kept")
        #expect(try test.verify(kept: [kept]).keptSizes == [300])
        try FileManager.default.removeItem(atPath: test.path)
        try await test.fill(299)
        #expect(try test.finding() == nil)
        #expect(try test.finding(kept: [kept])?.entries == 299...299)
        // The second log begins as the first did, up to its entry 299.
        try await test.fill(10)
        #expect(try test.finding() == nil)
        #expect(try test.finding(kept: [kept])?.entries == 299...299)
    }

    /// The log grew since: yesterday's checkpoint is continued.
    @Test func yesterdaysCheckpointIsContinued() async throws {
        let test = try TestLog()
        try await test.fill(250)
        let kept = try test.folder.write(try test.files()["checkpoint"]!, to: "kept")
        try await test.fill(50)
        let verified = try test.verify(kept: [kept])
        #expect(verified.checkpoint.size == 300 && verified.keptSizes == [250])
        #expect(verified.firstTime == "2027-01-15T08:00:00.000Z")
    }

    @Test func aDamagedTreeIsToldFromDamagedEntries() async throws {
        let test = try await log()
        let files = try test.files()
        for name in ["tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1"] {
            for damage in [Data(), files[name]!.dropLast(32) + Data(repeating: 7, count: 32)] {
                var changed = files
                changed[name] = damage
                try test.replaceFiles(by: changed)
                let finding = try #require(try test.finding())
                #expect(finding.entries == nil && finding.description.contains(name), "\(finding)")
            }
        }
    }

    /// Any byte of any file of the log, changed, is found or an error; nothing traps. But for the line feeds of the last
    /// checkpoint of the history, without which it is one that a killed writer left.
    @Test func everyChangedByteIsFound() async throws {
        let test = try TestLog()
        try await test.fill(3)
        for (name, data) in try test.files() {
            let url = URL(fileURLWithPath: "\(test.path)/\(name)")
            let lastNote = data.count - (try test.files()["checkpoint"]!.count)
            for position in data.indices {
                if name == "checkpoints", position >= lastNote, data[position] == UInt8(ascii: "\n") { continue }
                var changed = data
                changed[position] ^= 1
                try changed.write(to: url)
                #expect(throws: (any Error).self, "\(name) \(position)") { try test.verify() }
            }
            try data.write(to: url)
        }
    }

    @Test func signaturesOfOthersAreNotTaken() async throws {
        let test = try await log()
        let other = try NoteSigningKey.generate(name: "example.org/log")
        #expect(throws: InputError.self) {
            try AuditVerification(folder: test.path, key: other.verifier)
        }
        #expect(throws: InputError.self) {
            try AuditVerification(folder: test.folder("nowhere"), key: test.key.verifier)
        }
    }
}
