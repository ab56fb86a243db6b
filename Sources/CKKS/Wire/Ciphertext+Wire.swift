import Foundation
import RLWE
import Ring

/// What a ciphertext carries beside its polynomials.
private struct CiphertextFields {
    static let byteCount = 32

    let scale: Double
    let packing: Packing
    let noise: NoiseEstimate
    let primes: Int
    let size: Int

    func write<Failure: Error>(to writer: inout WireWriter<Failure>) throws(Failure) {
        try writer.write(scale)
        try writer.write(noise.variance)
        try writer.write(noise.magnitude)
        try writer.write(UInt16(primes))
        try writer.write(UInt16(size))
        switch packing {
        case .slots(let count): try writer.write(UInt32(count))
        case .coefficients: try writer.write(UInt32(0))
        }
    }

    init(scale: Double, packing: Packing, noise: NoiseEstimate, primes: Int, size: Int) {
        self.scale = scale
        self.packing = packing
        self.noise = noise
        self.primes = primes
        self.size = size
    }

    init(_ reader: inout WireReader, parameters: CKKSParameters, largestSize: Int) throws(WireError) {
        let scale = try reader.double()
        noise = NoiseEstimate(
            variance: try reader.magnitude("noise variance"), magnitude: try reader.magnitude("magnitude"))
        primes = try reader.integer(UInt16.self, "number of primes", in: 1...parameters.primeCount)
        size = try reader.integer(UInt16.self, "number of polynomials", in: 2...largestSize)
        let slots = try reader.integer(UInt32.self, "number of slots", in: 0...parameters.slotCapacity)
        guard slots.nonzeroBitCount <= 1 else {
            throw .field("number of slots", value: "\(slots)", right: "a power of two, or 0 for coefficients")
        }
        packing = slots == 0 ? .coefficients : .slots(slots)
        // What a scale must keep for a message to have room beside it; NaN keeps nothing.
        let logModulus = parameters.chain.basis.prefix(primes).logProduct
        guard scale >= 0x1p-128, scale.isFinite, scale.binaryLogarithm < logModulus else {
            throw .field(
                "scale", value: "\(scale)", right: "at least 2^-128 and below the modulus, 2^\(Int(logModulus))")
        }
        self.scale = scale
    }
}

/// A ciphertext travels with both or all three polynomials, at any level.
///
/// One whose scale is no smaller than its modulus has no room for a message: it can be written, but readers refuse it.
extension Ciphertext: WireObject {
    private var fields: CiphertextFields {
        CiphertextFields(scale: scale, packing: packing, noise: noise, primes: primes, size: size)
    }

    /// Bits of its primes for each coefficient of each polynomial, and 112 bytes.
    public var serializedByteCount: Int {
        WireFormat.headerByteCount + CiphertextFields.byteCount + size * WireFormat.limbByteCount(basis)
            + WireFormat.trailerByteCount
    }

    /// Writes the ciphertext: ``WireObject/write(to:)``.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .ciphertext, digest: parameters.digest, sink: sink)
        try fields.write(to: &writer)
        for index in 0..<size {
            for (prime, ring) in basis.rings.enumerated() {
                try writer.write(limb: polynomials.limbs(index)[prime], ring: ring)
            }
        }
        try writer.finish()
    }

    /// Reads a ciphertext: ``WireObject/init(from:parameters:)``.
    public init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError) {
        var reader = try WireReader(kind: .ciphertext, parameters: parameters, source: source)
        let fields = try CiphertextFields(&reader, parameters: parameters, largestSize: 3)
        var polynomials = PolynomialVector(
            uninitialized: parameters.chain.basis.prefix(fields.primes), count: fields.size)
        for index in 0..<fields.size {
            let limbs = polynomials.mutableLimbs(index)
            for (prime, ring) in polynomials.basis.rings.enumerated() {
                try reader.read(limb: limbs[prime], ring: ring)
            }
        }
        try reader.finish()
        self.init(
            parameters: parameters, polynomials: polynomials, scale: fields.scale, packing: fields.packing,
            noise: fields.noise)
    }
}

/// A seeded ciphertext travels as its seed and first polynomial.
extension SeededCiphertext: WireObject {
    private var fields: CiphertextFields {
        CiphertextFields(scale: scale, packing: packing, noise: noise, primes: primes, size: 2)
    }

    /// Bits of its primes for each coefficient, and 144 bytes.
    public var serializedByteCount: Int { Self.serializedByteCount(basis: body.basis) }

    /// The bytes of a ciphertext of `primes` primes.
    public static func serializedByteCount(parameters: CKKSParameters, primes: Int) -> Int {
        serializedByteCount(basis: parameters.chain.basis.prefix(primes))
    }

    private static func serializedByteCount(basis: RNSBasis) -> Int {
        WireFormat.headerByteCount + CiphertextFields.byteCount + UniformSeed.byteCount
            + WireFormat.limbByteCount(basis) + WireFormat.trailerByteCount
    }

    /// Writes the ciphertext: ``WireObject/write(to:)``.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .seededCiphertext, digest: parameters.digest, sink: sink)
        try fields.write(to: &writer)
        try writer.write(seed.bytes)
        for (prime, ring) in body.basis.rings.enumerated() {
            try writer.write(limb: body.limbs(0)[prime], ring: ring)
        }
        try writer.finish()
    }

    /// Reads a ciphertext: ``WireObject/init(from:parameters:)``. The seed is expanded by ``expanded()``.
    public init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError) {
        var reader = try WireReader(kind: .seededCiphertext, parameters: parameters, source: source)
        let fields = try CiphertextFields(&reader, parameters: parameters, largestSize: 2)
        let seed = try reader.seed()
        var body = parameters.chain.makeVector(primes: fields.primes, count: 1)
        let limbs = body.mutableLimbs(0)
        for (prime, ring) in body.basis.rings.enumerated() {
            try reader.read(limb: limbs[prime], ring: ring)
        }
        try reader.finish()
        self.init(
            parameters: parameters, body: body, seed: seed, scale: fields.scale, packing: fields.packing,
            noise: fields.noise)
    }
}
