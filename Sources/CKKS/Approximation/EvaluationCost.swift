/// Which coefficients of a polynomial may differ from zero.
public enum Parity: Sendable, Hashable {
    /// Those of even index: f(-u) = f(u).
    case even
    /// Those of odd index: f(-u) = -f(u).
    case odd
    /// All of them.
    case neither
}

/// What evaluating one polynomial on a ciphertext takes, by baby steps and giant steps of least depth.
///
/// The baby steps are T_1 .. T_{B - 1} for a power of two B, only the odd ones and the powers of two if the polynomial
/// is odd, only the even ones if it is even; the giant steps are T_B, T_{2B}, ... up to the degree. Each comes from
/// T_{i + j} = 2 T_i T_j - T_{i - j}, at depth ceil(log2 k). The polynomial is divided by the largest T_{2^i} within
/// its degree, f = q T_{2^i} + r, q must be ready one level earlier than f, and so on until the degree is below B; a
/// sum of c_k T_k takes one level for its coefficients, so that a part that has none left is divided further (Bossuat,
/// Mouchet, Troncoso-Pastoriza, Hubaux, EUROCRYPT 2021, section 3). The same holds with powers X^k in place of T_k.
public struct EvaluationCost: Sendable, Hashable {
    /// Levels from u to f(u), products by coefficients included: ceil(log2(degree + 1)), the least that a polynomial of
    /// the degree takes in general.
    public let depth: Int
    /// Products of two ciphertexts, the fewest over all B.
    public let multiplications: Int
    /// The B that has so few.
    public let babySteps: Int

    /// For polynomials of `degree`, at least 0, and `parity`.
    public init(degree: Int, parity: Parity = .neither) {
        precondition(degree >= 0, "a polynomial has a degree of at least 0")
        let depth = Self.ceilingLog2(degree + 1)
        var best = (multiplications: Int.max, babySteps: 2)
        for log in 1...max(1, depth) {
            let steps = Self.basis(degree: degree, parity: parity, logBabySteps: log)
            let products = Self.products(degree: degree, parity: parity, logBabySteps: log, levels: depth)
            if steps + products < best.multiplications { best = (steps + products, 1 << log) }
        }
        self.depth = depth
        multiplications = best.multiplications
        babySteps = best.babySteps
    }

    /// ceil(log2 `value`), for a positive one.
    static func ceilingLog2(_ value: Int) -> Int { Int.bitWidth - (value - 1).leadingZeroBitCount }

    /// Products for the baby and giant steps.
    private static func basis(degree: Int, parity: Parity, logBabySteps log: Int) -> Int {
        guard degree >= 2 else { return 0 }
        let last = min(degree, (1 << log) - 1)
        // All powers of two from 2 on, up to the degree.
        let powersOfTwo = degree.bitWidth - degree.leadingZeroBitCount - 1
        let others = (3...max(3, last)).count { k in
            k <= last && k & (k - 1) != 0
                && (parity == .neither || k.isMultiple(of: 2) == (parity == .even))
        }
        return powersOfTwo + others
    }

    /// Products of quotients with giant steps, where the result must be ready after `levels`.
    private static func products(degree: Int, parity: Parity, logBabySteps log: Int, levels: Int) -> Int {
        if degree == 0 || (degree < 1 << log && ceilingLog2(degree) + 1 <= levels) { return 0 }
        let power = degree.bitWidth - degree.leadingZeroBitCount - 1
        let quotient = degree - (1 << power)
        // The remainder's degree is below 2^power and of the polynomial's parity.
        let remainder = max(0, (1 << power) - (parity == .even ? 2 : 1))
        return (quotient > 0 ? 1 : 0)
            + products(degree: quotient, parity: parity, logBabySteps: log, levels: levels - 1)
            + products(degree: remainder, parity: parity, logBabySteps: log, levels: levels)
    }
}
