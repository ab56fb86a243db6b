import Ring

/// The constants of encoding, by their definitions.
extension SetupCheck {
    /// An embedding: every root, from the power series of sine and cosine in integers, and the copies of some.
    package mutating func check(_ embedding: CanonicalEmbedding) {
        let series = CircleSeries(fractionBits: 192)
        for layer in 0..<embedding.slotCount.trailingZeroBitCount {
            let order = 8 << layer
            for j in 0..<1 << layer {
                // 5^j by another way than the table's: from the binary digits of j.
                let exponent = BigInteger(5).power(BigInteger(UInt64(j)), modulo: BigInteger(UInt64(order)))
                let exact = series.root(exponent, of: order)
                let index = 2 * (1 << layer + j.bitReversed(layer))
                check(embedding.roots.unsafeBase[index], exact.cosine, series, "cosine \(j) of layer \(layer)")
                check(embedding.roots.unsafeBase[index + 1], exact.sine, series, "sine \(j) of layer \(layer)")
            }
        }
        checkTail(embedding)
    }

    /// A double against a number with binary digits after the point: off by at most 0.6 * 2^-53.
    private mutating func check(
        _ found: Double, _ exact: BigInteger, _ series: CircleSeries, _ name: @autoclosure () -> String
    ) {
        let difference = series.fixedPoint(found) - exact
        let bound = BigInteger(6) * BigInteger.powerOfTwo(series.fractionBits - 53) / BigInteger(10)
        expect(difference < bound && BigInteger(0) - difference < bound, "\(name()) is \(found), GMP says otherwise")
    }

    /// The copies of the last three layers' roots, lane by lane.
    private mutating func checkTail(_ embedding: CanonicalEmbedding) {
        let (count, blocks) = (embedding.slotCount, embedding.slotCount / 64)
        expect(embedding.tailRoots.count == 112 * blocks, "there are \(embedding.tailRoots.count) numbers in the tail")
        for layer in 0..<(blocks > 0 ? 3 : 0) {
            // By the node: its eighth, its block, its place among the block's nodes of the layer.
            for node in 0..<(count / 8) << layer {
                let (group, child) = (node >> layer, node % (1 << layer))
                let (eighth, block) = group.quotientAndRemainder(dividingBy: blocks)
                let lane = (eighth & 1) | (eighth >> 1 & 1) << 2 | (eighth >> 2 & 1) << 1
                let place = 112 * block + 16 * ((1 << layer) - 1 + child) + lane
                let root = 2 * ((count / 8) << layer + node)
                expect(
                    embedding.tailRoots.unsafeBase[place] == embedding.roots.unsafeBase[root]
                        && embedding.tailRoots.unsafeBase[place + 8] == embedding.roots.unsafeBase[root + 1],
                    "the tail's root of node \(node), layer \(layer)")
            }
        }
    }

    /// A composition: the primes, and each one's inverse modulo each later one.
    package mutating func check(_ composition: ResidueComposition) {
        var place = 0
        for (index, modulus) in composition.moduli.enumerated() {
            let q = BigInteger(modulus.value)
            expect(composition.constants.unsafeBase[index].value, q, "prime \(index)")
            for (other, prime) in composition.moduli[..<index].enumerated() {
                let name = "inverse of prime \(other) modulo prime \(index)"
                guard let inverse = BigInteger(prime.value).inverse(modulo: q) else {
                    expect(false, "there is no \(name)")
                    continue
                }
                checkFactor(composition.inverses.unsafeBase[place], of: inverse, modulus: q, name)
                checkCentred(
                    composition.centredInverses.unsafeBase[place], is: composition.inverses.unsafeBase[place], modulus,
                    name)
                place += 1
            }
        }
    }
}

/// Sines and cosines as integers, the numbers times a power of two.
private struct CircleSeries {
    let fractionBits: Int
    private let one: BigInteger
    private let twicePi: BigInteger

    init(fractionBits: Int) {
        self.fractionBits = fractionBits
        let one = BigInteger.powerOfTwo(fractionBits)
        self.one = one
        // Machin 1706: pi / 4 = 4 arctan(1/5) - arctan(1/239).
        let quarter =
            BigInteger(4) * Self.arctangent(ofOneOver: 5, one: one) - Self.arctangent(ofOneOver: 239, one: one)
        twicePi = BigInteger(8) * quarter
    }

    private static func arctangent(ofOneOver divisor: UInt64, one: BigInteger) -> BigInteger {
        var sum = BigInteger(0)
        var power = one / BigInteger(divisor)
        var order: UInt64 = 1
        while BigInteger(0) < power {
            let term = power / BigInteger(order)
            sum = order % 4 == 1 ? sum + term : sum - term
            power = power / BigInteger(divisor * divisor)
            order += 2
        }
        return sum
    }

    /// Cosine and sine of 2 pi exponent / order, 0 <= exponent < order, by their series at zero.
    func root(_ exponent: BigInteger, of order: Int) -> (cosine: BigInteger, sine: BigInteger) {
        let angle = twicePi * exponent / BigInteger(UInt64(order))
        var sums = [BigInteger(0), BigInteger(0)]
        var term = one
        var power: UInt64 = 0
        while BigInteger(0) < term {
            let parity = Int(power % 2)
            sums[parity] = power % 4 < 2 ? sums[parity] + term : sums[parity] - term
            power += 1
            term = term * angle / (one * BigInteger(power))
        }
        return (sums[0], sums[1])
    }

    /// The double, exactly unless it is below 2^(52 - fractionBits).
    func fixedPoint(_ value: Double) -> BigInteger {
        guard value.isFinite else { return BigInteger.powerOfTwo(2 * fractionBits) }
        guard value != 0 else { return BigInteger(0) }
        let significand = BigInteger(value.significandBitPattern | 1 << 52)
        let shift = Int(value.exponent) - 52 + fractionBits
        let magnitude =
            shift >= 0
            ? significand * BigInteger.powerOfTwo(shift) : significand / BigInteger.powerOfTwo(-shift)
        return value < 0 ? BigInteger(0) - magnitude : magnitude
    }
}
