import Foundation
import Storage
import TestSupport
import Testing

@testable import AuditLog

/// Appending, and opening again after whatever happened.
struct AuditLogTests {
    @Test func entriesHaveTheirNumbersAndSurvive() async throws {
        let test = try TestLog()
        for round in 0..<3 {
            let log = try test.open()
            for number in 0..<100 { #expect(try await log.append(TestLog.event(number)) == 100 * round + number) }
        }
        let entries = try test.entries().map { try AuditEntry(bytes: $0, source: "entry") }
        #expect(entries.map(\.index) == Array(0..<300))
        #expect(entries.map(\.event) == (0..<300).map { TestLog.event($0 % 100) })
        #expect(try test.verify().checkpoint.size == 300)
        // Of partial tiles there is the last one only.
        #expect(
            Set(try test.files().keys) == [
                "checkpoint", "checkpoints", "tile/entries/000", "tile/entries/001.p/44", "tile/0/000",
                "tile/0/001.p/44",
                "tile/1/000.p/1",
            ])
    }

    /// Calls that come at the same time are written together, each once.
    @Test func concurrentCallsShareWriting() async throws {
        let test = try TestLog()
        let log = try test.open()
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<600 { group.addTask { try await log.append(TestLog.event(number)) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(numbers == Set(0..<600))
        let told = try test.entries().map { try AuditEntry(bytes: $0, source: "entry").event.bytes }
        #expect(Set(told) == Set(0..<600))
        var checkpoints = 0
        _ = try CheckpointHistory.read(path: "\(test.path)/checkpoints") { _ in checkpoints += 1 }
        #expect(checkpoints < 600)
        #expect(try test.verify().checkpoint.size == 600)
    }

    @Test func aLogHasOneWriter() throws {
        let test = try TestLog()
        let log = try test.open()
        #expect(throws: InputError.self) { try test.open() }
        _ = log
    }

    /// The files of an append appear one after the other. Wherever a writer is killed, the log holds what was acknowledged,
    /// takes up from there, and is as it was signed.
    @Test(arguments: [1, 200, 255, 256, 300])
    func aKilledWriterLosesNothing(size: Int) async throws {
        let test = try TestLog()
        try await test.fill(size, together: 64)
        let before = try test.files()
        try await test.fill(3)
        let after = try test.files()
        func rank(_ name: String) -> Int {
            name.hasPrefix("tile/entries") ? 0 : name.hasPrefix("tile") ? 1 : name == "checkpoint" ? 2 : 3
        }
        let added = after.filter { before[$0.key] != $0.value }.keys.sorted { rank($0) < rank($1) }
        for count in 0...added.count {
            var state = before
            for name in added.prefix(count) { state[name] = after[name] }
            if count < added.count { state["tile/0/.000.x.part"] = Data("unfinished".utf8) }
            try test.replaceFiles(by: state)
            let isSigned = added.prefix(count).contains("checkpoint")
            // As it was left, and after it was opened.
            #expect(try test.verify().checkpoint.size == size + (isSigned ? 3 : 0))
            try await test.fill(5)
            #expect(try test.verify().checkpoint.size == size + (isSigned ? 8 : 5))
            #expect(try !test.files().keys.contains { $0.hasSuffix(".part") })
        }
    }

    /// A history that ends in the middle of a checkpoint is cut there.
    @Test func aTornHistoryIsRepaired() async throws {
        let test = try TestLog()
        try await test.fill(4)
        let files = try test.files()
        for count in [0, 1, 100, 500, files["checkpoints"]!.count - 1] {
            var torn = files
            torn["checkpoints"] = files["checkpoints"]!.prefix(count)
            try test.replaceFiles(by: torn)
            try await test.fill(1)
            #expect(try test.verify().checkpoint.size == 5)
        }
    }

    @Test func aLogThatWasChangedIsNotContinued() async throws {
        let test = try TestLog()
        try await test.fill(10)
        let files = try test.files()
        for name in ["tile/entries/000.p/10", "tile/0/000.p/10", "checkpoint"] {
            var changed = files
            changed[name]![40] ^= 1
            try test.replaceFiles(by: changed)
            #expect(throws: (any Error).self, "\(name)") { try test.open() }
        }
        var withoutCheckpoint = files
        withoutCheckpoint["checkpoint"] = nil
        try test.replaceFiles(by: withoutCheckpoint)
        #expect(throws: InputError.self) { try test.open() }
    }

    /// A call whose entry finds no room fails, and the next one is written as if it had not been.
    @Test func aFailedAppendLeavesNothing() async throws {
        let test = try TestLog()
        let log = try test.open()
        for number in 0..<5 { _ = try await log.append(TestLog.event(number)) }
        // A folder where the checkpoint should be put, as root writes to read-only folders, too.
        let checkpoint = "\(test.path)/checkpoint"
        try FileManager.default.moveItem(atPath: checkpoint, toPath: checkpoint + "-kept")
        try FileManager.default.createDirectory(atPath: checkpoint, withIntermediateDirectories: false)
        await #expect(throws: (any Error).self) { try await log.append(TestLog.event(5)) }
        try FileManager.default.removeItem(atPath: checkpoint)
        try FileManager.default.moveItem(atPath: checkpoint + "-kept", toPath: checkpoint)
        #expect(try test.verify().checkpoint.size == 5)
        #expect(try await log.append(TestLog.event(7)) == 5)
        #expect(try test.verify().checkpoint.size == 6)
        #expect(try AuditEntry(bytes: test.entries()[5], source: "entry").event.bytes == 7)
    }

    /// What the log gives to others is enough to prove everything, at each size that it had.
    @Test func othersCanProveEverything() async throws {
        let test = try TestLog()
        let log = try test.open()
        var roots = [MerkleHash.emptyTree]
        for number in 0..<300 {
            _ = try await log.append(TestLog.event(number))
            roots.append(await log.checkpoint.root)
        }
        for size in [1, 2, 255, 256, 257, 300] {
            for index in [0, 1, 200, 255, 256, 299] where index < size {
                let (leaf, proof) = try await log.inclusion(of: index, size: size)
                #expect(MerkleProof.showsInclusion(of: leaf, at: index, size: size, root: roots[size], proof: proof))
                #expect(try MerkleHash(leaf: test.entries()[index]) == leaf)
            }
            for old in [0, 1, 128, 255, 256, 257] where old <= size {
                let proof = try await log.consistency(from: old, to: size)
                #expect(
                    MerkleProof.showsConsistency(
                        from: old, oldRoot: roots[old], to: size, root: roots[size], proof: proof))
            }
        }
        // Partial tiles of earlier sizes are the beginning of the last.
        let part = try #require(try await log.file("tile/entries/001.p/20"))
        #expect(try EntryBundle.decode(part, source: "bundle") == Array(test.entries()[256..<276]))
        #expect(try await log.file("tile/0/000.p/3")?.count == 96)
        #expect(try await log.file("tile/0/001.p/45") == nil)
        #expect(try await log.file("tile/2/000.p/1") == nil)
        #expect(try await log.file("../key") == nil)
        #expect(
            try await log.file("checkpoint").map { try SignedNote(bytes: $0, source: "note") } == log.signedCheckpoint)
    }

    /// An account has one name in a project, and another in the next; both stay.
    @Test func pseudonymsStayAndDiffer() throws {
        let folder = try TemporaryFolder()
        let first = try PseudonymKey(readingOrMaking: folder("pseudonyms")).project("one")
        let again = try PseudonymKey(readingOrMaking: folder("pseudonyms")).project("one")
        let other = try PseudonymKey(readingOrMaking: folder("pseudonyms")).project("two")
        #expect(first.account("a") == again.account("a"))
        #expect(
            Set([first.account("a"), other.account("a"), first.account("b"), first.project, other.project]).count == 5)
        try folder.write(Data("short\n".utf8), to: "pseudonyms")
        #expect(throws: InputError.self) { try PseudonymKey(readingOrMaking: folder("pseudonyms")) }
    }
}
