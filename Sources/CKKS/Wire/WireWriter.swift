import CKernels
import Crypto
import Foundation
import Ring

/// Writes one object: its header, little-endian fields, bit-packed limbs, and the SHA-256 of all of them.
struct WireWriter<Failure: Error> {
    private let sink: WireSink<Failure>
    private var hasher = SHA256()
    private let piece = AlignedBuffer<UInt8>(uninitialized: WireFormat.largestPieceByteCount)

    /// Begins an object of `kind`.
    init(kind: WireKind, digest: Data, sink: @escaping WireSink<Failure>) throws(Failure) {
        self.sink = sink
        try write(WireFormat.opening)
        try write(UInt16(WireFormat.version))
        try write(kind.rawValue)
        try write(UInt32(0))
        try write(digest)
    }

    mutating func write(_ bytes: some Collection<UInt8>) throws(Failure) {
        piece.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: bytes) }
        try writePiece(bytes.count)
    }

    mutating func write<Value: FixedWidthInteger>(_ value: Value) throws(Failure) {
        try write((0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }

    mutating func write(_ value: Double) throws(Failure) { try write(value.bitPattern) }

    /// Writes the n residues at `limb`, each with the bits of its prime.
    mutating func write(limb: UnsafePointer<UInt64>, ring: PolynomialRing) throws(Failure) {
        for first in stride(from: 0, to: ring.degree, by: WireFormat.residuesAtOnce) {
            let count = min(WireFormat.residuesAtOnce, ring.degree - first)
            ring.backend.kernels.pointee.pack_residues(
                piece.unsafeBase, limb + first, count, UInt32(ring.modulus.bits))
            try writePiece(count * ring.modulus.bits / 8)
        }
    }

    /// Ends the object.
    consuming func finish() throws(Failure) {
        try write(Data(hasher.finalize()))
    }

    private mutating func writePiece(_ count: Int) throws(Failure) {
        let bytes = UnsafeRawBufferPointer(start: piece.unsafeBase, count: count)
        hasher.update(bufferPointer: bytes)
        try sink(bytes)
    }
}
