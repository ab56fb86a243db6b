import Foundation
import TestSupport

@testable import AuditLog

/// A log in a folder of its own, with a clock that always shows the same.
struct TestLog {
    let folder: TemporaryFolder
    let key: NoteSigningKey

    init() throws {
        folder = try TemporaryFolder()
        key = try NoteSigningKey.generate(name: "example.org/log")
    }

    var path: String { folder("log") }

    func open() throws -> AuditLog {
        try AuditLog(path: path, key: key, now: { Date(timeIntervalSince1970: 1_800_000_000) })
    }

    /// Appends `count` events, `together` at a time, and closes the log.
    func fill(_ count: Int, together: Int = 1) async throws {
        let log = try open()
        for start in stride(from: 0, to: count, by: together) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in start..<min(start + together, count) {
                    group.addTask { _ = try await log.append(Self.event(number)) }
                }
                try await group.waitForAll()
            }
        }
    }

    static func event(_ number: Int) -> AuditEvent {
        AuditEvent(AuditEvent.Kind.allCases[number % AuditEvent.Kind.allCases.count], project: "p", bytes: number)
    }

    func verify(kept: [String] = []) throws -> AuditVerification {
        try AuditVerification(folder: path, key: key.verifier, kept: kept)
    }

    /// What verification says of a log that is not as it was signed.
    func finding(kept: [String] = []) throws -> AuditFinding? {
        do {
            _ = try verify(kept: kept)
            return nil
        } catch let finding as AuditFinding { return finding }
    }

    /// Every file of the log, by its path, but its lock.
    func files() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) where name != "lock" {
            if let data = FileManager.default.contents(atPath: "\(path)/\(name)") { files[name] = data }
        }
        return files
    }

    /// Makes the log's files these.
    func replaceFiles(by files: [String: Data]) throws {
        try? FileManager.default.removeItem(atPath: path)
        for (name, data) in files {
            let url = URL(fileURLWithPath: "\(path)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: url)
        }
    }

    /// The log's entries.
    func entries() throws -> [[UInt8]] {
        let size = try Checkpoint(path: "\(path)/checkpoint", key: key.verifier).size
        return try (0..<(size + 255) / 256).flatMap {
            try LogFolder(path: path).entries(TileName.inTree(.entries, index: $0, treeSize: size)!)
        }
    }

    /// Writes other entries in the place of the log's, as somebody without its key can; `fitting` writes the tree that
    /// they have, too. The checkpoints stay as they are.
    func rewrite(_ entries: [[UInt8]], fitting: Bool) throws {
        let size = try Checkpoint(path: "\(path)/checkpoint", key: key.verifier).size
        let folder = LogFolder(path: path)
        var edge = TreeEdge()
        var tiles: [(TileName, [MerkleHash])] = []
        for entry in entries { edge.append(MerkleHash(leaf: entry)) { tiles.append(($0, $1)) } }
        for index in 0..<(size + 255) / 256 {
            let name = TileName.inTree(.entries, index: index, treeSize: size)!
            let part = entries.dropFirst(256 * index).prefix(256)
            try folder.write(EntryBundle.encode(part), to: name)
        }
        guard fitting else { return }
        for (name, hashes) in tiles + edge.partialTiles { try folder.write(hashes.flatMap(\.bytes), to: name) }
    }
}
