import Crypto
import CryptoExtras
import Foundation

/// Random bytes expanded from one 256-bit seed by AES-256 in counter mode.
///
/// The key is derived from the seed and a label (HKDF with SHA-256), so streams with different labels are
/// independent. Under one key there are 2^64 numbered streams of 2^64 blocks of 16 bytes: the number fills the upper
/// half of the counter block, so streams never meet. Expansion has no state: the same seed, label and number give the
/// same bytes, from whichever block on.
///
/// Bytes are expanded in pieces that stay in the caches: fresh memory of the size of a large stream costs more than
/// AES. On one core of a Zen 5 AES alone made 9.8 GB/s, the library's call 8.4, with its key schedule and its
/// allocation for each piece, and ``fill(_:stream:)`` 7.5, with the copy and the wiping.
public struct RandomStream: Sendable {
    private let key: SymmetricKey
    /// Bytes in a piece, a multiple of 16 up to ``largestPiece``; the stream does not depend on it.
    var pieceByteCount = largestPiece

    /// Half of it cost 7 % more; larger ones gained less, and leave the first-level cache.
    static let largestPiece = 1 << 15
    /// What is encrypted.
    private static let zeros = AlignedBuffer<UInt8>(count: largestPiece)

    /// The streams of `seed` under `label`.
    public init(seed: SymmetricKey, label: String, salt: some DataProtocol = Data()) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: seed, salt: Data(salt), info: Data("massspecfhe/1 \(label)".utf8), outputByteCount: 32)
    }

    /// Streams of a seed drawn from the system's generator: different at every call.
    public static func fresh(label: String) -> RandomStream {
        RandomStream(seed: SymmetricKey(size: .bits256), label: label)
    }

    /// Writes the first `output.count` bytes of stream `number` to `output`.
    public func fill(_ output: UnsafeMutableRawBufferPointer, stream number: UInt64) {
        for first in stride(from: 0, to: output.count, by: pieceByteCount) {
            let count = min(pieceByteCount, output.count - first)
            withPiece(count, stream: number, fromBlock: UInt64(first / 16)) { piece in
                UnsafeMutableRawBufferPointer(rebasing: output[first..<first + count]).copyMemory(from: piece)
            }
        }
    }

    /// Calls `body` with the first `count` bytes of stream `number`, 64-byte aligned; they are wiped afterwards.
    public func withBytes<Result>(
        _ count: Int, stream number: UInt64, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        let bytes = AlignedBuffer<UInt8>(count: count, lifetime: .wiped)
        return bytes.withUnsafeMutableBufferPointer { bytes in
            fill(UnsafeMutableRawBufferPointer(bytes), stream: number)
            return body(UnsafeRawBufferPointer(bytes))
        }
    }

    /// Calls `body` with `count` bytes, 1 to ``largestPiece``, of stream `number` from block `block` on, wherever the
    /// library puts them; they are wiped afterwards.
    func withPiece(
        _ count: Int, stream number: UInt64, fromBlock block: UInt64, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        let zeros = UnsafeRawBufferPointer(start: Self.zeros.unsafeBase, count: count)
        let counter = (number.bigEndian, block.bigEndian)
        guard let nonce = withUnsafeBytes(of: counter, { try? AES._CTR.Nonce(nonceBytes: $0) }),
            var bytes = try? AES._CTR.encrypt(zeros, using: key, nonce: nonce)
        else { preconditionFailure("AES-256 in counter mode takes a 256-bit key and a 128-bit counter") }
        bytes.withUnsafeMutableBytes { bytes in
            body(UnsafeRawBufferPointer(bytes))
            wipe(bytes.baseAddress!, bytes.count)
        }
    }
}
