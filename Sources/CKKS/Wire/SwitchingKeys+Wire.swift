import Foundation
import RLWE
import Ring

/// The part of a switching key that every object with one has: its seed, then for each prime, for each digit, n residues
/// of b, in Montgomery form.
extension SwitchingKey {
    static func wireByteCount(_ chain: ModulusChain) -> Int {
        UniformSeed.byteCount + chain.digitCount * WireFormat.limbByteCount(chain.full)
    }

    func write<Failure: Error>(_ writer: inout WireWriter<Failure>) throws(Failure) {
        try writer.write(seed.bytes)
        for (position, ring) in chain.full.rings.enumerated() {
            for digit in 0..<chain.digitCount {
                try writer.write(limb: row(digit: digit, position: position), ring: ring)
            }
        }
    }

    static func read(_ reader: inout WireReader, _ chain: ModulusChain) throws(WireError) -> SwitchingKey {
        let key = SwitchingKey(uninitialized: chain, seed: try reader.seed())
        for (position, ring) in chain.full.rings.enumerated() {
            for digit in 0..<chain.digitCount {
                try reader.read(limb: key.row(digit: digit, position: position), ring: ring)
                key.fillUniform(digit: digit, position: position)
            }
        }
        return key
    }
}

/// A key from one secret to another of the same parameters (``Evaluator/switchSecret(_:with:)``).
extension SwitchingKey: WireObject {
    /// For each digit, bits of all primes for each coefficient, and 112 bytes.
    public var serializedByteCount: Int {
        WireFormat.headerByteCount + Self.wireByteCount(chain) + WireFormat.trailerByteCount
    }

    /// Writes the key: ``WireObject/write(to:)``.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .switchingKey, digest: CKKSParameters.digest(of: chain), sink: sink)
        try write(&writer)
        try writer.finish()
    }

    /// Reads a key: ``WireObject/init(from:parameters:)``.
    public init(from source: @escaping WireSource, parameters: CKKSParameters) throws(WireError) {
        var reader = try WireReader(kind: .switchingKey, parameters: parameters, source: source)
        try requireSpecialPrimes(parameters)
        let key = try Self.read(&reader, parameters.chain)
        try reader.finish()
        self = key
    }
}

private func requireSpecialPrimes(_ parameters: CKKSParameters) throws(WireError) {
    guard parameters.chain.special != nil else {
        throw .field("switching key", value: "there", right: "absent, as \(parameters.name) has no special primes")
    }
}

/// The keys between two rings travel as one object, which belongs to both parameters.
extension RingSwitchingKeys {
    /// For each of two keys and each digit, bits of all primes of the small ring for each coefficient of the large one,
    /// and 176 bytes.
    public var serializedByteCount: Int {
        WireFormat.headerByteCount + small.digest.count + 2 * SwitchingKey.wireByteCount(bridge.chain)
            + WireFormat.trailerByteCount
    }

    /// Hands the object's bytes to `sink`, piece by piece.
    ///
    /// - Throws: what `sink` throws.
    public func write<Failure: Error>(to sink: @escaping WireSink<Failure>) throws(Failure) {
        var writer = try WireWriter(kind: .ringSwitchingKeys, digest: large.digest, sink: sink)
        try writer.write(small.digest)
        try down.write(&writer)
        try up.write(&writer)
        try writer.finish()
    }

    /// Reads the keys between the rings of `large` and `small`.
    ///
    /// - Throws: ``WireError``.
    public init(
        from source: @escaping WireSource, large: CKKSParameters, small: CKKSParameters
    ) throws(WireError) {
        var reader = try WireReader(kind: .ringSwitchingKeys, parameters: large, source: source)
        guard try reader.digest() == small.digest else { throw .otherParameters(own: small.name) }
        let bridge: RingBridge
        do {
            bridge = try RingBridge(from: large.chain, to: small.chain)
        } catch {
            throw .field(
                "pair of rings", value: "\(large.name) and \(small.name)", right: "one with a bridge: \(error)")
        }
        let down = try SwitchingKey.read(&reader, bridge.chain)
        let up = try SwitchingKey.read(&reader, bridge.chain)
        try reader.finish()
        self.init(large: large, small: small, bridge: bridge, down: down, up: up)
    }

    /// The object's bytes.
    public func serialized() -> Data {
        var bytes = Data(capacity: serializedByteCount)
        write { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Reads the object that `bytes` are, and nothing else.
    ///
    /// - Throws: ``WireError``.
    public init(
        serialized bytes: some ContiguousBytes, large: CKKSParameters, small: CKKSParameters
    ) throws(WireError) {
        let memory = MemorySource(bytes)
        try self.init(from: memory.read, large: large, small: small)
        try memory.requireEnd()
    }
}
