import CKernels

/// Residues modulo a power of two as they travel: cut to their top bits, in a little-endian bit stream.
package enum PackedResidues {
    /// Bytes that `count` residues of `bits` bits take.
    package static func byteCount(_ count: Int, bits: Int) -> Int { (count * bits + 7) / 8 }

    /// Rounds `count` residues modulo 2^`logModulus` to their top `bits` bits, 8 to 24, and packs them.
    package static func roundAndPack(
        _ residues: UnsafePointer<UInt32>, count: Int, bits: Int, logModulus: Int,
        into output: UnsafeMutablePointer<UInt8>, backend: Backend = .selected
    ) {
        backend.kernels.pointee.round_and_pack(output, residues, count, UInt32(bits), UInt32(logModulus - bits))
    }

    /// Unpacks the top `bits` bits of `count` residues modulo 2^`logModulus`, the cut bits being zero.
    package static func unpack(
        _ packed: UnsafePointer<UInt8>, count: Int, bits: Int, logModulus: Int,
        into residues: UnsafeMutablePointer<UInt32>, backend: Backend = .selected
    ) {
        backend.kernels.pointee.unpack(residues, packed, count, UInt32(bits), UInt32(logModulus - bits))
    }
}
