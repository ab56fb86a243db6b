import Crypto
import Foundation
import Ring

/// The public seed of a run's masks: the uniform polynomials a_j that all ciphertext rows j share.
///
/// Made only by ``EncryptionRun``, fresh for each run, derived from what a library publishes for all runs, or read back
/// from an upload; nobody chooses it.
public struct MaskSeed: Sendable, Hashable {
    /// The 32 bytes of the seed.
    public let bytes: Data
    /// Number of bytes of a seed.
    public static let byteCount = 32

    private let stream: RandomStream

    /// Whether two seeds have the same bytes.
    public static func == (x: MaskSeed, y: MaskSeed) -> Bool { x.bytes == y.bytes }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    static func fresh() -> MaskSeed {
        var generator = SystemRandomNumberGenerator()
        return MaskSeed(trusted: Data((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }))
    }

    /// The seed that all runs against a library share: HKDF with SHA-256 of the bytes that the library publishes,
    /// salted with the digest of its card, so that nobody can choose the masks.
    public static func published(_ bytes: Data, salt: some DataProtocol) -> MaskSeed {
        let seed = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: bytes), salt: Data(salt),
            info: Data("massspecfhe/1 published masks".utf8), outputByteCount: byteCount)
        return MaskSeed(trusted: seed.withUnsafeBytes { Data($0) })
    }

    /// The seed that an upload carries, or nil when there are not 32 bytes.
    public init?(received bytes: Data) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(trusted: bytes)
    }

    private init(trusted bytes: Data) {
        self.bytes = Data(bytes)
        stream = RandomStream(seed: SymmetricKey(data: bytes), label: "mask")
    }

    /// Calls `body` with mask polynomial `index`: `degree` residues modulo 2^24, three little-endian bytes each.
    package func withMask<Result>(_ index: Int, degree: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        stream.withBytes(3 * degree, stream: UInt64(index), body)
    }

    /// All masks 0 ..< `dimension`, one after the other: the matrix of `dimension` rows and `degree` columns.
    package func masks(dimension: Int, degree: Int, threads: Int) -> AlignedBuffer<UInt8> {
        let masks = AlignedBuffer<UInt8>(count: 3 * degree * dimension)
        parallelFor(dimension, threads: threads) { index in
            let mask = UnsafeMutableRawBufferPointer(start: masks.unsafeBase + 3 * degree * index, count: 3 * degree)
            stream.fill(mask, stream: UInt64(index))
        }
        return masks
    }
}

/// The 32 fresh bytes that make the secrets of one run differ from those of every other run of the same key.
/// Kept by the researcher, with the run's record; not secret by itself.
public struct RunNonce: Sendable, Hashable {
    /// The 32 bytes of the nonce.
    public let bytes: Data
    /// Number of bytes of a nonce.
    public static let byteCount = 32

    /// A fresh nonce from the system's generator.
    package static func fresh() -> RunNonce {
        var generator = SystemRandomNumberGenerator()
        return RunNonce(trusted: Data((0..<byteCount).map { _ in UInt8.random(in: 0...255, using: &generator) }))
    }

    /// The nonce that a run's record carries, or nil when there are not 32 bytes.
    public init?(recorded bytes: Data) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(trusted: bytes)
    }

    private init(trusted bytes: Data) { self.bytes = Data(bytes) }
}
