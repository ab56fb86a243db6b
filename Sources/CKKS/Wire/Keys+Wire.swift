import CKernels
import Foundation
import RLWE
import Ring

/// A public key travels as its seed and b, both as they are: a seeded encryption of zero. In memory it is in Montgomery
/// form.
extension PublicKey: WireObject {
    /// Bits of the chain's primes for each coefficient, and 112 bytes.
    public var serializedByteCount: Int {
        WireFormat.headerByteCount + UniformSeed.byteCount + WireFormat.limbByteCount(chain.basis)
            + WireFormat.trailerByteCount
    }

    /// Writes the key: ``WireObject/write(to:)``.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .publicKey, digest: CKKSParameters.digest(of: chain), sink: sink)
        try writer.write(seed.bytes)
        let limb = AlignedBuffer<UInt64>(uninitialized: chain.degree)
        for (prime, ring) in chain.basis.rings.enumerated() {
            let modulus = ring.modulus
            let inverse = modulus.factor(modulus.inverse((1 << Modulus.wordBits) % modulus.value))
            withUnsafePointer(to: modulus.constants) {
                ring.backend.kernels.pointee.multiply_factor(
                    limb.unsafeBase, polynomials.limbs(0)[prime], inverse, chain.degree, $0)
            }
            try writer.write(limb: limb.unsafeBase, ring: ring)
        }
        try writer.finish()
    }

    /// Reads a key: ``WireObject/init(from:parameters:)``.
    public init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError) {
        var reader = try WireReader(kind: .publicKey, parameters: parameters, source: source)
        let chain = parameters.chain
        let seed = try reader.seed()
        var polynomials = PolynomialVector(uninitialized: chain.basis, count: 2)
        let (b, a) = (polynomials.mutableLimbs(0), polynomials.mutableLimbs(1))
        for (prime, ring) in chain.basis.rings.enumerated() {
            try reader.read(limb: b[prime], ring: ring)
            seed.fill(a[prime], row: 0, position: prime, ring: ring)
        }
        try reader.finish()
        for limbs in [b, a] { chain.basis.multiply(limbs, by: chain.basis.montgomeryFactors, into: limbs) }
        self.init(chain: chain, seed: seed, polynomials: polynomials)
    }
}

/// Evaluation keys travel one after the other, by exponent: the relinearisation key under 0, those of rotations by k slots
/// under 5^k modulo 2N, that of conjugation under 2N - 1. A single key is a set of one.
extension EvaluationKeys: WireObject {
    private static let countByteCount = 8
    private static let keyHeaderByteCount = 8

    /// Keys with their exponents, in ascending order.
    private var ordered: [(exponent: Int, key: SwitchingKey)] {
        (relinearization.map { [(0, $0)] } ?? []) + automorphismExponents.map { ($0, automorphisms[$0]!.key) }
    }

    private static func keyByteCount(_ chain: ModulusChain) -> Int {
        keyHeaderByteCount + SwitchingKey.wireByteCount(chain)
    }

    /// For each key and digit, bits of all primes for each coefficient, and 40 bytes for each key; 88 bytes for the set.
    public var serializedByteCount: Int {
        Self.serializedByteCount(keyCount: ordered.count, parameters: parameters)
    }

    /// The bytes of a set of `keyCount` keys.
    public static func serializedByteCount(keyCount: Int, parameters: CKKSParameters) -> Int {
        WireFormat.headerByteCount + countByteCount + keyCount * keyByteCount(parameters.chain)
            + WireFormat.trailerByteCount
    }

    /// Writes the keys: ``WireObject/write(to:)``.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .evaluationKeys, digest: parameters.digest, sink: sink)
        let ordered = self.ordered
        try writer.write(UInt32(ordered.count))
        try writer.write(UInt32(0))
        for (exponent, key) in ordered {
            try writer.write(UInt32(exponent))
            try writer.write(UInt32(0))
            try key.write(&writer)
        }
        try writer.finish()
    }

    /// Reads keys: ``WireObject/init(from:parameters:)``. Sets that would take more than 16 GiB of memory are refused.
    public init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError) {
        try self.init(from: source, parameters: parameters, largestByteCount: 16 << 30)
    }

    /// Reads keys that take up to `largestByteCount` bytes of memory; sets of more are refused before a key is read.
    ///
    /// - Throws: ``WireError``.
    public init(
        from source: @escaping WireSource, parameters: CKKSParameters, largestByteCount: Int
    ) throws(WireError) {
        var reader = try WireReader(kind: .evaluationKeys, parameters: parameters, source: source)
        self.init(parameters: parameters)
        // One for each odd exponent but 1, which moves nothing, and the relinearisation key.
        let largestCount = parameters.chain.special == nil ? 0 : parameters.degree
        let affordable = max(0, largestByteCount) / SwitchingKey.byteCount(of: parameters.chain)
        let count = try reader.integer(UInt32.self, "number of keys", in: 0...min(largestCount, affordable))
        try reader.requireZeros(4)
        var last = -1
        for _ in 0..<count {
            let exponent = try reader.integer(UInt32.self, "exponent", in: 0...2 * parameters.degree - 1)
            guard exponent > last, exponent == 0 || exponent % 2 == 1 && exponent > 1 else {
                throw .field("exponent", value: "\(exponent)", right: "0, or odd and above 1, in ascending order")
            }
            last = exponent
            try reader.requireZeros(4)
            let key = try SwitchingKey.read(&reader, parameters.chain)
            if exponent == 0 { relinearization = key } else { insert(key, exponent: exponent) }
        }
        try reader.finish()
    }
}
