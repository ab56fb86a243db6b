import RLWE
import Ring

/// The public keys between a ring of degree N and one of degree N' = N / 2^k, both ways. They let nobody decrypt, as
/// long as encryptions of the two secrets under each other are safe (circular security, as for relinearisation keys).
public struct RingSwitchingKeys: Sendable {
    /// The parameters of the large ring.
    public let large: CKKSParameters
    /// The parameters of the small ring, whose security holds for both keys' primes.
    public let small: CKKSParameters
    package let bridge: RingBridge
    package let down: SwitchingKey
    package let up: SwitchingKey

    /// Size of both keys in memory.
    public var byteCount: Int { down.byteCount + up.byteCount }
}

extension KeyGenerator {
    /// The keys between the ring of this generator and the one of `small`, whose parameters come from
    /// ``ParametersLiteral/smaller(degree:primes:specialPrimes:security:)``.
    ///
    /// - Throws: ``RLWE/RingBridgeError``.
    public func ringSwitchingKeys(to small: KeyGenerator) throws(RingBridgeError) -> RingSwitchingKeys {
        let bridge = try RingBridge(from: parameters.chain, to: small.parameters.chain)
        let keys = bridge.switchingKeys(secret, small.secret, threads: threads)
        return RingSwitchingKeys(
            large: parameters, small: small.parameters, bridge: bridge, down: keys.down, up: keys.up)
    }

    /// The key that turns what is encrypted under this generator's secret into what is encrypted under `other`'s, of
    /// the same parameters: for ``Evaluator/switchSecret(_:with:)``. Made by whoever knows both secrets.
    ///
    /// - Throws: ``KeyError/noSpecialPrimes``, ``KeyError/differentParameters``.
    public func switchingKey(to other: KeyGenerator) throws(KeyError) -> SwitchingKey {
        guard other.parameters === parameters else { throw .differentParameters }
        guard parameters.chain.special != nil else { throw .noSpecialPrimes }
        return secret.switchingKey(to: other.secret, threads: threads)
    }
}

extension Evaluator {
    /// The same message under the secret that `key` leads to. Costs a key switching.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or the key belongs to other parameters.
    public func switchSecret(_ x: Ciphertext, with key: SwitchingKey) throws(EvaluationError) -> Ciphertext {
        try requirePair(x)
        guard key.chain === parameters.chain else { throw .differentParameters }
        var result = x
        result.polynomials = parameters.chain.makeVector(primes: x.primes, count: 2)
        pool.withWorkspace { switcher in
            switcher.switchSecret(
                (x.polynomials.limbs(0), x.polynomials.limbs(1)), with: key, primes: x.primes,
                into: (result.polynomials.mutableLimbs(0), result.polynomials.mutableLimbs(1)))
        }
        result.noise.variance += parameters.keySwitchingVariance(primes: x.primes)
        return result
    }
}

/// Takes ciphertexts from a ring of degree N to one of degree N' = N / 2^k and back, so that work can start small and
/// end large: Y, the small ring's variable, is X^(2^k).
///
/// Slots stay slots: n slots with n up to N'/2, which are packed sparsely in the large ring, are the same n slots in
/// the small one, in the same order. A ciphertext of more slots has m = 2n / N' parts of N'/2 slots each. Slot j of
/// part t is then the mean of z_i^-t times slot i over the m places i that are j modulo N'/2, where z_i is the root of
/// unity with the angle pi 5^i / (2n). That selects no slots, but sums and products with constants are the same part
/// by part. Of packed coefficients, part t has those whose index is t modulo 2^k.
///
/// Immutable and shared freely.
public final class RingSwitcher: Sendable {
    /// The keys it works with.
    public let keys: RingSwitchingKeys
    /// Threads for one operation.
    public let threads: Int
    private let pool: WorkspacePool<KeySwitcher>

    /// A switcher with `keys`.
    public init(keys: RingSwitchingKeys, threads: Int = 1) {
        precondition(threads >= 1, "a ring switcher needs a thread")
        self.keys = keys
        self.threads = threads
        let chain = keys.bridge.chain
        pool = WorkspacePool { KeySwitcher(chain: chain, threads: threads) }
    }

    /// The number of parts of a ciphertext of the large ring that is packed so.
    public func partCount(of packing: Packing) -> Int {
        switch packing {
        case .slots(let count): max(1, count / keys.small.slotCapacity)
        case .coefficients: keys.bridge.partCount
        }
    }

