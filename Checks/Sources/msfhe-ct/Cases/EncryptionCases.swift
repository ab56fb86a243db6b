import Foundation

@testable import RLWE

/// Encryption of a batch. The bodies are what travels: whatever is secret, they are public.
enum EncryptionCases {
    static let all = [24, 16].flatMap { bodyBits in
        [
            Case(name: "encryption: key, \(bodyBits) bits") {
                var run = makeRun(key: poisonedKey(), bodyBits)
                try release(run.encrypt(message, columns: columns), "bodies")
            },
            Case(name: "encryption: errors, \(bodyBits) bits") {
                var run = makeRun(key: .generate(), bodyBits)
                let before = poisonedRandomnessCount
                let bodies = withPoisonedRandomness { run.encrypt(message, columns: columns) }
                try require(poisonedRandomnessCount > before, "errors come from elsewhere than the system's generator")
                try release(bodies, "bodies")
            },
            Case(name: "encryption: message, \(bodyBits) bits") {
                var run = makeRun(key: .generate(), bodyBits)
                try release(run.encrypt(poisoned(message), columns: columns), "bodies")
            },
        ]
    }

    static let dimension = 3
    /// Fewer than a batch holds, and no multiple of a vector's length.
    static let columns = 1003
    /// Of either sign, up to the largest magnitude that queries reach.
    static let message = (0..<dimension * columns).map { Int32($0 % 21_000 - 10_500) }

    private static func makeRun(key: SecretKey, _ bodyBits: Int) -> EncryptionRun {
        EncryptionRun(key: key, bodyBits: bodyBits, dimension: dimension)
    }

    private static func release(_ bodies: Data, _ name: String) throws {
        try bodies.withUnsafeBytes { try msfhe_ct.release($0, name) }
    }

    /// A key whose every byte is a secret, and with it all that derives from it.
    static func poisonedKey(_ bytes: [UInt8] = Array(1...UInt8(SecretKey.byteCount))) -> SecretKey {
        poisoned(bytes).withUnsafeBytes { SecretKey(bytes: $0) }!
    }
}
