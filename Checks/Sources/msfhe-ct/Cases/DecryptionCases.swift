import Foundation

@testable import RLWE
@testable import Ring

/// Decryption. The phases belong to the key's holder, and are public here only so that they can be checked.
enum DecryptionCases {
    static let all = [
        Case(name: "decryption: key") {
            let bytes = Array(1...UInt8(SecretKey.byteCount))
            let key = bytes.withUnsafeBytes { SecretKey(bytes: $0) }!
            let (message, columns) = (EncryptionCases.message, EncryptionCases.columns)
            var encryption = EncryptionRun(key: key, dimension: EncryptionCases.dimension)
            let bodies = encryption.encrypt(message, columns: columns)

            let decryption = DecryptionRun(
                key: EncryptionCases.poisonedKey(bytes), nonce: encryption.nonce, seed: encryption.seed,
                columns: columns)
            let degree = encryption.parameters.degree
            for row in 0..<EncryptionCases.dimension {
                let mask = encryption.seed.withMask(row, degree: degree) { residues(Array($0)) }
                let body = residues(Array(bodies.dropFirst(3 * columns * row).prefix(3 * columns)))
                var phases = [Int32](repeating: 0, count: columns)
                phases.withUnsafeMutableBufferPointer { phases in
                    mask.withUnsafeBufferPointer { mask in
                        body.withUnsafeBufferPointer { body in
                            decryption.phases(mask: mask, body: body, into: phases)
                        }
                    }
                }
                try phases.withUnsafeBytes { try release($0, "phases") }
                let bound = encryption.parameters.errorBound
                try require(
                    zip(phases, message[(columns * row)...]).allSatisfy { abs(Int($0 - $1)) <= bound },
                    "a phase is further from its message than an error reaches")
            }
        },
        Case(name: "decryption: what recognises a key") {
            let run = EncryptionRun(key: .generate(), dimension: 1)
            let check = EncryptionCases.poisonedKey().check(nonce: run.nonce, seed: run.seed)
            try check.withUnsafeBytes { try release($0, "bytes that recognise a key") }
        },
    ]

    /// The residues modulo 2^24 that stand one after the other in `bytes`.
    private static func residues(_ bytes: [UInt8]) -> [UInt32] {
        stride(from: 0, to: bytes.count, by: 3).map {
            UInt32(bytes[$0]) | UInt32(bytes[$0 + 1]) << 8 | UInt32(bytes[$0 + 2]) << 16
        }
    }
}
