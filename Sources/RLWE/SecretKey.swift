import Crypto
import Foundation
import Ring

/// The researcher's secret: 256 bits from which the secrets of every run are derived.
///
/// It stays on the researcher's machine. No type of the host's side holds one or can be made from one, and
/// nothing here prints it.
public struct SecretKey: Sendable, CustomStringConvertible {
    package let material: SymmetricKey

    /// Number of bytes of a key.
    public static let byteCount = 32

    /// A fresh key from the system's generator.
    public static func generate() -> SecretKey { SecretKey(material: SymmetricKey(size: .bits256)) }

    private init(material: SymmetricKey) { self.material = material }

    /// The key stored as `bytes`, or nil when there are not 32 of them.
    public init?(bytes: some ContiguousBytes) {
        material = SymmetricKey(data: bytes)
        guard material.bitCount == 8 * Self.byteCount else { return nil }
    }

    /// Calls `body` with the key's bytes, for writing them to a private file.
    public func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try material.withUnsafeBytes(body)
    }

    /// 16 bytes by which a run's record, or a file of rotation keys, recognises its key: derived with a label of their
    /// own, so they tell nothing of the secrets. Runs without masks have no seed.
    package func check(nonce: RunNonce, seed: MaskSeed?) -> Data {
        RandomStream(seed: material, label: "key check", salt: nonce.bytes + (seed?.bytes ?? Data()))
            .withBytes(16, stream: 0) { Data($0) }
    }

    /// Says that it is a key, and nothing of it.
    public var description: String { "SecretKey(…)" }
}
