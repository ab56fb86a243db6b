import CKernels

// The set-up of the kernels by the shortest way that is plainly right; the Ring module has the real one.

let montgomeryBits: UInt64 = 52
let low52: UInt64 = (1 << montgomeryBits) - 1

func multiply(_ x: UInt64, _ y: UInt64, modulo q: UInt64) -> UInt64 {
    q.dividingFullWidth((x % q).multipliedFullWidth(by: y % q)).remainder
}

func power(_ base: UInt64, _ exponent: UInt64, modulo q: UInt64) -> UInt64 {
    var (result, square, rest) = (1 % q, base % q, exponent)
    while rest > 0 {
        if rest & 1 == 1 { result = multiply(result, square, modulo: q) }
        square = multiply(square, square, modulo: q)
        rest >>= 1
    }
    return result
}

/// Miller-Rabin with the first twelve primes, which is exact for 64 bits (Sorenson and Webster 2017).
func isPrime(_ candidate: UInt64) -> Bool {
    let bases: [UInt64] = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]
    if candidate < 40 { return bases.contains(candidate) }
    let twos = (candidate - 1).trailingZeroBitCount
    return candidate & 1 == 1
        && bases.allSatisfy { base in
            var x = power(base, (candidate - 1) >> twos, modulo: candidate)
            if x == 1 || x == candidate - 1 { return true }
            for _ in 1..<twos {
                x = multiply(x, x, modulo: candidate)
                if x == candidate - 1 { return true }
            }
            return false
        }
}

/// Which of the primes of a bit length that the contract allows: the extremes bound the lazy ranges.
enum Extreme: CaseIterable, Sendable {
    case lowest, highest
}

/// A prime q = 1 mod `step`, a power of two, with 2^bits - 2^(bits - 6) < q < 2^bits; nil if there is none.
func prime(bits: UInt64, step: UInt64, _ extreme: Extreme) -> UInt64? {
    let top = UInt64(1) << bits
    let bottom = top - (top >> 6)
    precondition(
        bottom % step == 0, "then bottom + 1 and top - step + 1 are the first and the last candidate")
    return switch extreme {
    case .lowest: stride(from: bottom + 1, to: top, by: Int(step)).first(where: isPrime)
    case .highest: stride(from: top - step + 1, to: bottom, by: -Int(step)).first(where: isPrime)
    }
}

func makeModulus(_ q: UInt64) -> msfhe_modulus {
    var inverse = q  // right to 3 bits, and each step doubles them
    for _ in 0..<5 { inverse = inverse &* (2 &- q &* inverse) }
    let r = (1 << montgomeryBits) % q
    return msfhe_modulus(
        value: q, inverse: inverse & low52, montgomery_squared: multiply(r, r, modulo: q),
        bits: UInt32(UInt64.bitWidth - q.leadingZeroBitCount))
}

func makeFactor(_ w: UInt64, _ modulus: msfhe_modulus) -> msfhe_factor {
    let montgomery = multiply(w, 1 << montgomeryBits, modulo: modulus.value)
    return msfhe_factor(montgomery: montgomery, quotient: (montgomery &* modulus.inverse) & low52)
}

/// The representative of w in [-(q-1)/2, (q-1)/2].
func centred(_ w: UInt64, modulo q: UInt64) -> Double {
    w > q / 2 ? Double(w) - Double(q) : Double(w)
}

func reverseBits(_ index: Int, count: Int) -> Int {
    Int(UInt64(index).bitReversed >> (64 - UInt64(count)))
}

extension UInt64 {
    fileprivate var bitReversed: UInt64 {
        (0..<64).reduce(0) { $0 | ((self >> $1) & 1) << (63 - $1) }
    }
}

/// The tables of one transform, and the root that they are made from.
final class Transform {
    let n: Int
    let q: UInt64
    let psi: UInt64
    let modulus: msfhe_modulus
    /// n^-1, and that times the factor of the inverse's last layer.
    private let inverseN: (plain: UInt64, withRoot: UInt64)
    private let factors: [Buffer<msfhe_factor>]
    private let tails: [Buffer<UInt64>]
    private let centredFactors: [Buffer<Double>]
    private let centredTails: [Buffer<Double>]

