/// A polynomial that can be split for an evaluation by baby and giant steps.
protocol DivisiblePolynomial {
    /// By index of the basis, the last one different from 0 unless it is the only one.
    var coefficients: [Double] { get }
    /// f = q B_m + r, where B_m is the m-th element of the basis, m at least 1, and r has a degree below m.
    func divided(by m: Int) -> (quotient: Self, remainder: Self)
    /// What the elements of the basis come from.
    static var basis: PolynomialBasis { get }
}

/// In what a polynomial is written.
enum PolynomialBasis {
    /// T_{i + j} = 2 T_i T_j - T_{|i - j|}.
    case chebyshev
    /// X^{i + j} = X^i X^j.
    case power
}

extension ChebyshevSeries: DivisiblePolynomial {
    static var basis: PolynomialBasis { .chebyshev }

    func divided(by m: Int) -> (quotient: ChebyshevSeries, remainder: ChebyshevSeries) {
        do {
            return try dividedByChebyshev(m)
        } catch {
            preconditionFailure("a giant step has an index of at least 1: \(error)")
        }
    }
}

extension PowerPolynomial: DivisiblePolynomial {
    static var basis: PolynomialBasis { .power }

    func divided(by m: Int) -> (quotient: PowerPolynomial, remainder: PowerPolynomial) {
        do {
            return try dividedByPower(m)
        } catch {
            preconditionFailure("a giant step has an index of at least 1: \(error)")
        }
    }
}

/// How a polynomial is evaluated in the least depth, ceil(log2(degree + 1)), with the fewest products of ciphertexts
/// that ``EvaluationCost`` describes: which elements of the basis are computed, and into which parts the polynomial is
/// split. Coefficients that are zero cost nothing, nor do elements of the basis that nobody needs.
struct PolynomialPlan {
    /// The sum of `quotient` times the element `giant` of the basis over `products`, of a multiple of an element over
    /// `terms`, and of `constant`. Its products meet at one level and scale, so that their sum is relinearised once.
    struct Part {
        var products: [(quotient: Part, giant: Int)] = []
        var terms: [(index: Int, coefficient: Double)] = []
        var constant = 0.0
    }

    /// In what the polynomial is written.
    let basis: PolynomialBasis
    /// Levels from the variable to the result.
    let depth: Int
    /// The polynomial.
    let root: Part
    /// The elements of the basis to be computed, ascending; 1, the variable, is not among them.
    let elements: [Int]
    /// Products of two ciphertexts.
    let multiplications: Int
    /// Relinearisations: as many or fewer.
    let relinearizations: Int

    /// The plan with fewest products, and among those with fewest relinearisations, over all numbers of baby steps.
    init(_ polynomial: some DivisiblePolynomial) {
        let depth = EvaluationCost.ceilingLog2(polynomial.coefficients.count)
        let plans = (1...max(1, depth)).map { PolynomialPlan(polynomial, logBabySteps: $0, depth: depth) }
        self = plans.min {
            ($0.multiplications, $0.relinearizations) < ($1.multiplications, $1.relinearizations)
        }!
    }

    private init<Polynomial: DivisiblePolynomial>(_ polynomial: Polynomial, logBabySteps: Int, depth: Int) {
        basis = Polynomial.basis
        self.depth = depth
        root = Part(polynomial, babySteps: 1 << logBabySteps, levels: depth)
        var wanted: Set<Int> = []
        var (products, sums) = (0, 0)
        root.count(&wanted, products: &products, sums: &sums)
        // What an element is made of has smaller indices.
        for index in stride(from: wanted.max() ?? 0, through: 2, by: -1) where wanted.contains(index) {
            let (i, j) = Self.factors(of: index)
            wanted.formUnion([i, j])
            if basis == .chebyshev, i > j { wanted.insert(i - j) }
        }
        elements = wanted.subtracting([1]).sorted()
        multiplications = elements.count + products
        relinearizations = elements.count + sums
    }

    /// Element i + j, at least 2, comes from i and j: i is the largest power of two below it. Its depth is
    /// ceil(log2(i + j)), one more than that of i.
    static func factors(of index: Int) -> (i: Int, j: Int) {
        let i = 1 << (EvaluationCost.ceilingLog2(index) - 1)
        return (i, index - i)
    }
}

extension PolynomialPlan.Part {
    /// Splits `polynomial`, whose degree is below 2^levels.
    init(_ polynomial: some DivisiblePolynomial, babySteps: Int, levels: Int) {
        var rest = polynomial
        while true {
            let degree = rest.coefficients.count - 1
            // The coefficients take a level.
            if degree == 0 || (degree < babySteps && EvaluationCost.ceilingLog2(degree) + 1 <= levels) { break }
            let power = 1 << (EvaluationCost.ceilingLog2(degree + 1) - 1)
            let (quotient, remainder) = rest.divided(by: power)
            if quotient.coefficients.count == 1 {
                terms.append((power, quotient.coefficients[0]))
            } else {
                products.append((Self(quotient, babySteps: babySteps, levels: levels - 1), power))
            }
            rest = remainder
        }
        for (index, coefficient) in rest.coefficients.enumerated().dropFirst() where coefficient != 0 {
            terms.append((index, coefficient))
        }
        constant = rest.coefficients[0]
    }

    /// The elements of the basis that occur, the products, and the sums with products.
    fileprivate func count(_ elements: inout Set<Int>, products count: inout Int, sums: inout Int) {
        for term in terms { elements.insert(term.index) }
        count += products.count
        sums += products.isEmpty ? 0 : 1
        for product in products {
            elements.insert(product.giant)
            product.quotient.count(&elements, products: &count, sums: &sums)
        }
    }
}