    /// The parts of x, of the large ring, in the small ring, at its highest level or that of x. Costs a key switching
    /// at the small ring's level and a transform for each prime, and two of the small ring for each part and prime.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or belongs to other parameters.
    public func parts(of x: Ciphertext) throws(EvaluationError) -> [Ciphertext] {
        try require(x, keys.large)
        let bridge = keys.bridge
        let primes = min(x.primes, keys.small.primeCount)
        let low = x.polynomials.prefix(primes: primes)
        let count = partCount(of: x.packing)
        var parts = (0..<count).map { _ in
            keys.small.chain.makeVector(primes: primes, count: 2)
        }
        pool.withWorkspace { switcher in
            let sums = (switcher.sums(0), switcher.sums(1))
            withExtendedLifetime(low) {
                switcher.switchSecret((low.limbs(0), low.limbs(1)), with: keys.down, primes: primes, into: sums)
            }
            for (index, sum) in [sums.0, sums.1].enumerated() {
                bridge.takeApart(
                    sum, primes: primes, positions: positions(count),
                    into: parts.indices.map { parts[$0].mutableLimbs(index) }, threads: threads)
            }
        }
        var noise = x.noise
        // Digits of N coefficients meet the key's errors; the small secret meets the rounding.
        noise.variance +=
            Double(bridge.partCount) * keys.small.keyProductVariance(primes: primes) + keys.small.roundingVariance()
        let packing: Packing =
            switch x.packing {
            case .slots(let count): .slots(min(count, keys.small.slotCapacity))
            case .coefficients: .coefficients
            }
        return parts.map {
            Ciphertext(parameters: keys.small, polynomials: $0, scale: x.scale, packing: packing, noise: noise)
        }
    }

    /// x, of the large ring and up to N'/2 slots, in the small ring.
    ///
    /// - Throws: ``EvaluationError`` when x has more slots, is not relinearised, or belongs to other parameters.
    public func down(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext {
        guard partCount(of: x.packing) == 1 else {
            throw .packingMismatch(x.packing, .slots(keys.small.slotCapacity))
        }
        return try parts(of: x)[0]
    }

    /// x, of the small ring, in the large one: slots stay, coefficient j becomes coefficient 2^k j.
    ///
    /// - Throws: ``EvaluationError`` when x is not relinearised, or belongs to other parameters.
    public func up(_ x: Ciphertext) throws(EvaluationError) -> Ciphertext { try join([x]) }

    /// The ciphertext of the large ring that has the given parts: undoes ``parts(of:)``. At their lowest level. Costs a
    /// key switching there, and two transforms of the small ring for each part and prime.
    ///
    /// - Parameter parts: 1, 2, 4, ... 2^k of them, of one scale and packing: if there is more than one, N'/2 slots
    ///   each or coefficients.
    /// - Throws: ``EvaluationError`` when that is not so, or a part is not relinearised or belongs to other parameters.
    public func join(_ parts: [Ciphertext]) throws(EvaluationError) -> Ciphertext {
        guard let first = parts.first, parts.count.nonzeroBitCount == 1, parts.count <= keys.bridge.partCount else {
            throw .argument("\(parts.count) parts: there must be a power of two, up to \(keys.bridge.partCount)")
        }
        let capacity = keys.small.slotCapacity
        for part in parts {
            try require(part, keys.small)
            guard part.packing == first.packing else { throw .packingMismatch(first.packing, part.packing) }
            guard abs(part.scale - first.scale) <= Evaluator.scaleTolerance * first.scale else {
                throw .scaleMismatch(first.scale, part.scale)
            }
        }
        var packing = first.packing
        if parts.count > 1, case .slots(let count) = packing {
            guard count == capacity else { throw .packingMismatch(packing, .slots(capacity)) }
            packing = .slots(parts.count * capacity)
        }
        let primes = parts.reduce(first.primes) { min($0, $1.primes) }
        let places = positions(parts.count)
        var result = keys.large.chain.makeVector(primes: primes, count: 2)
        for index in 0..<2 {
            // A part's limbs of more primes come after those of the level.
            keys.bridge.join(
                parts.map { $0.polynomials.limbs(index) }, at: places, primes: primes,
                into: result.mutableLimbs(index), threads: threads)
        }
        let limbs = (result.mutableLimbs(0), result.mutableLimbs(1))
        pool.withWorkspace { $0.switchSecret(limbs, with: keys.up, primes: primes, into: limbs) }
        // Of the digits' coefficients, those of the parts' places are not zero.
        let variance =
            parts.reduce(0) { max($0, $1.noise.variance) }
            + Double(parts.count) * keys.small.keyProductVariance(primes: primes) + keys.large.roundingVariance()
        // Slots of all parts add up in a slot of the whole.
        let magnitude = parts.reduce(0) { $0 + $1.noise.magnitude }
        return Ciphertext(
            parameters: keys.large, polynomials: result, scale: first.scale, packing: packing,
            noise: NoiseEstimate(variance: variance, magnitude: magnitude))
    }

    /// Where `count` parts stand among all 2^k.
    private func positions(_ count: Int) -> [Int] { (0..<count).map { $0 * (keys.bridge.partCount / count) } }

    private func require(_ x: Ciphertext, _ parameters: CKKSParameters) throws(EvaluationError) {
        guard x.parameters === parameters else { throw .differentParameters }
        guard x.size == 2 else { throw .notRelinearized(size: x.size) }
    }
}