    init(logN: Int, q: UInt64) {
        n = 1 << logN
        self.q = q
        let modulus = makeModulus(q)
        self.modulus = modulus
        let order = UInt64(2 * n)
        let psi = (2...).lazy.map { power($0, (q - 1) / order, modulo: q) }
            .first { power($0, order / 2, modulo: q) == q - 1 }!
        self.psi = psi
        let powers = [psi, power(psi, q - 2, modulo: q)].map { Self.powers(of: $0, logN: logN, modulo: q) }
        let reciprocal = power(UInt64(n), q - 2, modulo: q)
        let lastRoot = power(psi, order - UInt64(n / 2), modulo: q)  // psi^-(n/2)
        inverseN = (reciprocal, multiply(reciprocal, lastRoot, modulo: q))
        factors = powers.map { Buffer(input: $0.map { makeFactor($0, modulus) }) }
        tails = powers.map { powers in
            let entries = Self.tailEntries(of: powers, layers: 0..<3).map { $0.map { makeFactor($0, modulus) } }
            return Buffer(input: entries.flatMap { $0.map(\.montgomery) + $0.map(\.quotient) })
        }
        centredFactors = powers.map { Buffer(input: $0.prefix($0.count / 4).map { centred($0, modulo: q) }) }
        centredTails = powers.map { powers in
            let entries = Self.tailEntries(of: powers, layers: 1..<3)
            return Buffer(input: entries.flatMap { $0.map { centred($0, modulo: q) } })
        }
    }

    /// Calls `body` with the tables, which are valid until it returns.
    func withTables(_ body: (UnsafePointer<msfhe_ntt_tables>) -> Void) {
        withPointers(
            factors[0], factors[1], tails[0], tails[1], centredFactors[0], centredFactors[1], centredTails[0],
            centredTails[1]
        ) {
            let tables = msfhe_ntt_tables(
                modulus: modulus, log_n: UInt32(n.trailingZeroBitCount), roots: $0, inverse_roots: $1,
                tail_roots: $2, inverse_tail_roots: $3, inverse_n: makeFactor(inverseN.plain, modulus),
                inverse_n_root: makeFactor(inverseN.withRoot, modulus), centred_roots: $4,
                centred_inverse_roots: $5, centred_tail_roots: $6, centred_inverse_tail_roots: $7,
                centred_inverse_n: centred(inverseN.plain, modulo: q),
                centred_inverse_n_root: centred(inverseN.withRoot, modulo: q))
            withUnsafePointer(to: tables, body)
        }
    }

    /// root^(brv(i)) at index i.
    private static func powers(of root: UInt64, logN: Int, modulo q: UInt64) -> [UInt64] {
        var powers = [UInt64](repeating: 0, count: 1 << logN)
        var current: UInt64 = 1
        for exponent in powers.indices {
            powers[reverseBits(exponent, count: logN)] = current
            current = multiply(current, root, modulo: q)
        }
        return powers
    }

    /// The factors of some of the last three layers: for each 64-element block and each entry, eight lanes.
    private static func tailEntries(of powers: [UInt64], layers: Range<Int>) -> [[UInt64]] {
        (0..<powers.count / 64).flatMap { block in
            layers.flatMap { layer in
                (0..<1 << layer).map { k in
                    (0..<8).map { lane in powers[(powers.count / 8 + 8 * block + lane) << layer + k] }
                }
            }
        }
    }

    /// The exponent e such that the transform's value at a position is the evaluation at psi^e.
    func exponent(at position: Int) -> UInt64 {
        let (block, row, column) = (position / 64, position % 64 / 8, position % 8)
        return UInt64(2 * reverseBits(64 * block + 8 * column + row, count: n.trailingZeroBitCount) + 1)
    }
}

extension msfhe_factor: @retroactive Equatable {
    /// Word by word.
    public static func == (x: msfhe_factor, y: msfhe_factor) -> Bool {
        (x.montgomery, x.quotient) == (y.montgomery, y.quotient)
    }
}
