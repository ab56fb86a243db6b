import Crypto
import Foundation
import Ring

/// The public seed of uniform polynomials, the parts "a" of ciphertexts and keys: 32 bytes stand for them on the wire.
///
/// Fresh for every object; nobody chooses it. Residue i of polynomial r modulo prime number t of the chain (special
/// primes count on) comes from stream 2^32 r + t: see ``RandomStream/fillUniform(_:count:modulus:stream:)``.
public struct UniformSeed: Sendable, Hashable {
    /// The 32 bytes of the seed.
    public let bytes: Data
    private let stream: RandomStream

    /// Number of bytes of a seed.
    public static let byteCount = 32

    /// Whether two seeds have the same bytes.
    public static func == (x: UniformSeed, y: UniformSeed) -> Bool { x.bytes == y.bytes }
    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }

    /// A fresh seed from the system's generator.
    package static func fresh() -> UniformSeed {
        UniformSeed(trusted: SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) })
    }

    /// The seed that an object from elsewhere carries, or nil when there are not 32 bytes.
    public init?(received bytes: Data) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(trusted: Data(bytes))
    }

    private init(trusted bytes: Data) {
        self.bytes = bytes
        stream = RandomStream(seed: SymmetricKey(data: bytes), label: "uniform polynomial")
    }

    /// Writes the residues of polynomial `row` modulo the prime at `position` of the chain.
    package func fill(_ output: UnsafeMutablePointer<UInt64>, row: Int, position: Int, ring: PolynomialRing) {
        stream.fillUniform(
            output, count: ring.degree, modulus: ring.modulus, stream: UInt64(row) << 32 | UInt64(position))
    }
}
