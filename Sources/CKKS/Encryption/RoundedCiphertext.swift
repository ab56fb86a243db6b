import CKernels
import RLWE
import Ring

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A ciphertext that is only to be decrypted: both polynomials' coefficients divided by q / 2^b, rounded, and packed.
///
/// Modulus switching to a power of two (Brakerski, Gentry, Vaikuntanathan, ITCS 2012): b bits for each coefficient
/// instead of those of q, at the price of the rounding errors r0 + r1 s. Nothing can be computed with the result.
public struct RoundedCiphertext: Sendable {
    /// What it was encrypted with.
    public let parameters: CKKSParameters
    /// The number b of bits of a coefficient.
    public let bits: Int
    /// What the message is multiplied by.
    public let scale: Double
    /// The coefficients of c_0, then those of c_1: each polynomial a little-endian stream of fields of b bits.
    public let bytes: [UInt8]

    /// The least and the most bits that there may be: products with a secret stay exact modulo q.
    public static let bitRange = 8...32

    /// The ciphertext with the given packed polynomials.
    ///
    /// - Precondition: `bytes` are ``byteCount(bits:degree:)``, `bits` within ``bitRange``; any are some ciphertext.
    public init(parameters: CKKSParameters, bits: Int, scale: Double, bytes: [UInt8]) {
        precondition(Self.bitRange.contains(bits), "coefficients have 8 to 32 bits")
        precondition(
            bytes.count == Self.byteCount(bits: bits, degree: parameters.degree),
            "each polynomial has N fields of \(bits) bits")
        self.parameters = parameters
        self.bits = bits
        self.scale = scale
        self.bytes = bytes
    }

    /// Bytes of a packed ciphertext: 2 N b bits.
    public static func byteCount(bits: Int, degree: Int) -> Int { 2 * (degree * bits / 8) }

    /// The scale of what a ciphertext of `scale` modulo q is rounded to.
    static func scale(_ scale: Double, modulus: Modulus, bits: Int) -> Double {
        scale * exp2(Double(bits)) / Double(modulus.value)
    }

    /// Rounds and packs a polynomial of canonical evaluations modulo q, which are overwritten.
    static func pack(
        _ values: UnsafeMutablePointer<UInt64>, ring: PolynomialRing, bits: Int,
        into output: UnsafeMutablePointer<UInt8>
    ) {
        ring.withTables { ring.backend.kernels.pointee.ntt_inverse(values, $0) }
        let factor = exp2(Double(bits)) / Double(ring.modulus.value)
        let mask = UInt64(1) << UInt64(bits) - 1
        for index in 0..<ring.degree {
            // Residues and quotients are below 2^53, and the sum rounds to the nearest integer when it is cut.
            let rounded = Int64(Double(Int64(bitPattern: values[index])) * factor + 0.5)
            values[index] = UInt64(bitPattern: rounded) & mask
        }
        ring.backend.kernels.pointee.pack_residues(output, values, ring.degree, UInt32(bits))
    }
}

extension Decryptor {
    /// The slots of a ciphertext of one prime that was rounded to a power of two: as many as there can be.
    public func decryptSlots(_ ciphertext: RoundedCiphertext) -> [Complex] {
        [Complex](unsafeUninitializedCapacity: parameters.slotCapacity) { slots, count in
            decryptSlots(ciphertext, into: slots.baseAddress!)
            count = parameters.slotCapacity
        }
    }

    /// Writes the N/2 slots to `slots`.
    package func decryptSlots(_ ciphertext: RoundedCiphertext, into slots: UnsafeMutablePointer<Complex>) {
        precondition(ciphertext.parameters == parameters, "the ciphertext belongs to other parameters")
        let ring = parameters.chain.basis.rings[0]
        let (degree, half) = (ring.degree, ring.degree / 2)
        let modulus = ring.modulus.value
        let kernels = ring.backend.kernels
        let bits = ciphertext.bits
        let memory = AlignedBuffer<UInt64>(uninitialized: 2 * degree, lifetime: .wiped)
        let (body, mask) = (memory.unsafeBase, memory.unsafeBase + degree)
        ciphertext.bytes.withUnsafeBufferPointer { bytes in
            for (index, polynomial) in [body, mask].enumerated() {
                _ = kernels.pointee.unpack_residues(
                    polynomial, bytes.baseAddress! + index * degree * bits / 8, degree, UInt32(bits))
            }
        }
        // The product of c_1 and s, in integers: below N 2^b in magnitude, and so exact modulo q.
        multiplyBySecret(mask, ring)
        let coefficients = AlignedBuffer<Double>(uninitialized: degree, lifetime: .wiped)
        let shift = UInt64(64 - bits)
        for index in 0..<degree {
            let product = Int64(bitPattern: mask[index])
            let isUpper = (Int64(modulus / 2) &- product) >> 63
            let centred = product &- (Int64(modulus) & isUpper)
            // The representative modulo 2^b of least magnitude.
            let sum = Int64(bitPattern: (body[index] &+ UInt64(bitPattern: centred)) << shift) >> Int64(shift)
            coefficients.unsafeBase[index] = Double(sum) / ciphertext.scale
        }
        parameters.encoder.embedding(slots: half).forward(
            slots: slots, real: coefficients.unsafeBase, imaginary: coefficients.unsafeBase + half)
    }

    /// Multiplies a polynomial of coefficients by the secret, in place.
    private func multiplyBySecret(_ values: UnsafeMutablePointer<UInt64>, _ ring: PolynomialRing) {
        let kernels = ring.backend.kernels
        ring.withTables { tables in
            kernels.pointee.ntt_forward(values, tables)
            withUnsafePointer(to: ring.modulus.constants) {
                kernels.pointee.multiply_montgomery(values, values, secret.limbs[0], ring.degree, $0)
            }
            kernels.pointee.ntt_inverse(values, tables)
        }
    }
}
