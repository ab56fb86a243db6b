import CKernels
import Foundation
import Ring

/// The kinds of objects that travel. Secrets are none of them.
public enum WireKind: UInt16, Sendable, CaseIterable {
    case parameters = 1
    case ciphertext = 2
    case seededCiphertext = 3
    case publicKey = 4
    case evaluationKeys = 5
    case switchingKey = 6
    case ringSwitchingKeys = 7

    /// What people call the object.
    public var name: String {
        switch self {
        case .parameters: "a set of parameters"
        case .ciphertext: "a ciphertext"
        case .seededCiphertext: "a seeded ciphertext"
        case .publicKey: "a public key"
        case .evaluationKeys: "a set of evaluation keys"
        case .switchingKey: "a key between two secrets"
        case .ringSwitchingKeys: "a pair of keys between two rings"
        }
    }
}

/// The wire format of CKKS, which docs/ckks-wire-format.md specifies: what the writer and the reader share.
enum WireFormat {
    /// The bytes that an object begins with.
    static let opening = Array("MSFHE-CK".utf8)
    static let version = 1
    /// Opening, version, kind, four zeros, the parameters' digest.
    static let headerByteCount = 8 + 2 + 2 + 4 + 32
    /// The SHA-256 of what precedes it.
    static let trailerByteCount = 32
    /// Residues that are packed and hashed at a time, so that they stay in the first-level cache. A multiple of eight:
    /// every piece ends on a byte.
    static let residuesAtOnce = 1 << 12
    /// Room for a piece, whatever the prime.
    static let largestPieceByteCount = residuesAtOnce * 52 / 8

    /// Bytes of a limb modulo each prime of `basis`.
    static func limbByteCount(_ basis: RNSBasis) -> Int {
        basis.moduli.reduce(0) { $0 + basis.degree * $1.bits / 8 }
    }
}

/// Takes the bytes of an object in order, some ten kilobytes at a time; they must not outlive the call.
public typealias WireSink<Failure: Error> = (UnsafeRawBufferPointer) throws(Failure) -> Void

/// Gives the next bytes of an object: writes as many as it has to the buffer, up to its size, and returns how many. Zero
/// is the end.
public typealias WireSource = (UnsafeMutableRawBufferPointer) throws -> Int

/// An object of CKKS that travels: written as a stream, and read back by whoever holds the same parameters.
///
/// Reading checks everything before it is believed: kind, version and the parameters' digest; every field against the
/// reader's own parameters, from which all sizes follow; every residue against its prime; and the SHA-256 at the end.
/// Memory is taken for what those parameters say and touched as bytes arrive.
public protocol WireObject {
    /// Hands the object's bytes to `sink`, piece by piece.
    ///
    /// - Throws: what `sink` throws.
    func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure)

    /// Reads an object from `source`, which is asked for exactly the bytes that the object has.
    ///
    /// - Throws: ``WireError``.
    init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError)

    /// The bytes that ``write(to:)`` makes.
    var serializedByteCount: Int { get }
}

extension WireObject {
    /// The object's bytes.
    public func serialized() -> Data {
        var bytes = Data(capacity: serializedByteCount)
        write { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Reads the object that `bytes` are, and nothing else.
    ///
    /// - Throws: ``WireError``.
    public init(serialized bytes: some ContiguousBytes, parameters: CKKSParameters) throws(WireError) {
        let memory = MemorySource(bytes)
        try self.init(from: memory.read, parameters: parameters)
        try memory.requireEnd()
    }
}

/// Gives bytes that lie in memory, without a copy of the whole.
final class MemorySource<Bytes: ContiguousBytes> {
    private let bytes: Bytes
    private var position = 0

    init(_ bytes: Bytes) { self.bytes = bytes }

    func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        bytes.withUnsafeBytes { bytes in
            let count = min(buffer.count, bytes.count - position)
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[position..<position + count]))
            position += count
            return count
        }
    }

    func requireEnd() throws(WireError) {
        guard bytes.withUnsafeBytes({ $0.count }) == position else { throw .tooLong(count: position) }
    }
}
