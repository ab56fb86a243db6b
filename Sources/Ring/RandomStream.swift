import Crypto
import CryptoExtras
import Foundation

/// Random bytes expanded from one 256-bit seed by AES-256 in counter mode.
///
/// The key is derived from the seed and a label (HKDF with SHA-256), so streams with different labels are
/// independent. Under one key there are 2^64 numbered streams: the number fills the upper half of the counter
/// block, so streams never meet. Expansion has no state: the same seed, label and number give the same bytes.
package struct RandomStream: Sendable {
    private let key: SymmetricKey

    /// The streams of `seed` under `label`.
    package init(seed: SymmetricKey, label: String, salt: some DataProtocol = Data()) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: seed, salt: Data(salt), info: Data("massspecfhe/1 \(label)".utf8), outputByteCount: 32)
    }

    /// Streams of a seed drawn from the system's generator: different at every call.
    package static func fresh(label: String) -> RandomStream {
        RandomStream(seed: SymmetricKey(size: .bits256), label: label)
    }

    /// Calls `body` with the first `count` bytes of stream `number`, 64-byte aligned; they are wiped afterwards.
    package func withBytes<Result>(
        _ count: Int, stream number: UInt64, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        var block = [UInt8](repeating: 0, count: 16)
        for byte in 0..<8 { block[byte] = UInt8(truncatingIfNeeded: number >> (56 - 8 * byte)) }
        guard let nonce = try? AES._CTR.Nonce(nonceBytes: block),
            var bytes = try? AES._CTR.encrypt(Data(count: count), using: key, nonce: nonce)
        else { preconditionFailure("AES-256 in counter mode takes a 256-bit key and a 128-bit counter") }
        defer { bytes.resetBytes(in: 0..<bytes.count) }
        // The samplers read words, so the bytes move to where words may stand.
        let aligned = AlignedBuffer<UInt8>(count: count, lifetime: .wiped)
        return aligned.withUnsafeMutableBufferPointer { aligned in
            _ = bytes.copyBytes(to: aligned)
            return body(UnsafeRawBufferPointer(aligned))
        }
    }
}
