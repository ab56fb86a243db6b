import CKernels
import Crypto
import Foundation
import RLWE
import Ring

/// Reads one object: what ``WireWriter`` wrote, or anything else, which it refuses.
///
/// Holds one piece of a limb. Where what is read goes is the caller's affair, who knows its size beforehand.
struct WireReader {
    private let source: WireSource
    private var hasher = SHA256()
    private var count = 0
    private let piece = AlignedBuffer<UInt8>(uninitialized: WireFormat.largestPieceByteCount)

    /// Begins to read an object of `kind`.
    init(kind: WireKind, source: @escaping WireSource) throws(WireError) {
        self.source = source
        guard try bytes(WireFormat.opening.count) == WireFormat.opening else { throw .noObject }
        let version = Int(try integer(UInt16.self))
        guard version == WireFormat.version else { throw .version(version) }
        let found = try integer(UInt16.self)
        guard found == kind.rawValue else { throw .kind(Int(found), wanted: kind) }
        try requireZeros(4)
    }

    /// Begins to read an object of `kind` that belongs to `parameters`.
    init(kind: WireKind, parameters: CKKSParameters, source: @escaping WireSource) throws(WireError) {
        try self.init(kind: kind, source: source)
        guard try digest() == parameters.digest else { throw .otherParameters(own: parameters.name) }
    }

    mutating func bytes(_ count: Int) throws(WireError) -> [UInt8] {
        let bytes = try readPiece(count)
        hasher.update(bufferPointer: bytes)
        return Array(bytes)
    }

    mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(WireError) -> Value {
        try bytes(Value.bitWidth / 8).reversed().reduce(0) { $0 << 8 | Value($1) }
    }

    mutating func double() throws(WireError) -> Double { Double(bitPattern: try integer(UInt64.self)) }

    mutating func digest() throws(WireError) -> Data { Data(try bytes(32)) }

    mutating func seed() throws(WireError) -> UniformSeed {
        UniformSeed(received: Data(try bytes(UniformSeed.byteCount)))!
    }

    /// A field that means nothing yet.
    mutating func requireZeros(_ count: Int) throws(WireError) {
        guard try bytes(count).allSatisfy({ $0 == 0 }) else {
            throw .field("reserved field", value: "not zero", right: "zero")
        }
    }

    /// An integer within `range`.
    mutating func integer<Value: FixedWidthInteger>(
        _: Value.Type, _ name: String, in range: ClosedRange<Int>
    ) throws(WireError) -> Int {
        let value = try integer(Value.self)
        guard let value = Int(exactly: value), range.contains(value) else {
            throw .field(name, value: "\(value)", right: "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number that is finite, and not negative.
    mutating func magnitude(_ name: String) throws(WireError) -> Double {
        let value = try double()
        guard value.sign == .plus, value.isFinite else {
            throw .field(name, value: "\(value)", right: "a finite number that is not negative")
        }
        return value
    }

    /// The n residues of a limb, all below their prime, into `limb`.
    mutating func read(limb: UnsafeMutablePointer<UInt64>, ring: PolynomialRing) throws(WireError) {
        for first in stride(from: 0, to: ring.degree, by: WireFormat.residuesAtOnce) {
            let count = min(WireFormat.residuesAtOnce, ring.degree - first)
            hasher.update(bufferPointer: try readPiece(count * ring.modulus.bits / 8))
            let largest = ring.backend.kernels.pointee.unpack_residues(
                limb + first, piece.unsafeBase, count, UInt32(ring.modulus.bits))
            guard largest < ring.modulus.value else { throw .residue(largest, prime: ring.modulus.value) }
        }
    }

    /// Checks that the object ends with its digest.
    consuming func finish() throws(WireError) {
        let digest = hasher.finalize()
        guard try readPiece(WireFormat.trailerByteCount).elementsEqual(digest) else { throw .damaged }
    }

    /// The next `wanted` bytes, where they lie until the next call.
    private mutating func readPiece(_ wanted: Int) throws(WireError) -> UnsafeRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer(start: piece.unsafeBase, count: wanted)
        var done = 0
        while done < wanted {
            let got: Int
            do {
                got = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[done...]))
            } catch {
                throw .unreadable("\(error)")
            }
            guard (0...wanted - done).contains(got) else {
                throw .unreadable("the source gave \(got) bytes, asked for up to \(wanted - done)")
            }
            guard got > 0 else { throw .truncated(count: count + done, missing: wanted - done) }
            done += got
        }
        count += wanted
        return UnsafeRawBufferPointer(buffer)
    }
}
